"""Posting money: one multi-row INSERT. The database moves balances and stakes, and refuses what overdraws.

Callers hold the row that owns the account (window, project, contract) when they read before they write.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, models
from django.utils.translation import gettext_lazy as _

from alliance.core.constraints import constraint_of
from alliance.core.errors import DomainError, InsufficientFunds, OutOfState, Refused
from alliance.register import Draft, explain
from funds.ledger.attribution import CENT
from funds.ledger.chart import GUARDED, AccountKind, code_of
from funds.models import Account, Posting, Share, Source, Window


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
    code = code_of(kind, subject)
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
    codes = {(kind, subject): code_of(kind, subject) for kind, subject in wanted}
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
    numbered = [
        (entry, number, line)
        for entry, batch in batches
        for number, line in enumerate(batch, start=sum(isinstance(row, Posting) for row in entry.rows) + 1)
    ]
    try:
        postings = _insert(numbered)
        shares = _insert_shares([(posting, line) for posting, (*_at, line) in zip(postings, numbered, strict=True)])
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
POSTING = ("id", "entry_id", "line", "debit_id", "credit_id", "amount", "effective_on", "recorded_at", "reverses_id")
SHARE = ("id", "posting_id", "source_id", "amount")


def _insert(numbered: Sequence[tuple[Draft, int, Line]]) -> list[Posting]:
    """Write the lines by one INSERT of arrays, which costs half of what a list of values does."""
    if not numbered:
        return []
    said = [
        (entry.id, number, line.debit.id, line.credit.id, line.amount.quantize(CENT), line.effective_on,
         line.reverses.pk if line.reverses else None)
        for entry, number, line in numbered
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*said, strict=True)])
        made = {(entry, number): (pk, moment) for entry, number, pk, moment in cursor.fetchall()}
    postings = []
    for values, (_entry, _number, line) in zip(said, numbered, strict=True):
        pk, moment = made[values[:2]]
        related: dict[str, models.Model] = {"debit": line.debit, "credit": line.credit}
        if line.reverses:
            related["reverses"] = line.reverses
        postings.append(_read(Posting, POSTING, (pk, *values[:6], moment, values[6]), related))
    return postings


def _insert_shares(lines: Sequence[tuple[Posting, Line]]) -> list[Share]:
    said = [
        (posting, source, amount.quantize(CENT))
        for posting, line in lines
        for source, amount in (line.shares or {}).items()
    ]
    if not said:
        return []
    columns = zip(*((posting.pk, source.pk, amount) for posting, source, amount in said), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SHARES, [list(column) for column in columns])
        made = {(posting, source): pk for posting, source, pk in cursor.fetchall()}
    return [
        _read(
            Share,
            SHARE,
            (made[posting.pk, source.pk], posting.pk, source.pk, amount),
            {"posting": posting, "source": source},
        )
        for posting, source, amount in said
    ]


def _read[Row: models.Model](
    model: type[Row], columns: Sequence[str], values: Sequence[Any], related: Mapping[str, models.Model]
) -> Row:
    """Return a row as if read from the database, with what it points at: making a model's instance costs thrice that."""
    row = model.from_db(DEFAULT_DB_ALIAS, columns, values)
    row._state.fields_cache.update(related)  # type: ignore[attr-defined]
    return row


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
    accounts = {side.id: side for line in lines for side in (line.debit, line.credit) if side.id not in known}
    first = [side for pk, side in sorted(accounts.items()) if not side.debits and not side.credits]
    known |= {side.pk for side in first}
    return first


CLOSED = _("This account is closed for good: nothing can be posted on it any more.")
NOT_ESTABLISHED = _("The fund was not established on this day: nothing can be posted on it.")
NO_OPEN_PERIOD = _("This date lies in no open accounting period.")
REFUSALS: dict[str, Callable[[], DomainError]] = {
    "account_not_overdrawn": InsufficientFunds,
    "stake_not_overdrawn": InsufficientFunds,
    "posting_fund_not_closed": lambda: OutOfState(CLOSED),
    "posting_project_not_closed": lambda: OutOfState(CLOSED),
    "posting_once_established": lambda: OutOfState(NOT_ESTABLISHED, field="on"),
    "posting_in_open_period": lambda: Refused(NO_OPEN_PERIOD, field="on"),
}


def _refusal(error: IntegrityError) -> Exception:
    """Return what a person reads of a refusal by the database, known by the rule's name; else the error itself."""
    refusal = REFUSALS.get(constraint_of(error))
    return refusal() if refusal else error
