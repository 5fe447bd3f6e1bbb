"""Statements as PDF: one, or the consolidated financial report. Made in the background, asked for by whoever is signed in."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.core.errors import NotAllowed
from alliance.jobs.kinds import Made, Progress, declare_job
from alliance.jobs.models import Job
from alliance.jobs.operations import request_job
from alliance.people.models import User
from reporting.statements import document
from reporting.statements.catalogue import KINDS, consolidated, statement

KIND = "statement"
CONSOLIDATED = "consolidated"
GATHERING = gettext_noop("Gathering the figures")
SETTING = gettext_noop("Setting the pages")
STORING = gettext_noop("Storing the document")


def request_statement(*, by: User, code: str, as_of: date, language: str) -> Job:
    """Ask for a statement as PDF; `consolidated` is all of them. The same request of the same person again is the same job."""
    if code != CONSOLIDATED and not KINDS[code].is_public and not by.reads_all:
        raise NotAllowed()
    return request_job(by=by, kind=KIND, parameters={"code": code, "as_of": as_of, "person": by.uid}, language=language)


def make(job: Job, progress: Progress) -> Made:
    asked = job.arguments
    day = date.fromisoformat(asked["as_of"])
    progress(5, GATHERING)
    is_consolidated = asked["code"] == CONSOLIDATED
    found = consolidated(day) if is_consolidated else [statement(asked["code"], day, whole=True)]
    progress(30, SETTING)
    content = document.make_pdf(found, is_consolidated=is_consolidated)
    progress(95, STORING)
    return Made(
        content=content,
        name=f"{asked['code']}-{asked['as_of']}-{job.language}.pdf",
        media_type="application/pdf",
        facts={"statement": asked["code"], "as_of": asked["as_of"]},
        register=(found[0].register_n, found[0].register_hash),
    )


def page(job: Job) -> str:
    code = job.arguments["code"]
    return reverse("reporting:statements") if code == CONSOLIDATED else reverse("reporting:statement", args=[code])


declare_job(KIND, label=gettext_lazy("Financial statement"), make=make, page=page)
