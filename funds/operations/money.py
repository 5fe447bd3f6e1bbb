"""What moves money. Every function is one act; each locks the rows that own the accounts, then posts.

Amounts are in the fund's currency, to the cent. Sources of rules: architecture of the ledger; R14, R52, R54, R60.
Interest, costs, refunds, releases, transfers between windows and corrections are posted by vouchers alone (D3): their
operations here are called by `authorise_voucher` and by nothing else of the portal; a `…_lines` function gives what
such an act would post, under its locks.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import InsufficientFunds, NotAllowed, OutOfState, Refused
from alliance.core.formats import money as written
from alliance.people.four_eyes import require_another
from alliance.people.models import Organisation, Role, User
from alliance.register import explain, operation, record
from alliance.register.canonical import digest_of
from funds.ledger.attribution import Holding, split
from funds.ledger.chart import BORNE
from funds.ledger.posting import Line, account, post
from funds.models import Account, AccountKind, Act, Donor, Fund, Posting, Source, SourceKind, Window
from funds.operations.earmarks import require_windows
from funds.operations.pools import by_stakes, draw, lock_windows, pool_of, project_holdings, require_taking
from funds.operations.reversals import bring_back, held_deposit, held_payment, take_back, with_its_fee
from funds.operations.valuation import FUND_CURRENCY, check_amount

ZERO = Decimal("0.00")


def receive(
    *, donor: Donor, window: Window, amount: Decimal, fee: Decimal, on: date, is_seed: bool = False
) -> tuple[list[Line], Source]:
    """Return the lines of a deposit: the money into the pool and the agent's fee out of it, both the donor's own.

    For `record_deposit`, which owns the act. The window's row is locked here. Raises OutOfState for a closed window.
    """
    Fund.objects.the().require(Act.RECEIVE, on)
    require_taking(window, lock_windows([window]))
    kind = SourceKind.SEED if is_seed else SourceKind.DONOR
    source, is_new = Source.objects.get_or_create(kind=kind, donor=donor, defaults={"since": on})
    source.is_new = is_new
    pool = pool_of(window)
    origin = account(AccountKind.SEED if is_seed else AccountKind.CONTRIBUTIONS, donor.organisation.slug)
    lines = [Line(pool, origin, amount, on, {source: amount})]
    if fee > ZERO:
        lines.append(Line(account(AccountKind.FEE), pool, fee, on, {source: fee}))
    return lines, source


@operation
def allocate(
    *,
    by: User | None,
    project: str,
    amounts: Mapping[Window, Decimal],
    on: date,
    objectives: Collection[str] | None = None,
) -> list[Posting]:
    """Move what a carried decision gives to a project out of the pools: each window's first, then the general one.

    `objectives` are the codes that the project serves: their windows have to be open, whichever pool pays, and the
    windows named have to serve them (R14; see `require_windows`). None is for accounts kept before the portal, of which
    only the amounts are known. Raises InsufficientFunds when window and general pool together do not hold the amount;
    OutOfState when a window is not open or the fund is not operating (R103).
    """
    Fund.objects.the().require(Act.ALLOCATE, on)
    windows = {w.pk: w for w in lock_windows(Window.objects.all())}  # all: a window that pays nothing may forbid it
    if objectives is not None:
        require_windows(objectives=objectives, named=amounts)
    lines: list[Line] = []
    destination = account(AccountKind.PROJECT, project)
    for window in sorted(amounts, key=lambda w: w.pk):
        lines += draw(windows[window.pk], windows, amounts[window], destination, on, already=lines)
    entry = record(
        "project.funded/1",
        by=by,
        facts={"project": project, "amounts": {w.code: amounts[w] for w in amounts}, "on": on},
        public=True,
    )
    return post(lines, entry=entry)


@operation
def release(*, by: User, prepared_by: User, project: str, amount: Decimal, on: date) -> list[Posting]:
    """Give unspent allocation back to the pools and sources it came from, in proportion to what remains of it."""
    _above_zero(amount)
    _two_people(by, prepared_by)
    lines = release_lines(project=project, amount=amount, on=on)
    return post(lines, entry=_recorded("allocation.released/1", by, {"project": project, "amount": amount}))


def release_lines(*, project: str, amount: Decimal, on: date) -> list[Line]:
    Fund.objects.the().require(Act.REFUND, on)
    source_account = account(AccountKind.PROJECT, project)
    # All, and first: which pools a project's money came from is read under the locks.
    lock_windows(Window.objects.all())
    holdings = project_holdings(source_account)
    pools = {pool.pk: pool for pool in Account.objects.filter(pk__in={pool for pool, _ in holdings})}
    held = Account.objects.get(pk=source_account.pk).balance
    if amount > held:
        raise InsufficientFunds(
            _("The project holds %(held)s that is not paid: %(missing)s is missing. Nothing was posted.")
            % {"held": written(held), "missing": written(amount - held)},
            field="amount",
        )
    parts = split(amount, [Holding(key, held, rank) for rank, (key, held) in enumerate(holdings.items())])
    lines = []
    for pk, pool in sorted(pools.items()):
        shares = {source: part for (pool_pk, source), part in parts.items() if pool_pk == pk}
        if shares:
            lines.append(Line(pool, source_account, sum(shares.values(), ZERO), on, shares))
    return lines


@operation
def post_spending(
    *, by: User, project: str, organisation: Organisation, lines: Mapping[str, Decimal], on: date
) -> list[Posting]:
    """Post a partner's accepted spending by budget category code."""
    Fund.objects.the().require(Act.SPEND, on)
    with_partner = account(AccountKind.PARTNER, f"{project}:{organisation.slug}")
    posted = [
        Line(account(AccountKind.SPENT, f"{project}:{organisation.slug}:{category}"), with_partner, amount, on)
        for category, amount in sorted(lines.items())
        if amount > ZERO
    ]
    facts = {"project": project, "organisation": organisation.slug}
    return post(posted, entry=_recorded("spending.posted/1", by, facts))


