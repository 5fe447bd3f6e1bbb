"""The contract's document as a job: asked for by whoever may see the contract, found again while the contract stands."""

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from alliance.core.errors import Refused
from alliance.jobs.models import Job, JobQuerySet, JobState
from alliance.jobs.operations import request_job
from alliance.jobs.paper import Told, declare_paper
from alliance.people.models import User
from proposals.contract_document import document
from proposals.contract_document.figures import ContractFigures
from proposals.contract_document.gather import gather, state_of
from proposals.models import Contract

KIND = "contract"
READING = gettext_noop("Reading the contract")


def request_document(*, by: User, contract: Contract, language: str) -> Job:
    """Ask for the document in one language. While the contract says the same, it is the same job.

    The caller has checked that the person may see the contract.
    """
    with translation.override(language):
        figures = gather(contract.reference)
    parameters = {"contract": contract.reference, "figures": figures.digest(), "stands": state_of(contract)}
    rests_on = (figures.register_n, figures.register_hash)
    return request_job(by=by, kind=KIND, parameters=parameters, language=language, rests_on=rests_on)


def gathered(job: Job) -> ContractFigures:
    """Return what the document says; refuse when the contract has moved on since it was asked for."""
    figures = gather(job.parameters["contract"])
    if figures.digest() != job.parameters["figures"]:
        raise Refused(_("The contract has changed since this document was asked for. Ask for it again."))
    return figures


def pages(job: Job, figures: ContractFigures) -> bytes:
    return document.make_pdf(figures)


def told(job: Job, figures: ContractFigures) -> Told:
    facts = {"contract": figures.reference, "state": figures.state, "text": figures.fingerprint}
    return Told(document.document_name(figures), facts, (figures.register_n, figures.register_hash))


def documents_of(contract: Contract) -> JobQuerySet:
    """Return the requests for this contract's document, newest first. The caller may see the contract."""
    mine = Job.objects.filter(kind=KIND, parameters__contract=contract.reference)
    return mine.for_page().order_by("-requested_at", "-pk")


class DocumentRow(NamedTuple):
    """A document in the contract's list, or one that is being made, and whether the contract still stands so."""

    job: Job
    is_superseded: bool
    signed_since: bool

    @property
    def state(self) -> str:
        """How the contract stood, in words."""
        return str(Contract.State(self.job.facts["state"]).label) if self.job.state == JobState.DONE else ""


def document_rows(jobs: Iterable[Job], contract: Contract) -> list[DocumentRow]:
    """Return the rows of the contract's list: what is current in the order of the languages, then the rest."""
    now = state_of(contract)
    rows = []
    for job in jobs:
        is_old = job.parameters["stands"] != now
        signed_since = is_old and contract.is_signed and job.facts.get("state") != Contract.State.SIGNED
        rows.append(DocumentRow(job, is_old, signed_since))
    order = [code for code, _name in settings.LANGUAGES]
    return sorted(rows, key=lambda row: (row.is_superseded, 0 if row.is_superseded else order.index(row.job.language)))


def page(job: Job) -> str:
    return reverse("proposals:contract", args=[job.parameters["contract"]])


declare_paper(
    KIND,
    label=gettext_lazy("Contract as a document"),
    gather=gathered,
    pages=pages,
    told=told,
    page=page,
    gathering=READING,
)
