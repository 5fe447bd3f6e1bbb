"""The directory of organisations, and what each is in the Alliance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.access import find, public
from alliance.core import clock
from alliance.core.countries import sort_key
from alliance.people.models import Organisation
from funds.models import Donor, Pledge
from governance.models import Seat
from proposals.models import Contract, Partner, Proposal
from reporting.projects import public_projects


@public
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Every confirmed organisation by name, with its kind (R27)."""
    rows = sorted(Organisation.objects.exclude(confirmed_at=None), key=lambda row: (sort_key(row.name), row.pk))
    return render(request, "reporting/organisations.html", {"organisations": rows})


@public
@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation with all its roles side by side: donor, applicant, partner, seat in the committee (R27)."""
    row = find(Organisation.objects.exclude(confirmed_at=None), slug=slug)
    donor = Donor.objects.public().with_totals().filter(organisation=row).first()
    pledges = Pledge.objects.public().filter(donor=donor).with_donor().order_by("-pledged_on", "-pk") if donor else []
    projects = list(public_projects().filter(lead=row).order_by("-approved_on", "-pk"))
    contracts = (
        Contract.objects.filter(partner=row, state="signed").select_related("project").order_by("-alliance_signed_at")
    )
    seats = Seat.objects.on(clock.today()).filter(organisation=row).order_by("number")
    context = {
        "organisation": row,
        "donor": donor,
        "pledges": pledges,
        "projects": projects,
        "contracts": list(contracts),
        "seats": list(seats),
        "partner": Partner.objects.filter(organisation=row).first(),
        "proposal_count": Proposal.objects.submitted_once().filter(applicant=row).count(),
    }
    context["roles"] = _roles(context)
    return render(request, "reporting/organisation.html", context)


def _roles(context: dict) -> list[str]:
    """Return the roles that the organisation has today, in words."""
    named = {
        "donor": _("Donor"), "proposal_count": _("Applicant"), "partner": _("Partner"), "seats": _("Seat in the committee"),
    }  # fmt: skip
    return [label for name, label in named.items() if context[name]]
