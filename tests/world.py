"""The demonstration, played once and left as it was: for tests that only look, or undo what they did."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from alliance.core import clock
from alliance.people.models import User


@contextmanager
def played() -> Iterator[dict[str, Any]]:
    """Have the demonstration and what it lacks, and undo everything at the end. It is played where it was not yet."""
    with transaction.atomic():
        from tests.ground.layers import DEMONSTRATION, stand_at_the_end

        if not clock.is_demonstration():
            DEMONSTRATION.add()
        stand_at_the_end()
        yield things()
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done inside, so that the next look finds everything as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def person(key: str) -> User:
    """Return a persona, or whoever else has such an address."""
    return User.objects.get(email=f"{key.replace('_', '.')}@demo.example")


def signed_in(key: str) -> Client:
    """Return a browser in which a persona is signed in."""
    client = Client()
    client.force_login(person(key))
    return client


def things() -> dict[str, Any]:
    """Return the objects that addresses need: each is owned by the persona that the name says."""
    from alliance.people.models import Organisation
    from alliance.people.operations import invite, register_organisation
    from alliance.records.models import Notice
    from funds.models import Deposit, Donor, Payment, Pledge, Window
    from funds.operations.noncash import record_non_cash_pledge
    from funds.operations.vouchers import prepare_voucher
    from governance.models import Decision, Session
    from proposals.models import Call, Contract, OutsideActivity, PartnerReport, Project, Proposal
    from proposals.operations import attach_document, start_proposal
    from reporting.forum_report.jobs import request_reports

    agency = person("agency")
    officer = person("officer")
    draft = start_proposal(
        by=agency, applicant=agency.memberships_today[0].organisation, kind="project", title="A draft", call=None
    )
    paper = SimpleUploadedFile("note.pdf", smallest_pdf(), content_type="application/pdf")
    attachment = attach_document(by=agency, proposal=draft, title="Note", upload=paper)
    finance_officer = person("finance_officer")
    voucher = prepare_voucher(
        by=finance_officer, kind="bank_charges", on=clock.today(), amount=Decimal("12.50"),
        window=Window.objects.unearmarked(), file=SimpleUploadedFile("statement.pdf", smallest_pdf()),
    )  # fmt: skip
    open_decision = Decision.objects.get(state="open")
    sweden = Donor.objects.get(organisation__slug="sweden-mfa")
    non_cash = record_non_cash_pledge(
        by=officer, donor=sweden, kind="secondment", description="A statistician", pledged_on=clock.today()
    )
    head = person("head")
    iom = Organisation.objects.get(slug="iom")
    unconfirmed = {"slug": "made-up-league", "kind": "other", "name_en": "Made-up League", "confirmed": False}
    register_organisation(by=officer, **unconfirmed)
    return {
        "invitation": invite(by=head, organisation=iom, role="partner_drafter", email="invited@demo.example"),
        "draft": draft,
        "attachment": attachment,
        "pledge": Pledge.objects.filter(donor__organisation__slug="sweden-mfa").first(),
        "deposit": Deposit.objects.filter(donor__organisation__slug="sweden-mfa").first(),
        "voucher": voucher,
        "payment": Payment.objects.get(),
        "non_cash": non_cash,
        "proposal": Proposal.objects.get(applicant__slug="iom", state="approved"),
        "rival_proposal": Proposal.objects.get(applicant__slug="ilo"),
        "eligible": Proposal.objects.get(state="eligible"),
        "submitted": Proposal.objects.get(state="submitted"),
        "call": Call.objects.first(),
        "activity": OutsideActivity.objects.order_by("pk").first(),
        "project": Project.objects.get(),
        "contract": Contract.objects.get(),
        "report": PartnerReport.objects.order_by("pk").first(),
        "due_report": PartnerReport.objects.filter(state="due").order_by("pk").first(),
        "open_decision": open_decision,
        "closed_decision": Decision.objects.get(state="closed"),
        "session": Session.objects.first(),
        "notice": Notice.objects.filter(user__email="donor@demo.example").first(),
        "job": request_reports(by=officer, summit="MNL2008", languages=["en"], objective="", as_of=None)[0],
    }


def smallest_pdf() -> bytes:
    """Return a PDF of one empty page, made by the library that will open it."""
    from io import BytesIO

    import pikepdf

    page = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)
    return page.getvalue()
