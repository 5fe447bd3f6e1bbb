"""The contract's document: its figures, marks and languages, the same bytes for the same state, and who gets it."""

import hashlib
import io
import json
import re
from decimal import Decimal

import pikepdf
import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from alliance.jobs import operations, tasks
from alliance.jobs.models import Job
from alliance.people.models import User
from alliance.register.models import RegisterEntry
from proposals.contract_document import document
from proposals.contract_document.gather import budget, gather
from proposals.contract_document.jobs import document_rows, documents_of, request_document
from proposals.models import Contract, Project
from proposals.operations import (
    TrancheTerms,
    cancel_contract,
    draft_contract,
    meet_condition,
    revise_contract,
    sign_contract,
)
from scenarios.people.personas import PERSONAS
from tests.pdf.verapdf import assert_conforms
from tests.proposals.factories import approved_project, category, offered_contract, signed_contract, terms_of

D = Decimal
DRAFT = {"en": "DRAFT ·", "fr": "PROJET ·", "es": "PROYECTO ·"}
READERS = ("agency", "officer", "finance_officer", "head", "auditor")
STRANGERS = ("rival_agency", "donor", "member", "reviewer", "stranger")
SEPARATE = {
    "en": "The Alliance is separate from the Global Forum",
    "fr": "L’Alliance est distincte du Forum mondial",
    "es": "La Alianza es independiente del Foro Mundial",
}


@pytest.fixture(autouse=True)
def own_data(settings, tmp_path):
    settings.ALLIANCE_DATA = tmp_path


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """Take the place of the broker."""
    monkeypatch.setattr(operations, "ring", lambda *message: True)


@pytest.fixture(scope="module")
def approved(django_db_setup, django_db_blocker):
    """The number of an approved project: made once, and taken back after the last test of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        by = [User.objects.get(email=PERSONAS[key]) for key in ("agency", "officer", "finance_officer")]
        yield approved_project(*by, conditions=("A steering group is set up.",)).pk
        transaction.set_rollback(True)


@pytest.fixture
def project(approved, db):
    return Project.objects.get(pk=approved)


@pytest.fixture
def offered(project, officer):
    return offered_contract(project, officer)


@pytest.fixture
def signed(project, officer, agency, head):
    return signed_contract(project, officer, agency, head)


def said(contract: Contract, language: str = "en") -> str:
    with translation.override(language):
        return document.html(gather(contract.reference))


def words(html: str) -> str:
    """Return the text without its tags, in single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def ask(by, contract: Contract, language: str = "en") -> Job:
    return request_document(by=by, contract=contract, language=language)


def made(job: Job) -> Job:
    assert tasks.run_job(str(job.uid)) == "done", Job.objects.get(pk=job.pk).error
    return Job.objects.select_related("file").get(pk=job.pk)


# What it says


@pytest.mark.requirement("R63")
def test_figures_are_the_contracts(signed):
    figures, project = gather(signed.reference), signed.project
    assert figures.amount == signed.amount == figures.in_tranches
    assert [(one.number, one.amount, one.due_on) for one in figures.tranches] == list(
        signed.tranches.order_by("number").values_list("number", "amount", "due_on")
    )
    assert [(one.reference, one.due_on) for one in figures.reports] == list(
        signed.reports.order_by("number").values_list("reference", "due_on")
    )
    assert [one.text for one in figures.conditions] == ["A steering group is set up."]
    assert (figures.decision, figures.approved_on) == (project.decision_reference, project.approved_on)
    assert (figures.allocated, figures.budgeted, figures.fingerprint) == (
        project.amount, project.version.amount, signed.digest,
    )  # fmt: skip


@pytest.mark.requirement("R63")
def test_document_shows_the_three_parts_amount_dates_and_tranches(signed):
    text = words(said(signed))
    for paragraph in ("Make arrangements comparable.", "Gather, compare, publish.", "A public compendium."):
        assert paragraph in text
    assert "USD 250,000.00" in text
    assert "1 July 2008 – 31 December 2009" in text
    assert text.count("125,000.00") == 2
    assert "report 1 is accepted 125,000.00" in text
    assert "Each arrangement is read for its clauses on rights." in text


def test_budget_adds_up_by_category_and_year(signed):
    (table,) = gather(signed.reference).budget
    assert table.years == (2008, 2009)
    assert [row.amounts for row in table.rows] == [(D("200000.00"), D("0.00")), (D("0.00"), D("50000.00"))]
    assert (table.sums.amounts, table.sums.total) == ((D("200000.00"), D("50000.00")), D("250000.00"))


