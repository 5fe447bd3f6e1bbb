"""Posting money: one multi-row INSERT. The database moves balances and stakes, and refuses what overdraws.

Callers hold the row that owns the account (window, project, contract) when they read before they write.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import InsufficientFunds, OutOfState, Refused
from alliance.register import Draft, explain
from funds.attribution import CENT
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
    AccountKind.SEED_REFUNDS: "seed-refunds",
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


def open_accounts(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Account]:
    """Return the accounts of these kinds and subjects, making at once those that are missing. No pools."""
    codes = {(kind, subject): f"{PREFIXES[AccountKind(kind)]}:{subject}" for kind, subject in wanted}
    found = {row.code: row for row in Account.objects.filter(code__in=codes.values())}
    made = Account.objects.bulk_create(
        Account(code=code, kind=kind, subject=subject, guarded=kind in GUARDED)
        for (kind, subject), code in codes.items()
        if code not in found
    )
    for row in made:
        explain(row)
    found |= {row.code: row for row in made}
    return {key: found[code] for key, code in codes.items()}


def open_pool(window: Window) -> Account:
    """Return the pool of this window, made with it; the caller records the row."""
    made, _ = Account.objects.get_or_create(
        code=f"pool:{window.code}",
        defaults={"kind": AccountKind.POOL, "subject": window.code, "window": window, "guarded": True},
    )
    return made


def post(lines: Sequence[Line], *, entry: Draft) -> list[Posting]:
    """Post all lines, or none. The postings join the entry's rows, and so does an account with its first posting.

    Raises InsufficientFunds when a guarded account would go below zero, Refused when a date lies in no open period.
    """
    return post_together([(entry, lines)])


def post_together(batches: Sequence[tuple[Draft, Sequence[Line]]]) -> list[Posting]:
    """Post the lines of several entries of one act in one statement; else as `post`, which is this for one entry.

    There is no savepoint here: a refusal ends the operation that posts, and an operation inside another has its own.
    """
    lines = [line for _entry, batch in batches for line in batch]
    postings = [
        Posting(
            entry_id=entry.id, line=number, debit=line.debit, credit=line.credit, amount=line.amount.quantize(CENT),
            effective_on=line.effective_on, reverses=line.reverses,
        )
        for entry, batch in batches
        for number, line in enumerate(batch, start=sum(isinstance(row, Posting) for row in entry.rows) + 1)
    ]  # fmt: skip
    shares = _shares(postings, lines)
    try:
        _insert(postings)
        _insert_shares(shares)
    except IntegrityError as error:
        raise _refusal(error) from error
    _explain(batches, postings, shares)
    return postings


INSERT = """
    INSERT INTO funds_posting (entry_id, line, debit_id, credit_id, amount, effective_on, reverses_id, recorded_at)
    SELECT new.*, now.moment FROM (SELECT alliance_now() AS moment) now,
           unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::numeric[], %s::date[], %s::bigint[]) new
    RETURNING entry_id, line, id, recorded_at
"""
INSERT_SHARES = """
    INSERT INTO funds_share (posting_id, source_id, amount)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) RETURNING posting_id, source_id, id
"""
COLUMNS = ("entry_id", "line", "debit_id", "credit_id", "amount", "effective_on", "reverses_id")


def _insert(postings: Sequence[Posting]) -> None:
    """Write the rows by one INSERT of arrays, which costs half of what a list of values does."""
    if not postings:
        return
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [[getattr(posting, name) for posting in postings] for name in COLUMNS])
        made = {(entry, line): (pk, moment) for entry, line, pk, moment in cursor.fetchall()}
    for posting in postings:
        posting.pk, posting.recorded_at = made[posting.entry_id, posting.line]
        posting._state.adding, posting._state.db = False, connection.alias


def _insert_shares(shares: Sequence[Share]) -> None:
    if not shares:
        return
    for share in shares:
        share.posting_id = share.posting.pk
    with connection.cursor() as cursor:
        columns = ("posting_id", "source_id", "amount")
        cursor.execute(INSERT_SHARES, [[getattr(share, name) for share in shares] for name in columns])
        made = {(posting, source): pk for posting, source, pk in cursor.fetchall()}
    for share in shares:
        share.pk = made[share.posting_id, share.source_id]
        share._state.adding, share._state.db = False, connection.alias


def _explain(batches: Sequence[tuple[Draft, Sequence[Line]]], postings: list[Posting], shares: list[Share]) -> None:
    """Give each entry the accounts that its lines are the first to use, its postings, and then their shares."""
    by_entry = {entry.id: entry for entry, _lines in batches}
    known: set[int] = set()
    for entry, lines in batches:
        entry.rows.extend(_first_used(lines, entry, known))
    for posting in postings:
        by_entry[posting.entry_id].rows.append(posting)
    for share in shares:
        by_entry[share.posting.entry_id].rows.append(share)


def _first_used(lines: Sequence[Line], entry: Draft, known: set[int]) -> list[Account]:
    """Return the accounts that had no posting so far: whoever can read a posting can read what its accounts are."""
    known |= {row.pk for row in entry.rows if isinstance(row, Account)}
    accounts = {side.pk: side for line in lines for side in (line.debit, line.credit) if side.pk not in known}
    first = [side for pk, side in sorted(accounts.items()) if not side.debits and not side.credits]
    known |= {side.pk for side in first}
    return first


def _shares(postings: Sequence[Posting], lines: Sequence[Line]) -> list[Share]:
    return [
        Share(posting=posting, source=source, amount=amount.quantize(CENT))
        for posting, line in zip(postings, lines, strict=True)
        for source, amount in (line.shares or {}).items()
    ]


def _refusal(error: IntegrityError) -> Exception:
    text = str(error)
    if "account_not_overdrawn" in text or "stake_not_overdrawn" in text:
        return InsufficientFunds()
    if "closed for good" in text:
        return OutOfState(_("This account is closed for good: nothing can be posted on it any more."))
    if "no open period" in text:
        return Refused(_("This date lies in no open accounting period."), field="on")
    return error
