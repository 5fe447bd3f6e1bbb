"""Posting money: one multi-row INSERT. The database moves balances and stakes, and refuses what overdraws.

Callers hold the row that owns the account (window, project, contract) when they read before they write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from alliance.core import clock
from alliance.core.errors import InsufficientFunds, OutOfState, Refused
from alliance.register import Draft, explain
from funds.models import GUARDED, Account, AccountKind, Posting, Share, Source, Window

PREFIXES = {
    AccountKind.CONTRIBUTIONS: "donor",
    AccountKind.SEED: "seed",
    AccountKind.INTEREST_FUND: "interest-fund",
    AccountKind.INTEREST_PARTNERS: "interest-partners",
    AccountKind.POOL: "pool",
    AccountKind.FEE: "fee",
    AccountKind.DIRECT_COST: "direct-cost",
    AccountKind.BANK_CHARGES: "bank-charges",
    AccountKind.OTHER_FUNDS: "other-funds",
    AccountKind.DONOR_REFUNDS: "donor-refunds",
    AccountKind.PROJECT: "project",
    AccountKind.PARTNER: "partner",
    AccountKind.SPENT: "spent",
    AccountKind.REFUNDS_IN_TRANSIT: "refunds-in-transit",
}


@dataclass(frozen=True)
class Line:
    """A movement of `amount` (fund's currency, to the cent) from the account credited to the one debited.

    `shares` names whose money moves; needed whenever a pool is on either side, and only then.
    """

    debit: Account
    credit: Account
    amount: Decimal
    effective_on: date
    shares: Mapping[Source, Decimal] | None = None
    reverses: Posting | None = None


def account(kind: str, subject: str = "") -> Account:
    """Return the account of this kind for this subject, made when it is first needed. Pools come with windows."""
    code = f"{PREFIXES[AccountKind(kind)]}:{subject}" if subject else PREFIXES[AccountKind(kind)]
    found = Account.objects.filter(code=code).first()
    if found or kind == AccountKind.POOL:
        return found or Account.objects.get(code=code)
    made, is_new = Account.objects.get_or_create(
        code=code, defaults={"kind": kind, "subject": subject, "guarded": kind in GUARDED}
    )
    if is_new:
        explain(made)
    return made


def open_pool(window: Window) -> Account:
    """Return the pool of this window, made with it; the caller records the row."""
    made, _ = Account.objects.get_or_create(
        code=f"pool:{window.code}",
        defaults={"kind": AccountKind.POOL, "subject": window.code, "window": window, "guarded": True},
    )
    return made


def post(lines: Sequence[Line], *, entry: Draft) -> list[Posting]:
    """Post all lines, or none. The postings join the entry's rows.

    Raises InsufficientFunds when a guarded account would go below zero, Refused when a date lies in no open period.
    """
    moment = clock.now()
    first = sum(isinstance(row, Posting) for row in entry.rows) + 1
    postings = [
        Posting(
            entry_id=entry.id, line=first + number, debit=line.debit, credit=line.credit, amount=line.amount,
            effective_on=line.effective_on, recorded_at=moment, reverses=line.reverses,
        )
        for number, line in enumerate(lines)
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Posting.objects.bulk_create(postings)
            shares = _shares(postings, lines)
            Share.objects.bulk_create(shares)
    except IntegrityError as error:
        raise _refusal(error) from error
    entry.rows.extend([*postings, *shares])
    return postings


def _shares(postings: Sequence[Posting], lines: Sequence[Line]) -> list[Share]:
    return [
        Share(posting=posting, source=source, amount=amount)
        for posting, line in zip(postings, lines, strict=True)
        for source, amount in (line.shares or {}).items()
    ]


def _refusal(error: IntegrityError) -> Exception:
    text = str(error)
    if "account_not_overdrawn" in text or "stake_not_overdrawn" in text:
        return InsufficientFunds()
    if "closed for good" in text:
        from django.utils.translation import gettext_lazy as _

        return OutOfState(_("This account is closed for good: nothing can be posted on it any more."))
    if "no open period" in text:
        from django.utils.translation import gettext_lazy as _

        return Refused(_("This date lies in no open accounting period."), field="on")
    return error