def test_budget_of_many_years_is_laid_into_tables_that_fit(db):
    staff = category(1)
    lines = [
        {"category_version": staff.version, "category": staff.code, "year": year, "amount": "10.00"}
        for year in range(2008, 2014)
    ]
    tables = list(budget(lines))
    assert [(table.years, table.is_last) for table in tables] == [
        ((2008, 2009, 2010, 2011), False),
        ((2012, 2013), True),
    ]
    assert [table.sums.total for table in tables] == [D("60.00"), D("60.00")]


@pytest.mark.requirement("R63")
def test_signatures_stand_with_the_register_entries_that_say_so(signed, agency, head):
    partner, alliance = gather(signed.reference).signatures
    entries = RegisterEntry.objects.filter(kind__in=["contract.signed/1", "contract.concluded/1"]).order_by("n")
    assert [(one.entry_n, one.entry_hash) for one in (partner, alliance)] == list(entries.values_list("n", "hash"))
    assert (partner.person, alliance.person) == (agency.name, head.name)
    assert (partner.signed_at, alliance.signed_at) == (signed.partner_signed_at, signed.alliance_signed_at)
    text = words(said(signed))
    assert "The contract is in force" in text
    assert partner.entry_hash in text


def test_side_that_has_not_signed_is_said_not_to_have(offered, head):
    sign_contract(by=head, contract=offered)
    partner, alliance = gather(offered.reference).signatures
    assert (partner.signed_at, partner.person, alliance.person) == (None, "", head.name)
    assert "Not signed yet" in said(offered)


def test_what_no_tranche_holds_is_shown(project, officer):
    contract = offered_contract(project, officer, tranches=[TrancheTerms(D("100000.00"), project.starts_on)])
    assert gather(contract.reference).outside_tranches == D("150000.00")
    assert "Not laid into a tranche 150,000.00" in words(said(contract))


@pytest.mark.requirement("R30")
@pytest.mark.requirement("R22")
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_unsigned_contract_bears_the_drafts_mark_and_all_the_separateness(language, offered, agency, head):
    text = said(offered, language)
    assert DRAFT[language] in text
    assert SEPARATE[language] in text
    for person in (agency, head):
        sign_contract(by=person, contract=offered)
    text = said(offered, language)
    assert DRAFT[language] not in text
    assert SEPARATE[language] in text


def test_cancelled_contract_says_so_and_why(offered, officer):
    cancel_contract(by=officer, contract=offered, reason="The partner withdrew.")
    text = words(said(offered))
    assert "CANCELLED ·" in text
    assert "The partner withdrew." in text
    assert "DRAFT" not in text


def test_texts_of_people_cannot_run_in_the_document(project, officer):
    contract = offered_contract(project, officer, tasks='<link rel="attachment" href="file:///etc/passwd">')
    assert "&lt;link rel=" in said(contract)
    assert '<link rel="attachment"' not in said(contract)


@pytest.mark.requirement("R63")
def test_documents_are_remade_to_the_byte_and_conform_to_pdf_ua_and_pdf_a(signed, tmp_path):
    paths = []
    for language in ("en", "fr", "es"):
        with translation.override(language):
            figures = gather(signed.reference)
        content = document.make_pdf(figures)
        paths.append(tmp_path / document.document_name(figures))
        paths[-1].write_bytes(content)
        with pikepdf.open(io.BytesIO(content)) as opened:
            assert str(opened.Root.Lang) == language
    with translation.override("fr"):
        assert document.make_pdf(gather(signed.reference)) == paths[1].read_bytes()
    assert paths[1].name == f"contract-{signed.reference}-fr.pdf"
    assert_conforms(paths, "ua1", "3a")


# Asked for, found again, superseded


def test_same_state_is_the_same_job_whoever_asks_and_whatever_else_happens(signed, agency, officer, project):
    first = ask(agency, signed)
    meet_condition(by=officer, condition=project.conditions.get(), evidence="Its minutes of 1 July.")
    assert ask(officer, signed) == first
    assert ask(officer, signed, "fr") != first
    assert first.register_n == RegisterEntry.objects.get(kind="contract.concluded/1").n


