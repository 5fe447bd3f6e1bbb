"""The donor's area as a page, its list of projects as files, and its statement."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.access import find, require
from alliance.core import clock
from alliance.core.translated import active_language
from alliance.pages.lists import DOWNLOADS, wanted
from alliance.people.models import DONOR_ROLES
from alliance.people.requests import Request
from alliance.rendering.tables import book_response
from funds import permissions
from funds.models import Donor
from reporting.donor_area import document, jobs, tables
from reporting.donor_area.gather import donor_area
from reporting.paging import Page, number_of
from reporting.statements.forms import AsOf
from reporting.statements.scope import ends_of_years

ROWS = 20  # projects on one page


@require_safe
def my_contributions(request: Request) -> HttpResponseBase:
    """The area of one's own organisation: the one acted for, or the first of them (R54, R56)."""
    own = request.user.organisation_ids(*DONOR_ROLES)
    require(bool(own), _("This is the area of donors: your roles are not a donor’s."))
    donors = list(_donors().filter(organisation__in=own))
    acting = getattr(request, "acting", None)
    acted_for = [donor for donor in donors if acting and donor.organisation_id == acting.organisation_id]
    return _page(request, next(iter(acted_for or donors), None), donors)


@require_safe
def area(request: Request, slug: str) -> HttpResponseBase:
    """One donor's area, for its own people, the secretariat and the auditor."""
    own = request.user.organisation_ids(*DONOR_ROLES)
    donors = [] if request.user.reads_all else list(_donors().filter(organisation__in=own))
    mine = next((donor for donor in donors if donor.organisation.slug == slug), None)
    donor = mine or find(_donors().visible_to(request.user), organisation__slug=slug)
    return _page(request, donor, donors)


def _donors() -> Any:
    return Donor.objects.select_related("organisation").order_by("pk")


def _page(request: Request, donor: Donor | None, donors: Sequence[Donor]) -> HttpResponseBase:
    form = AsOf(request.GET or None, today=clock.today())
    own = request.user.organisation_ids(*DONOR_ROLES)
    context: dict[str, Any] = {
        "form": form, "day": form.day, "area": None, "others": [one for one in donors if one != donor],
        "may_pledge": any(permissions.may_pledge(request.user, pk) for pk in own),
        "is_own": donor is None or donor.organisation_id in own,
    }  # fmt: skip
    if donor is not None:
        if kind := wanted(request):
            return _list(donor, form, kind)
        number = number_of(request)
        found = donor_area(donor, form.day, first=(number - 1) * ROWS, size=ROWS)
        begun = min((row.received_on for row in found.deposits), default=None)
        context |= {
            "area": found, "ends": ends_of_years(begun, form.day, 3), "definitions": tables.definitions(found),
            "page": Page(number, [], found.has_more), "postings": _behind(found.slug, is_trustee=found.is_trustee),
        }  # fmt: skip
    return render(request, "reporting/donor_area.html", context)


def _behind(slug: str, *, is_trustee: bool) -> str:
    """Return the account that the donor's deposits were posted from."""
    return f"{'seed' if is_trustee else 'donor'}:{slug}"


def _list(donor: Donor, form: AsOf, kind: str) -> HttpResponseBase:
    """Answer with every project that money is attributed to, with the figures of the page."""
    columns, rows = tables.list_rows(tables.projects(donor_area(donor, form.day)))
    return DOWNLOADS[kind](columns, rows, f"projects-{donor.organisation.slug}-{form.day.isoformat()}")


@require_POST
def statement_pdf(request: Request, slug: str) -> HttpResponse:
    """Ask for the statement as PDF, in the language of the page."""
    donor = find(_donors().visible_to(request.user), organisation__slug=slug)
    form = AsOf(request.POST, today=clock.today())
    return redirect(jobs.request_statement(by=request.user, donor=donor, as_of=form.day, language=_language()))


@require_safe
def statement_xlsx(request: Request, slug: str) -> HttpResponseBase:
    """Answer with the statement as a workbook, in the language of the page."""
    donor = find(_donors().visible_to(request.user), organisation__slug=slug)
    form = AsOf(request.GET or None, today=clock.today())
    found = document.statement(donor, form.day)
    name = document.file_name(slug, form.day, _language())
    return book_response(document.sheets(found), name, created=found.known.at)


def _language() -> str:
    return active_language()
