"""What a donor promised, signed for and sent: pledges, agreements, deposits and instalments, read at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    DateField,
    DecimalField,
    Expression,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)  # fmt: skip
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core import formats, tones
from alliance.core.display import MoneyStep
from alliance.core.translated import active_language, column
from funds.contributions.matching import standings
from funds.models import Agreement, AgreementState, Deposit, Donor, Instalment, Pledge, PledgeState, Window
from reporting.donor_area.shape import Badge, ContributionRow, DepositRow, InstalmentRow

ZERO = Decimal("0.00")


class Paper(NamedTuple):
    """A pledge, an agreement, a deposit or an instalment: what the area needs of each, None where it has no such thing."""

    kind: str
    pk: int
    reference: str
    on: date
    amount: Decimal | None
    currency: str
    usd: Decimal
    fee: Decimal
    rate: Decimal | None
    window: str
    pledge: int | None
    agreement: int | None
    instalment_id: int | None
    number: int
    confirmed_on: date | None
    cancelled_on: date | None
    closed_on: date | None

    @property
    def url(self) -> str:
        return reverse(f"funds:{self.kind}", args=[self.reference])

    @property
    def due_on(self) -> date:
        """An instalment's day, as where it is matched. See also funds.matching."""
        return self.on

    @property
    def received_on(self) -> date:
        """A deposit's day, as where it is matched."""
        return self.on

    def is_cancelled(self, day: date) -> bool:
        return _by(self.cancelled_on, day)


def papers(donor: Donor, day: date) -> list[Paper]:
    """Return all papers dated until the day, and the instalments of agreements signed until then; one query."""
    none = _Nothing()
    then = Window.objects.filter(pk=OuterRef("window_id_then")).values(name=window_name("name"))
    own = {"currency": F("currency"), "rate": _rate(), "instalment_id": none.number}
    promised = own | {"amount": _amount("amount_then"), "usd": F("usd_then")}
    received = own | {"amount": _amount("amount"), "usd": F("amount_usd"), "instalment_id": F("instalment_id")}
    pledges = _read(
        Pledge.objects.filter(donor=donor).made_until(day), kind=_word("pledge"),
        reference=F("reference"), on=F("pledged_on_then"), **promised, fee=_zero(), window=Coalesce(Subquery(then), Value(""), output_field=TextField()), pledge=none.number,
        agreement=none.number, number=Value(0), confirmed_on=TruncDate("acknowledged_at"),
        cancelled_on=TruncDate("cancelled_at"), closed_on=F("written_off_on"),
    )  # fmt: skip
    agreements = _read(
        Agreement.objects.filter(donor=donor, signed_on__lte=day).worth_on(day), kind=_word("agreement"),
        reference=F("reference"), on=F("signed_on"), **promised, fee=_zero(), window=window_name(), pledge=F("pledge_id"),
        agreement=none.number, number=Value(0), confirmed_on=F("signed_on"), cancelled_on=TruncDate("cancelled_at"),
        closed_on=F("completed_on"),
    )  # fmt: skip
    deposits = _read(
        Deposit.ever.standing(day).filter(donor=donor), kind=_word("deposit"), reference=F("reference"),
        on=F("received_on"), **received, fee=F("fee_usd"), window=window_name(), pledge=F("pledge_id"),
        agreement=F("agreement_id"), number=Value(0), confirmed_on=F("received_on"), cancelled_on=none.day,
        closed_on=none.day,
    )  # fmt: skip
    instalments = _read(
        Instalment.ever.in_force(day).filter(agreement__donor=donor, agreement__signed_on__lte=day),
        kind=_word("instalment"), reference=F("agreement__reference"), on=F("due_on"), amount=_amount("amount"),
        currency=F("agreement__currency"), usd=_zero(), rate=none.rate, fee=_zero(), window=_word(""), pledge=none.number,
        agreement=F("agreement_id"), instalment_id=none.number, number=Cast("number", IntegerField()),
        confirmed_on=none.day, cancelled_on=none.day, closed_on=none.day,
    )  # fmt: skip
    rows = pledges.union(agreements, deposits, instalments, all=True)
    return sorted((Paper(*row) for row in rows), key=lambda row: (row.on, row.pk), reverse=True)


