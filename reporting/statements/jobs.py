"""Statements as PDF: one, or the consolidated financial report. Made in the background, asked for by whoever is signed in."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy

from alliance.core.errors import NotAllowed
from alliance.jobs.models import Job
from alliance.jobs.operations import request_job
from alliance.jobs.paper import Told, declare_paper
from alliance.people.models import User
from reporting.statements import document
from reporting.statements.catalogue import KINDS, consolidated, statement
from reporting.statements.shape import Statement

KIND = "statement"
CONSOLIDATED = "consolidated"


def request_statement(*, by: User, code: str, as_of: date, language: str) -> Job:
    """Ask for a statement as PDF; `consolidated` is all of them. The same request of the same person again is the same job."""
    if code != CONSOLIDATED and not KINDS[code].is_public and not by.reads_all:
        raise NotAllowed()
    return request_job(by=by, kind=KIND, parameters={"code": code, "as_of": as_of, "person": by.uid}, language=language)


def gather(job: Job) -> list[Statement]:
    """Return the statements asked for, in the job's language; of one alone, with all its rows."""
    code, day = job.parameters["code"], date.fromisoformat(job.parameters["as_of"])
    return consolidated(day) if code == CONSOLIDATED else [statement(code, day, whole=True)]


def pages(job: Job, found: list[Statement]) -> bytes:
    return document.make_pdf(found, is_consolidated=job.parameters["code"] == CONSOLIDATED)


def told(job: Job, found: list[Statement]) -> Told:
    code, day = job.parameters["code"], job.parameters["as_of"]
    name = f"{code}-{day}-{job.language}.pdf"
    return Told(name, {"statement": code, "as_of": day}, (found[0].register_n, found[0].register_hash))


def page(job: Job) -> str:
    code = job.parameters["code"]
    return reverse("reporting:statements") if code == CONSOLIDATED else reverse("reporting:statement", args=[code])


declare_paper(KIND, label=gettext_lazy("Financial statement"), gather=gather, pages=pages, told=told, page=page)
