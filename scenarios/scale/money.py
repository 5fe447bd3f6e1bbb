"""What a batch of projects does with its money: allocation, contracts, payments, reports, spending, refunds, releases."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from alliance.core.references import next_references
from alliance.people.models import Organisation
from alliance.register import record
from alliance.register.canonical import digest_of
from funds.ledger.attribution import Holding, split
from funds.ledger.posting import Line, open_accounts
from funds.models import Account, Payment, Source
from proposals.models import Contract, Expenditure, PartnerReport, ReportedCell, ReportedIndicator, Tranche
from proposals.operations.contracts import text_from
from scenarios.scale.deposits import Batch, put, take
from scenarios.scale.paper import Paper
from scenarios.scale.plan import ACCEPTED, CATEGORIES, CENT, REPORTS, at, parts_of
from scenarios.scale.world import World

ZERO = Decimal("0.00")
TRANCHES = (50, 30, 20)  # per cent of a contract
SAID = {
    "results": "Made up. Officials were trained; texts were gathered.",
    "narrative": "Made up. The work goes on as planned.",
    "rights_follow_up": "Made up. Each text was read for its clauses on rights.",
}


@dataclass
class Work:
    """One contract: its rows, its accounts, and what of its money is spent, sent back, left."""

    paper: Paper
    partner: Organisation
    contract: Contract
    reports: list[PartnerReport] = field(default_factory=list)
    tranches: list[Tranche] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    paid: Decimal = ZERO
    sent_back: Decimal = ZERO

    @property
    def is_over(self) -> bool:
        return self.paper.plan.end in ("completed", "closed")

    @property
    def subject(self) -> str:
        return f"{self.paper.project.reference}:{self.partner.slug}"


@dataclass
class Accounts:
    """The batch's accounts by kind and subject."""

    made: dict[tuple[str, str], Account]

    def __call__(self, kind: str, subject: str) -> Account:
        return self.made[kind, subject]


def move(world: World, papers: list[Paper], rest: int, left: int) -> list[Batch]:
    """Return all postings of the projects, whose rows are written here.

    `rest` postings are still to be made by the `left` projects from the first of these on, in equal parts.
    """
    works = _contracts(world, papers)
    accounts = Accounts(open_accounts(_wanted(papers, works)))
    allocations = [_allocation(world, accounts, paper) for paper in papers]
    batches = [batch for batch, _shares in allocations]
    batches += _payments(world, accounts, works)
    for place, (paper, (batch, shares)) in enumerate(zip(papers, allocations, strict=True)):
        own = [work for work in works if work.paper is paper]
        ends = _ends(world, accounts, paper, own, shares)
        used = len(batch[1]) + sum(len(work.payments) for work in own) + sum(len(lines) for _entry, lines in ends)
        quota = rest // (left - place)
        spending = _spending(world, accounts, own, quota - used)
        rest -= used + sum(len(lines) for _entry, lines in spending)
        batches += spending + ends
        _settle(world, paper)
    return batches


def _wanted(papers: list[Paper], works: list[Work]) -> list[tuple[str, str]]:
    wanted = [("project", paper.project.reference) for paper in papers]
    for work in works:
        wanted += [("partner", work.subject), ("refunds_in_transit", work.subject)]
        wanted += [("spent", f"{work.subject}:{category}") for category in CATEGORIES]
    return wanted


def _allocation(world: World, accounts: Accounts, paper: Paper) -> tuple[Batch, dict[tuple[int, Source], Decimal]]:
    """Return the project's allocation, and its shares by pool and source."""
    plan, destination = paper.plan, accounts("project", paper.project.reference)
    facts = {"project": paper.project.reference, "amounts": plan.amounts, "on": plan.approved_on}
    entry = record("project.funded/1", by=None, facts=facts, public=True)
    lines: list[Line] = []
    held: dict[tuple[int, Source], Decimal] = {}
    for code, amount in sorted(plan.amounts.items()):
        pool = world.pools[code]
        shares = take(world, pool, amount)
        held |= {(pool.pk, source): part for source, part in shares.items()}
        lines.append(Line(destination, pool, amount, plan.approved_on, shares))
    return (entry, lines), held