def _read(rows: QuerySet[Any], **columns: Any) -> QuerySet[Any]:
    columns["pk"] = F("pk")
    named = {f"as_{name}": columns[name] for name in Paper._fields}
    return rows.order_by().annotate(**named).values_list(*named)


class _Nothing:
    """Nulls that know their type: the four lists are one query."""

    number: Expression = Cast(Value(None), IntegerField())
    day: Expression = Cast(Value(None), DateField())
    rate: Expression = Cast(Value(None), DecimalField(max_digits=24, decimal_places=12))


def _word(text: str) -> Expression:
    return Cast(Value(text), TextField())


def _zero() -> Expression:
    return Cast(Value(ZERO), DecimalField(max_digits=18, decimal_places=2))


def _amount(name: str) -> Expression:
    return Cast(name, DecimalField(max_digits=30, decimal_places=3))


def _rate() -> Expression:
    return Cast("rate", DecimalField(max_digits=24, decimal_places=12))


def window_name(path: str = "window__name") -> Expression:
    """Return a window's name in the reader's language, the English one where it has none; empty without a window."""
    return Coalesce(translated(path), Value(""), output_field=TextField())


def translated(path: str) -> Expression:
    """Return a text of a reference row in the reader's language, as `tr` does, without loading the row."""
    own = NullIf(column(path, active_language()), Value(""))
    return Coalesce(own, column(path), output_field=CharField())


# Sums: stages of the same money, each by itself


def pledged(rows: Iterable[Paper], day: date) -> Decimal:
    """Return what pledges that were not cancelled by the day are worth; indicative."""
    return sum((row.usd for row in rows if row.kind == "pledge" and not row.is_cancelled(day)), ZERO)


def agreed(rows: Iterable[Paper], day: date) -> Decimal:
    """Return what agreements that were not cancelled by the day are worth at the rate of their signature."""
    return sum((row.usd for row in rows if row.kind == "agreement" and not row.is_cancelled(day)), ZERO)


# Contributions and their steps


def contributions(rows: Sequence[Paper], day: date) -> tuple[ContributionRow, ...]:
    """Return one line for each pledge, then for agreements and deposits that stand alone; the newest first."""
    of = {kind: [row for row in rows if row.kind == kind] for kind in ("pledge", "agreement", "deposit")}
    return (
        *(_pledged(pledge, of["agreement"], of["deposit"], day) for pledge in of["pledge"]),
        *(_agreed(one, of["deposit"], day) for one in of["agreement"] if one.pledge is None),
        *(_received(one) for one in of["deposit"] if one.agreement is None and one.pledge is None),
    )


def _pledged(pledge: Paper, agreements: Iterable[Paper], deposits: Iterable[Paper], day: date) -> ContributionRow:
    signed = [row for row in agreements if row.pledge == pledge.pk and not row.is_cancelled(day)]
    came = [row for row in deposits if row.pledge == pledge.pk]
    steps = (_step(_("Pledged"), [pledge]), _step(_("Agreed"), signed), _step(_("Received"), came), _net(came))
    usd = (pledge.usd, _usd(signed), _usd(came))
    return ContributionRow(pledge.reference, pledge.url, pledge.window, pledge_badge(pledge, day), steps, usd)


def _agreed(agreement: Paper, deposits: Iterable[Paper], day: date) -> ContributionRow:
    came = [row for row in deposits if row.agreement == agreement.pk]
    steps = (_step(_("Agreed"), [agreement]), _step(_("Received"), came), _net(came))
    usd = (None, agreement.usd, _usd(came))
    return ContributionRow(
        agreement.reference, agreement.url, agreement.window, agreement_badge(agreement, day), steps, usd
    )


def _received(deposit: Paper) -> ContributionRow:
    steps = (_step(_("Received"), [deposit]), _net([deposit]))
    usd = (None, None, deposit.usd)
    return ContributionRow(deposit.reference, deposit.url, deposit.window, None, steps, usd)


def _usd(rows: Iterable[Paper]) -> Decimal:
    return sum((row.usd for row in rows), ZERO)


