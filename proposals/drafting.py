"""The first wording of a contract, taken from what was approved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.forum.models import Objective
from alliance.people.models import Organisation
from proposals.models import Contract, Project
from proposals.terms import ReportTerms, Terms, TrancheTerms

REPORT_DAYS = 60
PERIOD_DAYS = 182


def first_terms(project: Project, partner: Organisation, left: Decimal) -> Terms:
    """Return the terms that an officer starts from: the version's words, half the money at once, half on a report."""
    content = project.version.parsed
    mine = next((item for item in content["partners"] if item["organisation"] == partner.slug), None)
    amount = min(left, Decimal(mine["share"])) if mine else left
    middle = min(project.starts_on + timedelta(days=PERIOD_DAYS), project.ends_on)
    half = (amount / 2).quantize(Decimal("0.01"))
    return Terms(
        objectives=_objectives(content),
        tasks="\n\n".join(text for text in ((mine or {}).get("tasks", ""), content["approach"]) if text),
        expected_results=_results(content),
        amount=amount,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        reports=_reports(project.starts_on, middle, project.ends_on),
        tranches=[
            TrancheTerms(half, project.starts_on),
            TrancheTerms(amount - half, middle + timedelta(days=REPORT_DAYS), 1),
        ],
    )


def stored_terms(contract: Contract) -> Terms:
    """Return what a draft holds."""
    names = ("objectives", "tasks", "expected_results", "amount", "starts_on", "ends_on")
    reports = contract.reports.order_by("number").values("period_from", "period_to", "due_on")
    tranches = contract.tranches.order_by("number").values_list("amount", "due_on", "report_required__number")
    return Terms(
        **{name: getattr(contract, name) for name in names},
        reports=[ReportTerms(**row) for row in reports],
        tranches=[TrancheTerms(amount, due_on, report) for amount, due_on, report in tranches],
    )


def _objectives(content: dict[str, Any]) -> str:
    codes = [item["code"] for item in content["objectives"]]
    names = {row.code: row.name for row in Objective.objects.filter(code__in=codes)}
    served = "\n".join(f"{code} {names[code]}" for code in codes)
    return f"{content['summary']}\n\n{served}"


def _results(content: dict[str, Any]) -> str:
    line = _("%(statement)s: from %(baseline)s to %(target)s")
    return "\n".join(
        line % {"statement": row["statement"], "baseline": _value(row["baseline"]), "target": _value(row["target"])}
        for row in content["indicators"]
    )


def _value(written: str | None) -> str:
    return formats.plain_figure(Decimal(written)) if written else "–"


def _reports(first: date, middle: date, last: date) -> list[ReportTerms]:
    reports = [ReportTerms(first, middle, middle + timedelta(days=REPORT_DAYS))]
    if middle < last:
        reports.append(ReportTerms(middle + timedelta(days=1), last, last + timedelta(days=REPORT_DAYS)))
    return reports
