"""Rates of exchange from a file: uploaded, looked at, then entered."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.core.forms import KeyedForm, attempt, new_key
from alliance.pages.lists import paged
from alliance.people.requests import Request
from alliance.records import files
from alliance.records.models import StoredFile
from funds import permissions
from funds.forms.uploads import RateFileForm
from funds.imports.contribution_file import Unreadable
from funds.operations.rates import RateCheck, check_rates, import_rates

MEDIA_TYPE = "text/csv"


def for_finance(request: Request) -> None:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_record_money(request.user), _("Finance officers enter rates of exchange."))


@require_http_methods(["GET", "POST"])
def rate_import(request: Request) -> HttpResponse:
    """Take a file; one that cannot be read as a whole is refused here, with nothing kept."""
    for_finance(request)
    form = RateFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            check_rates(content)
        except Unreadable as error:
            form.add_error("file", f"{upload.name}: {error}.")
        else:
            kept = files.store([content], name=upload.name, media_type=MEDIA_TYPE, by=request.user)
            return redirect("funds:rate_check", kept.uid)
    return render(request, "funds/rate_import.html", {"form": form})


@require_http_methods(["GET", "POST"])
def rate_check(request: Request, uid: UUID) -> HttpResponse:
    """Show what a file would bring, line by line, and enter what is new."""
    for_finance(request)
    file = find(StoredFile.objects.filter(media_type=MEDIA_TYPE, created_by=request.user), uid=uid)
    try:
        found = check_rates(files.read(file))
    except Unreadable:  # a file of another kind
        raise Http404 from None
    form = KeyedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        if attempt(form, import_rates, by=request.user, file=file, key=key) is not None:
            messages.success(request, _("The new rates are entered."))
            return redirect("funds:rates")
    show = request.GET.get("show", "")
    context = {
        "file": file,
        "found": found,
        "form": form,
        "key": new_key(),
        "show": show,
        "page": paged(request, _shown(found, show)),
    }
    return render(request, "funds/rate_check.html", context)


def _shown(found: RateCheck, show: str) -> list:
    kinds: dict[str, list] = {"known": found.known, "refused": found.refused}
    return kinds.get(show, found.new)
