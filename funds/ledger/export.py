"""The whole ledger as plain-text accounting, for `bean-check` and `hledger check`: tools that are not ours.

One transaction a posting, in order of the accounting date; the register's entry stands on each. At the end every account's
balance as the portal keeps it, so that the tool’s own sums prove it to the cent. One state of the register, one file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from alliance.core import clock
from alliance.register.models import head
from funds.ledger.chart import CHART, AccountKind
from funds.models import Account, Fund, Posting

BEANCOUNT, HLEDGER = "beancount", "hledger"
FORMATS = (BEANCOUNT, HLEDGER)
CAPITALS = re.compile(r"[A-Z0-9][A-Z0-9-]*")
SLUG = re.compile(r"[a-z](?=.*[a-z])[a-z0-9-]*")
ESCAPE = "0x"


def account_name(kind: str, subject: str) -> str:
    """Return the account's name, valid in both formats: its root and kind, then the parts of what it is for.

    `pool:GEN` is Assets:Pool:GEN, `donor:sweden-mfa` is Income:Contributions:Sweden-mfa. See also account_of.
    """
    words = "-".join(word.capitalize() for word in kind.split("_"))
    parts = [_written(part) for part in subject.split(":")] if subject else []
    return ":".join([CHART[AccountKind(kind)].nature.root, words, *parts])


def account_of(name: str) -> tuple[str, str]:
    """Return the kind and subject that a name was made of. See also account_name."""
    _, words, *parts = name.split(":")
    return words.lower().replace("-", "_"), ":".join(_read(part) for part in parts)


def _written(part: str) -> str:
    """Return the part with a capital first; what could be confused with another is written out in hexadecimal."""
    if CAPITALS.fullmatch(part):
        return part
    return part[0].upper() + part[1:] if SLUG.fullmatch(part) else ESCAPE + part.encode().hex()


def _read(part: str) -> str:
    if part.startswith(ESCAPE):
        return bytes.fromhex(part.removeprefix(ESCAPE)).decode()
    return part if CAPITALS.fullmatch(part) else part[0].lower() + part[1:]


class ExportedPosting(NamedTuple):
    """A posting as it is exported."""

    on: date
    entry: int
    line: int
    kind: str
    debit: int
    credit: int
    amount: Decimal
    reverses: tuple[int, int] | None


@dataclass(frozen=True)
class Books:
    """What an export says before and after its postings."""

    currency: str
    entry: int
    digest: str
    is_demonstration: bool
    accounts: dict[int, Account]
    names: dict[int, str]
    opened: date
    last: date

    @property
    def title(self) -> str:
        mark = "DEMONSTRATION, made up: " if self.is_demonstration else ""
        return f"{mark}Alliance, ledger at register entry {self.entry} {self.digest}"


def ledger_lines(form: str) -> Iterator[str]:
    """Yield the ledger's lines in this format. To be read inside one state of the database."""
    books = _books()
    writer = {BEANCOUNT: _beancount, HLEDGER: _hledger}[form]
    for line in writer(books):
        yield line + "\n"


def _books() -> Books:
    n, digest = head()
    accounts = {row.pk: row for row in Account.objects.order_by("code")}
    dates = Posting.objects.order_by("effective_on").values_list("effective_on", flat=True)
    today = clock.today()
    return Books(
        currency=Fund.objects.the().currency,
        entry=n,
        digest=digest,
        is_demonstration=clock.is_demonstration(),
        accounts=accounts,
        names={pk: account_name(row.kind, row.subject) for pk, row in accounts.items()},
        opened=dates.first() or today,
        last=dates.last() or today,
    )


def _movements() -> Iterator[ExportedPosting]:
    rows = Posting.objects.order_by("effective_on", "entry__n", "line").values_list(
        "effective_on", "entry__n", "line", "entry__kind", "debit_id", "credit_id", "amount",
        "reverses__entry__n", "reverses__line",
    )  # fmt: skip
    for *columns, entry, line in rows.iterator(2000):
        yield ExportedPosting._make((*columns, (entry, line) if entry else None))


def _beancount(books: Books) -> Iterator[str]:
    yield f";; {books.title}"
    yield f'option "title" "{books.title}"'
    yield f'option "operating_currency" "{books.currency}"'
    yield ""
    for pk, account in books.accounts.items():
        yield f"{books.opened} open {books.names[pk]} {books.currency}"
        yield f'  code: "{account.code}"'
    for row in _movements():
        yield ""
        yield f'{row.on} * "{row.kind}" ^entry-{row.entry}'
        yield f"  entry: {row.entry}"
        yield f"  line: {row.line}"
        if row.reverses:
            yield f'  reverses: "{row.reverses[0]}/{row.reverses[1]}"'
        yield f"  {books.names[row.debit]}  {row.amount:.2f} {books.currency}"
        yield f"  {books.names[row.credit]}  {-row.amount:.2f} {books.currency}"
    yield ""
    day = books.last + timedelta(days=1)  # an assertion holds at the beginning of its day
    for pk, account in books.accounts.items():
        yield f"{day} balance {books.names[pk]}  {account.balance:.2f} ~ 0.00 {books.currency}"


def _hledger(books: Books) -> Iterator[str]:
    yield f"; {books.title}"
    yield f"commodity 1000.00 {books.currency}"
    yield ""
    for pk, account in books.accounts.items():
        yield f"account {books.names[pk]}"
        yield f"  ; code: {account.code}"
    for row in _movements():
        reverses = f", reverses:{row.reverses[0]}/{row.reverses[1]}" if row.reverses else ""
        yield ""
        yield f"{row.on} * ({row.entry}) {row.kind}  ; entry:{row.entry}, line:{row.line}{reverses}"
        yield f"    {books.names[row.debit]}  {row.amount:.2f} {books.currency}"
        yield f"    {books.names[row.credit]}  {-row.amount:.2f} {books.currency}"
    if books.accounts:
        yield ""
        yield f"{books.last} * balances"
    for pk, account in books.accounts.items():
        yield f"    {books.names[pk]}  0.00 {books.currency} = {account.balance:.2f} {books.currency}"
