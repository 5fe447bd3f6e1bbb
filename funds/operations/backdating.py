"""What is entered for a past day takes nothing that was not there then: not from an account, not from whose money it is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.db.models import Case, F, Q, Sum, When
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import Refused
from funds.models import Account, AccountKind, Posting, Share, Stake

ZERO = Decimal("0.00")
NOT_THEN = _("There was not enough money for this on that day, or on a day since.")


def require_held_then(postings: Iterable[Posting]) -> None:
    """Refuse what was just posted for a past day when something would have been below zero at its end or a later one's.

    Something is each guarded account that money left, and for a pool each stake that it left (R52, R54). For use inside an
    operation, after `post`, which keeps the accounts locked.
    """
    posted = list(postings)
    for on, account_id in {(posting.effective_on, posting.credit_id) for posting in posted}:
        account = Account.objects.get(pk=account_id)
        if on >= clock.today() or not account.guarded:
            continue
        lows = [lowest_balance(account, on)]
        if account.kind == AccountKind.POOL:
            left = Share.objects.filter(posting__in=posted, posting__credit=account).values_list("source", flat=True)
            stakes = lowest_stakes(account, on)
            lows += [stakes[source] for source in left]
        if min(lows) < ZERO:
            raise Refused(NOT_THEN, field="on")


def lowest_balance(account: Account, on: date) -> Decimal:
    """Return the lowest balance of an account at the end of a day or of a later one."""
    signed = Case(When(debit=account, then=F("amount")), default=-F("amount"))
    later = Posting.objects.filter(Q(debit=account) | Q(credit=account), effective_on__gt=on)
    moved = later.order_by("effective_on").values_list("effective_on").annotate(moved=Sum(signed))
    return _lowest(account.balance, [amount for _day, amount in moved])


def lowest_stakes(pool: Account, on: date) -> dict[int, Decimal]:
    """Return, by source, the lowest that each stake in a pool was at the end of a day or of a later one."""
    signed = Case(When(posting__debit=pool, then=F("amount")), default=-F("amount"))
    later = Share.objects.filter(Q(posting__debit=pool) | Q(posting__credit=pool), posting__effective_on__gt=on)
    by_day = later.order_by("posting__effective_on").values_list("source", "posting__effective_on")
    moves: dict[int, list[Decimal]] = defaultdict(list)
    for source, _day, amount in by_day.annotate(moved=Sum(signed)):
        moves[source].append(amount)
    held = Stake.objects.filter(pool=pool).values_list("source", "amount")
    return {source: _lowest(amount, moves[source]) for source, amount in held}


def _lowest(now: Decimal, moves: list[Decimal]) -> Decimal:
    """Return the lowest of what there was before these moves, in their order, and after each; `now` is after all."""
    return min(accumulate(moves, initial=now - sum(moves, ZERO)))
