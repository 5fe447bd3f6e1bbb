"""The secretariat's part: putting items to the committee, opening and cancelling them."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, require
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out, press
from alliance.people.requests import Request
from funds.models import Window
from governance import permissions
from governance.availability import amounts_of
from governance.forms.items import TableForm, TextForm
from governance.forms.votes import ReasonForm
from governance.models import Decision
from governance.operations import cancel_decision, open_decision, propose_amounts, put_text, put_to_committee
from proposals.models import Proposal, ProposalVersion

ZERO = Decimal("0.00")


def require_secretariat(request: Request) -> None:
    require(permissions.may_table(request.user), _("Items are put to the committee by the secretariat’s officers."))


@require_GET
def choose(request: Request) -> HttpResponse:
    """The proposals that can be put to the committee."""
    require_secretariat(request)
    ready = Proposal.objects.visible_to(request.user).ready_for_committee().with_latest_version()
    rows = ready.select_related("applicant").order_by("eligible_at", "pk")
    return render(request, "governance/item_choose.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def table(request: Request, reference: str, number: int) -> HttpResponse:
    """Put one version to the committee: amounts by window, conditions, deadline."""
    require_secretariat(request)
    versions = ProposalVersion.objects.visible_to(request.user).select_related("proposal__applicant", "check_made")
    version = find(versions, proposal__reference=reference, number=number)
    windows = list(Window.objects.filter(status="open").order_by("-unearmarked", "code"))
    proposed = propose_amounts(version)
    form = TableForm(submitted(request), windows=windows, proposed=proposed)
    if request.method == "POST" and form.is_valid() and (item := _put(request, form, version)):
        messages.success(request, _("The item is on the agenda. Open it when members may vote."))
        return redirect(item)
    context = {
        "version": version,
        "form": form,
        "pools": amounts_of((window, proposed.get(window, ZERO)) for window in windows),
        "shut": [window for window in proposed if not window.is_open],
    }
    return render(request, "governance/item_table.html", context)


def _put(request: Request, form: TableForm, version: ProposalVersion) -> Decision | None:
    sent = form.cleaned_data
    names = ("closes_at", "conditions", "note", "session", "in_principle", "procedure", "key")
    return attempt(
        form,
        put_to_committee,
        by=request.user,
        version=version,
        amounts=form.amounts,
        **{name: sent[name] for name in names},
    )


@require_http_methods(["GET", "POST"])
def text(request: Request) -> HttpResponse:
    """Put a text to the committee."""
    require_secretariat(request)
    form = TextForm(submitted(request))
    if item := carry_out(request, form, put_text, _("The item is on the agenda. Open it when members may vote.")):
        return redirect(item)
    return render(request, "governance/item_text.html", {"form": form})


@require_POST
def opening(request: Request, name: str) -> HttpResponse:
    """Open an item for ballots."""
    row = find(Decision.objects.visible_to(request.user).named(name))
    require_secretariat(request)
    if opened := press(request, open_decision, decision=row):
        messages.success(request, _("The vote is open. Its number is %(number)s.") % {"number": opened.reference})
    return redirect(opened or row)


@require_http_methods(["GET", "POST"])
def cancellation(request: Request, name: str) -> HttpResponse:
    """Take an item off the agenda, open or not."""
    row = find(Decision.objects.visible_to(request.user).named(name))
    require_secretariat(request)
    form = ReasonForm(submitted(request))
    if carry_out(request, form, cancel_decision, _("The item is cancelled."), decision=row):
        return redirect(row)
    return render(request, "governance/decision_cancellation.html", {"decision": row, "form": form})
