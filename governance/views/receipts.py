"""Receipts of ballots: one's own after voting, and anybody's by its code. Never the choice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alliance.access import find, public
from alliance.people.requests import Request
from governance.forms.votes import ReceiptForm
from governance.models import Ballot, Decision


@require_GET
def own_receipt(request: Request, name: str, code: str) -> HttpResponse:
    """The receipt of the reader's own ballot."""
    rows = Ballot.objects.visible_to(request.user).filter(user=request.user, decision__in=Decision.objects.named(name))
    return render(request, "governance/receipt.html", {"ballot": find(rows.receipts(), receipt=code)})


@public
@require_GET
def receipts(request: HttpRequest) -> HttpResponse:
    """Check a receipt by its code: the decision, the time and the digest in the register."""
    form = ReceiptForm(request.GET or None)
    asked = bool(request.GET) and form.is_valid()
    found = Ballot.objects.receipts().filter(receipt=form.cleaned_data["code"]).first() if asked else None
    return render(request, "governance/receipt_check.html", {"form": form, "asked": asked, "ballot": found})