@operation
def return_money(*, by: User, project: str, organisation: Organisation, amount: Decimal, on: date) -> list[Posting]:
    """Post that a partner sends unspent money back: it is in transit until the agent has it."""
    _above_zero(amount)
    _finance(by)
    lines = return_lines(project=project, organisation=organisation, amount=amount, on=on)
    facts = {"project": project, "organisation": organisation.slug, "amount": amount}
    return post(lines, entry=_recorded("refund.sent/1", by, facts))


def return_lines(*, project: str, organisation: Organisation, amount: Decimal, on: date) -> list[Line]:
    subject = f"{project}:{organisation.slug}"
    in_transit, partner = account(AccountKind.REFUNDS_IN_TRANSIT, subject), account(AccountKind.PARTNER, subject)
    return [Line(in_transit, partner, amount, on)]


@operation
def receive_refund(*, by: User, project: str, organisation: Organisation, amount: Decimal, on: date) -> list[Posting]:
    """Post that a partner's refund has arrived: the project holds the money again."""
    _above_zero(amount)
    _finance(by)
    lines = arrival_lines(project=project, organisation=organisation, amount=amount, on=on)
    facts = {"project": project, "organisation": organisation.slug, "amount": amount}
    return post(lines, entry=_recorded("refund.received/1", by, facts))


def arrival_lines(*, project: str, organisation: Organisation, amount: Decimal, on: date) -> list[Line]:
    in_transit = account(AccountKind.REFUNDS_IN_TRANSIT, f"{project}:{organisation.slug}")
    return [Line(account(AccountKind.PROJECT, project), in_transit, amount, on)]


@operation
def post_interest(*, by: User, window: Window, amount: Decimal, on: date, from_partners: bool = False) -> list[Posting]:
    """Post interest earned by the fund, or sent in by partners, into a window's pool as fund income."""
    _above_zero(amount)
    _finance(by)
    lines = interest_lines(window=window, amount=amount, on=on, from_partners=from_partners)
    facts = {"window": window.code, "amount": amount, "partners": from_partners}
    return post(lines, entry=_recorded("interest.posted/1", by, facts))


def interest_lines(*, window: Window, amount: Decimal, on: date, from_partners: bool) -> list[Line]:
    require_taking(window, lock_windows([window]))
    source, is_new = Source.objects.get_or_create(kind=SourceKind.INCOME, donor=None, defaults={"since": on})
    if is_new:
        explain(source)
    origin = account(AccountKind.INTEREST_PARTNERS if from_partners else AccountKind.INTEREST_FUND)
    return [Line(pool_of(window), origin, amount, on, {source: amount})]


@operation
def post_cost(*, by: User, kind: str, window: Window, amount: Decimal, on: date) -> list[Posting]:
    """Post a direct cost, bank charges or a transfer to another fund, borne by the pool's sources in proportion."""
    _above_zero(amount)
    _finance(by)
    lines = cost_lines(kind=kind, window=window, amount=amount, on=on)
    return post(lines, entry=_recorded("cost.posted/1", by, {"kind": kind, "window": window.code, "amount": amount}))


def cost_lines(*, kind: str, window: Window, amount: Decimal, on: date) -> list[Line]:
    if kind not in BORNE:
        raise Refused(_("A pool bears direct costs, bank charges and transfers to other funds."), field="kind")
    lock_windows([window])
    pool = pool_of(window)
    return [Line(account(kind), pool, amount, on, by_stakes(pool, amount, on=on))]


