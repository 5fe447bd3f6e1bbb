"""Jobs: one for each request, made once, whatever is killed or stopped on the way."""

import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from alliance import celery
from alliance.jobs import operations, tasks
from alliance.jobs.models import Job, JobState
from alliance.records import files, relay
from alliance.records.models import Notice, StoredFile
from alliance.records.notice_mail import message
from alliance.register import record
from alliance.register.acts import operation
from alliance.register.knowledge import checkpoint
from alliance.register.models import RegisterEntry
from tests.alliance import job_kinds
from tests.alliance.workers import Broker, Worker, until


@pytest.fixture(autouse=True)
def own_data(settings, tmp_path):
    settings.ALLIANCE_DATA = tmp_path


@pytest.fixture
def rung(monkeypatch):
    """Take the place of the broker: the messages that would have been sent."""
    heard: list[tuple] = []
    monkeypatch.setattr(operations, "ring", lambda *message: heard.append(message) or True)
    return heard


def ask(by, text="a", kind="test.quick", language="en") -> Job:
    return operations.request_job(by=by, kind=kind, parameters={"text": text}, language=language)


@operation
def something_else(*, by):
    record("organisation.confirmed/1", by=by)


def test_same_request_is_one_job(officer, head, rung):
    first = ask(officer)
    assert ask(officer) == first
    assert ask(head) == first
    assert Job.objects.count() == 1


def test_other_text_language_or_register_is_another_job(officer, rung):
    jobs = {ask(officer), ask(officer, text="b"), ask(officer, language="fr")}
    something_else(by=officer)
    jobs.add(ask(officer))
    assert len(jobs) == 4


def test_same_request_after_its_own_document_is_the_finished_job(officer, rung):
    job = ask(officer)
    assert tasks.run_job(str(job.uid)) == "done"
    assert ask(officer) == job
    assert RegisterEntry.objects.order_by("-n").first().kind == "document.made/1"
    assert checkpoint().n == job.register_n


def test_notice_of_a_finished_document_says_which_one(officer, rung, sign_in):
    job = ask(officer)
    tasks.run_job(str(job.uid))
    relay.relay()
    job.refresh_from_db()
    (notice,) = Notice.objects.filter(user=officer, kind="document.made/1")
    assert notice.reference == ""
    assert message(notice).subject.endswith(f": {job.document.name}")
    client = sign_in(officer)
    for address in ("/en/notices/", "/en/home/"):
        assert client.get(address).text.count(job.document.name) == 1


def test_request_rings_when_it_is_committed(officer, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(officer)
        assert rung == []
    assert rung == [("alliance.run_job", str(job.uid))]
    job.refresh_from_db()
    assert job.rung_at


def test_made_document_is_stored_once_with_its_hash_in_the_register(officer, rung):
    job = ask(officer, language="fr")
    assert tasks.run_job(str(job.uid)) == "done"
    assert tasks.run_job(str(job.uid)) == "over"
    job.refresh_from_db()
    assert (job.state, job.progress, files.read(job.file)) == (JobState.DONE, 100, b"a fr")
    entry = RegisterEntry.objects.get(kind="document.made/1")
    assert job.file.sha256 in entry.body
    assert StoredFile.objects.count() == 1
    assert len(job_kinds.trace(job).read_text().split()) == 1


def test_refusal_fails_at_once_with_its_words(officer, rung):
    job = ask(officer, kind="test.refused")
    assert tasks.run_job(str(job.uid)) == "failed"
    job.refresh_from_db()
    assert (job.state, job.error, job.file) == (JobState.FAILED, "Nothing to report.", None)


def test_breakdown_is_tried_three_times_and_then_failed(officer, rung):
    job = ask(officer, kind="test.broken")
    states = []
    for _ in range(4):
        tasks.run_job(str(job.uid))
        job.refresh_from_db()
        states.append(job.state)
    assert states == ["waiting", "waiting", "failed", "failed"]
    assert len(job_kinds.trace(job).read_text().split()) == 3
    assert job.error == operations.BROKEN


def test_failed_job_can_be_asked_for_again(officer, rung):
    job = ask(officer, kind="test.refused")
    tasks.run_job(str(job.uid))
    assert ask(officer, kind="test.refused") != job


def test_job_cut_off_three_times_is_given_up(officer, rung):
    job = ask(officer)
    Job.objects.update(state=JobState.RUNNING, attempts=3)
    assert tasks.run_job(str(job.uid)) == "over"
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, operations.STOPPED)


def test_sweep_rings_for_what_nobody_heard_and_for_the_orphaned(officer, rung):
    unheard, fresh, orphan, finished = (ask(officer, text=text) for text in "abcd")
    Job.objects.filter(pk=fresh.pk).update(rung_at=timezone.now())
    Job.objects.filter(pk=orphan.pk).update(state=JobState.RUNNING, rung_at=timezone.now())
    tasks.run_job(str(finished.uid))
    assert operations.sweep_jobs() == 2
    assert rung == [("alliance.run_job", str(unheard.uid)), ("alliance.run_job", str(orphan.uid))]
    assert operations.sweep_jobs() == 0
    Job.objects.filter(pk=fresh.pk).update(rung_at=timezone.now() - timedelta(minutes=1))
    assert operations.sweep_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_job_being_made_elsewhere_is_left_alone(officer, rung):
    job = ask(officer)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(20080, %s)", [job.pk])
        assert tasks.run_job(str(job.uid)) == "elsewhere"
        Job.objects.update(state=JobState.RUNNING)
        assert operations.sweep_jobs() == 0
    finally:
        other.close()
    until(lambda: operations.sweep_jobs() == 1, 5, "the lock dies with its connection")
    assert state_of(job) == "waiting"


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"progress": 101}, "job_progress_percent"),
        ({"state": "done"}, "job_file_when_done"),
        ({"state": "failed"}, "job_finished_at_when_over"),
    ],
)
def test_database_refuses_a_job_that_contradicts_itself(officer, rung, columns, constraint):
    job = ask(officer)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**columns)


