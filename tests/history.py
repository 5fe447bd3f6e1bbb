"""An honest history with something in every table of record: the demonstration, and what it lacks."""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from alliance.core import clock
from alliance.people.models import User
from alliance.register.checkpoints import publish_checkpoint
from funds.ledger.snapshot_taking import carry_forward
from tests.world import played, smallest_pdf

DATA = Path(__file__).parent / "data"
D = Decimal


def person(key: str) -> User:
    from scenarios.people.personas import MORE_MEMBERS, PEOPLE

    return User.objects.get(email=next(p.email for p in (*PEOPLE, *MORE_MEMBERS) if p.key == key))


@contextmanager
def rich() -> Iterator[dict[str, Any]]:
    """Play the demonstration, add to it, and undo everything at the end."""
    with played() as things:
        enrich()
        yield things


def enrich() -> None:
    """Add invitations, an import, promises amended, a voucher, a proposal given back, one short of money, a document made, a notice, a checkpoint."""
    _invitations()
    _import()
    _promises()
    _voucher()
    _proposals()
    _activities()
    _document()
    _account_mail()
    from alliance.records.relay import relay

    relay()
    publish_checkpoint(by=None)
    carry_forward(clock.today())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _invitations() -> None:
    """Invite somebody who begins, and somebody who has not answered yet."""
    from alliance.people.operations import begin_account, end_membership, invite

    head, iom = person("head"), person("agency").memberships_today[0].organisation
    begun = invite(by=head, organisation=iom, role="reviewer", email="began@demo.example")
    membership = begin_account(
        by=None, invitation=begun, name="New Comer", language="en", password="made-up words of a newcomer"
    )
    end_membership(by=head, membership=membership)
    invite(by=person("agency"), organisation=iom, role="partner_drafter", email="silent@demo.example")


def _account_mail() -> None:
    """Post a mail about an account that has not gone out."""
    from alliance.accounts.models import AccountMail, MailKind

    AccountMail.objects.create(user=person("donor"), kind=MailKind.NEW_PASSWORD, to="donor@demo.example")


def _import() -> None:
    """Import the small file, its dates put back before the demonstration's day."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contributions.csv"
        text = (DATA / "contributions.csv").read_text(encoding="utf-8")
        file.write_text(re.sub(r"\b202[0-9]\b", "2007", text), encoding="utf-8")
        call_command("import_contributions", str(file), mapping=str(DATA / "cerf.toml"), stdout=StringIO())


def _promises() -> None:
    """Amend a pledge and an agreement, keep a paper of it, and be reminded of its instalment."""
    from funds.models import Instalment
    from funds.operations.agreements import sign_agreement
    from funds.operations.amendments import amend_agreement, amend_pledge, attach_agreement_document
    from funds.operations.pledges import record_pledge
    from funds.operations.reminders import remind_of_instalment
    from tests.funds.factories import make_donor

    officer, finance, today = person("officer"), person("finance_officer"), clock.today()
    donor = make_donor("sweden-mfa")
    pledge = record_pledge(by=officer, donor=donor, amount=D("500.00"), currency="USD", pledged_on=today)
    amend_pledge(by=officer, pledge=pledge, amount=D("600.00"), pledged_on=today, why="A second letter.")
    agreement = sign_agreement(by=finance, donor=donor, amount=D("1000.00"), currency="USD", signed_on=today)
    amend_agreement(
        by=finance, agreement=agreement, amount=D("1200.00"), signed_on=today, why="Raised.",
        instalments=[(today, D("1200.00"))],
    )  # fmt: skip
    paper = SimpleUploadedFile("signed.pdf", smallest_pdf(), content_type="application/pdf")
    attach_agreement_document(by=finance, agreement=agreement, upload=paper, title="Signed text")
    remind_of_instalment(instalment=Instalment.objects.get(agreement=agreement), stage="due")


def _voucher() -> None:
    """Move a dollar of one donor's between windows, with its consent: prepared, and left so."""
    from funds.models import Stake, Window
    from funds.operations.vouchers import prepare_voucher

    stakes = Stake.objects.filter(pool__window__unearmarked=False, source__kind="donor", amount__gte=1)
    stake = stakes.select_related("pool__window", "source__donor").order_by("pk")[0]
    prepare_voucher(
        by=person("finance_officer"), kind="window_transfer", on=clock.today(), amount=D("1.00"),
        window=stake.pool.window, destination=Window.objects.get(unearmarked=True), consent="Letter of the donor",
        consenting=[stake.source.donor], reason="Asked for by the donor.",
    )  # fmt: skip


def _proposals() -> None:
    from proposals.operations import approve_waiting, invite_co_author, return_proposal
    from tests.proposals.factories import draft_proposal, submitted_version, tabled_version, window

    agency, officer = person("agency"), person("officer")
    invite_co_author(by=agency, proposal=draft_proposal(agency, title="Written by two"), email=person("donor").email)
    _with_a_document(agency)
    version = submitted_version(agency, title="Given back")
    return_proposal(by=officer, version=version, reason="Say more.")
    waiting = tabled_version(person("rival_agency"), officer, title="Waiting for money")
    amounts = {window("GEN"): waiting.amount}
    approve_waiting(by=None, version=waiting, amounts=amounts, decision_ref="DEC-2008-009", on=clock.today())


def _activities() -> None:
    """Amend an activity outside the fund, and withdraw another."""
    from proposals.models import OutsideActivity
    from proposals.operations import amend_activity, withdraw_activity
    from tests.proposals.factories import particulars

    officer = person("officer")
    amended, withdrawn = OutsideActivity.objects.order_by("pk")[:2]
    amend_activity(by=officer, activity=amended, particulars=particulars(title="Renamed by its organisation"))
    withdraw_activity(by=officer, activity=withdrawn, reason="It was never begun.")


def _with_a_document(agency: User) -> None:
    from proposals.operations import attach_document, submit_proposal
    from tests.proposals.factories import draft_proposal

    proposal = draft_proposal(agency, title="With a document")
    upload = SimpleUploadedFile("work.pdf", smallest_pdf(), content_type="application/pdf")
    attach_document(by=agency, proposal=proposal, title="Plan of work", upload=upload)
    submit_proposal(by=agency, proposal=proposal)


def _document() -> None:
    """Have one document finished as a worker would, with bytes of our own."""
    from alliance.jobs.kinds import Made
    from alliance.jobs.models import Job
    from alliance.jobs.operations import finish_job
    from alliance.register.models import head as at

    job = Job.objects.order_by("pk").first()
    assert job is not None
    made = Made(
        content=b"%PDF-1.7 made", name="report.pdf", media_type="application/pdf", facts={}, register=at(),
        is_public=False,
    )  # fmt: skip
    finish_job(job=job, made=made)


if __name__ == "__main__":
    sys.exit("a library")
