"""The ceiling on seed capital: refused where it is planned and where it is signed, a warning where it is received (R98)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock, formats
from alliance.core.errors import Refused
from alliance.core.references import next_reference
from alliance.core.turns import wait_in_turn
from alliance.people.models import User
from alliance.register import operation, record
from funds import permissions
from funds.contributions import seed_ceiling
from funds.models import Account, AccountKind, Agreement, Deposit, Donor, FundingRequest
from funds.operations.valuation import FUND_CURRENCY, check_amount, check_not_future

ZERO = Decimal("0.00")


def ceiling_percent() -> Decimal:
    return Decimal(settings.ALLIANCE_RULES["seed_ceiling_percent"])


@dataclass(frozen=True)
class Reading:
    """One stage of the money: the trustee's own, the others', and what the ceiling makes of them."""

    stage: str
    label: object
    seed: Decimal
    others: Decimal
    total: Decimal
    most: Decimal
    to_raise: Decimal

    @property
    def share(self) -> Decimal | None:
        """The seed's share of the total, as a ratio; none of nothing."""
        return self.seed / self.total if self.total else None

    @property
    def complies(self) -> bool:
        return seed_ceiling.complies(self.seed, self.total, ceiling_percent())


def reading(stage: str, label: object, own: Decimal, others: Decimal) -> Reading:
    """Return a reading; what is to raise is what others lack to what this seed money asks of them."""
    percent, total = ceiling_percent(), own + others
    needed = seed_ceiling.others_needed(own, percent)
    return Reading(
        stage, label, own, others, total, seed_ceiling.most_beside(others, percent), max(needed - others, ZERO)
    )


def readings() -> list[Reading]:
    """Return the ceiling as read on what was requested, signed and received, in the fund's currency."""
    request = newest()
    found = []
    if request:
        found.append(reading("requested", _("Requested"), request.seed, request.total - request.seed))
    signed = _split(Agreement.objects.exclude(state="cancelled"), donor__donor_type="trustee")
    return [
        *found,
        reading("signed", _("Signed"), *signed),
        reading("received", _("Received"), *_received()),
    ]


def _received() -> tuple[Decimal, Decimal]:
    """Return the trustee's and the others' money that came in, each less what went back to them."""
    own, others = _split(Deposit.objects.all(), is_seed=True)
    accounts = Account.objects.filter(kind__in=(AccountKind.SEED_REFUNDS, AccountKind.DONOR_REFUNDS)).order_by()
    back = dict(accounts.values_list("kind").annotate(amount=Sum(F("debits") - F("credits"))))
    return own - back.get(AccountKind.SEED_REFUNDS, ZERO), others - back.get(AccountKind.DONOR_REFUNDS, ZERO)


def _split(rows, **is_seed: object) -> tuple[Decimal, Decimal]:
    own = rows.filter(**is_seed).aggregate(s=Sum("amount_usd"))["s"] or ZERO
    return own, (rows.aggregate(s=Sum("amount_usd"))["s"] or ZERO) - own


def newest() -> FundingRequest | None:
    """Return the request in force."""
    return FundingRequest.objects.order_by("-requested_on", "-pk").first()


@operation
def record_funding_request(
    *, by: User, requested_on: date, total: Decimal, seed_capital: Decimal, note: str = ""
) -> FundingRequest:
    """Record how much funding is requested in all, and how much of it from the trustee's own money (R98).

    In the fund's currency. Raises Refused when the seed capital is above its ceiling, or below what the trustee has
    signed for already; NotAllowed for anyone but the finance officers and the head.
    """
    require(permissions.may_plan_funding(by), _("Finance officers and the head record funding requests."))
    check_not_future(requested_on, "requested_on")
    check_amount(total, FUND_CURRENCY, field="total")
    if seed_capital:
        check_amount(seed_capital, FUND_CURRENCY, field="seed_capital")
    _one_at_a_time()
    require_within(seed_capital, total, field="seed_capital")
    signed = signed_seed()
    if not seed_ceiling.complies(signed, total, ceiling_percent()):
        raise Refused(
            _("The trustee has signed for %(signed)s: the total requested has to be %(total)s or more.")
            % {
                "signed": formats.money(signed),
                "total": formats.money(signed + seed_ceiling.others_needed(signed, ceiling_percent())),
            },
            field="total",
        )
    request = FundingRequest.objects.create(
        reference=next_reference("REQ"), requested_on=requested_on, total=total, seed=seed_capital, note=note.strip(),
        recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    facts = {"request": request.reference, "total": total, "seed": seed_capital}
    record("funding.requested/1", by=by, rows=[request], facts=facts, public=True)
    return request


def require_within(own: Decimal, total: Decimal, *, field: str) -> None:
    """Raise Refused, with the most that is possible, when seed money is above its share of the total requested."""
    percent = ceiling_percent()
    if own > total:
        raise Refused(_("Seed capital is a part of the total funding requested."), field=field)
    if not seed_ceiling.complies(own, total, percent):
        raise Refused(
            _("Seed capital is at most %(percent)s per cent of the total requested: %(most)s of %(total)s.")
            % {
                "percent": formats.plain_figure(percent),
                "most": formats.money(seed_ceiling.most_of_total(total, percent)),
                "total": formats.money(total),
            },
            field=field,
        )


def require_signable(donor: Donor, amount_usd: Decimal) -> None:
    """Raise Refused when the trustee would sign for more seed money than the total requested allows.

    For what is signed anew and for what an amendment adds. Without a funding request there is no total to measure by,
    and nothing is refused.
    """
    if not donor.is_trustee:
        return
    _one_at_a_time()
    if request := newest():
        require_within(signed_seed() + amount_usd, request.total, field="amount")


def signed_seed() -> Decimal:
    """Return what the trustee has signed for, in the fund's currency."""
    own, _others = _split(Agreement.objects.exclude(state="cancelled"), donor__donor_type="trustee")
    return own


def _one_at_a_time() -> None:
    """Have plans and the trustee's agreements wait for each other: each reads what the other writes."""
    wait_in_turn("funds.seed")