def test_changed_draft_is_another_document(project, officer):
    contract = draft_contract(by=officer, project=project, partner=project.lead, terms=terms_of(project))
    first = ask(officer, contract)
    revise_contract(by=officer, contract=contract, terms=terms_of(project, tasks="Gather, compare, and publish."))
    assert ask(officer, contract) != first
    assert tasks.run_job(str(first.uid)) == "failed"
    assert Job.objects.get(pk=first.pk).error.startswith("The contract has changed since")


def test_document_of_before_the_signature_is_marked_superseded(offered, agency, head, sign_in):
    made(ask(agency, offered))
    client = sign_in(agency)
    address = reverse("proposals:contract", args=[offered.reference])
    assert "superseded" not in client.get(address).text
    for person in (agency, head):
        sign_contract(by=person, contract=offered)
    page = client.get(address).text
    assert "superseded: the contract has been signed since" in page
    assert ask(agency, Contract.objects.get(pk=offered.pk)).is_open


def test_current_documents_stand_in_the_order_of_the_languages_before_the_superseded(offered, agency, head):
    for language in ("es", "fr"):
        ask(agency, offered, language)
    for person in (agency, head):
        sign_contract(by=person, contract=offered)
    contract = Contract.objects.get(pk=offered.pk)
    for language in ("fr", "es", "en"):
        ask(agency, contract, language)
    rows = document_rows(documents_of(contract), contract)
    assert [(row.job.language, row.is_superseded) for row in rows] == [
        ("en", False), ("fr", False), ("es", False), ("fr", True), ("es", True),
    ]  # fmt: skip


# The page, and who gets what


def post(client, contract, language):
    return client.post(reverse("proposals:contract_document", args=[contract.reference]), {"language": language})


def test_partner_asks_on_the_page_sees_progress_and_gets_the_file(signed, agency, sign_in):
    client = sign_in(agency)
    address = reverse("proposals:contract", args=[signed.reference])
    assert "No document has been made of this contract yet." in client.get(address).text
    assert post(client, signed, "fr").url == f"{address}#documents"
    page = client.get(address).text
    assert '<meta http-equiv="refresh"' in page
    assert 'hx-trigger="every 2s"' in page
    job = made(Job.objects.get())
    page = client.get(address).text
    assert '<meta http-equiv="refresh"' not in page
    assert job.document.sha256 in page
    answer = client.get(reverse("proposals:contract_document_file", args=[signed.reference, job.uid]))
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == job.document.sha256
    told = json.loads(RegisterEntry.objects.get(kind="document.made/1").body)["facts"]
    assert (told["sha256"], told["contract"], told["text"]) == (job.document.sha256, signed.reference, signed.digest)
    assert post(client, signed, "fr").status_code == 302
    assert Job.objects.get() == job


def test_swapped_part_is_the_pages_own(signed, agency, sign_in):
    ask(agency, signed)
    client = sign_in(agency)
    address = reverse("proposals:contract", args=[signed.reference])
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    part = token.sub("", client.get(address, headers={"HX-Request": "true"}).text).strip()
    assert re.match(r'<section\s+class="section"\s+id="documents"', part)
    assert part in token.sub("", client.get(address).text)


@pytest.mark.parametrize("language", ["", "de"])
def test_other_language_is_refused_in_words(language, signed, agency, sign_in):
    client = sign_in(agency)
    answer = client.post(
        reverse("proposals:contract_document", args=[signed.reference]), {"language": language}, follow=True
    )
    assert "Choose one of the portal’s languages." in answer.text
    assert Job.objects.count() == 0


def test_who_sees_the_contract_gets_its_document_and_for_others_there_is_none(signed, agency, sign_in, request):
    job = made(ask(agency, signed, "es"))
    address = reverse("proposals:contract_document_file", args=[signed.reference, job.uid])
    answers = {who: sign_in(request.getfixturevalue(who)).get(address).status_code for who in (*READERS, *STRANGERS)}
    assert answers == dict.fromkeys(READERS, 200) | dict.fromkeys(STRANGERS, 404)
    Contract.objects.filter(pk=signed.pk).update(reference="CTR-9999-0001")
    elsewhere = reverse("proposals:contract_document_file", args=["CTR-9999-0001", job.uid])
    assert sign_in(agency).get(elsewhere).status_code == 404


@pytest.mark.parametrize("who", STRANGERS)
def test_stranger_cannot_ask(who, signed, sign_in, request):
    assert post(sign_in(request.getfixturevalue(who)), signed, "en").status_code == 404
    assert Job.objects.count() == 0