def _contracts(world: World, papers: list[Paper]) -> list[Work]:
    """Write the contracts with their reports and tranches; every one is signed on both sides."""
    works = []
    for paper in papers:
        if paper.plan.end != "approved":
            works += [_drafted(world, paper, slug, share) for slug, share in paper.plan.shares().items()]
    if not works:
        return []
    references = iter(next_references("REP", len(works) * REPORTS, year=0))
    for work in works:
        _schedule(work, references)
    Contract.objects.bulk_create([work.contract for work in works])
    PartnerReport.objects.bulk_create([report for work in works for report in work.reports])
    _pay_rows(world, works)
    Tranche.objects.bulk_create([tranche for work in works for tranche in work.tranches])
    for work in works:
        facts = {
            "contract": work.contract.reference, "project": work.paper.project.reference, "partner": work.partner.slug,
            "amount": work.contract.amount, "digest": work.contract.digest,
        }  # fmt: skip
        by = work.contract.alliance_signed_by
        record("contract.concluded/1", by=by, rows=[work.contract, *work.tranches], facts=facts, public=True)
    return works


def _drafted(world: World, paper: Paper, slug: str, share: Decimal) -> Work:
    plan, partner = paper.plan, world.partners[slug]
    signed = at(plan.starts_on - timedelta(days=5))
    (reference,) = next_references("CTR", 1, year=signed.year)
    contract = Contract(
        reference=reference, project=paper.project, partner=partner, objectives="Made up.", tasks="Made up.",
        expected_results="Made up.", amount=share, starts_on=plan.starts_on, ends_on=plan.ends_on, state="signed",
        drafted_at=at(plan.approved_on + timedelta(days=5)), drafted_by=world.people["officer"],
        offered_at=at(plan.approved_on + timedelta(days=8)), partner_signed_at=signed,
        partner_signed_by=world.signatories[slug], alliance_signed_at=signed, alliance_signed_by=world.people["head"],
    )  # fmt: skip
    return Work(paper, partner, contract)


def _schedule(work: Work, references: Any) -> None:
    """Lay out reports and tranches, and sign over them."""
    contract, plan = work.contract, work.paper.plan
    for number in range(1, REPORTS + 1):
        start = plan.starts_on + timedelta(days=180 * (number - 1))
        work.reports.append(
            PartnerReport(
                reference=f"REP-{start.year}-{next(references).rpartition('-')[2]}", contract=contract, number=number,
                period_from=start, period_to=start + timedelta(days=179), due_on=start + timedelta(days=210),
            )
        )  # fmt: skip
    left = contract.amount
    for number, percent in enumerate(TRANCHES, start=1):
        amount = (contract.amount * percent / 100).quantize(CENT) if number < len(TRANCHES) else left
        left -= amount
        due = plan.starts_on + timedelta(days=180 * (number - 1))
        waits = work.reports[number - 2] if number > 1 else None
        work.tranches.append(
            Tranche(contract=contract, number=number, amount=amount, due_on=due, report_required=waits)
        )
    reports = [{name: getattr(row, name) for name in ("number", "period_from", "period_to", "due_on")} for row in work.reports]  # fmt: skip
    tranches = [
        {"number": row.number, "amount": row.amount, "due_on": row.due_on, "report_required__number": waits}
        for row, waits in zip(work.tranches, (None, *range(1, REPORTS)), strict=True)
    ]
    contract.digest = digest_of(text_from(contract, reports, tranches))


def _pay_rows(world: World, works: list[Work]) -> None:
    """Say which tranches are paid: all of a work that is over, else the first two."""
    for work in works:
        work.paid = sum((tranche.amount for tranche in work.tranches[: 3 if work.is_over else 2]), ZERO)


