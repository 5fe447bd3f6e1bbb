"""The report to the Forum: its period, its sums, its pages, and the same bytes from the same state."""

import contextlib
import hashlib
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.forum.models import Recommendation
from alliance.jobs import tasks
from alliance.jobs.models import Job
from alliance.people.models import User
from alliance.register.models import RegisterEntry
from funds.models import Agreement, Donor
from funds.operations.agreements import cancel_agreement, sign_agreement
from funds.operations.deposits import record_deposit
from funds.operations.fund import set_fund_status
from funds.statements.funding_status import funding_status
from governance.models import Decision, Outcome
from proposals.models import Project, Proposal, ProposalRecommendation, WaitingApproval
from reporting.forum_report import document, jobs
from reporting.forum_report.gather import gather
from reporting.forum_report.scope import reportable, scope
from reporting.outcomes import outcome_of
from scenarios.people.personas import PERSONAS
from tests.ground.layers import stand_at_the_end
from tests.pdf.verapdf import assert_conforms

MARKS = {
    "en": "DRAFT · 15 September 2008",
    "fr": "PROJET · 15 septembre 2008",
    "es": "PROYECTO · 15 de septiembre de 2008",
}
SEPARATE = {
    "en": "implies no endorsement by the Forum",
    "fr": "n’implique aucune approbation de la part du Forum",
    "es": "no implica respaldo alguno por parte del Forum",
}


class Commands(NamedTuple):
    """What the command `forum_report` wrote and printed."""

    pages: Path
    figures: Path
    printed: str


@pytest.fixture(scope="module", autouse=True)
def demonstration(demonstration_played, django_db_blocker, tmp_path_factory):
    """Stand in the demonstration, and take back what was done there after the last test of this module."""
    with django_db_blocker.unblock(), override_settings(ALLIANCE_DATA=tmp_path_factory.mktemp("data")):
        outer = transaction.atomic()
        outer.__enter__()
        stand_at_the_end()
        yield
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture(scope="module")
def draft_made_once(demonstration, django_db_blocker) -> int:
    """A finished draft in French; setting its pages takes seconds."""
    with django_db_blocker.unblock():
        return ask_and_make(person("officer"), "fr").pk


@pytest.fixture(scope="module")
def commands_files(draft_made_once, django_db_blocker, tmp_path_factory) -> Commands:
    """The same report as the command writes it."""
    pages, figures = (tmp_path_factory.mktemp("command") / name for name in ("report.pdf", "figures.json"))
    with django_db_blocker.unblock(), contextlib.redirect_stdout(io.StringIO()) as printed:
        call_command("forum_report", "MNL2008", "--language", "fr", "--output", str(pages), "--figures", str(figures))
    return Commands(pages, figures, printed.getvalue().strip())


def person(key):
    return User.objects.get(email=PERSONAS[key])


def ask(by, language) -> Job:
    (job,) = jobs.request_reports(by=by, summit="MNL2008", languages=[language], objective="", as_of=None)
    return job


def ask_and_make(by, language) -> Job:
    return made(ask(by, language))


@pytest.fixture(autouse=True)
def database(db):
    """Every test here reads the database; what it writes is taken back."""


@pytest.fixture
def people():
    return {key: person(key) for key in PERSONAS}


@pytest.fixture
def figures():
    return gather(scope("MNL2008"))


# The period


@pytest.mark.requirement("R104")
def test_report_for_manila_covers_only_dates_since_brussels(figures):
    assert (figures.since, figures.as_of) == (date(2007, 7, 12), date(2008, 9, 15))
    assert [project.reference for project in figures.projects] == list(
        Project.objects.order_by("reference").values_list("reference", flat=True)
    )
    assert all(figures.since <= decision.closed_on <= figures.as_of for decision in figures.decisions)
    assert all(figures.since <= project.approved_on <= figures.as_of for project in figures.projects)


