"""What the files are of: the fund and its projects; the organisation. To be read inside one state of the database.

The number of queries does not follow the postings; it grows by a few for each hundred projects. Transactions are read
while they are written, so that a large fund needs no more memory than a small one.
"""

import functools
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from funds.ledger.chart import AddsTo, line_codes
from funds.statements.funding_status import LABELS, amounts
from reporting.iati import codes, movements
from reporting.iati.context import Known
from reporting.iati.fund import fund_activity
from reporting.iati.movements import ByProject
from reporting.iati.projects import project_activity, projects
from reporting.iati.shape import Activities, Activity, Link, OrganisationFile, Year
from reporting.statements.scope import StatementScope

USES = (*line_codes(AddsTo.TRANSFERS), *line_codes(AddsTo.REFUNDS), *line_codes(AddsTo.COSTS))


def activities() -> Activities:
    """Return the fund's activity and, in the order of their references, each project's."""
    known = Known()
    return Activities(known.head, _activities(known))


def _activities(known: Known) -> Iterator[Activity]:
    yield fund_activity(known)
    read = ByProject(movements.of_projects(known.today))
    for project in projects():
        yield project_activity(known, project, read.of(project.reference))


def organisation() -> OrganisationFile:
    """Return the organisation's file: what it used in each year, as the statement has it. No budget by year is public."""
    known = Known()
    url = codes.page("reporting:statements")
    links = (Link(url, _("Financial statements"), ("B16",)),) if url else ()
    return OrganisationFile(known.head, tuple(_spending(known.today)), links)


def _spending(day: date) -> Iterator[Year]:
    moves = StatementScope(day).moves()
    for year in moves.years:
        found = amounts(functools.partial(moves.net, year=year))
        if not any(found[code] for code in USES):
            continue
        ends_on = min(date(year, 12, 31), day)
        signed = {code: -found[code] if code == "refunds_partners" else found[code] for code in USES}
        parts = tuple((code, amount, str(LABELS[code])) for code, amount in signed.items() if amount)
        yield Year(date(year, 1, 1), ends_on, found["total_uses"], ends_on, parts)
