"""An honest history with something in every table of record: the demonstration, and what it lacks."""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from alliance.core import clock
from alliance.people.models import User
from alliance.register.checkpoints import publish_checkpoint
from tests.world import played, smallest_pdf

DATA = Path(__file__).parent / "data"
D = Decimal


def person(key: str) -> User:
    from alliance.people.personas import MORE_MEMBERS, PEOPLE

    return User.objects.get(email=next(p.email for p in (*PEOPLE, *MORE_MEMBERS) if p.key == key))


@contextmanager
def rich() -> Iterator[dict[str, Any]]:
    """Play the demonstration, add to it, and undo everything at the end."""
    with played() as things:
        enrich()
        yield things


def enrich() -> None:
    """Add an import, a proposal given back, one that waits for money, a document made, a notice, a checkpoint."""
    _import()
    _proposals()
    _document()
    from alliance.records.relay import relay

    relay()
    publish_checkpoint(by=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _import() -> None:
    """Import the small file, its dates put back before the demonstration's day."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contributions.csv"
        text = (DATA / "contributions.csv").read_text(encoding="utf-8")
        file.write_text(re.sub(r"\b202[0-9]\b", "2007", text), encoding="utf-8")
        call_command("import_contributions", str(file), mapping=str(DATA / "cerf.toml"), stdout=StringIO())


def _proposals() -> None:
    from proposals.operations import approve_waiting, invite_co_author, return_proposal
    from tests.proposals.factories import draft_proposal, submitted_version, tabled_version, window

    agency, officer = person("agency"), person("officer")
    invite_co_author(by=agency, proposal=draft_proposal(agency, title="Written by two"), email=person("donor").email)
    _with_a_document(agency)
    version = submitted_version(agency, title="Given back")
    return_proposal(by=officer, version=version, reason="Say more.")
    waiting = tabled_version(person("rival_agency"), officer, title="Waiting for money")
    amounts = {window("GEN"): waiting.amount}
    approve_waiting(by=None, version=waiting, amounts=amounts, decision_ref="DEC-2008-009", on=clock.today())


def _with_a_document(agency: User) -> None:
    from proposals.operations import attach_document, submit_proposal
    from tests.proposals.factories import draft_proposal

    proposal = draft_proposal(agency, title="With a document")
    upload = SimpleUploadedFile("work.pdf", smallest_pdf(), content_type="application/pdf")
    attach_document(by=agency, proposal=proposal, title="Plan of work", upload=upload)
    submit_proposal(by=agency, proposal=proposal)


def _document() -> None:
    """Have one document finished as a worker would, with bytes of our own."""
    from alliance.register.models import head as at
    from alliance.rendering.kinds import Made
    from alliance.rendering.models import Job
    from alliance.rendering.operations import finish_job

    job = Job.objects.order_by("pk").first()
    assert job is not None
    made = Made(
        content=b"%PDF-1.7 made", name="report.pdf", media_type="application/pdf", facts={}, register=at(),
        is_public=False,
    )  # fmt: skip
    finish_job(job=job, made=made)


if __name__ == "__main__":
    sys.exit("a library")
