"""The mail of a portal on one machine, as files show it: for whoever sits there, and nobody else."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance.access import public, reader_or_404

NEWEST = 50
BETWEEN = b"\n" + b"-" * 79 + b"\n"  # what Django's backend writes after each mail of a file
THIS_MACHINE = {"127.0.0.1", "localhost", "[::1]"}


class Mail(NamedTuple):
    """One mail: to whom, about what, when, and its text."""

    to: str
    subject: str
    sent_at: datetime | None
    text: str


@public
@never_cache
@require_safe
def mail_here(request: HttpRequest) -> HttpResponse:
    """Show the newest mails. Only where `demo` runs, and only by the machine's own name."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    reader_or_404(settings.ALLIANCE_LOCAL_MAIL and host in THIS_MACHINE)
    options: Any = settings.MAILERS["default"]["OPTIONS"]
    mails = islice(newest(Path(options["file_path"])), NEWEST) if "file_path" in options else ()
    return render(request, "alliance/local_mail.html", {"mails": list(mails)})


def newest(folder: Path) -> Iterator[Mail]:
    """Yield the mails of a folder, the newest first."""
    for path in sorted(folder.glob("*.log"), reverse=True):
        for text in reversed(path.read_bytes().split(BETWEEN)):
            if text.strip():
                yield read(text)


def read(text: bytes) -> Mail:
    message = message_from_bytes(text, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    date = message["date"]
    return Mail(
        str(message["to"]), str(message["subject"]), date.datetime if date else None, body.get_content() if body else ""
    )
