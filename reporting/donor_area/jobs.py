"""A donor's statement as a job: asked for by the donor's own people and by those who read all."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy

from alliance.access import find
from alliance.core.errors import NotAllowed
from alliance.jobs.models import Job
from alliance.jobs.operations import request_job
from alliance.jobs.paper import Told, declare_paper
from alliance.people.models import User
from funds.models import Donor
from reporting.donor_area import document
from reporting.donor_area.knowledge import known

KIND = "donor_statement"


def request_statement(*, by: User, donor: Donor, as_of: date, language: str) -> Job:
    """Ask for the statement as PDF; the same request again is the same job. Each person has a job of their own.

    Raises NotAllowed for whoever may not see the donor.
    """
    if not Donor.objects.visible_to(by).filter(pk=donor.pk).exists():
        raise NotAllowed()
    parameters = {"donor": donor.organisation.slug, "as_of": as_of, "person": by.uid}
    rests_on = known(donor, as_of)[:2]
    return request_job(by=by, kind=KIND, parameters=parameters, language=language, rests_on=rests_on)


def gather(job: Job) -> document.DonorStatement:
    donor = find(Donor.objects.select_related("organisation"), organisation__slug=job.parameters["donor"])
    return document.statement(donor, date.fromisoformat(job.parameters["as_of"]))


def pages(job: Job, found: document.DonorStatement) -> bytes:
    return document.make_pdf(found)


def told(job: Job, found: document.DonorStatement) -> Told:
    slug, day = job.parameters["donor"], date.fromisoformat(job.parameters["as_of"])
    name = f"{document.file_name(slug, day, job.language)}.pdf"
    return Told(name, {"donor": slug, "as_of": day}, (found.known.n, found.known.hash))


def page(job: Job) -> str:
    return reverse("reporting:donor_area", args=[job.parameters["donor"]]) + f"?as_of={job.parameters['as_of']}"


declare_paper(KIND, label=gettext_lazy("Statement to a donor"), gather=gather, pages=pages, told=told, page=page)
