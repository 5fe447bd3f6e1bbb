"""Gathering a donor's area: few readings, the same number for one project and for a thousand."""

from datetime import date

from alliance.core import clock
from alliance.register.knowledge import one_state
from funds.models import Donor
from reporting.donor_area import contributions
from reporting.donor_area.flow import flow
from reporting.donor_area.money import Own
from reporting.donor_area.projects import project_rows
from reporting.donor_area.shape import DonorArea


def donor_area(donor: Donor, day: date | None = None, *, first: int = 0, size: int | None = None) -> DonorArea:
    """Return a donor's area as of a day, in the active language.

    `size` asks for that many projects from `first` on; every figure is of all of them.
    """
    with one_state():
        return _gathered(Own(donor, day or clock.today()), first, size)


def _gathered(own: Own, first: int, size: int | None) -> DonorArea:
    donor, day = own.donor, own.day
    projects, has_more = project_rows(own.parts, day, first=first, size=size)
    rows = contributions.papers(donor, day)
    return DonorArea(
        donor=donor.name,
        slug=donor.organisation.slug,
        is_trustee=donor.is_trustee,
        as_of=day,
        pledged=contributions.pledged(rows, day),
        agreed=contributions.agreed(rows, day),
        windows=own.windows,
        totals=own.totals,
        contributions=contributions.contributions(rows, day),
        deposits=contributions.deposits(rows),
        instalments=contributions.instalments(rows, day),
        projects=projects,
        has_more=has_more,
        flow=flow(donor.name, own),
    )
