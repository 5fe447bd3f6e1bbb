"""The report as a job: drafts that officers ask for, and the final edition that the head publishes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.jobs.models import Job, JobState
from alliance.jobs.operations import request_job
from alliance.jobs.paper import Told, declare_paper
from alliance.people.models import Role, User
from reporting.forum_report import document
from reporting.forum_report.figures import ReportFigures
from reporting.forum_report.gather import gather
from reporting.forum_report.scope import scope

DRAFT = "forum_report.draft"
FINAL = "forum_report.final"


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
    parameters = draft.parameters | {"figures": draft.facts["figures"], "known_at": draft.register_n}
    return request_job(by=by, kind=FINAL, parameters=parameters, language=draft.language)


def gathered(job: Job) -> ReportFigures:
    """Return the figures asked for; refuse a final edition whose figures are not those of the draft that was read."""
    asked = job.parameters
    day = date.fromisoformat(asked["as_of"])
    figures = gather(scope(asked["summit"], objective=asked["objective"], as_of=day, known_at=asked.get("known_at")))
    if job.kind == FINAL and figures.digest() != asked["figures"]:
        raise Refused(
            _("Figures have changed since this draft was made. Ask for a new draft, read it, and publish that.")
        )
    return figures


def pages(job: Job, figures: ReportFigures) -> bytes:
    return document.make_pdf(figures, is_final=job.kind == FINAL)


def told(job: Job, figures: ReportFigures) -> Told:
    is_final = job.kind == FINAL
    facts = {name: job.parameters[name] for name in ("summit", "objective", "as_of")} | {"figures": figures.digest()}
    name = document.report_name(figures, is_final=is_final)
    return Told(name, facts, (figures.register_n, figures.register_hash), is_public=is_final)


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
    asked = ((job, job.parameters) for job in reports)
    return [ReportRow(job, names[a["summit"]], a["objective"], date.fromisoformat(a["as_of"])) for job, a in asked]


for _kind, _label in ((DRAFT, gettext_lazy("Draft of the Forum report")), (FINAL, gettext_lazy("Forum report"))):
    declare_paper(_kind, label=_label, gather=gathered, pages=pages, told=told, page=page)