def test_approval_says_that_it_waits_for_money_until_the_money_is_allocated(people):
    def outcomes():
        report = gather(scope("MNL2008"))
        drawn = sum((row.amount for row in report.by_window), Decimal("0.00"))
        return [(row.outcome, drawn == row.total) for row in report.decisions if row.outcome_code == "carried"]

    assert outcomes() == [("Approved", True)]
    decision = Decision.objects.get(outcome__money="allocated")
    waiting = WaitingApproval(
        version=decision.version, decision_reference=decision.reference, approved_on=date(2008, 6, 12)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Outcome.objects.filter(decision=decision).update(money="waiting")
        waiting.save()
        assert outcomes() == [("Approved, waiting for money", False)]
        waiting.prepared_by, waiting.funded_by = people["finance_officer"], people["second_finance_officer"]
        waiting.funded_at = clock.now()
        waiting.save()
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert outcomes() == [("Approved", True)]


@pytest.mark.requirement("R104")
def test_day_before_the_approval_knows_no_project_and_no_money_of_it(figures):
    approved = figures.projects[0].approved_on
    before = gather(scope("MNL2008", as_of=date.fromordinal(approved.toordinal() - 1)))
    assert (before.projects, before.decisions, before.by_recommendation) == ((), (), ())
    assert before.allocated == before.spent == 0
    assert gather(scope("MNL2008", as_of=approved)).allocated == figures.allocated


def test_report_for_brussels_covers_nothing_of_later():
    figures = gather(scope("BRU2007"))
    assert (figures.previous, figures.since, figures.as_of) == (None, None, date(2007, 7, 11))
    assert (figures.projects, figures.decisions, figures.donors) == ((), (), ())


@pytest.mark.parametrize(
    ("summit", "objective", "as_of", "field"),
    [
        ("XXX", "", None, "summit"),
        ("MNL2008", "O9", None, "objective"),
        ("MNL2008", "", date(2007, 7, 11), "as_of"),
        ("MNL2008", "", date(2008, 9, 16), "as_of"),
        ("BRU2007", "", date(2007, 7, 12), "as_of"),
        ("ATH2009", "", None, "as_of"),
    ],
)
def test_what_cannot_be_reported_is_refused_naming_the_field(summit, objective, as_of, field):
    with pytest.raises(Refused) as refusal:
        scope(summit, objective=objective, as_of=as_of)
    assert refusal.value.field == field


# What counts: days by the calendar, knowledge by the register


def receive(people, day: date, amount: str = "1000.00"):
    """Sign for and receive dollars dated that day, entered now."""
    donor = Donor.objects.get(organisation__slug="sweden-mfa")
    terms = {"by": people["finance_officer"], "amount": Decimal(amount), "currency": "USD"}
    agreement = sign_agreement(**terms, donor=donor, signed_on=day)
    return record_deposit(by=people["finance_officer"], agreement=agreement, amount=Decimal(amount), received_on=day)


def as_of(day: date, known_at: int | None = None):
    return gather(scope("MNL2008", as_of=day, known_at=known_at))


def everything(figures) -> tuple:
    """Return all that decides the file's bytes."""
    return document.html(figures, is_final=False), figures.text(), figures.register_at


@pytest.mark.requirement("R104")
def test_what_happens_after_the_date_leaves_the_report_as_it_was(people):
    before = everything(as_of(date(2008, 9, 14)))
    for agreement in Agreement.objects.filter(state="signed"):
        cancel_agreement(by=people["head"], agreement=agreement, why="No more is to come.")
    receive(people, date(2008, 9, 15))
    proposal = Proposal.objects.filter(state__in=("submitted", "eligible")).first()
    Proposal.objects.filter(pk=proposal.pk).update(state="withdrawn", withdrawn_at=clock.now(), eligible_at=None)
    ProposalRecommendation.objects.all().delete()
    Project.objects.update(state="completed", completed_at=clock.now())
    set_fund_status(by=people["head"], status="closing", note="The work is done.")
    assert everything(as_of(date(2008, 9, 14))) == before
    assert everything(as_of(date(2008, 9, 15))) != before


@pytest.mark.requirement("R104")
def test_money_entered_later_counts_at_its_date_and_not_as_known_before(people):
    day = date(2008, 9, 10)
    before = as_of(day)
    receive(people, day)
    after = as_of(day)
    assert after.deposited == before.deposited + 1000
    assert after.committed == before.committed + 1000
    assert after.register_n > before.register_n
    assert everything(as_of(day, known_at=before.register_n)) == everything(before)
    assert everything(as_of(day, known_at=after.register_n)) == everything(after)


@pytest.mark.requirement("R104")
def test_money_of_before_brussels_stands_apart_from_the_period(people, figures):
    receive(people, date(2007, 7, 10))
    later = gather(scope("MNL2008"))
    assert later.donors == figures.donors
    assert [row.period for row in later.statement] == [row.period for row in figures.statement]
    first, was = later.statement[0], figures.statement[0]
    assert (first.before, first.amount) == (was.before + 1000, was.amount + 1000)
    assert all(row.before + row.period == row.amount for row in later.statement)
    assert [(row.committed, row.deposited) for row in gather(scope("BRU2007")).donors] == [(1000, 1000)]
    assert later.flow == figures.flow


def test_entry_that_is_not_there_is_refused():
    with pytest.raises(Refused) as refusal:
        scope("MNL2008", known_at=10**9)
    assert refusal.value.field == "known_at"


# The sums


def test_parts_by_objective_add_up_exactly(figures):
    for project in figures.projects:
        assert sum(part.amount for part in project.parts) == project.allocated
        assert sum(part.percent for part in project.parts) == 100
    assert sum(row.allocated for row in figures.by_objective) == sum(p.allocated for p in figures.projects)
    assert sum(row.spent for row in figures.by_objective) == sum(p.spent for p in figures.projects)
    assert figures.allocated > 0


def test_project_money_is_the_ledgers(figures):
    now = {row.reference: row for row in Project.objects.with_money()}
    for project in figures.projects:
        row = now[project.reference]
        assert (project.allocated, project.net_funded, project.spent) == (row.allocated, row.net_funded, row.spent)
        assert project.delivery == (row.spent / row.net_funded).quantize(Decimal("0.0001"))


@pytest.mark.requirement("R37")
def test_recommendation_rows_are_their_pages_figures(figures):
    for row in (*figures.by_recommendation, *figures.without_activity):
        page = outcome_of(Recommendation.objects.get(code=row.code))
        assert (row.asked, row.allocated, row.spent) == (page.asked, page.allocated, page.spent), row.code


@pytest.mark.requirement("R34")
def test_every_recommendation_of_the_meeting_before_is_there_once_and_marked(figures):
    rows = (*figures.by_recommendation, *figures.without_activity)
    brussels = Recommendation.objects.filter(summit__code="BRU2007").order_by("code")
    assert sorted(row.code for row in rows) == [one.code for one in brussels]
    assert all("not official" in row.mark for row in rows)


def test_statement_is_the_fundings_status(figures):
    status = funding_status(figures.as_of)
    rows = [(row.code, row.amount) for row in figures.statement if row.code != "seed"]
    assert rows == [(row.code, row.amount) for row in status.rows]
    assert figures.deposited == figures.statement[0].period == status.amount("contributions")


@pytest.mark.requirement("R96")
def test_seed_capital_stands_on_its_own_line(figures):
    assert figures.statement[1].code == "seed"
    assert figures.statement[1].amount == sum(row.deposited for row in figures.donors if row.is_seed)


@pytest.mark.requirement("R46")
def test_rights_marker_of_each_project_shows(figures):
    text = document.html(figures, is_final=False)
    for project in figures.projects:
        assert project.rights_label in text


def test_objective_narrows_projects_and_amounts(figures):
    with_it = gather(scope("MNL2008", objective="O3"))
    assert [row.code for row in with_it.by_objective] == ["O3"]
    assert with_it.allocated == next(row.allocated for row in figures.by_objective if row.code == "O3")
    without = gather(scope("MNL2008", objective="O2"))
    assert (without.projects, without.decisions, without.allocated) == ((), (), 0)


def test_figures_take_no_more_queries_for_more_rows(django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        gather(scope("MNL2008"))


# The document


def in_language(language):
    with translation.override(language):
        return gather(scope("MNL2008"))


@pytest.mark.requirement("R22")
@pytest.mark.requirement("R30")
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_draft_says_so_with_its_date_and_that_the_alliance_is_separate(language):
    text = document.html(in_language(language), is_final=False)
    assert MARKS[language] in text
    assert SEPARATE[language].split(" Forum")[0] in text
    assert "2008-09-15" not in text


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_final_edition_bears_no_drafts_mark(language):
    text = document.html(in_language(language), is_final=True)
    assert MARKS[language].split(" ·")[0] not in text


def test_texts_of_people_cannot_run_in_the_document(figures, monkeypatch):
    version = Project.objects.first().version
    content = json.loads(version.content)
    content["summary"] = '<script>x</script><link rel="attachment" href="file:///etc/passwd">'
    monkeypatch.setattr(type(version), "parsed", property(lambda self: content))
    text = document.html(gather(scope("MNL2008")), is_final=False)
    assert "<script>" not in text
    assert "&lt;link rel=" in text


@pytest.mark.requirement("R104")
@pytest.mark.requirement("D5")
def test_reports_are_remade_to_the_byte_and_conform_to_pdf_ua_and_pdf_a(draft, commands_files, tmp_path):
    paths = {language: tmp_path / f"{language}.pdf" for language in ("en", "es")} | {"fr": commands_files.pages}
    for language in ("en", "es"):
        paths[language].write_bytes(document.make_pdf(in_language(language), is_final=False))
    for language, path in paths.items():
        with pikepdf.open(path) as opened:
            assert str(opened.Root.Lang) == language
            attached = json.loads(opened.attachments["figures.json"].get_file().read_bytes())
        assert attached == json.loads(in_language(language).text())
    assert hashlib.sha256(paths["fr"].read_bytes()).hexdigest() == draft.file.sha256
    assert_conforms(list(paths.values()), "ua1", "3a")


# Made and published


def made(job: Job) -> Job:
    assert tasks.run_job(str(job.uid)) == "done", Job.objects.get(pk=job.pk).error
    return Job.objects.select_related("file").get(pk=job.pk)


@pytest.fixture
def draft(draft_made_once) -> Job:
    return Job.objects.select_related("file").get(pk=draft_made_once)


def test_draft_is_the_commands_file_to_the_byte(draft, commands_files):
    digest = hashlib.sha256(commands_files.pages.read_bytes()).hexdigest()
    assert commands_files.printed == digest == draft.file.sha256
    assert json.loads(commands_files.figures.read_text())["register_n"] == draft.register_n


def test_draft_is_for_the_secretariat_and_in_the_register(draft, client, people):
    assert draft.file.name == "forum-report-MNL2008-fr-draft.pdf"
    entry = RegisterEntry.objects.get(kind="document.made/1")
    assert (draft.file.sha256 in entry.body, entry.public_from) == (True, None)
    assert client.get(f"/en/forum-reports/{draft.uid}/file/").status_code == 404
    assert draft.file.sha256 not in client.get("/en/forum-reports/").text


@pytest.mark.requirement("R104")
def test_published_report_is_open_to_everyone_with_its_fingerprint(draft, client, people):
    final = made(jobs.publish_report(by=people["head"], draft=draft))
    page = client.get("/en/forum-reports/").text
    assert final.file.sha256 in page
    answer = client.get(f"/en/forum-reports/{final.uid}/file/")
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == final.file.sha256
    assert answer["Content-Disposition"] == 'attachment; filename="forum-report-MNL2008-fr.pdf"'
    assert RegisterEntry.objects.order_by("-n").first().public_from


def test_publishing_unread_figures_is_refused(draft, people, monkeypatch):
    figures = gather(scope("MNL2008"))
    final = jobs.publish_report(by=people["head"], draft=draft)
    changed = figures.by_objective[0].__class__("O1", "x", 9, Decimal("1.00"), Decimal("1.00"), None)
    monkeypatch.setattr(
        jobs, "gather", lambda about: figures.__class__(**{**fields(figures), "by_objective": (changed,)})
    )
    assert tasks.run_job(str(final.uid)) == "failed"
    assert "chiffres ont changé" in Job.objects.get(pk=final.pk).error


def fields(figures):
    return {name: getattr(figures, name) for name in figures.__dataclass_fields__}


def test_published_is_what_was_read_though_money_came_in_meanwhile(draft, people):
    receive(people, date(2008, 9, 15))
    final = made(jobs.publish_report(by=people["head"], draft=draft))
    assert (final.register_n, final.facts["figures"]) == (draft.register_n, draft.facts["figures"])


@pytest.mark.parametrize("who", ["officer", "donor", "finance_officer", "auditor", "forum_chair"])
def test_only_the_head_publishes(draft, people, client, who):
    with pytest.raises(NotAllowed):
        jobs.publish_report(by=people[who], draft=draft)
    client.force_login(people[who])
    assert client.post(f"/en/forum-reports/{draft.uid}/publish/").status_code == 403


def test_unfinished_draft_cannot_be_published(people):
    job = ask(people["head"], "en")
    with pytest.raises(OutOfState):
        jobs.publish_report(by=people["head"], draft=job)


# Pages


@pytest.mark.parametrize(
    ("who", "asks", "figures"),
    [
        ("officer", 302, 200), ("head", 302, 200), ("finance_officer", 403, 200), ("auditor", 403, 200),
        ("forum_chair", 403, 200), ("donor", 403, 403), ("agency", 403, 403), ("member", 403, 403),
    ],
)  # fmt: skip
def test_who_asks_and_who_reads_the_figures(people, client, who, asks, figures):
    client.force_login(people[who])
    sent = {"summit": "MNL2008", "languages": ["en", "fr"], "objective": "O1", "as_of": ""}
    before = Job.objects.count()
    assert client.post("/en/forum-reports/", sent).status_code == asks
    assert Job.objects.count() - before == (2 if asks == 302 else 0)
    assert client.get("/en/forum-reports/figures/MNL2008/").status_code == figures
    assert client.get("/en/forum-reports/").status_code == 200


def test_visitor_reads_the_list_and_is_sent_to_sign_in_for_the_rest(client):
    assert client.get("/en/forum-reports/").status_code == 200
    assert client.post("/en/forum-reports/", {"summit": "MNL2008"}).status_code == 403
    assert client.get("/en/forum-reports/figures/MNL2008/").url.startswith("/en/sign-in/")


def test_page_shows_the_documents_figures(people, client, figures):
    client.force_login(people["forum_chair"])
    page = client.get("/en/forum-reports/figures/MNL2008/").text
    text = document.html(figures, is_final=False)
    amounts = [row.amount for row in figures.statement] + [row.deposited for row in figures.donors]
    amounts += [amount for row in figures.by_objective for amount in (row.allocated, row.spent)]
    amounts += [amount for p in figures.projects for amount in (p.allocated, p.net_funded, p.spent)]
    for amount in amounts:
        written = f">{amount:,.2f}<"
        assert written in page, amount
        assert written in text, amount


def test_bad_request_keeps_what_was_chosen_and_says_why(people, client):
    client.force_login(people["officer"])
    sent = {"summit": "BRU2007", "languages": ["es"], "objective": "O2", "as_of": "2008-09-01"}
    before = Job.objects.count()
    answer = client.post("/en/forum-reports/", sent)
    assert answer.status_code == 200
    assert "covers no date after the meeting’s last day" in answer.text
    assert 'value="2008-09-01"' in answer.text
    assert '<option value="BRU2007" selected>' in answer.text
    assert Job.objects.count() == before


def test_bad_date_in_the_filter_is_said(people, client):
    client.force_login(people["auditor"])
    answer = client.get("/en/forum-reports/figures/MNL2008/", {"as_of": "2030-01-01"})
    assert (answer.status_code, "lies in the future" in answer.text) == (200, True)
    assert client.get("/en/forum-reports/figures/XXX/").status_code == 404


def test_machine_without_pango_is_told_what_to_install(people, client, monkeypatch):
    monkeypatch.setattr("alliance.rendering.pdf.missing_parts", lambda: ["Pango"])
    client.force_login(people["officer"])
    assert "apt-get install libpango-1.0-0" in client.get("/en/forum-reports/").text


# The command


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["XXX", "--language", "en"], 2),
        (["MNL2008", "--language", "en", "--objective", "O9"], 2),
        (["MNL2008", "--language", "en", "--as-of", "2009-01-01"], 2),
    ],
)
def test_bad_input_ends_with_two_and_writes_nothing(tmp_path, words, code):
    path = tmp_path / "x.pdf"
    with pytest.raises(CommandError) as error:
        call_command("forum_report", *words, "--output", str(path))
    assert error.value.returncode == code
    assert not path.exists()


def test_missing_library_ends_with_three(tmp_path, monkeypatch):
    monkeypatch.setattr("alliance.rendering.pdf.missing_parts", lambda: ["Pango"])
    with pytest.raises(CommandError, match="Pango") as error:
        call_command("forum_report", "MNL2008", "--language", "en", "--output", str(tmp_path / "x.pdf"))
    assert error.value.returncode == 3


def test_folder_that_is_not_there_ends_with_two(tmp_path):
    with pytest.raises(CommandError, match="No such file") as error:
        call_command("forum_report", "MNL2008", "--language", "en", "--output", str(tmp_path / "no" / "x.pdf"))
    assert error.value.returncode == 2


def test_only_meetings_that_can_be_reported_to_are_offered():
    assert [one.code for one in reportable()] == ["BRU2007", "MNL2008"]
