"""Gathering a donor's area: few readings, the same number for one project and for a thousand."""

from datetime import date

from alliance.core import clock
from funds.models import Donor
from reporting.donor_area import papers
from reporting.donor_area.flow import flow
from reporting.donor_area.money import Own
from reporting.donor_area.projects import project_rows
from reporting.donor_area.shape import DonorArea


def donor_area(donor: Donor, day: date | None = None, *, first: int = 0, size: int | None = None) -> DonorArea:
    """Return a donor's area as of a day, in the active language.

    `size` asks for that many projects from `first` on; every figure is of all of them.
    """
    day = day or clock.today()
    own = Own(donor, day)
    parts = own.parts("project DESC", first, None if size is None else size + 1)
    rows = papers.papers(donor, day)
    return DonorArea(
        donor=donor.name,
        slug=donor.organisation.slug,
        is_trustee=donor.is_trustee,
        as_of=day,
        pledged=papers.pledged(rows, day),
        agreed=papers.agreed(rows, day),
        windows=own.windows,
        totals=own.totals,
        contributions=papers.contributions(rows, day),
        deposits=papers.deposits(rows),
        instalments=papers.instalments(rows, day),
        projects=project_rows(parts[:size], day),
        has_more=size is not None and len(parts) > size,
        flow=flow(donor.name, own),
    )
