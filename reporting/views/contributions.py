"""The donor's own area."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.access import require
from alliance.people.models import DONOR_ROLES
from alliance.people.requests import Request
from funds import permissions
from funds.models import Donor
from reporting.contributions import donor_area


@require_safe
def my_contributions(request: Request) -> HttpResponse:
    """Each contribution of one's own organisations from pledge to project (R54, R56)."""
    own = request.user.organisation_ids(*DONOR_ROLES)
    require(bool(own), _("This is the area of donors: your roles are not a donor’s."))
    donors = Donor.objects.filter(organisation__in=own).select_related("organisation").order_by("pk")
    context = {
        "areas": [donor_area(donor) for donor in donors],
        "may_pledge": any(permissions.can_pledge(request.user, pk) for pk in own),
    }
    return render(request, "reporting/my_contributions.html", context)