@operation
def refund_donor(
    *, by: User, prepared_by: User, donor: Donor, window: Window, amount: Decimal, on: date
) -> list[Posting]:
    """Pay unallocated money back to its donor, out of the donor's own stake; to the trustee, its seed capital (R96)."""
    _above_zero(amount)
    _two_people(by, prepared_by)
    lines = donor_refund_lines(donor=donor, window=window, amount=amount, on=on)
    facts = {"donor": donor.organisation.slug, "window": window.code, "amount": amount}
    return post(lines, entry=_recorded("donor.refunded/1", by, facts))


def donor_refund_lines(*, donor: Donor, window: Window, amount: Decimal, on: date) -> list[Line]:
    Fund.objects.the().require(Act.REFUND, on)
    lock_windows([window])
    kind = SourceKind.SEED if donor.is_trustee else SourceKind.DONOR
    source = Source.objects.filter(kind=kind, donor=donor).first()
    if source is None:
        raise InsufficientFunds(field="amount")
    own = AccountKind.SEED_REFUNDS if donor.is_trustee else AccountKind.DONOR_REFUNDS
    refunds = account(own, donor.organisation.slug)
    return [Line(refunds, pool_of(window), amount, on, {source: amount})]


@operation
def move_between_windows(
    *,
    by: User,
    prepared_by: User,
    origin: Window,
    destination: Window,
    amount: Decimal,
    on: date,
    consent: str,
    donors: Iterable[Donor] = (),
) -> list[Posting]:
    """Move money from one window's pool to another's, keeping its sources. Earmarked money needs its donors' consent.

    Where donors are named their stakes alone are moved; else `consent` names the document and all stakes are, in
    proportion.
    """
    _above_zero(amount)
    _two_people(by, prepared_by)
    lines = window_lines(
        origin=origin, destination=destination, amount=amount, on=on, consent=consent, donors=tuple(donors)
    )
    facts = {"from": origin.code, "to": destination.code, "amount": amount}
    return post(lines, entry=_recorded("window.moved/1", by, facts))


def window_lines(
    *, origin: Window, destination: Window, amount: Decimal, on: date, consent: str, donors: Collection[Donor]
) -> list[Line]:
    if not consent and not donors and not origin.unearmarked:
        raise Refused(_("Earmarked money moves only with its donors' consent: name the document."), field="consent")
    require_taking(destination, lock_windows([origin, destination]))
    pool = pool_of(origin)
    return [Line(pool_of(destination), pool, amount, on, by_stakes(pool, amount, donors=donors, on=on))]


@operation
def reverse(*, by: User, prepared_by: User, posting: Posting, on: date, reason: str) -> list[Posting]:
    """Correct a posting by its mirror image, with a reason and a second person; its shares are mirrored too.

    The money of a deposit takes the fee with it: the deposit stands no longer, and what it had paid is open again. A
    payment is reversed with its posting.
    """
    _two_people(by, prepared_by)
    if not reason.strip():
        raise Refused(_("A correction needs its reason."), field="reason")
    deposit, payment = held_deposit(posting), held_payment(posting)
    lines = reversal_lines(posting=posting, on=on)
    entry = _recorded("posting.reversed/1", by, {"posting": posting.pk, "reason_digest": digest_of(reason)})
    if deposit is not None:
        take_back(by, deposit, on, entry)
    if payment is not None:
        bring_back(payment, entry)
    return post(lines, entry=entry)


def reversal_lines(*, posting: Posting, on: date) -> list[Line]:
    lock_windows(Window.objects.all())
    posting = Posting.objects.select_related("debit", "credit").get(pk=posting.pk)
    if posting.reverses_id or Posting.objects.filter(reverses=posting).exists():
        raise OutOfState(_("This posting was reversed already, or is a reversal itself."))
    return [_mirror(one, on) for one in with_its_fee(posting, on)]


def _mirror(posting: Posting, on: date) -> Line:
    shares = {share.source: share.amount for share in posting.shares.select_related("source")}
    return Line(posting.credit, posting.debit, posting.amount, on, shares or None, reverses=posting)


def _recorded(kind: str, by: User | None, facts: Mapping):
    return record(kind, by=by, facts=facts, public=True)


def _above_zero(amount: Decimal) -> None:
    check_amount(amount, FUND_CURRENCY)


def _finance(by: User) -> None:
    if not by.has_role(Role.FINANCE_OFFICER, Role.HEAD):
        raise NotAllowed(_("This is for the finance officers."))


def _two_people(by: User, prepared_by: User) -> None:
    _finance(by)
    _finance(prepared_by)
    require_another(by, prepared_by.pk)
