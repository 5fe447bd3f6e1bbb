"""Money's whole life as a state machine: whatever is done in whatever order, the ledger stays true.

At its full size, 10,000 steps: `pytest --hypothesis-profile=long --timeout 0 -s tests/funds/test_money_life.py`.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alliance.core import clock
from alliance.core.errors import InsufficientFunds, OutOfState, Refused
from alliance.people.models import Organisation, User
from funds import checks
from funds.models import Account, Donor, Period, Posting, Share, Source, Stake, Window
from funds.operations import money
from funds.operations.fund import close_period, set_window_status
from funds.operations.payments import authorise_payment, pay_payment
from tests.funds.factories import make_payment
from tests.funds.test_ledger import deposit, make_donor

D = Decimal
ON, LAST_YEAR = date(2008, 3, 10), date(2007, 11, 30)
ZERO = D("0.00")
DONORS = ("sweden-mfa", "switzerland-sdc", "meridian-foundation")
cents = st.integers(1, 2_000_00).map(lambda c: D(c) / 100)
small = cents.map(lambda amount: amount / 10).map(lambda amount: amount.quantize(D("0.01"), ROUND_UP))
amounts, large = cents, cents.map(lambda amount: amount * 20)  # more comes in than goes on to each further place
donors = st.sampled_from(DONORS)
windows = st.sampled_from(("GEN", "W1", "W2"))
projects = st.sampled_from(("PRJ-1", "PRJ-2"))
partners = st.sampled_from(("iom", "ilo"))

days = st.sampled_from((ON, LAST_YEAR))

LONG = settings(max_examples=250, stateful_step_count=40, deadline=None)
QUICK = settings(max_examples=12, stateful_step_count=25, deadline=None)


class MoneyLife(RuleBasedStateMachine):
    """Acts on a real database beside a model in plain Python; refusals must agree too."""

    counts: Counter[tuple[str, str]]  # of acts by kind and outcome, over all runs

    def __init__(self) -> None:
        super().__init__()
        from django.db import transaction

        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.officer = User.objects.get(email="finance.officer@demo.example")
        self.second = User.objects.get(email="second.finance.officer@demo.example")
        self.head = User.objects.get(email="head@demo.example")
        self.held: dict[str, Decimal] = {}
        self.shut: set[str] = set()
        self.is_last_year_open = True
        self.waiting: list[tuple[str, str, Decimal]] = []

    def teardown(self) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def move(self, debit: str, credit: str, amount: Decimal) -> None:
        self.held[debit] = self.held.get(debit, ZERO) + amount
        self.held[credit] = self.held.get(credit, ZERO) - amount

    def expect(self, kind: str, act: Callable[[], Any], refusal: type[Refused] | None = None) -> bool:
        """Do the act; it must succeed, or be refused in this way, exactly as the model says."""
        self.counts[kind, "refused" if refusal else "done"] += 1
        if refusal:
            with pytest.raises(refusal) as refused:
                act()
            assert type(refused.value) is refusal
        else:
            act()
        return refusal is None

    def short(self, code: str, amount: Decimal) -> type[Refused] | None:
        return InsufficientFunds if amount > self.held.get(code, ZERO) else None

    def closed(self, on: date) -> type[Refused] | None:
        return None if on == ON or self.is_last_year_open else Refused

    @initialize()
    def begin_with_some_money(self):
        """Every place holds some: a life in which the first pool is empty tries little but refusals."""
        for donor, window in zip(DONORS, ("GEN", "W1", "W2"), strict=True):
            self.deposit(donor, window, D(20_000), LAST_YEAR)
        for project in ("PRJ-1", "PRJ-2"):
            self.allocate(project, "GEN", D(6_000))
            for partner in ("iom", "ilo"):
                self.pay(project, partner, D(1_500))

    @rule(donor=donors, window=windows, amount=large, on=days)
    def deposit(self, donor, window, amount, on):
        fee = (amount / 100).quantize(D("0.01"))
        act = {"by": self.officer, "slug": donor, "amount": amount, "code": window, "fee": fee, "on": on}
        if self.expect("deposit", lambda: deposit(**act), self.closed(on)):
            self.move(f"pool:{window}", f"donor:{donor}", amount)
            if fee:
                self.move("fee", f"pool:{window}", fee)

    @rule(project=projects, window=windows, amount=amounts | large)
    def allocate(self, project, window, amount):
        if not self.allocated("allocation", project, window, amount):
            self.waiting.append((project, window, amount))

    @precondition(lambda self: self.waiting)
    @rule(donor=donors, comes=st.booleans())
    def allocate_what_waits(self, donor, comes):
        """Try what waits; often the money that it waits for comes first."""
        wanting = [one for one in self.waiting if self.hindrance(*one) is InsufficientFunds]
        if comes and wanting:
            _project, window, amount = wanting[0]
            self.deposit(donor, window, 2 * amount, ON)
        ready = [one for one in self.waiting if self.hindrance(*one) is None] or self.waiting
        if self.allocated("waiting allocation", *ready[0]):
            self.waiting.remove(ready[0])

    @rule(project=projects, window=windows, donor=donors, more=small)
    def allocate_once_money_came(self, project, window, donor, more):
        """Ask for more than there is; it is refused, the money comes, and the same is asked again."""
        asked = more + sum(max(self.held.get(f"pool:{code}", ZERO), ZERO) for code in {window, "GEN"})
        assert not self.allocated("allocation", project, window, asked)
        self.deposit(donor, window, asked + more, ON)  # about as much is left as there was
        if not self.allocated("waiting allocation", project, window, asked):
            self.waiting.append((project, window, asked))

    def hindrance(self, project, window, amount) -> type[Refused] | None:
        first, rest = self.parts(window, amount)
        touched = {window} | ({"GEN"} if rest else set())
        return OutOfState if touched & self.shut else InsufficientFunds if first + rest < amount else None

    def parts(self, window, amount) -> tuple[Decimal, Decimal]:
        """Return what the window's own pool gives and what the general one does."""
        first = min(self.held.get(f"pool:{window}", ZERO), amount)
        return first, ZERO if window == "GEN" else min(amount - first, self.held.get("pool:GEN", ZERO))

    def allocated(self, kind, project, window, amount) -> bool:
        first, rest = self.parts(window, amount)
        refusal = self.hindrance(project, window, amount)
        chosen = {Window.objects.get(code=window): amount}
        if not self.expect(kind, lambda: money.allocate(by=None, project=project, amounts=chosen, on=ON), refusal):
            return False
        if first:
            self.move(f"project:{project}", f"pool:{window}", first)
        if rest:
            self.move(f"project:{project}", "pool:GEN", rest)
        return True

    @rule(project=projects, partner=partners, amount=amounts)
    def pay(self, project, partner, amount):
        made = make_payment(self.officer, amount=amount, payee=partner, project=project)
        act = {"payment": authorise_payment(by=self.second, payment=made), "by": self.officer, "on": clock.today()}
        if self.expect("payment", lambda: pay_payment(**act), self.short(f"project:{project}", amount)):
            self.move(f"partner:{project}:{partner}", f"project:{project}", amount)

    @rule(project=projects, partner=partners, amount=small, category=st.sampled_from("1357"))
    def spend(self, project, partner, amount, category):
        held = f"partner:{project}:{partner}"
        act = {"by": self.officer, "project": project, "organisation": Organisation.objects.get(slug=partner), "on": ON}
        lines = {category: amount}
        if self.expect("spending", lambda: money.post_spending(lines=lines, **act), self.short(held, amount)):
            self.move(f"spent:{project}:{partner}:{category}", held, amount)

    @rule(project=projects, partner=partners, amount=small)
    def send_refund(self, project, partner, amount):
        held = f"partner:{project}:{partner}"
        act = {"by": self.officer, "project": project, "organisation": Organisation.objects.get(slug=partner), "on": ON}
        if self.expect("refund sent", lambda: money.return_money(amount=amount, **act), self.short(held, amount)):
            self.move(f"refunds-in-transit:{project}:{partner}", held, amount)

    @rule(project=projects, partner=partners, amount=small, whole=st.booleans())
    def receive_refund(self, project, partner, amount, whole):
        sent = f"refunds-in-transit:{project}:{partner}"
        if under_way := sorted(
            code for code, held in self.held.items() if held and code.startswith("refunds-in-transit")
        ):
            sent = sent if self.held.get(sent) else under_way[0]
            amount = self.held[sent] if whole else min(amount, self.held[sent])
            _kind, project, partner = sent.split(":")
        act = {"by": self.officer, "project": project, "organisation": Organisation.objects.get(slug=partner), "on": ON}
        if self.expect("refund received", lambda: money.receive_refund(amount=amount, **act), self.short(sent, amount)):
            self.move(f"project:{project}", sent, amount)

    @rule(project=projects, partner=partners, amount=small, whole=st.booleans())
    def send_refund_and_have_it(self, project, partner, amount, whole):
        self.send_refund(project, partner, amount)
        self.receive_refund(project, partner, amount, whole)

    @rule(project=projects, amount=small)
    def release(self, project, amount):
        before = {p.code: p.balance for p in Account.objects.filter(kind="pool")}
        act = {"by": self.officer, "prepared_by": self.second, "project": project, "amount": amount, "on": ON}
        if self.expect("release", lambda: money.release(**act), self.short(f"project:{project}", amount)):
            for pool in Account.objects.filter(kind="pool"):
                if pool.balance != before[pool.code]:
                    self.move(pool.code, f"project:{project}", pool.balance - before[pool.code])

    @rule(window=windows, amount=amounts, on=days, partners=st.booleans())
    def interest(self, window, amount, on, partners):
        kind = "partners' interest" if partners else "interest"
        act = {"by": self.officer, "window": Window.objects.get(code=window), "amount": amount, "on": on}
        if self.expect(kind, lambda: money.post_interest(from_partners=partners, **act), self.closed(on)):
            self.move(f"pool:{window}", "interest-partners" if partners else "interest-fund", amount)

    @rule(window=windows, amount=small, kind=st.sampled_from(("other_funds", "direct_cost", "bank_charges")), on=days)
    def bear_cost(self, window, amount, kind, on):
        act = {"by": self.officer, "kind": kind, "window": Window.objects.get(code=window), "amount": amount, "on": on}
        unborne = None if amount <= self.there_then(window, on) else Refused
        refusal = self.short(f"pool:{window}", amount) or unborne or self.closed(on)
        if self.expect(kind.replace("_", " "), lambda: money.post_cost(**act), refusal):
            self.move(kind.replace("_", "-"), f"pool:{window}", amount)

    @rule(window=windows, amount=small, on=days)
    def bear_bank_charges(self, window, amount, on):
        self.bear_cost(window, amount, "bank_charges", on)

    @rule(donor=donors, window=windows, amount=amounts)
    def refund_donor(self, donor, window, amount):
        stake = self.stake(donor, window)
        act = {"by": self.officer, "prepared_by": self.second, "donor": make_donor(donor), "on": ON, "amount": amount}
        refusal = None if amount <= stake else InsufficientFunds
        if self.expect(
            "donor's refund", lambda: money.refund_donor(window=Window.objects.get(code=window), **act), refusal
        ):
            self.move(f"donor-refunds:{donor}", f"pool:{window}", amount)

    @rule(pair=st.permutations(("GEN", "W1", "W2")), amount=amounts, donor=st.none() | donors)
    def move_between_windows(self, pair, amount, donor):
        origin, destination, _other = pair
        named = [make_donor(donor)] if donor else []
        held = self.stake(donor, origin) if donor else self.held.get(f"pool:{origin}", ZERO)
        act = {
            "by": self.officer, "prepared_by": self.second, "amount": amount, "on": ON, "donors": named,
            "origin": Window.objects.get(code=origin), "destination": Window.objects.get(code=destination),
        }  # fmt: skip
        refusal = None if amount <= held else InsufficientFunds
        if self.expect("window transfer", lambda: money.move_between_windows(consent="LET-1", **act), refusal):
            self.move(f"pool:{destination}", f"pool:{origin}", amount)

    @rule(window=windows)
    def change_a_windows_status(self, window):
        status = "open" if window in self.shut else "suspended"
        act = {"by": self.head, "window": Window.objects.get(code=window), "status": status}
        self.expect(f"window {status}", lambda: set_window_status(**act))
        self.shut ^= {window}

    @rule()
    def close_last_year(self):
        refusal = None if self.is_last_year_open else OutOfState
        period = Period.objects.get(code="2007")
        if self.expect("period closed", lambda: close_period(by=self.officer, period=period), refusal):
            self.is_last_year_open = False

    def there_then(self, window: str, on: date) -> Decimal:
        """What is in a pool of what was there at the end of that day: of two days that pools are moved on, all is of the second."""
        then: Counter[int] = Counter()
        now: Counter[int] = Counter()
        shares = Share.objects.filter(Q(posting__debit__subject=window) | Q(posting__credit__subject=window))
        for share in shares.select_related("posting__debit"):
            signed = share.amount if share.posting.debit.subject == window else -share.amount
            now[share.source_id] += signed
            if share.posting.effective_on <= on:
                then[share.source_id] += signed
        return sum((max(min(then[source], now[source]), ZERO) for source in now), ZERO)

    def stake(self, donor: str, window: str) -> Decimal:
        sources = Source.objects.filter(kind="donor", donor__in=Donor.objects.filter(organisation__slug=donor))
        return next((s.amount for s in Stake.objects.filter(pool__code=f"pool:{window}", source__in=sources)), ZERO)

    @rule()
    def correct_the_last_allocation(self):
        posting = Posting.objects.filter(
            reverses=None, reversed_by=None, debit__kind="project", credit__kind="pool"
        ).last()
        if posting is None:
            return
        act = {"by": self.officer, "prepared_by": self.second, "posting": posting, "reason": "wrong project", "on": ON}
        if self.expect("reversal", lambda: money.reverse(**act), self.short(posting.debit.code, posting.amount)):
            self.move(posting.credit.code, posting.debit.code, posting.amount)

    @invariant()
    def the_ledger_is_true(self):
        accounts = {a.code: a for a in Account.objects.all()}
        assert sum((a.balance for a in accounts.values()), ZERO) == ZERO
        assert {code: a.balance for code, a in accounts.items() if a.balance} == {
            c: v for c, v in self.held.items() if v
        }
        assert list(checks.problems()) == []


@pytest.mark.requirement("R52", "R57")
def test_whatever_happens_the_ledger_is_true(db):
    is_long = settings.get_current_profile_name() == "long"
    MoneyLife.counts = Counter()
    run_state_machine_as_test(
        MoneyLife,
        settings=settings(LONG if is_long else QUICK, suppress_health_check=list(HealthCheck), database=None),
    )
    kinds = sorted({kind for kind, _outcome in MoneyLife.counts})
    done = {kind: MoneyLife.counts[kind, "done"] for kind in kinds}
    print(f"\nmoney's life: {sum(MoneyLife.counts.values())} acts; done and refused: ", end="")
    print(", ".join(f"{kind} {done[kind]}/{MoneyLife.counts[kind, 'refused']}" for kind in kinds))
    assert not is_long or {kind for kind in kinds if done[kind] < 100} == set()
