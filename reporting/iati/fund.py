"""The fund's activity: who gives and takes part, what is promised, what comes in, and what it uses itself."""

import functools
import operator
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from alliance.core.fields import MoneyField
from funds.models import Agreement, Deposit, Donor, Pledge, Posting
from proposals.models import Contract
from reporting.iati import codes, movements
from reporting.iati.context import Known, in_each, said
from reporting.iati.movements import Movement, TransactionKind
from reporting.iati.shape import Activity, Coded, Link, Participant, Party, Text, Transaction

ZERO = Decimal("0.00")


def fund_activity(known: Known) -> Activity:
    statements = codes.page("reporting:statements")
    return Activity(
        identifier=codes.fund_id(),
        title=known.head.name,
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
        links=(Link(statements, _("Financial statements"), ("A12",)),) if statements else (),
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
    """Return when it began: the day of its establishment, or, where it is not known, of its first money; else since when it is meant."""
    if known.fund.established_on:
        return codes.ACTUAL_START, known.fund.established_on
    first = Posting.objects.filter(effective_on__lte=known.today).order_by("effective_on")
    day = first.values_list("effective_on", flat=True).first()
    return (codes.ACTUAL_START, day) if day else (codes.PLANNED_START, known.fund.status_on)


def _taking_part_in_fund(known: Known) -> Iterator[Participant]:
    for slug in _giving(known.today).order_by("pk").values_list("organisation__slug", flat=True):
        yield Participant(codes.FUNDING, known.parties[slug])
    yield Participant(codes.ACCOUNTABLE, known.of_fund)
    yield Participant(codes.EXTENDING, known.trustee(known.today) or known.of_fund)
    signed = Contract.objects.filter(state=Contract.State.SIGNED).order_by("partner__slug")
    for slug in signed.values_list("partner__slug", flat=True).distinct():
        yield Participant(codes.IMPLEMENTING, known.parties[slug])


def _giving(day: date) -> QuerySet[Donor]:
    """Return the donors of whom something stands: a pledge, an agreement or a deposit."""
    standing = (_pledges(day), _agreements(day), Deposit.ever.standing(day))
    found = (rows.order_by().values("donor") for rows in standing)
    return Donor.objects.filter(functools.reduce(operator.or_, (Q(pk__in=donors) for donors in found)))


def _pledges(day: date) -> QuerySet[Any]:
    """Return what was promised: acknowledged pledges that stand, each with what it is worth now and not written off."""
    public = Pledge.objects.public().filter(pledged_on__lte=day, acknowledged_at__date__lte=day)
    left = ExpressionWrapper(F("usd_then") - Coalesce("written_off_usd", ZERO), output_field=MoneyField())
    return public.standing().worth_on(day).annotate(left=left).filter(left__gt=0)


def _agreements(day: date) -> QuerySet[Any]:
    return Agreement.objects.filter(signed_on__lte=day).exclude(cancelled_at__date__lte=day).worth_on(day)


def _fund_transactions(known: Known) -> Iterator[Transaction]:
    yield from _pledged(known)
    yield from _agreed(known)
    # Money of projects from before the portal is the fund's too: they have no activity of their own.
    table = movements.OF_FUND | movements.OF_PROJECT
    yield from movements.transactions(movements.of_fund(known.today), table, functools.partial(_of_fund, known))


def _pledged(known: Known) -> Iterator[Transaction]:
    rows = _pledges(known.today).select_related("donor__organisation").order_by("pledged_on", "pk")
    for row in rows.iterator():
        donor = known.parties[row.donor.organisation.slug]
        yield Transaction(
            row.reference, codes.PLEDGE, row.pledged_on, row.left, "Pledge, acknowledged", donor, known.of_fund
        )


def _agreed(known: Known) -> Iterator[Transaction]:
    """Yield what donors signed for, and what came without an agreement that stands: it was committed when it came.

    They add up to the commitments of the statement. See also `funds.contributions.stages`.
    """
    signed = _agreements(known.today).select_related("donor__organisation").order_by("signed_on", "pk")
    for row in signed.iterator():
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


def _of_fund(known: Known, moved: Movement, kind: TransactionKind, amount: Decimal) -> Transaction:
    """Return a movement as the fund's: from a donor, for a cost, or to another fund."""
    found = Transaction(f"{moved.entry}/{moved.line}", kind.code, moved.on, amount, kind.words)
    if kind.code == codes.INCOMING:
        return found._replace(provider=known.parties.get(moved.donor), receiver=known.of_fund)
    found = found._replace(provider=known.of_fund)
    if kind.code == codes.EXPENDITURE:
        return found._replace(receiver=_paid_for_it(known, moved), aid_type=codes.ADMINISTRATIVE)
    return found._replace(receiver=known.parties.get(moved.partner))


def _paid_for_it(known: Known, moved: Movement) -> Party | None:
    """Return who has the fee: the trustee of its day. To whom other costs were paid is not on record."""
    return known.trustee(moved.on) if movements.KIND.FEE in (moved.debit, moved.credit) else None
