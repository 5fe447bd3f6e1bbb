"""What is entered for a past day takes nothing that was not there then: not from an account, not from whose money it is."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import Refused
from funds.models import Account, AccountKind, Posting, Share, Stake

ZERO = Decimal("0.00")


def require_held_then(postings: Iterable[Posting]) -> None:
    """Refuse what was just posted for a past day when something would have been below zero at its end or a later one's.

    Something is each guarded account that money left, and for a pool each stake in it (R52, R54). For use inside an
    operation, after `post`, which keeps the accounts locked.
    """
    taken = {(posting.effective_on, posting.credit_id): posting for posting in postings}
    for (on, account_id), posting in taken.items():
        if on < clock.today():
            _require_account(on, Account.objects.get(pk=account_id), posting.entry_id)


def _require_account(on: date, account: Account, entry_id: int) -> None:
    lows = [_lowest_since(on, account.balance, account, Posting.objects.all(), "amount")] if account.guarded else []
    if account.kind == AccountKind.POOL:
        touched = Share.objects.filter(posting__entry_id=entry_id, posting__credit=account).values("source")
        lows += [
            _lowest_since(
                on, stake.amount, account, Posting.objects.filter(shares__source=stake.source_id), "shares__amount"
            )
            for stake in Stake.objects.filter(pool=account, source__in=touched)
        ]
    if any(low < ZERO for low in lows):
        raise Refused(_("There was not enough money for this on that day, or on a day since."), field="on")


def _lowest_since(on: date, now: Decimal, account: Account, postings: QuerySet[Posting], amount: str) -> Decimal:
    """Return the lowest that these postings left in the account at the end of the day or of a later one.

    `now` is what they leave there today.
    """
    signed = Case(When(debit=account, then=F(amount)), default=-F(amount))
    later = postings.filter(Q(debit=account) | Q(credit=account), effective_on__gt=on).order_by("effective_on")
    moves = list(later.values("effective_on").annotate(moved=Sum(signed)).values_list("moved", flat=True))
    return min(accumulate(moves, initial=now - sum(moves, ZERO)))
