"""The report as a job: drafts that officers ask for, and the final edition that the head publishes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.jobs.kinds import Made, Progress, declare_job
from alliance.jobs.models import Job, JobState
from alliance.jobs.operations import request_job
from alliance.people.models import Role, User
from reporting.forum_report import document
from reporting.forum_report.gather import gather
from reporting.forum_report.scope import scope

DRAFT = "forum_report.draft"
FINAL = "forum_report.final"
GATHERING = gettext_noop("Gathering the figures")
SETTING = gettext_noop("Setting the pages")
STORING = gettext_noop("Storing the document")


def request_reports(*, by: User, summit: str, languages: list[str], objective: str, as_of: date | None) -> list[Job]:
    """Ask for a draft in each language; the same request again is the same job. Raises NotAllowed and Refused."""
    if not by.has_role(Role.OFFICER, Role.HEAD):
        raise NotAllowed(_("Forum reports are asked for by the secretariat’s officers and head."))
    about = scope(summit, objective=objective, as_of=as_of)
    parameters = {"summit": summit, "objective": objective, "as_of": about.as_of}
    return [request_job(by=by, kind=DRAFT, parameters=parameters, language=language) for language in languages]


def publish_report(*, by: User, draft: Job) -> Job:
    """Ask for the final edition of a finished draft: the same figures without the draft's mark, open to everyone.

    It is made as known at the draft's register entry: what is published was read before. Should a figure differ
    all the same, making it fails, in words.
    """
    if not by.has_role(Role.HEAD):
        raise NotAllowed(_("The head of the secretariat publishes Forum reports."))
    if draft.kind != DRAFT or draft.state != JobState.DONE:
        raise OutOfState()
    parameters = draft.arguments | {"figures": draft.told["figures"], "known_at": draft.register_n}
    return request_job(by=by, kind=FINAL, parameters=parameters, language=draft.language)


def make(job: Job, progress: Progress) -> Made:
    """Gather, set and hand over one report in the job's language."""
    asked = job.arguments
    progress(5, GATHERING)
    about = scope(
        asked["summit"],
        objective=asked["objective"],
        as_of=date.fromisoformat(asked["as_of"]),
        known_at=asked.get("known_at"),
    )
    figures = gather(about)
    is_final = job.kind == FINAL
    if is_final and figures.digest() != asked["figures"]:
        raise Refused(
            _("Figures have changed since this draft was made. Ask for a new draft, read it, and publish that.")
        )
    progress(30, SETTING)
    content = document.make_pdf(figures, is_final=is_final)
    progress(95, STORING)
    return Made(
        content=content,
        name=document.report_name(figures, is_final=is_final),
        media_type=document.MEDIA_TYPE,
        facts={
            "summit": asked["summit"],
            "objective": asked["objective"],
            "as_of": asked["as_of"],
            "figures": figures.digest(),
        },
        register=(figures.register_n, figures.register_hash),
        is_public=is_final,
    )


def page(job: Job) -> str:
    return reverse("reporting:forum_reports")


class ReportRow(NamedTuple):
    """A report in a list: as it was asked for, and how far it is."""

    job: Job
    summit_name: str
    objective: str
    as_of: date

    @property
    def is_final(self) -> bool:
        return self.job.kind == FINAL

    @property
    def may_publish(self) -> bool:
        return self.job.kind == DRAFT and self.job.state == JobState.DONE


def report_rows(reports: Iterable[Job], names: Mapping[str, str]) -> list[ReportRow]:
    """Return the rows of a list of reports; `names` are the meetings' by code."""
    asked = ((job, job.arguments) for job in reports)
    return [ReportRow(job, names[a["summit"]], a["objective"], date.fromisoformat(a["as_of"])) for job, a in asked]


for _kind, _label in ((DRAFT, gettext_lazy("Draft of the Forum report")), (FINAL, gettext_lazy("Forum report"))):
    declare_job(_kind, label=_label, make=make, page=page)
