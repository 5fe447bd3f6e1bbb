"""Partners' reports: written, submitted, accepted or returned. Acceptance posts the spending."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.states import advance
from alliance.people.models import User
from alliance.register import operation, record
from funds.models import Account, Posting
from funds.operations.money import post_spending
from proposals import permissions
from proposals.models import BudgetCategory, Expenditure, Indicator, PartnerReport, ReportedCell, ReportedIndicator
from proposals.operations.rows import lock_report, required

ZERO = Decimal("0.00")
TEXTS = ("results", "narrative", "rights_follow_up")


@transaction.atomic
def save_report(
    *,
    by: User,
    report: PartnerReport,
    texts: Mapping[str, str] | None = None,
    actuals: Mapping[Indicator, tuple[Decimal | None, str]] | None = None,
    cells: Mapping[tuple[Indicator, str, str], Decimal | None] | None = None,
    spending: Mapping[BudgetCategory, Decimal] | None = None,
) -> PartnerReport:
    """Save what is given of a report that is due or was returned; what is not given stays.

    `actuals`: value and remark by indicator. `cells`: value by indicator, variable and category. `spending`: amount in
    the fund's currency by category. Raises Refused for an indicator that is not the project's, and below zero.
    """
    report = lock_report(report.pk)
    _require_writer(by, report)
    if not report.is_editable:
        raise OutOfState(_("This report has been submitted: it can no longer be changed. Nothing was saved."))
    _require_own(report, {*(actuals or {}), *(indicator for indicator, *_cell in cells or {})})
    _require_counted([*(spending or {}).values(), *(cells or {}).values()])
    for name, text in (texts or {}).items():
        if name in TEXTS:
            setattr(report, name, text)
    report.saved_at = clock.now()
    report.save()
    for indicator, (actual, remark) in (actuals or {}).items():
        ReportedIndicator.objects.update_or_create(
            report=report, indicator=indicator, defaults={"actual": actual, "remark": remark}
        )
    _save_cells(report, cells or {})
    for category, amount in (spending or {}).items():
        Expenditure.objects.update_or_create(report=report, category=category, defaults={"amount": amount or ZERO})
    return report


def _save_cells(report: PartnerReport, cells: Mapping[tuple[Indicator, str, str], Decimal | None]) -> None:
    rows = {row.indicator_id: row for row in report.indicators.all()}
    for (indicator, variable, category), value in cells.items():
        if indicator.pk not in rows:  # its breakdown is known before its value
            rows[indicator.pk] = ReportedIndicator.objects.create(report=report, indicator=indicator)
        ReportedCell.objects.update_or_create(
            reported=rows[indicator.pk], variable=variable, category=category, defaults={"value": value}
        )


def _require_own(report: PartnerReport, indicators: Collection[Indicator]) -> None:
    own = set(report.contract.project.proposal.indicators.values_list("pk", flat=True))
    if {indicator.pk for indicator in indicators} - own:
        raise Refused(_("An indicator that is reported on is one of the project’s own."))


def _require_counted(values: Iterable[Decimal | None]) -> None:
    if any(value is not None and value < ZERO for value in values):
        raise Refused(_("What was spent or counted is zero or more."))


@operation
def submit_report(*, by: User, report: PartnerReport) -> PartnerReport:
    """Submit a report: results, progress, the rights follow-up (R46), every indicator, spending by category (R68).

    Raises Refused when a part is missing, or when more is reported as spent than the partner holds.
    """
    report = lock_report(report.pk)
    _require_writer(by, report)
    if not report.contract.is_signed:
        raise OutOfState(_("Reports are due under signed contracts."))
    advance(report, "submit")
    required(report.results, _("State the results."), "results")
    required(report.narrative, _("Describe progress."), "narrative")
    required(
        report.rights_follow_up,
        _("Say how migrants’ rights and welfare were looked after in this period."),
        "rights_follow_up",
    )
    _require_indicators(report)
    _require_held(report)
    report.submitted_at, report.submitted_by, report.return_reason = clock.now(), by, ""
    report.save(update_fields=["state", "submitted_at", "submitted_by", "return_reason"])
    record("report.submitted/1", by=by, rows=_rows(report), facts={**_facts(report), "spent": spent_in(report)})
    return report


@operation
def accept_report(*, by: User, report: PartnerReport) -> PartnerReport:
    """Accept a report and post its spending by category, effective today (R68)."""
    report = lock_report(report.pk)
    _require_reviewer(by)
    advance(report, "accept")
    if report.submitted_by_id == by.pk:
        raise NotAllowed(_("Another person accepts the report that you submitted."))
    _require_held(report)
    report.accepted_at, report.accepted_by = clock.now(), by
    report.save(update_fields=["state", "accepted_at", "accepted_by"])
    lines = {str(row.category.code): row.amount for row in _spending(report) if row.amount > ZERO}
    if lines:
        contract = report.contract
        post_spending(
            by=by, project=contract.project.reference, organisation=contract.partner, lines=lines, on=clock.today()
        )
    facts = {**_facts(report), "spent": spent_in(report)}
    record("report.accepted/1", by=by, rows=_rows(report), facts=facts, public=True)
    return report


@operation
def return_report(*, by: User, report: PartnerReport, reason: str) -> PartnerReport:
    """Give a report back with the reason; its author goes on writing."""
    report = lock_report(report.pk)
    _require_reviewer(by)
    reason = required(reason, _("Say what has to change."), "reason")
    advance(report, "return")
    report.return_reason = reason
    report.save(update_fields=["state", "return_reason"])
    parts = [row for row in _rows(report) if row != report]  # its author's draft again
    record("report.returned/1", by=by, rows=[report], gone=parts, facts=_facts(report))
    return report


def held_by_partner(report: PartnerReport) -> Decimal:
    """Return the money with the partner for this project, as the ledger has it now."""
    code = f"partner:{report.contract.project.reference}:{report.contract.partner.slug}"
    found = Account.objects.filter(code=code).first()
    return found.balance if found else ZERO


def taken_back(report: PartnerReport) -> Decimal:
    """Return what the books took back of the spending that was posted when this report was accepted; it stays as accepted."""
    contract = report.contract
    spent = f"spent:{contract.project.reference}:{contract.partner.slug}:"
    of_partner = PartnerReport.objects.filter(contract__project=contract.project, contract__partner=contract.partner)
    later = of_partner.filter(accepted_at__gt=report.accepted_at).order_by("accepted_at").first()
    rows = Posting.objects.filter(
        reverses__debit__code__startswith=spent, reverses__recorded_at__gte=report.accepted_at
    )
    if later:
        rows = rows.filter(reverses__recorded_at__lt=later.accepted_at)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def spent_in(report: PartnerReport) -> Decimal:
    """Return the sum of the report's expenditure lines."""
    return report.expenditures.aggregate(total=Sum("amount"))["total"] or ZERO