def _payments(world: World, accounts: Accounts, works: list[Work]) -> list[Batch]:
    """Prepare, authorise and pay the tranches, by two people; each payment is one posting."""
    batches: list[Batch] = []
    references = iter(next_references("PAY", len(works) * len(TRANCHES), year=0)) if works else iter(())
    paid: list[Tranche] = []
    for work in works:
        for tranche in work.tranches[: 3 if work.is_over else 2]:
            batches.append(_payment(world, accounts, work, tranche, next(references)))
            paid.append(tranche)
    Payment.objects.bulk_create([payment for work in works for payment in work.payments])
    for tranche in paid:
        tranche.payment_id = tranche.payment.pk  # type: ignore[union-attr]
    if paid:
        Tranche.objects.bulk_update(paid, ["payment"])
    return batches


def _payment(world: World, accounts: Accounts, work: Work, tranche: Tranche, reference: str) -> Batch:
    on = tranche.due_on + timedelta(days=3)
    debit, credit = accounts("partner", work.subject), accounts("project", work.paper.project.reference)
    facts: dict[str, Any] = {
        "payment": f"PAY-{on.year}-{reference.rpartition('-')[2]}", "payee": work.partner.slug, "debit": debit.code,
        "credit": credit.code, "amount": tranche.amount,
    }  # fmt: skip
    entry = record("payment.paid/1", by=world.people["finance_officer"], facts=facts, public=True)
    tranche.payment = payment = Payment(
        reference=facts["payment"], payee=work.partner, amount=tranche.amount, debit=debit, credit=credit,
        purpose=f"{work.paper.project.reference} {work.contract.reference} / {tranche.number}", state="acknowledged",
        prepared_by=world.people["second_finance_officer"], prepared_at=at(tranche.due_on),
        authorised_by=world.people["finance_officer"], authorised_at=at(tranche.due_on, 14),
        paid_by=world.people["finance_officer"], paid_on=on, bank_reference=f"MADE-UP-{reference}",
        acknowledged_by=work.contract.partner_signed_by, acknowledged_at=at(on + timedelta(days=2)), entry_id=entry.id,
    )  # fmt: skip
    entry.rows.append(payment)
    work.payments.append(payment)
    return entry, [Line(debit, credit, tranche.amount, on)]


def _ends(
    world: World, accounts: Accounts, paper: Paper, works: list[Work], held: dict[tuple[int, Source], Decimal]
) -> list[Batch]:
    """Send back, receive and release what a finished project did not spend."""
    if paper.plan.end not in ("completed", "closed"):
        return []
    batches: list[Batch] = []
    project, on = accounts("project", paper.project.reference), paper.plan.ends_on + timedelta(days=40)
    back = ZERO
    for work in works:
        amount = work.sent_back = (work.paid * world.chance.randrange(2, 9) / 100).quantize(CENT)
        transit = accounts("refunds_in_transit", work.subject)
        facts = {"project": paper.project.reference, "organisation": work.partner.slug, "amount": amount}
        finance = world.people["finance_officer"]
        sent = record("refund.sent/1", by=finance, facts=facts, public=True)
        batches.append((sent, [Line(transit, accounts("partner", work.subject), amount, on)]))
        came = record("refund.received/1", by=finance, facts=facts, public=True)
        batches.append((came, [Line(project, transit, amount, on + timedelta(days=6))]))
        back += amount
    batches.append(_release(world, paper, project, back, held, on + timedelta(days=9)))
    return batches


def _release(
    world: World, paper: Paper, project: Account, amount: Decimal, held: dict[tuple[int, Source], Decimal], on: date
) -> Batch:
    ordered = sorted(held.items(), key=lambda item: (item[0][1].since, item[0][1].pk, item[0][0]))
    parts = split(amount, [Holding(key, part, rank) for rank, (key, part) in enumerate(ordered)])
    facts = {"project": paper.project.reference, "amount": amount}
    entry = record("allocation.released/1", by=world.people["finance_officer"], facts=facts, public=True)
    lines = []
    for pool in sorted(world.pools.values(), key=lambda pool: pool.pk):
        shares = {source: part for (pk, source), part in parts.items() if pk == pool.pk}
        if shares:
            put(world, pool, shares)
            lines.append(Line(pool, project, sum(shares.values(), ZERO), on, shares))
    return entry, lines


