"""One skeleton for what is made on paper: gather the figures, set the pages, hand over the document."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from alliance.core.errors import Text
from alliance.jobs.kinds import Made, Progress, declare_job
from alliance.jobs.models import Job

GATHERING = gettext_noop("Gathering the figures")
SETTING = gettext_noop("Setting the pages")
STORING = gettext_noop("Storing the document")
PDF = "application/pdf"


class Told(NamedTuple):
    """What is told of a document beside its pages: its name, what the register says of it, the state that it is of."""

    name: str
    facts: dict[str, Any]
    register: tuple[int, str]
    is_public: bool = False


def declare_paper[Figures](
    kind: str,
    *,
    label: Text,
    gather: Callable[[Job], Figures],
    pages: Callable[[Job, Figures], bytes],
    told: Callable[[Job, Figures], Told],
    page: Callable[[Job], str],
    gathering: str = GATHERING,
) -> None:
    """Declare a document on paper. All three work in the job's language; `gather` may refuse what cannot be made any more."""

    def make(job: Job, progress: Progress) -> Made:
        progress(5, gathering)
        figures = gather(job)
        progress(30, SETTING)
        content = pages(job, figures)
        progress(95, STORING)
        document = told(job, figures)
        return Made(content, document.name, PDF, document.facts, document.register, document.is_public)

    declare_job(kind, label=label, make=make, page=page)
