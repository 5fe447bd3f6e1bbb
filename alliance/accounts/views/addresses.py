"""A change of address: asked for with the password, then confirmed at the present address, then at the new one."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import public
from alliance.accounts import letters, links
from alliance.accounts.forms import ChangeAddressForm
from alliance.accounts.models import MailKind
from alliance.core.errors import Refused
from alliance.people.models import User
from alliance.people.operations import change_address
from alliance.people.requests import Request

LIMIT = "change_address"


@require_http_methods(["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    """Ask for another address; the present one gets the first mail."""
    form = ChangeAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_theirs(request, form):
        if answer := ratelimit.consume_or_429(request, action=LIMIT, user=request.user):
            return answer
        letters.post(request.user, MailKind.ADDRESS_LEAVE, new_address=form.cleaned_data["email"])
        messages.success(request, _("We have sent a mail to your present address. Open its link to go on."))
        return redirect("account")
    return render(request, "accounts/address_change.html", {"form": form})


def _is_theirs(request: Request, form: ChangeAddressForm) -> bool:
    """Say whether the password is right, and whether the address is another one; if not, the form says so."""
    if form.cleaned_data["email"] == request.user.email:
        form.add_error("email", _("This is your address already."))
        return False
    adapter = get_adapter()
    try:
        if adapter.reauthenticate(request.user, form.cleaned_data["password"]):
            return True
        form.add_error("password", adapter.error_messages["incorrect_password"])
    except ValidationError as too_many:
        form.add_error(None, too_many)
    return False


@public
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, link: str) -> HttpResponse:
    """Confirm a change by the link of one of its two mails, which may be opened in any browser."""
    change = links.read(link)
    if change is None:
        return render(request, "accounts/address_confirm.html", status=HTTPStatus.GONE)
    if request.method == "GET":
        return render(request, "accounts/address_confirm.html", {"change": change, "last": _is_last(change)})
    if answer := ratelimit.consume_or_429(request, action=LIMIT, user=change.user):
        return answer
    return _moved(request, change) if _is_last(change) else _handed_on(request, change)


def _is_last(change: links.Change) -> bool:
    return change.step == MailKind.ADDRESS_TAKE


def _handed_on(request: HttpRequest, change: links.Change) -> HttpResponse:
    """Write to the new address. One that has an account gets nothing, and nobody is told."""
    if not User.objects.filter(email__iexact=change.address).exists():
        letters.post(
            change.user, MailKind.ADDRESS_TAKE, to=change.address, new_address=change.address
        )  # fmt: skip
    messages.success(request, _("We have sent a mail to the new address. Open its link to finish."))
    return redirect("account_login")


def _moved(request: HttpRequest, change: links.Change) -> HttpResponse:
    before = change.user.email
    try:
        change_address(by=change.user, user=change.user, email=change.address)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        letters.post(change.user, MailKind.ADDRESS_CHANGED, to=before, new_address=change.address)
        messages.success(request, _("Your address was changed. Sign in with the new one from now on."))
    return redirect("account_login")
