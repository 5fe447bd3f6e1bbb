"""Money's whole life as a state machine: whatever is done in whatever order, the ledger stays true."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from alliance.core.errors import InsufficientFunds
from alliance.people.models import Organisation, User
from funds import checks
from funds.models import Account, Posting, Window
from funds.operations import money
from tests.funds.test_ledger import deposit, make_donor

D = Decimal
ON = date(2008, 3, 10)
ZERO = D("0.00")
DONORS = ("sweden-mfa", "switzerland-sdc", "meridian-foundation")
amounts = st.integers(1, 5_000_00).map(lambda c: D(c) / 100)
donors = st.sampled_from(DONORS)
windows = st.sampled_from(("GEN", "W1", "W2"))
projects = st.sampled_from(("PRJ-1", "PRJ-2"))
partners = st.sampled_from(("iom", "ilo"))

LONG = settings(max_examples=200, stateful_step_count=50, deadline=None)
QUICK = settings(max_examples=12, stateful_step_count=25, deadline=None)


class MoneyLife(RuleBasedStateMachine):
    """Acts on a real database beside a model in plain Python; refusals must agree too."""

    def __init__(self) -> None:
        super().__init__()
        from django.db import transaction

        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.officer = User.objects.get(email="finance.officer@demo.example")
        self.second = User.objects.get(email="second.finance.officer@demo.example")
        self.held: dict[str, Decimal] = {}
        self.stakes: dict[tuple[str, str], Decimal] = {}

    def teardown(self) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def move(self, debit: str, credit: str, amount: Decimal) -> None:
        self.held[debit] = self.held.get(debit, ZERO) + amount
        self.held[credit] = self.held.get(credit, ZERO) - amount

    def expect(self, possible: bool, act) -> bool:
        """Do the act; it must succeed exactly when the model says it is possible."""
        if possible:
            act()
        else:
            with pytest.raises(InsufficientFunds):
                act()
        return possible

    @rule(donor=donors, window=windows, amount=amounts)
    def deposit(self, donor, window, amount):
        fee = (amount / 100).quantize(D("0.01"))
        deposit(by=self.officer, slug=donor, amount=amount, code=window, fee=fee)
        self.move(f"pool:{window}", f"donor:{donor}", amount)
        if fee:
            self.move("fee", f"pool:{window}", fee)

    @rule(project=projects, window=windows, amount=amounts)
    def allocate(self, project, window, amount):
        own, general = self.held.get(f"pool:{window}", ZERO), self.held.get("pool:GEN", ZERO)
        reach = own if window == "GEN" else own + general
        chosen = {Window.objects.get(code=window): amount}
        if self.expect(amount <= reach, lambda: money.allocate(by=None, project=project, amounts=chosen, on=ON)):
            first = min(own, amount)
            if first:
                self.move(f"project:{project}", f"pool:{window}", first)
            if amount - first:
                self.move(f"project:{project}", "pool:GEN", amount - first)

    @rule(project=projects, partner=partners, amount=amounts)
    def pay(self, project, partner, amount):
        payee = Organisation.objects.get(slug=partner)
        possible = amount <= self.held.get(f"project:{project}", ZERO)
        act = {"by": self.officer, "project": project, "payee": payee, "amount": amount, "on": ON, "payment": "PAY-1"}
        if self.expect(possible, lambda: money.post_payment(**act)):
            self.move(f"partner:{project}:{partner}", f"project:{project}", amount)

    @rule(project=projects, partner=partners, amount=amounts, category=st.sampled_from("1357"))
    def spend(self, project, partner, amount, category):
        held = f"partner:{project}:{partner}"
        act = {"by": self.officer, "project": project, "organisation": Organisation.objects.get(slug=partner), "on": ON}
        possible = amount <= self.held.get(held, ZERO)
        if self.expect(possible, lambda: money.post_spending(lines={category: amount}, **act)):
            self.move(f"spent:{project}:{partner}:{category}", held, amount)

    @rule(project=projects, partner=partners, amount=amounts)
    def send_back(self, project, partner, amount):
        held = f"partner:{project}:{partner}"
        act = {"by": self.officer, "project": project, "organisation": Organisation.objects.get(slug=partner), "on": ON}
        if self.expect(amount <= self.held.get(held, ZERO), lambda: money.return_money(amount=amount, **act)):
            self.move(f"refunds-in-transit:{project}:{partner}", held, amount)
            money.receive_refund(amount=amount, **act)
            self.move(f"project:{project}", f"refunds-in-transit:{project}:{partner}", amount)

    @rule(project=projects, amount=amounts)
    def release(self, project, amount):
        before = {p.code: p.balance for p in Account.objects.filter(kind="pool")}
        act = {"by": self.officer, "prepared_by": self.second, "project": project, "amount": amount, "on": ON}
        if self.expect(amount <= self.held.get(f"project:{project}", ZERO), lambda: money.release(**act)):
            for pool in Account.objects.filter(kind="pool"):
                if pool.balance != before[pool.code]:
                    self.move(pool.code, f"project:{project}", pool.balance - before[pool.code])

    @rule(window=windows, amount=amounts)
    def interest(self, window, amount):
        money.post_interest(by=self.officer, window=Window.objects.get(code=window), amount=amount, on=ON)
        self.move(f"pool:{window}", "interest-fund", amount)

    @rule(window=windows, amount=amounts, kind=st.sampled_from(("direct_cost", "bank_charges")))
    def bear_cost(self, window, amount, kind):
        act = {"by": self.officer, "kind": kind, "window": Window.objects.get(code=window), "amount": amount, "on": ON}
        if self.expect(amount <= self.held.get(f"pool:{window}", ZERO), lambda: money.post_cost(**act)):
            self.move(kind.replace("_", "-"), f"pool:{window}", amount)

    @rule(donor=donors, window=windows, amount=amounts)
    def refund_donor(self, donor, window, amount):
        from funds.models import Stake

        stake = Stake.objects.filter(pool__code=f"pool:{window}", source__donor=make_donor(donor)).first()
        possible = bool(stake and amount <= stake.amount)
        act = {"by": self.officer, "prepared_by": self.second, "donor": make_donor(donor), "on": ON, "amount": amount}
        if self.expect(possible, lambda: money.refund_donor(window=Window.objects.get(code=window), **act)):
            self.move(f"donor-refunds:{donor}", f"pool:{window}", amount)

    @rule(data=st.data())
    def correct_the_last_allocation(self, data):
        posting = Posting.objects.filter(
            reverses=None, reversed_by=None, debit__kind="project", credit__kind="pool"
        ).last()
        if posting is None:
            return
        act = {"by": self.officer, "prepared_by": self.second, "posting": posting, "reason": "wrong project", "on": ON}
        possible = posting.amount <= self.held.get(posting.debit.code, ZERO)
        if self.expect(possible, lambda: money.reverse(**act)):
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
    profile = LONG if settings.get_current_profile_name() == "long" else QUICK
    run_state_machine_as_test(
        MoneyLife, settings=settings(profile, suppress_health_check=list(HealthCheck), database=None)
    )