def _spending(report: PartnerReport) -> list[Expenditure]:
    return list(report.expenditures.select_related("category").order_by("category__code"))


def _require_held(report: PartnerReport) -> None:
    spent, held = spent_in(report), held_by_partner(report)
    if spent > held:
        message = _("More is reported as spent (%(spent)s) than was with you (%(held)s).")
        raise Refused(message % {"spent": spent, "held": held})


def _require_indicators(report: PartnerReport) -> None:
    """Every indicator has its value or a remark; a breakdown adds up to it or the remark says why not (R74)."""
    reported = {row.indicator_id: row for row in report.indicators.prefetch_related("cells")}
    for indicator in report.contract.project.proposal.indicators.order_by("position"):
        row = reported.get(indicator.pk)
        if row is None or (row.actual is None and not row.remark.strip()):
            message = _("Indicator %(number)s: give the actual value, or say why there is none.")
            raise Refused(message % {"number": indicator.position})
        if not row.remark.strip() and _uneven(row):
            message = _("Indicator %(number)s: the breakdown does not add up to the value. Correct it, or explain it.")
            raise Refused(message % {"number": indicator.position})


def _uneven(row: ReportedIndicator) -> bool:
    sums: dict[str, Decimal] = {}
    for cell in row.cells.all():
        if cell.value is not None:
            sums[cell.variable] = sums.get(cell.variable, ZERO) + cell.value
    return any(total != row.actual for total in sums.values())


def _rows(report: PartnerReport) -> list[Any]:
    cells = ReportedCell.objects.filter(reported__report=report).order_by("pk")
    return [report, *report.indicators.order_by("pk"), *cells, *report.expenditures.order_by("pk")]


def _require_writer(by: User, report: PartnerReport) -> None:
    if not permissions.may_write_report(by, report):
        raise NotAllowed(_("A report is written by the partner’s own people."))


def _require_reviewer(by: User) -> None:
    if not permissions.may_review_reports(by):
        raise NotAllowed(_("Reports are reviewed by the secretariat."))


def _facts(report: PartnerReport) -> dict[str, Any]:
    return {
        "report": report.reference,
        "contract": report.contract.reference,
        "project": report.contract.project.reference,
        "partner": report.contract.partner.slug,
    }
