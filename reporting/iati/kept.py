"""The files of a large ledger: made once a day and kept, as no visitor could wait while they are written."""

from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from alliance.core import clock
from alliance.register.knowledge import one_state
from funds.models import Posting
from reporting.iati.export import EXPORTS, write_files

# PostgreSQL's advisory key: "the Alliance's open data is being written".
BEING_WRITTEN = 200800036


def kept(name: str) -> Path:
    """Return where a file is kept. Its date is that of the portal's clock when it was made."""
    return Path(settings.ALLIANCE_DATA) / "iati" / f"{name}.xml"


def is_large() -> bool:
    """Say whether the ledger has more postings than are written while a visitor waits."""
    most = settings.ALLIANCE_IATI_POSTINGS
    return Posting.objects.order_by("pk")[most : most + 1].exists()


def keep_if_due() -> list[Path]:
    """Make the files of a large ledger where today's are wanting, and return them. Safe to run twice, late, or at the same time."""
    if not is_large() or all(_made_on(name) == clock.today() for name in EXPORTS):
        return []
    with one_state(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [BEING_WRITTEN])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SET LOCAL statement_timeout = 0")  # a large ledger takes its time
        files = {name: kept(name) for name in EXPORTS}
        for file in files.values():
            file.parent.mkdir(parents=True, exist_ok=True)
        write_files(files, dated=clock.now())
    return list(files.values())


def _made_on(name: str) -> date | None:
    file = kept(name)
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date() if file.exists() else None
