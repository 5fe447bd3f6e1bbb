"""Changes to jobs: asked for, begun, advanced, finished or given up."""

import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from alliance.celery import ring
from alliance.core import clock
from alliance.jobs.kinds import Made, job_kind
from alliance.jobs.locks import being_made
from alliance.jobs.models import Job, JobState
from alliance.people.models import User
from alliance.records import files
from alliance.register import operation, record
from alliance.register.canonical import canonical, digest_of
from alliance.register.knowledge import known_at
from alliance.register.snapshots import plain

ATTEMPTS = 3
RING_AGAIN = timedelta(seconds=20)
STOPPED = gettext_noop("The making was cut off three times. The document may be too large; a smaller part may work.")
BROKEN = gettext_noop("Something went wrong while the document was made. It has been noted; ask again later.")


@transaction.atomic
def request_job(
    *, by: User, kind: str, parameters: dict[str, Any], language: str, rests_on: tuple[int, str] | None = None
) -> Job:
    """Ask for a document. The same request at the same state of the register is the same job, waiting or done.

    `rests_on` is the number and hash of the newest entry that the document speaks of, where that is not the whole
    register's: acts on other things then leave it the same request.
    The row is the request; the worker is rung when it is committed, and swept for when the ring is missed.
    """
    job_kind(kind)
    n, hash_ = rests_on or known_at()
    text = canonical(plain(parameters))
    inputs = digest_of(canonical({"kind": kind, "parameters": text, "language": language, "register": hash_}))
    job = Job(
        kind=kind, parameters=json.loads(text), language=language, inputs=inputs, register_n=n, register_hash=hash_,
        requested_by=by, requested_at=clock.now(),
    )  # fmt: skip
    standing = _standing(job)
    if standing.state == JobState.WAITING:
        transaction.on_commit(lambda: ring_for(standing))
    return standing


def _standing(job: Job) -> Job:
    """Write the job unless one with its inputs stands; return the one that stands."""
    while True:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        # The one that stood may have failed since it was in the way.
        if found := Job.objects.standing().filter(inputs=job.inputs).first():
            return found


def ring_for(job: Job) -> None:
    """Ring the worker for a job, and note when it was heard."""
    heard = ring("alliance.run_job", str(job.uid))
    Job.objects.filter(pk=job.pk).update(rung_at=timezone.now() if heard else None)


@transaction.atomic
def begin_job(*, job: Job) -> Job | None:
    """Take a job in hand; None when it is over. After three beginnings without an end it has failed.

    The caller holds the job's lock (`locks.being_made`), so that nobody else is making it.
    """
    job = Job.objects.select_for_update(of=("self",), no_key=True).select_related("requested_by").get(pk=job.pk)
    if not job.is_open:
        return None
    if job.attempts >= ATTEMPTS:
        _fail(job, job.error or STOPPED)
        return None
    job.state, job.attempts, job.progress, job.step = JobState.RUNNING, job.attempts + 1, 0, ""
    job.started_at = clock.now()
    job.save(update_fields=["state", "attempts", "progress", "step", "started_at"])
    return job


def advance_job(*, job: Job, percent: int, step: str) -> None:
    """Show how far the making is. Seen at once: this is not part of a longer transaction."""
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(progress=min(percent, 99), step=step)


@operation
def finish_job(*, job: Job, made: Made) -> Job:
    """Store a finished document, once: its bytes, its row, and its hash in the register. Done by the portal itself."""
    job = Job.objects.select_for_update(of=("self",), no_key=True).select_related("requested_by").get(pk=job.pk)
    if not job.is_open:
        raise AlreadyOver
    job.file = files.store([made.content], name=made.name, media_type=made.media_type, by=job.requested_by)
    job.register_n, job.register_hash = made.register
    job.state, job.progress, job.step, job.error = JobState.DONE, 100, "", ""
    job.facts, job.finished_at = json.loads(canonical(plain(made.facts))), clock.now()
    job.save(update_fields=FINISHED)
    facts = {**made.facts, **made_of(job)}
    record("document.made/1", by=None, rows=[job.file], facts=facts, public=made.is_public)
    if finished := job_kind(job.kind).finished:
        finished(job)
    return job


def made_of(job: Job) -> dict[str, Any]:
    """Return what the register tells of a finished document beside its maker's own facts."""
    file = job.document
    return {
        "document": job.kind, "language": job.language, "sha256": file.sha256, "size": file.size,
        "register_n": job.register_n, "register_hash": job.register_hash, "job": str(job.uid),
        "person": str(job.requested_by.uid), "file": str(file.uid), "asked": job.inputs,
        "parameters": digest_of(canonical(job.parameters)),
    }  # fmt: skip


FINISHED = ("file", "facts", "register_n", "register_hash", "state", "progress", "step", "error", "finished_at")


class AlreadyOver(Exception):
    """The job was finished or given up by somebody else."""


@transaction.atomic
def put_back(*, job: Job, why: str = BROKEN, final: bool = False) -> None:
    """After an error: have the job made again, or give it up when that is pointless or was tried three times."""
    job = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
    if not job.is_open:
        return
    if final or job.attempts >= ATTEMPTS:
        _fail(job, why)
        return
    job.state, job.error, job.rung_at = JobState.WAITING, why, None
    job.save(update_fields=["state", "error", "rung_at"])


def _fail(job: Job, why: str) -> None:
    job.state, job.error, job.step, job.finished_at = JobState.FAILED, why[:500], "", clock.now()
    job.save(update_fields=["state", "error", "step", "finished_at"])


def sweep_jobs() -> int:
    """Ring again for jobs that wait unheard, and for those whose maker is gone; return how many."""
    for job in Job.objects.filter(state=JobState.RUNNING):
        _release_if_orphaned(job)
    unheard = Q(rung_at=None) | Q(rung_at__lt=timezone.now() - RING_AGAIN)
    jobs = Job.objects.filter(unheard, state=JobState.WAITING).order_by("pk")[:100]
    for job in jobs:
        ring_for(job)
    return len(jobs)


def _release_if_orphaned(job: Job) -> None:
    """Have a job wait again whose lock is free: whoever was making it was killed."""
    with being_made(job) as nobody_else:
        if nobody_else:
            Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(state=JobState.WAITING, rung_at=None)
