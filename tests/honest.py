"""Honest histories at random: whatever is done through the operations, `verify` stays silent."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.core.errors import DomainError
from alliance.people.models import Organisation
from alliance.people.operations import confirm_organisation, give_role, register_organisation
from funds.models import Window
from funds.operations import money
from funds.operations.fund import record_rate
from proposals.models import Proposal
from proposals.operations import return_proposal, submit_proposal, withdraw_proposal
from reporting.verification.everything import verify
from tests.funds.factories import make_agreement, make_deposit, make_payment, make_pledge
from tests.funds.test_ledger import allocate, deposit
from tests.history import person
from tests.proposals.factories import checked_version, draft_proposal, submitted_version, tabled_version

ON = date(2008, 3, 10)
DONORS = ("sweden-mfa", "switzerland-sdc", "meridian-foundation")


class History:
    """Acts drawn at random; each may be refused, as people are."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.made = 0

    def amount(self, most: int = 500000) -> Decimal:
        return Decimal(self.rng.randint(1, most)) / 100

    def organisation(self) -> None:
        self.made += 1
        row = register_organisation(
            by=person("officer"), slug=f"made-{self.made}", kind="civil_society", confirmed=False, name_en="Made"
        )
        if self.rng.random() < 0.5:
            confirm_organisation(by=person("officer"), organisation=row)

    def role(self) -> None:
        organisation = self.rng.choice(list(Organisation.objects.all()))
        role = self.rng.choice(("donor_viewer", "partner_drafter", "reviewer"))
        give_role(by=person("head"), user=person("reviewer"), organisation=organisation, role=role, starts_on=ON)

    def rate(self) -> None:
        self.made += 1
        on = date(2008, 1 + self.made % 12, 1 + self.made % 28)
        record_rate(by=person("finance_officer"), currency="NOK", on=on, units_per_usd=self.amount(), source="a test")

    def receive(self) -> None:
        fee = self.rng.choice(("0.00", "0.01"))
        deposit(by=person("finance_officer"), slug=self.rng.choice(DONORS), amount=self.amount() + 1, fee=fee)

    def allot(self) -> None:
        allocate(None, f"PRJ-{self.rng.randint(1, 3)}", GEN=self.amount())

    def give_back(self) -> None:
        money.release(
            by=person("finance_officer"), prepared_by=person("second_finance_officer"), on=ON,
            project=f"PRJ-{self.rng.randint(1, 3)}", amount=self.amount(20000),
        )  # fmt: skip

    def interest(self) -> None:
        window = self.rng.choice(list(Window.objects.all()))
        money.post_interest(by=person("finance_officer"), window=window, amount=self.amount(), on=ON)

    def pledge(self) -> None:
        make_pledge(person("finance_officer"))

    def agree(self) -> None:
        agreement = make_agreement(person("finance_officer"))
        if self.rng.random() < 0.5:
            make_deposit(person("finance_officer"), agreement=agreement, amount=Decimal(100))

    def pay(self) -> None:
        make_payment(person("finance_officer"))

    def propose(self) -> None:
        agency, officer = person("agency"), person("officer")
        make = self.rng.choice(
            (
                lambda: draft_proposal(agency),
                lambda: submitted_version(agency),
                lambda: checked_version(agency, officer),
                lambda: tabled_version(agency, officer),
            )
        )
        make()

    def decide(self) -> None:
        proposal = self.rng.choice(list(Proposal.objects.all()) or [None])
        if proposal is None:
            return
        agency, officer = person("agency"), person("officer")
        version = proposal.versions.order_by("-number").first()
        act: Callable[[], Any] = self.rng.choice(
            (
                lambda: submit_proposal(by=agency, proposal=proposal),
                lambda: withdraw_proposal(by=agency, proposal=proposal),
                lambda: version and return_proposal(by=officer, version=version, reason="Say more."),
            )
        )
        act()

    ACTS = (
        organisation, role, rate, receive, allot, give_back, interest, pledge, agree, pay, propose, decide,
    )  # fmt: skip

    def live(self, acts: int) -> None:
        for _ in range(acts):
            try:
                with transaction.atomic():
                    self.rng.choice(self.ACTS)(self)
            except DomainError:
                continue


def alarms(*, seed: int, histories: int, say: Callable[[str], Any] = print, acts: int = 8) -> int:
    """Live that many histories, each undone after it was verified; return how many raised an alarm."""
    raised = 0
    for number in range(histories):
        with transaction.atomic():
            History(random.Random(f"{seed}-{number}")).live(acts)
            if problems := verify().problems:
                raised += 1
                say(f"false alarm in history {number} of seed {seed}: {problems[0]}")
            transaction.set_rollback(True)
    return raised
