"""Accounts of the ledger: all of them, and one with its postings, so that a figure can be followed to its rows."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from alliance.access import find, reader_or_404
from alliance.core import clock
from alliance.core.numbers import counted
from alliance.pages.lists import DOWNLOADS, PAGE_ROWS, paged, wanted
from alliance.people.requests import Request
from alliance.rendering.tables import Row
from funds import permissions
from funds.models import Account, AccountKind, Deposit, Posting, Stake
from funds.statements.trial_balance import trial_balance_page

DOCUMENTS = ("deposit", "payment", "voucher")
COLUMNS = (_("Entry"), _("Date"), _("Debit"), _("Credit"), _("Amount"))


class PostingLine(NamedTuple):
    """A posting as one account sees it: what came in or went out, and the other side."""

    posting: Posting
    other: Account
    is_debit: bool
    document: Any

    @property
    def is_correctable(self) -> bool:
        """A reversal is not, and a deposit's fee only with its deposit."""
        is_fee = isinstance(self.document, Deposit) and self.posting.debit.kind == AccountKind.FEE
        return not (self.posting.reverses_id or is_fee)


@require_GET
def accounts(request: Request) -> HttpResponse:
    reader_or_404(permissions.may_read_accounts(request.user))
    today = clock.today()
    found = trial_balance_page(today, counted(request.GET.get("page", "")) or 1, PAGE_ROWS)
    page = Paginator(range(found.in_all), PAGE_ROWS).page(found.number)
    return render(request, "funds/account_list.html", {"found": found, "page": page, "as_of": today})


@require_GET
def account(request: Request, code: str) -> HttpResponseBase:
    reader_or_404(permissions.may_read_accounts(request.user))
    row = find(Account.objects.select_related("window"), code=code)
    postings = Posting.objects.filter(Q(debit=row) | Q(credit=row))
    if kind := wanted(request):
        return _download(kind, with_sides(postings).order_by("effective_on", "pk"), code)
    page = paged(request, with_sides(postings).order_by("-effective_on", "-pk"))
    context = {
        "account": row,
        "page": page,
        "lines": [line_of(posting, row) for posting in page],
        "stakes": stakes(row),
        "as_of": clock.today(),
        "may_correct": permissions.may_record_money(request.user),
    }
    return render(request, "funds/account_detail.html", context)


def with_sides(postings: QuerySet[Posting]) -> QuerySet[Posting]:
    """Add both accounts, the entry and the document that caused it: of each what a list says, never an entry's body."""
    rows = postings.select_related("debit", "credit", *(f"entry__{name}" for name in DOCUMENTS))
    documents = (f"entry__{name}__reference" for name in DOCUMENTS)
    sides = ("debit__code", "debit__kind", "credit__code")
    return rows.only("line", "effective_on", "amount", "reverses", *sides, "entry__n", *documents)


def line_of(posting: Posting, account: Account) -> PostingLine:
    is_debit = posting.debit_id == account.pk
    return PostingLine(posting, posting.credit if is_debit else posting.debit, is_debit, document_of(posting))


def document_of(posting: Posting) -> Any:
    """Return the deposit, payment or voucher that caused a posting, if it was one of them."""
    return next((row for name in DOCUMENTS if (row := getattr(posting.entry, name, None))), None)


def lines_of_entry(entry: int) -> list[Posting]:
    """Return the postings of one register entry, in their order."""
    return list(
        Posting.objects.filter(entry_id=entry)
        .select_related("debit", "credit", "entry")
        .defer("entry__body")
        .order_by("line")
    )


def stakes(account: Account) -> list[Stake]:
    rows = Stake.objects.filter(pool=account, amount__gt=0).select_related("source__donor__organisation")
    return list(rows.order_by("-amount", "pk"))


def _download(kind: str, postings: QuerySet[Posting], code: str) -> HttpResponseBase:
    rows: Iterator[Row] = ([p.entry.n, p.effective_on, p.debit.code, p.credit.code, p.amount] for p in postings)
    return DOWNLOADS[kind](COLUMNS, rows, code.replace(":", "-"))