def pledge_badge(pledge: Paper, day: date) -> Badge:
    """Return where a pledge stood at the end of the day, from its stamps."""
    stamps = (
        (pledge.cancelled_on, PledgeState.CANCELLED), (pledge.closed_on, PledgeState.WRITTEN_OFF),
        (pledge.confirmed_on, PledgeState.ACKNOWLEDGED),
    )  # fmt: skip
    return _badge(next((state for on, state in stamps if _by(on, day)), PledgeState.PLEDGED))


def agreement_badge(agreement: Paper, day: date) -> Badge:
    stamps = ((agreement.cancelled_on, AgreementState.CANCELLED), (agreement.closed_on, AgreementState.COMPLETED))
    return _badge(next((state for on, state in stamps if _by(on, day)), AgreementState.SIGNED))


def _badge(state: PledgeState | AgreementState) -> Badge:
    return Badge(str(state.label), tones.of_state(state))


def _by(on: date | None, day: date) -> bool:
    return on is not None and on <= day


def _step(label: str, rows: Sequence[Paper]) -> MoneyStep:
    """Return a stage in its own currency; amounts of several currencies are shown in dollars."""
    if not rows:
        return MoneyStep(label, done=False)
    url = rows[0].url if len(rows) == 1 else ""
    days = ", ".join(formats.short_date(day) for day in sorted({row.on for row in rows}))
    own = [row.amount for row in rows if row.amount is not None]
    currencies = {row.currency for row in rows}
    if len(currencies) == 1 and len(own) == len(rows):
        return MoneyStep(label, formats.money(sum(own, ZERO), currencies.pop()), url, days)
    return MoneyStep(label, formats.money(sum((row.usd for row in rows), ZERO)), url, days)


def _net(deposits: Sequence[Paper]) -> MoneyStep:
    """Return what reached the pools: deposits at their booked rates, less the fee."""
    label = _("Into the pool, less the fee")
    if not deposits:
        return MoneyStep(label, done=False)
    fee = sum((row.fee for row in deposits), ZERO)
    net = sum((row.usd for row in deposits), ZERO) - fee
    return MoneyStep(label, formats.money(net), "", _("fee %(amount)s") % {"amount": formats.money(fee)})


# Deposits and instalments


def deposits(rows: Sequence[Paper]) -> tuple[DepositRow, ...]:
    """Return the deposits, the newest first, each with what it came in under."""
    named = {(row.kind, row.pk): row.reference for row in rows}
    return tuple(
        DepositRow(
            row.reference, row.url, named.get(("agreement", row.agreement or 0)) or named.get(("pledge", row.pledge or 0), ""),
            row.on, row.window, row.amount, row.currency, row.rate, row.usd, row.fee,
        )
        for row in rows if row.kind == "deposit"
    )  # fmt: skip


def instalments(rows: Sequence[Paper], day: date) -> tuple[InstalmentRow, ...]:
    """Return what is still due under agreements that run on the day, the oldest first.

    Deposits are matched to instalments as everywhere, in the agreement's own currency.
    """
    came: dict[int | None, list[Paper]] = defaultdict(list)
    due: dict[int | None, list[Paper]] = defaultdict(list)
    for row in rows:
        if row.agreement is not None:
            (due if row.kind == "instalment" else came)[row.agreement].append(row)
    running = [
        row for row in rows
        if row.kind == "agreement" and not row.is_cancelled(day) and not _by(row.closed_on, day)
    ]  # fmt: skip
    found = [part for one in running for part in _still_due(one, due[one.pk], came[one.pk], day)]
    return tuple(sorted(found, key=lambda part: (part.due_on, part.agreement, part.number)))


def _still_due(agreement: Paper, parts: Sequence[Any], came: Sequence[Any], day: date) -> Iterator[InstalmentRow]:
    is_known = all(row.amount is not None and row.currency == agreement.currency for row in came)
    for one in standings(parts, came if is_known else [], agreement.currency, day):
        if not one.is_paid:
            part, still = one.instalment, one.owed if is_known else None
            said = (part.number, part.on, part.amount, still, part.currency, one.days_late)
            yield InstalmentRow(agreement.reference, agreement.url, *said)
