"""Doors for the worker: making one job, and sweeping for jobs that nobody is making."""

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import translation
from django.utils.translation import gettext_noop
from structlog.contextvars import bound_contextvars

from alliance.core.errors import DomainError
from alliance.jobs import operations
from alliance.jobs.kinds import job_kind
from alliance.jobs.locks import being_made
from alliance.jobs.models import Job

log = structlog.get_logger()
SECONDS = 240
TOO_SLOW = gettext_noop("The document took longer than may be spent on one. A smaller part may work.")


@shared_task(name="alliance.run_job", ignore_result=True, soft_time_limit=SECONDS, time_limit=SECONDS + 60)
def run_job(uid: str) -> str:
    """Make a job's document, unless it is over or being made elsewhere."""
    job = Job.objects.filter(uid=uid).first()
    if job is None:
        return "gone"
    with bound_contextvars(job=str(job.uid), kind=job.kind), being_made(job) as held:
        if not held:
            return "elsewhere"
        begun = operations.begin_job(job=job)
        return make(begun) if begun else "over"


def make(job: Job) -> str:
    """Make, store, and put back what fails."""
    try:
        with translation.override(job.language):
            made = job_kind(job.kind).make(
                job, lambda percent, step: operations.advance_job(job=job, percent=percent, step=step)
            )
            operations.finish_job(job=job, made=made)
    except operations.AlreadyOver:
        return "over"
    except DomainError as refusal:
        operations.put_back(job=job, why=str(refusal.message), final=True)
    except SoftTimeLimitExceeded:
        operations.put_back(job=job, why=TOO_SLOW, final=True)
    except Exception:
        log.exception("document not made", attempt=job.attempts)
        operations.put_back(job=job)
    else:
        return "done"
    return "failed"


@shared_task(name="alliance.sweep_jobs", ignore_result=True)
def sweep_jobs() -> int:
    """Ring for every job that waits unheard or whose maker was killed."""
    return operations.sweep_jobs()
