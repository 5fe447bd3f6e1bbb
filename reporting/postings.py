"""Postings as the public reads them: those behind a figure of the statement, and accounts by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.fields import DecimalField

from alliance.core import formats
from alliance.people.models import Organisation
from funds.ledger.chart import LINES, AddsTo
from funds.models import Account, Posting, Window
from proposals.models import BudgetCategory

ZERO = Decimal("0.00")
MONEY: DecimalField = DecimalField(max_digits=18, decimal_places=2)


# The lines of the statement whose postings can be followed. A total is made of other lines; what the fund holds is on accounts
# between which most of its postings only move.
FLOWS = {code: line for code, line in LINES.items() if line.adds_to != AddsTo.IS_TOTAL and code != "balance_agent"}


def _between(debit: tuple[str, ...], credit: tuple[str, ...]) -> Q:
    """Return the condition that a posting moves money to a kind of `debit` from one of `credit`; none named is any."""
    to = Q(debit__kind__in=debit) if debit else Q()
    return to & Q(credit__kind__in=credit) if credit else to


def behind(row: str) -> QuerySet[Posting]:
    """Return the postings behind a figure, each with `signed`: what it adds to the figure."""
    line = FLOWS[row]
    there, back = _between(line.debit, line.credit), _between(line.credit, line.debit)
    forward = Case(When(there, then=F("amount")), default=Value(ZERO), output_field=MONEY)
    backward = Case(When(back, then=F("amount")), default=Value(ZERO), output_field=MONEY)
    return Posting.objects.filter(there | back).annotate(signed=forward - backward)


def of_account(code: str) -> QuerySet[Posting]:
    """Return the postings of one account, each with `signed`: what it adds to the account's balance."""
    into = Case(When(debit__code=code, then=F("amount")), default=-F("amount"), output_field=MONEY)
    return Posting.objects.filter(Q(debit__code=code) | Q(credit__code=code)).annotate(signed=into)


def of_project(reference: str) -> QuerySet[Posting]:
    """Return every posting that touches a project's money."""
    mine = Q()
    for side in ("debit", "credit"):
        mine |= Q(**{f"{side}__subject": reference}) | Q(**{f"{side}__subject__startswith": f"{reference}:"})
    return Posting.objects.filter(mine)


# What a figure of a statement is narrowed to: whose part of the account's subject, `project:partner:category`.
NARROWED = ("partner", "category")


def narrowed(rows: QuerySet[Posting], asked: Mapping[str, str]) -> QuerySet[Posting]:
    """Return those of the postings that touch the partner's, or the category's, accounts."""
    if partner := asked["partner"]:
        rows = rows.filter(_subject("endswith", f":{partner}") | _subject("contains", f":{partner}:"))
    if category := asked["category"]:
        rows = rows.filter(_subject("endswith", f":{category}"))
    return rows


def _subject(lookup: str, value: str) -> Q:
    return Q(**{f"debit__subject__{lookup}": value}) | Q(**{f"credit__subject__{lookup}": value})


def said(asked: Mapping[str, str]) -> list[str]:
    """Return in words what the postings are narrowed to."""
    names: list[Organisation | BudgetCategory] = []
    if asked["partner"]:
        names += list(Organisation.objects.filter(slug=asked["partner"]))
    if asked["category"].isascii() and asked["category"].isdigit():
        names += list(BudgetCategory.objects.filter(code=asked["category"][:4])[:1])
    return [str(row.name) for row in names]


def for_list(rows: QuerySet[Posting]) -> QuerySet[Posting]:
    """Return the postings with their accounts and the number of their entry, and no more of these."""
    accounts = (f"{side}__{name}" for side in ("debit", "credit") for name in ("code", "kind", "subject"))
    joined = rows.select_related("debit", "credit", "entry")
    return joined.only("effective_on", "amount", "reverses", "entry__n", *accounts)


# What a file has of each posting. `adds` is what it adds to the figure or account that the file was asked for, and empty
# where there is none; `reverses` is the `id` of the posting that it corrects.
COLUMNS = ("id", "effective_on", "credit", "debit", "amount", "adds", "entry", "reverses")


def written(rows: QuerySet[Posting]) -> Iterator[Sequence[Any]]:
    """Yield every posting for a file, the newest first, read bit by bit."""
    found = rows.annotate(adds=F("signed") if "signed" in rows.query.annotations else Value(None, output_field=MONEY))
    values = found.order_by("-effective_on", "-pk").values_list(
        "pk", "effective_on", "credit__code", "debit__code", "amount", "adds", "entry__n", "reverses"
    )
    yield from values.iterator(chunk_size=2000)


def total(rows: QuerySet[Posting]) -> Decimal:
    return rows.aggregate(total=Sum("signed"))["total"] or ZERO


@dataclass(frozen=True)
class PostingRow:
    """A posting as a row: from where to where, in words."""

    posting: Posting
    source: str
    target: str


class AccountNames:
    """Accounts in words of the reader's language: each kind of name read once for a whole list."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        subjects = [account.subject.split(":") for account in accounts]
        words = {word for parts in subjects for word in parts}
        self.organisations = {o.slug: o.name for o in Organisation.objects.filter(slug__in=words)}
        self.windows = {window.code: window.name for window in Window.objects.filter(code__in=words)}
        categories = BudgetCategory.objects.order_by("version") if any(len(parts) == 3 for parts in subjects) else ()
        self.categories = {str(row.code): row.name for row in categories}

    def name(self, account: Account) -> str:
        """Return such as “With a partner: PRJ-2008-0001, International Organization for Migration”."""
        kind = str(account.get_kind_display())
        words = [self._word(number, word) for number, word in enumerate(account.subject.split(":")) if word]
        return formats.labelled(kind, ", ".join(words)) if words else kind

    def _word(self, number: int, word: str) -> str:
        known = self.categories if number == 2 else self.windows | self.organisations
        return known.get(word, word)


def lines(postings: Iterable[Posting]) -> list[PostingRow]:
    """Return the postings in words; debit and credit accounts are loaded with them."""
    rows = list(postings)
    names = AccountNames(side for row in rows for side in (row.debit, row.credit))
    return [PostingRow(row, names.name(row.credit), names.name(row.debit)) for row in rows]
