"""The fund's activity: who gives and takes part, what comes in by year, and every movement of its money."""

import functools
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from funds.attribution import prorated
from funds.models import Agreement, Deposit, Donor, Instalment, Pledge, Posting
from proposals.models import Contract
from reporting.iati import codes, movements
from reporting.iati.known import Known, in_each, marked, said
from reporting.iati.movements import Kind, Movement
from reporting.iati.shape import Activity, Coded, Link, Participant, Text, Transaction, Year

ZERO = Decimal("0.00")
BATCH = 100  # agreements read together


def fund_activity(known: Known) -> Activity:
    statements = codes.page("reporting:statements")
    return Activity(
        identifier=codes.fund_id(),
        hierarchy=1,
        title=marked(known.head.mark, known.head.name),
        descriptions=(("1", said(_what_it_is)), ("2", _aims(known))),
        participants=tuple(_taking_part_in_fund(known)),
        other_identifiers=(("A1", known.fund.code),),
        status=codes.FUND_STATES[known.fund.status],
        dates=(_begun(known),),
        scope="1",
        countries=(),
        sectors=(Coded(codes.MIGRATION, "1"),),
        aid_type=codes.POOLED,
        transactions=_fund_transactions(known),
        budget_status=codes.COMMITTED,
        budgets=income(known),
        links=(Link(statements, _("Financial statements"), ("A12",)),) if statements else (),
        related=(("2", codes.project_id(reference)) for reference in sorted(known.projects)),
    )


def _what_it_is() -> str:
    return _(
        "A multi-donor trust fund. Contributions are pooled in windows, and an oversight committee decides on each project together with its allocation."
    )


def _aims(known: Known) -> Text:
    texts: dict[str, list[str]] = defaultdict(list)
    for objective in known.objectives.values():
        for language, text in in_each(objective, "text"):
            texts[language].append(text)
    return tuple((language, " ".join(parts)) for language, parts in texts.items())


def _begun(known: Known) -> tuple[str, date]:
    """Return when it began: with the first money; until then its present status says since when it is meant."""
    first = Posting.objects.filter(effective_on__lte=known.today).order_by("effective_on")
    day = first.values_list("effective_on", flat=True).first()
    return (codes.ACTUAL_START, day) if day else (codes.PLANNED_START, known.fund.status_on)


def _taking_part_in_fund(known: Known) -> Iterator[Participant]:
    for slug in Donor.objects.public().order_by("pk").values_list("organisation__slug", flat=True):
        yield Participant(codes.FUNDING, known.parties[slug])
    yield Participant(codes.ACCOUNTABLE, known.of_fund)
    yield Participant(codes.EXTENDING, known.trustee(known.today) or known.of_fund)
    signed = Contract.objects.filter(state=Contract.State.SIGNED).order_by("partner__slug")
    for slug in signed.values_list("partner__slug", flat=True).distinct():
        yield Participant(codes.IMPLEMENTING, known.parties[slug])


def income(known: Known) -> tuple[Year, ...]:
    """Return what agreements say is paid in each year: by their instalments, or when they are signed without any."""
    due: dict[int, Decimal] = defaultdict(lambda: ZERO)
    agreements = _agreements(known.today).prefetch_related(
        Prefetch("instalments", Instalment.objects.order_by("number"), to_attr="parts")
    )
    for agreement in agreements.iterator(BATCH):
        parts = {part.pk: part.amount for part in agreement.parts}
        years = {part.pk: part.due_on.year for part in agreement.parts}
        if not parts:
            due[agreement.signed_on.year] += agreement.usd_then
            continue
        for pk, amount in prorated(agreement.usd_then, parts).items():
            due[years[pk]] += amount
    return tuple(_whole_year(year, due[year]) for year in sorted(due) if due[year])


def _whole_year(year: int, amount: Decimal) -> Year:
    return Year(date(year, 1, 1), date(year, 12, 31), amount, date(year, 1, 1))


def _agreements(day: date) -> QuerySet[Any]:
    standing = Agreement.objects.filter(signed_on__lte=day).exclude(cancelled_at__date__lte=day)
    return standing.select_related("donor__organisation").worth_on(day).order_by("signed_on", "pk")


def _fund_transactions(known: Known) -> Iterator[Transaction]:
    yield from _pledged(known)
    yield from _agreed(known)
    read = movements.of_fund(known.today)
    yield from movements.transactions(read, movements.OF_FUND, functools.partial(_of_fund, known))


def _pledged(known: Known) -> Iterator[Transaction]:
    """Yield what was promised: acknowledged pledges that stand, each with what it is worth now."""
    public = Pledge.objects.public().filter(pledged_on__lte=known.today, acknowledged_at__date__lte=known.today)
    rows = public.exclude(state="cancelled").select_related("donor__organisation").worth_on(known.today)
    for row in rows.order_by("pledged_on", "pk").iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.PLEDGE, row.pledged_on, row.usd_then, "Pledge, acknowledged", donor, known.of_fund
        )


def _agreed(known: Known) -> Iterator[Transaction]:
    """Yield what donors signed for, and what came without an agreement that stands: it was committed when it came.

    They add up to the commitments of the statement. See also `reporting.statements.donors.committed_by_donor`.
    """
    for row in _agreements(known.today).iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.INCOMING_COMMITMENT, row.signed_on, row.usd_then, "Contribution agreement",
            donor, known.of_fund,
        )  # fmt: skip
    cancelled = Q(agreement__cancelled_at__date__lte=known.today)
    rows = (
        Deposit.ever.standing(known.today).filter(Q(agreement=None) | cancelled).select_related("donor__organisation")
    )
    for row in rows.order_by("received_on", "pk").iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.INCOMING_COMMITMENT, row.received_on, row.amount_usd, "Deposit without an agreement that stands",
            donor, known.of_fund,
        )  # fmt: skip


def _of_fund(known: Known, moved: Movement, kind: Kind, amount: Decimal) -> Transaction:
    """Return a movement as the fund's: from a donor, to a project or its partner, or for a cost."""
    found = Transaction(f"{moved.entry}/{moved.line}", kind.code, moved.on, amount, kind.words)
    if kind.code == codes.INCOMING:
        return found._replace(provider=known.parties.get(moved.donor), receiver=known.of_fund)
    found = found._replace(provider=known.of_fund)
    activity = codes.project_id(moved.project) if moved.project in known.projects else ""
    if kind.code == codes.COMMITMENT:
        return found._replace(receiver=known.head.reporter._replace(activity=activity))
    if moved.project:
        partner = known.parties.get(moved.partner)
        return found._replace(receiver=partner._replace(activity=activity) if partner else None)
    if kind.code == codes.EXPENDITURE:
        is_fee = movements.KIND.FEE in (moved.debit, moved.credit)
        receiver = known.trustee(moved.on) if is_fee else None
        return found._replace(receiver=receiver, aid_type=codes.ADMINISTRATIVE)
    return found