def _spending(world: World, accounts: Accounts, works: list[Work], count: int) -> list[Batch]:
    """Return `count` postings of spending: those of accepted reports first, then what partners accounted for between."""
    batches: list[Batch] = []
    for place, work in enumerate(works):
        own = count // len(works) + (count % len(works) if place == 0 else 0)
        spent = work.paid - work.sent_back if work.is_over else (work.paid * 4 / 5).quantize(CENT)
        parts = parts_of(spent, own, world.chance)
        for report in work.reports[:ACCEPTED]:
            batches.append(_reported(world, accounts, work, report, parts[: len(CATEGORIES)]))
            del parts[: len(CATEGORIES)]
        if work.is_over:
            _accept(world, work, work.reports[-1], [ZERO] * len(CATEGORIES))
        for number, start in enumerate(range(0, len(parts), len(CATEGORIES))):
            on = work.paper.plan.starts_on + timedelta(days=20 + number * 500 // (len(parts) // len(CATEGORIES) + 1))
            batches.append(_spent(world, accounts, work, parts[start : start + len(CATEGORIES)], on))
    return batches


def _spent(world: World, accounts: Accounts, work: Work, parts: list[Decimal], on: date) -> Batch:
    facts = {"project": work.paper.project.reference, "organisation": work.partner.slug}
    entry = record("spending.posted/1", by=world.people["officer"], facts=facts, public=True)
    held = accounts("partner", work.subject)
    return entry, [
        Line(accounts("spent", f"{work.subject}:{category}"), held, part, on)
        for category, part in zip(CATEGORIES, parts, strict=False)
    ]


def _reported(world: World, accounts: Accounts, work: Work, report: PartnerReport, parts: list[Decimal]) -> Batch:
    _accept(world, work, report, parts)
    return _spent(world, accounts, work, parts, report.due_on + timedelta(days=10))


def _accept(world: World, work: Work, report: PartnerReport, parts: list[Decimal]) -> None:
    """Set a report accepted in memory; `_settle` writes it."""
    report.state = "accepted"
    report.saved_at = report.submitted_at = at(report.due_on)
    report.submitted_by = work.contract.partner_signed_by
    report.accepted_at, report.accepted_by = at(report.due_on + timedelta(days=10)), world.people["officer"]
    for name, text in SAID.items():
        setattr(report, name, text)
    work.paper.accepted.append((work, report, parts))


REPORT_COLUMNS = ("state", "saved_at", "submitted_at", "submitted_by", "accepted_at", "accepted_by", *SAID)


def _settle(world: World, paper: Paper) -> None:
    """Write the accepted reports with what they report, and the end of the project."""
    rows = paper.accepted
    if rows:
        PartnerReport.objects.bulk_update([report for _work, report, _parts in rows], REPORT_COLUMNS)
    people, number = paper.indicators
    share = Decimal(world.chance.randrange(5, 35))
    reported = ReportedIndicator.objects.bulk_create(
        ReportedIndicator(report=report, indicator=indicator, actual=share * 2)
        for _work, report, _parts in rows
        for indicator in (people, number)
    )
    cells = ReportedCell.objects.bulk_create(
        ReportedCell(reported=row, variable="sex", category=category, value=share)
        for row in reported
        if row.indicator_id == people.pk
        for category in ("female", "male")
    )
    spent = Expenditure.objects.bulk_create(
        Expenditure(report=report, category=world.categories[category], amount=part)
        for _work, report, parts in rows
        for category, part in zip(CATEGORIES, parts, strict=True)
    )
    for place, (work, report, parts) in enumerate(rows):
        facts = {
            "report": report.reference, "contract": work.contract.reference, "project": paper.project.reference,
            "partner": work.partner.slug, "spent": sum(parts, ZERO),
        }  # fmt: skip
        said = [report, *reported[place * 2 : place * 2 + 2], *cells[place * 2 : place * 2 + 2]]
        said += spent[place * len(CATEGORIES) : (place + 1) * len(CATEGORIES)]
        record("report.accepted/1", by=report.accepted_by, rows=said, facts=facts, public=True)
    if paper.plan.end == "closed":
        facts = {"project": paper.project.reference}
        record("project.closed/1", by=world.people["head"], rows=[paper.project], facts=facts, public=True)
