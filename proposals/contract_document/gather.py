"""The rows of a contract, answered as figures in the active language, all read at one moment."""

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.countries import country_name
from alliance.core.translated import active_language
from alliance.forum.models import Objective
from alliance.register.canonical import canonical, digest_of
from alliance.register.knowledge import one_state
from alliance.register.models import RegisterEntry
from alliance.register.snapshots import plain
from funds.models import Fund
from proposals.contract_document.figures import (
    ZERO,
    BudgetRow,
    BudgetTable,
    Condition,
    ContractFigures,
    ReportTerm,
    Rights,
    Served,
    Signature,
    TrancheTerm,
)
from proposals.models import BudgetCategory, Contract, RightsMarker
from proposals.operations.contracts import text_of
from proposals.sections.tables import split_paragraphs

YEARS_ON_A_PAGE = 4
SIGNING = ("contract.signed/1", "contract.concluded/1")


def gather(reference: str) -> ContractFigures:
    """Return what the contract's document says now."""
    with one_state():
        related = ("project__version", "project__lead", "partner", "partner_signed_by", "alliance_signed_by")
        return _gather(Contract.objects.select_related(*related).get(reference=reference))


def state_of(contract: Contract) -> str:
    """Return a digest of how the contract stands: its text, its state and its signatures, in no language."""
    stands = [text_of(contract), contract.state, contract.partner_signed_at, contract.alliance_signed_at]
    return digest_of(canonical(plain(stands)))


def entries(contract: Contract) -> QuerySet[RegisterEntry]:
    """Return the register's entries about the contract itself."""
    named = f'"contract":"{contract.reference}"'
    return RegisterEntry.objects.filter(kind__startswith="contract.", body__contains=named)


def _gather(row: Contract) -> ContractFigures:
    project, content, fund = row.project, row.project.version.parsed, Fund.objects.the()
    newest = entries(row).order_by("-n")[0]
    lines = [line for line in content["budget"] if line["partner"] == row.partner.slug]
    return ContractFigures(
        language=active_language(),
        reference=row.reference,
        state=row.state,
        fund=fund.name,
        currency=fund.currency,
        is_demonstration=clock.is_demonstration(),
        partner=row.partner.name,
        partner_kind=str(row.partner.get_kind_display()),
        lead=project.lead.name,
        project=project.reference,
        title=project.title,
        countries=tuple(country_name(code) for code in project.countries),
        decision=project.decision_reference,
        approved_on=project.approved_on,
        version=project.version.receipt,
        version_digest=project.version.digest,
        allocated=project.amount,
        amount=row.amount,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        drafted_on=row.drafted_at.date(),
        cancelled_on=row.cancelled_at.date() if row.cancelled_at else None,
        cancel_reason=row.cancel_reason,
        served=served(content),
        objectives=tuple(split_paragraphs(row.objectives)),
        tasks=tuple(split_paragraphs(row.tasks)),
        expected_results=tuple(split_paragraphs(row.expected_results)),
        budget=tuple(budget(lines)),
        direct=_sum(line for line in lines if not line["is_indirect"]),
        indirect=_sum(line for line in lines if line["is_indirect"]),
        conditions=tuple(Condition(one.number, one.text) for one in project.conditions.order_by("number")),
        tranches=tranches(row),
        reports=reports(row),
        rights=rights(content),
        signatures=signatures(row),
        fingerprint=row.digest,
        register_n=newest.n,
        register_hash=newest.hash,
        register_at=newest.recorded_at,
    )


def served(content: dict[str, Any]) -> tuple[Served, ...]:
    names = {row.code: row.name for row in Objective.objects.all()}
    return tuple(
        Served(item["code"], names[item["code"]], Decimal(item["percent"]), item["is_main"])
        for item in content["objectives"]
    )


def budget(lines: list[dict[str, Any]]) -> Iterator[BudgetTable]:
    """Yield the partner's budget by category and year, in tables of as many years as fit on a page."""
    amounts: dict[tuple[str, int], dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for line in lines:
        amounts[line["category_version"], line["category"]][line["year"]] += Decimal(line["amount"])
    names = {(row.version, row.code): str(row) for row in BudgetCategory.objects.all()}
    years = sorted({line["year"] for line in lines})
    for shown in batched(years, YEARS_ON_A_PAGE):
        rows = tuple(_budget_row(names[key], amounts[key], shown) for key in sorted(amounts))
        sums = BudgetRow(
            _("Total"),
            tuple(sum((row.amounts[place] for row in rows), ZERO) for place in range(len(shown))),
            sum((row.total for row in rows), ZERO),
        )
        yield BudgetTable(shown, rows, sums, is_last=shown[-1] == years[-1])


def _budget_row(name: str, by_year: dict[int, Decimal], years: tuple[int, ...]) -> BudgetRow:
    return BudgetRow(name, tuple(by_year.get(year, ZERO) for year in years), sum(by_year.values(), ZERO))


def _sum(lines: Iterator[dict[str, Any]]) -> Decimal:
    return sum((Decimal(line["amount"]) for line in lines), ZERO)


def tranches(row: Contract) -> tuple[TrancheTerm, ...]:
    rows = row.tranches.order_by("number").values_list("number", "amount", "due_on", "report_required__number")
    return tuple(TrancheTerm(*values) for values in rows)


def reports(row: Contract) -> tuple[ReportTerm, ...]:
    rows = row.reports.order_by("number")
    return tuple(
        ReportTerm(*values) for values in rows.values_list("number", "reference", "period_from", "period_to", "due_on")
    )


def rights(content: dict[str, Any]) -> Rights:
    marker = content["rights_marker"]
    return Rights(
        marker="" if marker is None else str(RightsMarker(marker).label),
        commitments=tuple(split_paragraphs(content["rights_and_welfare"])),
        adverse_effects=tuple(split_paragraphs(content["adverse_effects"])),
        disaggregation=tuple(split_paragraphs(content["disaggregation"])),
    )


def signatures(row: Contract) -> tuple[Signature, ...]:
    """Return both sides, signed or not, each with the register entry of its signature."""
    signed = {json.loads(entry.body)["facts"]["side"]: entry for entry in entries(row).filter(kind__in=SIGNING)}
    organisations = {"partner": row.partner.name, "alliance": _("International Alliance on Migration and Development")}
    return tuple(_signature(row, side, name, signed.get(side)) for side, name in organisations.items())


def _signature(row: Contract, side: str, organisation: str, entry: RegisterEntry | None) -> Signature:
    if entry is None:
        return Signature(side, organisation, "", None, 0, "")
    person, moment = getattr(row, f"{side}_signed_by"), getattr(row, f"{side}_signed_at")
    return Signature(side, organisation, person.name, moment, entry.n, entry.hash)
