"""Contributions imported through the page: rehearsed, confirmed, made once in the background."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.core.errors import NotAllowed
from alliance.jobs import operations, tasks
from alliance.jobs.models import Job
from alliance.records import files
from alliance.records.models import StoredFile
from alliance.register.models import head as register_head
from funds.imports import jobs
from funds.models import Donor, ImportBatch
from funds.operations.imports import import_kept
from funds.views.imports import SHIPPED
from tests.funds.test_imports import FILE, MAPPING, TOTALS, counts, with_cells

TABLE = "shared/data/contributions/cerf_contributions_2026.csv"
REAL = next((found for above in Path(__file__).parents if (found := above / TABLE).exists()), Path(TABLE))
REAL_TOTALS = {
    "pledged": "456031492.43",
    "pipeline": "7217567.61",
    "received": "350279113.77",
    "pledged_unpaid": "108572196.29",
    "overpaid": "2225.14",
    "exchange_difference": "2817592.49",
}


@pytest.fixture(autouse=True)
def own_data(settings, tmp_path):
    settings.ALLIANCE_DATA = tmp_path


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """Take the place of the broker: the messages that would have been sent."""
    heard: list[tuple] = []
    monkeypatch.setattr(operations, "ring", lambda *message: heard.append(message) or True)
    return heard


def upload(client, content=None, name="contributions.csv", **values):
    file = SimpleUploadedFile(name, FILE.read_bytes() if content is None else content)
    return client.post(reverse("funds:import_new"), {"file": file, "known": "cerf.toml"} | values, follow=True)


def confirmed(client, content=None):
    """Upload, confirm, and return the job that is to be made."""
    page = upload(client, content)
    client.post(page.redirect_chain[-1][0])
    return Job.objects.latest("pk")


def outcomes(job):
    job.refresh_from_db()
    return list(csv.reader(io.StringIO(files.read(job.document).decode("utf-8-sig"))))


def test_mapping_that_comes_with_the_portal_is_the_one_that_is_tested():
    assert (SHIPPED / "cerf.toml").read_bytes() == MAPPING.read_bytes()


@pytest.mark.requirement("R56")
def test_upload_is_rehearsed_with_totals_and_changes_nothing(finance_officer, sign_in):
    before, register = counts(), register_head()
    page = upload(sign_in(finance_officer))
    outcome = page.context["outcome"]
    assert {name: f"{amount:.2f}" for name, amount in outcome.figures._asdict().items()} == TOTALS
    assert [row.line for row, _why in page.context["remarks"]] == [10]
    assert "-fold; one of them may stand in another currency" in page.content.decode()
    assert (counts(), register_head()) == (before, register)


@pytest.mark.requirement("R56", "D8")
def test_confirmed_import_is_made_once_and_leads_to_its_batch(finance_officer, sign_in):
    client = sign_in(finance_officer)
    address = upload(client).redirect_chain[-1][0]
    asked = {client.post(address)["Location"] for _again in range(2)}
    job = Job.objects.get()
    assert asked == {job.get_absolute_url()}
    assert job.get_absolute_url() in client.get(reverse("funds:import_batches")).content.decode()
    assert tasks.run_job(str(job.uid)) == "done"
    batch = ImportBatch.objects.get()
    assert batch.get_absolute_url() in client.get(job.get_absolute_url()).content.decode()
    assert [row[3] for row in outcomes(job)] == ["Outcome", *["Imported"] * 10]
    assert counts() == [8, 1, 9, 8, 7, 14, 1, 10]
    client.post(address)
    assert (Job.objects.count(), ImportBatch.objects.count()) == (1, 1)


def test_same_file_again_changes_nothing(finance_officer, sign_in):
    client = sign_in(finance_officer)
    tasks.run_job(str(confirmed(client).uid))
    before = counts()
    page = upload(client)
    assert "Nothing in this file is new." in page.content.decode()
    client.post(page.redirect_chain[-1][0])
    job = Job.objects.latest("pk")
    assert tasks.run_job(str(job.uid)) == "done"
    assert [row[3] for row in outcomes(job)] == ["Outcome", *["Unchanged"] * 10]
    assert counts() == before


@pytest.mark.requirement("D8")
def test_import_cut_off_after_it_was_written_is_made_once(finance_officer, sign_in):
    job = confirmed(sign_in(finance_officer))

    def killed_when_storing(percent, step):
        if step == jobs.STORING:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jobs.make(job, killed_when_storing)
    before = counts()
    assert tasks.run_job(str(job.uid)) == "done"
    assert counts() == before
    assert len(outcomes(job)) == 11


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_import_is_not_yet_committed(finance_officer, sign_in):
    job = confirmed(sign_in(finance_officer))
    steps = []
    jobs.make(job, lambda percent, step: steps.append((percent, step, ImportBatch.objects.count())))
    taking = [(percent, batches) for percent, step, batches in steps if step == jobs.TAKING]
    assert taking[-1] == (93, 0)
    assert len(taking) == 10


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: b"", "The submitted file is empty."),
        (lambda text: text.replace("DonorType", "Kind").encode(), "no column “DonorType”"),
        (lambda text: text.encode("utf-16"), "not in the encoding utf-8"),
        (lambda text: text[: len(text) - 60].encode(), "cut short"),
        (lambda text: b"x" * 50 * 1024 * 1024, "contributions.csv is larger than 10 MB."),
    ],
    ids=["empty", "column", "encoding", "truncated", "large"],
)
def test_file_that_cannot_be_taken_is_refused_whole_with_nothing_kept(finance_officer, sign_in, change, why):
    page = upload(sign_in(finance_officer), change(FILE.read_text(encoding="utf-8")))
    assert why in page.content.decode()
    assert (StoredFile.objects.count(), Job.objects.count()) == (0, 0)


def test_refusal_of_a_file_is_said_in_the_readers_language(finance_officer, sign_in):
    client = sign_in(finance_officer)
    address = reverse("funds:import_new").replace("/en/", "/fr/")
    file = SimpleUploadedFile("c.csv", FILE.read_text(encoding="utf-8").replace("DonorType", "Kind").encode())
    page = client.post(address, {"file": file, "known": "cerf.toml"})
    assert "le fichier n’a pas de colonne" in page.content.decode()


def test_file_of_too_many_lines_is_refused_with_both_numbers(finance_officer, sign_in, settings):
    settings.ALLIANCE_RULES = settings.ALLIANCE_RULES | {"import_lines": 9}
    page = upload(sign_in(finance_officer))
    assert "The file has 10 lines; 9 are taken at once. Split it." in page.content.decode()


def test_uploaded_mapping_is_used_and_offered_from_then_on(finance_officer, sign_in):
    client = sign_in(finance_officer)
    own = b"# own\n" + MAPPING.read_bytes()
    page = upload(client, known="", mapping=SimpleUploadedFile("own.toml", own))
    assert page.context["mapping"].name == "own.toml"
    assert "own.toml" in client.get(reverse("funds:import_new")).content.decode()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"known": ""}, "Choose a mapping, or upload one."),
        ({"mapping": SimpleUploadedFile("bad.toml", b"key = 1")}, "bad.toml: the mapping has no [donor] table."),
    ],
)
def test_mapping_that_cannot_be_used_is_refused(finance_officer, sign_in, values, why):
    page = upload(sign_in(finance_officer), **values)
    assert why in page.content.decode()
    assert StoredFile.objects.count() == 0


def test_formula_in_a_donors_name_is_text_in_every_export(finance_officer, sign_in):
    client = sign_in(finance_officer)
    text = with_cells(FILE.read_text(encoding="utf-8"), 2, Donor='=HYPERLINK("x")')
    job = confirmed(client, text.encode())
    assert tasks.run_job(str(job.uid)) == "done"
    assert Donor.objects.filter(organisation__name_en='=HYPERLINK("x")').exists()
    batch = ImportBatch.objects.get()
    exports = [files.read(Job.objects.get().document)]
    for address in (batch.get_absolute_url(), reverse("funds:donors"), reverse("funds:deposits")):
        exports.append(b"".join(client.get(address + "?format=csv").streaming_content))
    for content in exports:
        names = [
            cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row if "HYPER" in cell
        ]
        assert set(names) == {'\'=HYPERLINK("x")'}


@pytest.mark.parametrize("key", ["officer", "head", "auditor", "donor"])
def test_only_finance_officers_import(people, key):
    file, mapping = (
        files.store([path.read_bytes()], name=path.name, media_type="text/csv", by=people[key])
        for path in (FILE, MAPPING)
    )
    with pytest.raises(NotAllowed):
        import_kept(by=people[key], file=file, mapping=mapping, key="k")


def test_upload_of_another_person_is_not_found(finance_officer, second_finance_officer, sign_in):
    address = upload(sign_in(finance_officer)).redirect_chain[-1][0]
    assert sign_in(second_finance_officer).get(address).status_code == 404


@pytest.mark.skipif(not REAL.exists(), reason="the real file is not beside this checkout")
@pytest.mark.requirement("R56")
def test_real_file_gives_its_known_answers_through_the_page(finance_officer, sign_in):
    client = sign_in(finance_officer)
    page = upload(client, REAL.read_bytes())
    outcome = page.context["outcome"]
    assert (len(outcome.rows), len(outcome.refusals), list(outcome.flags)) == (64, 0, [57])
    assert {name: f"{amount:.2f}" for name, amount in outcome.figures._asdict().items()} == REAL_TOTALS
    client.post(page.redirect_chain[-1][0])
    job = Job.objects.get()
    assert tasks.run_job(str(job.uid)) == "done"
    job.refresh_from_db()
    assert {name: job.facts[name] for name in ("lines", "imported", "unchanged", "refused")} == {
        "lines": 64, "imported": 64, "unchanged": 0, "refused": 0,
    }  # fmt: skip
