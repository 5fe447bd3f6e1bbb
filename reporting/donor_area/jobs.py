"""A donor's statement as a job: asked for by the donor's own people and by those who read all."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.access import find
from alliance.core.errors import NotAllowed
from alliance.jobs.kinds import Made, Progress, declare_job
from alliance.jobs.models import Job
from alliance.jobs.operations import request_job
from alliance.people.models import User
from funds.models import Donor
from reporting.donor_area import document
from reporting.donor_area.knowledge import known

KIND = "donor_statement"
GATHERING = gettext_noop("Gathering the figures")
SETTING = gettext_noop("Setting the pages")
STORING = gettext_noop("Storing the document")


def request_statement(*, by: User, donor: Donor, as_of: date, language: str) -> Job:
    """Ask for the statement as PDF; the same request again is the same job. Each person has a job of their own.

    Raises NotAllowed for whoever may not see the donor.
    """
    if not Donor.objects.visible_to(by).filter(pk=donor.pk).exists():
        raise NotAllowed()
    parameters = {"donor": donor.organisation.slug, "as_of": as_of, "person": by.uid}
    rests_on = known(donor, as_of)[:2]
    return request_job(by=by, kind=KIND, parameters=parameters, language=language, rests_on=rests_on)


def make(job: Job, progress: Progress) -> Made:
    """Gather, set and hand over one statement in the job's language."""
    slug, day = job.arguments["donor"], date.fromisoformat(job.arguments["as_of"])
    progress(5, GATHERING)
    found = document.statement(find(Donor.objects.select_related("organisation"), organisation__slug=slug), day)
    progress(30, SETTING)
    content = document.make_pdf(found)
    progress(95, STORING)
    return Made(
        content=content,
        name=f"{document.file_name(slug, day, job.language)}.pdf",
        media_type=document.MEDIA_TYPE,
        facts={"donor": slug, "as_of": day},
        register=(found.known.n, found.known.hash),
    )


def page(job: Job) -> str:
    return reverse("reporting:donor_area", args=[job.arguments["donor"]]) + f"?as_of={job.arguments['as_of']}"


declare_job(KIND, label=gettext_lazy("Statement to a donor"), make=make, page=page)
