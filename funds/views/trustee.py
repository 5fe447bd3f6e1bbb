"""Appointing the fund's trustee. The terms stand on the fund's page."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import reader_or_404, require
from alliance.core import clock
from alliance.core.requests import submitted
from alliance.people.requests import Request
from funds import permissions
from funds.contributions.fees import default_fee_percent
from funds.forms.contributions import TrusteeForm
from funds.operations.trustee import appoint_trustee
from funds.views.pages import form_act


@require_http_methods(["GET", "POST"])
def trustee_new(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    require(permissions.may_appoint_trustee(request.user), _("The head of the secretariat appoints the trustee."))
    today = clock.today()
    return form_act(
        request,
        TrusteeForm(submitted(request), initial={"starts_on": today, "fee_percent": default_fee_percent(today)}),
        appoint_trustee,
        title=_("Appoint a trustee"),
        lead=_("Statements as of an earlier day go on naming the trustee of that day. The appointment is public."),
        submit=_("Appoint the trustee"),
        said=_("The trustee is appointed."),
        back=reverse("funds:windows"),
        crumbs=[(_("Fund and windows"), reverse("funds:windows"))],
    )