def test_database_refuses_a_second_standing_job_of_the_same_inputs(officer, rung):
    job = ask(officer)
    job.pk, job.uid = None, "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError, match="job_once_while_it_stands"), transaction.atomic():
        job.save(force_insert=True)


# Pages


def page(client, job, **headers):
    return client.get(f"/en/documents/{job.uid}/", headers=headers)


def without_ids(text: str) -> str:
    return re.sub(r"p[0-9a-f]{8}", "id", text)


def test_progress_page_says_how_far_the_job_is(sign_in, officer, rung):
    job = ask(officer)
    client = sign_in(officer)
    assert "The queue cannot be reached" in page(client, job).text
    Job.objects.update(state="running", progress=40, step="Making")
    answer = page(client, job).text
    assert 'value="40"' in answer
    assert 'http-equiv="refresh"' in answer
    Job.objects.update(state="waiting", progress=0)
    tasks.run_job(str(job.uid))
    assert f"/en/documents/{job.uid}/file/" in page(client, job).text


def test_fragment_is_part_of_the_page_and_stops_asking_when_done(sign_in, officer, rung):
    job = ask(officer)
    client = sign_in(officer)
    fragment = without_ids(page(client, job, **{"HX-Request": "true"}).text.strip())
    assert fragment in without_ids(page(client, job).text)
    assert "hx-trigger" in fragment
    tasks.run_job(str(job.uid))
    assert "hx-trigger" not in page(client, job, **{"HX-Request": "true"}).text


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("head", 200), ("auditor", 200), ("agency", 404), ("donor", 404), ("stranger", 404)],
)
def test_job_and_document_are_for_who_asked_and_who_reads_all(sign_in, officer, rung, request, who, status):
    job = ask(officer)
    tasks.run_job(str(job.uid))
    client = sign_in(request.getfixturevalue(who))
    assert page(client, job).status_code == status
    answer = client.get(f"/en/documents/{job.uid}/file/")
    b"".join(answer)  # a file is closed when it has been read
    assert answer.status_code == status


def test_unfinished_document_is_not_there(sign_in, officer, rung):
    job = ask(officer)
    assert sign_in(officer).get(f"/en/documents/{job.uid}/file/").status_code == 404


# The real broker and worker


class Workers:
    """A broker, and the workers behind it: a test takes the one that the test before has left at work."""

    def __init__(self, folder: Path) -> None:
        self.broker = Broker(folder)
        self._one: Worker | None = None

    def start(self) -> None:
        self._one = Worker(self.broker)

    def have_one(self) -> None:
        if self._one is None:
            self.start()

    def kill(self) -> None:
        if self._one is not None:
            self._one.stop()
            self._one = None


@pytest.fixture(scope="module")
def of_the_module(tmp_path_factory) -> Iterator[Workers]:
    workers = Workers(tmp_path_factory.mktemp("workers"))
    workers.broker.start()
    yield workers
    workers.kill()
    workers.broker.stop()
    celery._deaf_until = 0.0


@pytest.fixture
def workers(of_the_module, settings, monkeypatch) -> Workers:
    """The workers, with their folder for this process too; here jobs ring them."""
    settings.ALLIANCE_DATA = of_the_module.broker.folder
    monkeypatch.setattr(celery.app.conf, "broker_url", of_the_module.broker.url)
    return of_the_module


def state_of(job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def makings(job) -> list[int]:
    path = job_kinds.trace(job)
    return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_document_is_made_by_a_worker(workers, officer):
    workers.have_one()
    job = ask(officer)
    until(lambda: state_of(job) == "done", 40, "the document")
    assert RegisterEntry.objects.filter(kind="document.made/1").count() == 1


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_worker_killed_while_making_leaves_a_document_made_once_within_a_minute(workers, officer):
    workers.have_one()
    job = ask(officer, kind="test.slow")
    until(lambda: makings(job), 40, "the making has begun")
    killed = time.monotonic()
    workers.kill()
    assert state_of(job) == "running"
    workers.start()
    until(lambda: state_of(job) == "done", 60 - (time.monotonic() - killed), "made by another worker")
    assert RegisterEntry.objects.filter(kind="document.made/1").count() == 1
    assert StoredFile.objects.count() == 1


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_pool_process_killed_while_making_leaves_a_document_made_once_within_a_minute(workers, officer):
    workers.have_one()
    job = ask(officer, kind="test.slow")
    until(lambda: makings(job), 40, "the making has begun")
    os.kill(makings(job)[0], signal.SIGKILL)
    until(lambda: state_of(job) == "done", 60, "made by a new process")
    assert RegisterEntry.objects.filter(kind="document.made/1").count() == 1


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_request_while_the_broker_is_away_waits_and_is_made_when_it_is_back(workers, sign_in, officer):
    workers.kill()
    workers.broker.stop()
    client = sign_in(officer)
    begun = time.monotonic()
    job = ask(officer)
    answer = page(client, job)
    assert time.monotonic() - begun < 3
    assert answer.status_code == 200
    assert "The queue cannot be reached" in answer.text
    workers.broker.start()
    workers.start()
    until(lambda: state_of(job) == "done", 40, "made when the broker was back")
    connection.close()
