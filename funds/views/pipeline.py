"""The pipeline: donors by stage and type with who follows them up; next steps; what due diligence found."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.core import clock
from alliance.core.display import Event
from alliance.core.requests import submitted, uploaded
from alliance.pages.lists import Column, listed
from alliance.people.requests import Request
from alliance.records import files
from alliance.records.models import StoredFile
from funds import permissions
from funds.forms.donors import DueDiligenceForm, NextStepForm
from funds.forms.filters import PipelineFilter
from funds.models import Donor, DonorStage, DonorType, DueDiligence, Finding
from funds.operations.diligence import record_due_diligence
from funds.operations.donors import plan_next_step
from funds.views.pages import form_act

ZERO = Decimal("0.00")


def said_finding(donor: Any) -> str:
    return str(Finding(donor.finding).label) if donor.finding else ""


COLUMNS = (
    Column(gettext_lazy("Donor"), lambda d: d.name),
    Column(gettext_lazy("Type"), lambda d: str(d.get_donor_type_display())),
    Column(gettext_lazy("Stage"), lambda d: d.get_state_display()),
    Column(gettext_lazy("Followed up by"), lambda d: d.owner.name if d.owner else ""),
    Column(gettext_lazy("Next step"), lambda d: d.next_step),
    Column(gettext_lazy("Due on"), lambda d: d.next_step_on),
    Column(gettext_lazy("Due diligence"), said_finding),
    Column(gettext_lazy("Valid until"), lambda d: d.finding_valid_until),
    Column(gettext_lazy("In the pipeline, in US dollars"), lambda d: d.prospects_usd),
    Column(gettext_lazy("Pledged, in US dollars"), lambda d: d.pledged_usd),
    Column(gettext_lazy("Received, in US dollars"), lambda d: d.deposited_usd),
)
SORTS = {
    "donor": "organisation__name_en",
    "type": "donor_type",
    "due": "next_step_on",
    "pipeline": "prospects_usd",
    "pledged": "pledged_usd",
    "usd": "deposited_usd",
}


class StageLine(NamedTuple):
    """Donors of one stage: how many of each type, and what is spoken of, pledged and received, never added up."""

    label: str
    counts: list[int]
    donors: int
    prospects: Decimal
    pledged: Decimal
    received: Decimal


@require_GET
def pipeline(request: Request) -> HttpResponseBase:
    reader_or_404(request.user.reads_all)
    form = PipelineFilter(request.GET)
    rows = narrowed(Donor.objects.visible_to(request.user), form, clock.today())
    rows = rows.with_totals().with_prospects().with_pledged().with_finding().for_list().select_related("owner")
    return listed(
        request,
        "funds/pipeline.html",
        rows,
        form=form,
        name="pipeline",
        columns=COLUMNS,
        sorts=SORTS,
        today=clock.today(),
        types=[str(label) for _value, label in DonorType.choices],
        lines=lines_by_stage(rows),
    )


def narrowed(rows: Any, form: PipelineFilter, today: date) -> Any:
    """Apply the filter; what cannot be read filters nothing and says so beside the field."""
    if not form.is_valid():
        return rows
    asked = form.cleaned_data
    rows = rows.called(asked["called"])
    if asked["overdue"]:
        rows = rows.filter(next_step_on__lt=today)
    lookups = {name: asked[name] for name in ("stage", "donor_type", "owner") if asked[name]}
    return rows.filter(**lookups)


def lines_by_stage(rows: Any) -> list[StageLine]:
    """Return the report by stage and type (R102), the total last. Only what was received can be spent."""
    found = list(rows.values_list("stage", "donor_type", "prospects_usd", "pledged_usd", "deposited_usd"))
    lines = [_line(str(label), [row for row in found if row[0] == stage]) for stage, label in DonorStage.choices]
    return [*lines, _line(_("Total"), found)]


def _line(label: str, rows: list[Any]) -> StageLine:
    counts = [sum(row[1] == donor_type for row in rows) for donor_type in DonorType.values]
    sums = [sum((row[column] for row in rows), ZERO) for column in (2, 3, 4)]
    return StageLine(label, counts, len(rows), *sums)


@require_http_methods(["GET", "POST"])
def donor_next_step(request: Request, slug: str) -> HttpResponse:
    row = find(Donor.objects.visible_to(request.user).select_related("organisation"), organisation__slug=slug)
    require(permissions.may_register_donor(request.user), _("The secretariat keeps the pipeline."))
    first = {"owner": row.owner_id, "next_step": row.next_step, "next_step_on": row.next_step_on}
    return form_act(
        request,
        NextStepForm(submitted(request), initial=first),
        plan_next_step,
        title=_("Next step with %(donor)s") % {"donor": row.name},
        lead=_("Whoever follows the donor up finds the step among its tasks."),
        submit=_("Save the next step"),
        said=_("The next step is saved."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        donor=row,
    )


@require_http_methods(["GET", "POST"])
def due_diligence_new(request: Request, slug: str) -> HttpResponse:
    row = find(Donor.objects.visible_to(request.user).select_related("organisation"), organisation__slug=slug)
    require(permissions.may_record_diligence(request.user), _("The secretariat's officers record due diligence."))
    return form_act(
        request,
        DueDiligenceForm(submitted(request), uploaded(request), initial={"done_on": clock.today()}),
        record_due_diligence,
        title=_("Due diligence on %(donor)s") % {"donor": row.name},
        lead=_(
            "A private entity's pledge becomes public only with a valid, acceptable finding. Who is found not acceptable "
            "neither pledges nor signs; money that has arrived is recorded all the same. Earlier findings stay."
        ),
        submit=_("Record the finding"),
        said=_("The finding is recorded."),
        back=row.get_absolute_url(),
        crumbs=crumbs(row),
        donor=row,
    )


@require_GET
def due_diligence_file(request: Request, slug: str, uid: UUID) -> HttpResponseBase:
    reader_or_404(request.user.reads_all)
    rows = StoredFile.objects.filter(pk__in=DueDiligence.objects.filter(donor__organisation__slug=slug).values("file"))
    return files.serve(find(rows, uid=uid))


def stage_history(donor: Donor) -> list[Event]:
    """Return how the donor came to its stage, newest first."""
    rows = donor.stage_changes.select_related("by").order_by("-at", "-pk")
    return [Event(row.at, row.get_stage_display(), by=row.by.name if row.by else "") for row in rows]


def crumbs(row: Donor) -> list[tuple[str, str]]:
    return [(_("Donors"), reverse("funds:donors")), (row.name, row.get_absolute_url())]
