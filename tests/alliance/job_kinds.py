"""Kinds of documents for tests; the worker of a test loads this module."""

import os
import time
from pathlib import Path

from django.conf import settings

from alliance.core.errors import Refused
from alliance.jobs.kinds import Made, Progress, declare_job
from alliance.jobs.models import Job
from alliance.register.knowledge import known_at


def trace(job: Job) -> Path:
    """Return the file in which each making of this job leaves a line with its process."""
    return Path(settings.ALLIANCE_DATA) / f"making-{job.uid}"


def note(job: Job) -> int:
    with trace(job).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return len(trace(job).read_text().split())


def make(job: Job, progress: Progress) -> Made:
    note(job)
    progress(50, "Making")
    text = f"{job.parameters['text']} {job.language}"
    return Made(text.encode(), "test.txt", "text/plain", {"text": "x"}, known_at())


def make_slowly_at_first(job: Job, progress: Progress) -> Made:
    progress(10, "Making")
    if note(job) == 1:
        time.sleep(120)
    return make(job, progress)


def refuse(job: Job, progress: Progress) -> Made:
    raise Refused("Nothing to report.")


def break_down(job: Job, progress: Progress) -> Made:
    note(job)
    raise RuntimeError("broken")


declare_job("test.quick", label="Quick", make=make)
declare_job("test.slow", label="Slow at first", make=make_slowly_at_first)
declare_job("test.refused", label="Refused", make=refuse)
declare_job("test.broken", label="Broken", make=break_down)
