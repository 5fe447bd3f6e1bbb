"""What outsiders check the portal with: the register, the verifier, the ledger and the checkpoints, each as a file.

The files' addresses carry no language and stay as they are: people keep them in scripts.
"""

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from alliance.access import public
from alliance.core import clock
from alliance.register.knowledge import one_state
from alliance.register.models import Checkpoint, RegisterEntry, head
from alliance.register.publication import in_pieces, lines, version
from funds.ledger.export import FORMATS, ledger_lines
from funds.models import Account, Posting
from reporting.paging import page_of
from reporting.views.downloads import sent, streamed, takes_gzip, written_aside

VERIFIER = Path(settings.BASE_DIR) / "static" / "verify.py"
TEXT = "text/plain; charset=utf-8"


@public
@require_safe
def checking(request: HttpRequest) -> HttpResponse:
    """What can be checked, and how: for people who have no reason to trust the portal."""
    n, digest = head()
    newest = Checkpoint.objects.order_by("-n").first()
    example = Posting.objects.select_related("entry").order_by("-amount", "pk").first()
    context = {
        "n": n,
        "hash": digest,
        "verifier_digest": verifier_digest(),
        "checkpoint": newest,
        "closed": RegisterEntry.objects.filter(public_from=None).count(),
        "posting_count": Posting.objects.count(),
        "account_count": Account.objects.count(),
        "example": example,
        "formats": FORMATS,
    }
    return render(request, "reporting/checking.html", context)


@public
@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Every published checkpoint, newest first."""
    page = page_of(Checkpoint.objects.order_by("-n"), request)
    return render(request, "reporting/checkpoints.html", {"page": page, "checkpoints": page.object_list})


def _tag(request: HttpRequest, **named: Any) -> str:
    return f'"{version()}-{get_language()}{"-gzip" if takes_gzip(request) else ""}"'


def downloaded(view: Callable[..., HttpResponseBase]) -> Any:
    """Make a view a public file that is not sent again while the register stands still."""
    return public(require_safe(condition(etag_func=_tag)(view)))


@downloaded
def register_file(request: HttpRequest) -> HttpResponseBase:
    """The public register, as it is read: no transaction stays open for a slow reader."""
    return streamed(request, in_pieces(lines()), f"alliance-register-{head()[0]}.jsonl", "application/jsonl")


@downloaded
def ledger_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The whole ledger as plain-text accounting; written aside first, in one state of the database."""

    def write(file: IO[bytes]) -> None:
        file.writelines(in_pieces(ledger_lines(form)))

    with one_state():
        return sent(request, lambda: written_aside(write), f"alliance-ledger-{head()[0]}.{form}", TEXT)


@downloaded
def checkpoint_lines(request: HttpRequest) -> HttpResponseBase:
    """Every checkpoint on a line of its own, oldest first: N:HASH, as the verifier takes it, and when it was made."""
    rows = Checkpoint.objects.order_by("n")
    return HttpResponse("".join(f"{row} {row.made_at.isoformat()}\n" for row in rows), content_type=TEXT)


@downloaded
def checkpoint_feed(request: HttpRequest) -> HttpResponseBase:
    """Every checkpoint as a JSON Feed, newest first: any feed reader keeps copies of it."""
    page = request.build_absolute_uri(reverse("reporting:checkpoints"))
    mark = _("[Demonstration]") + " " if clock.is_demonstration() else ""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": mark + _("Checkpoints of the Alliance’s register"),
        "home_page_url": page,
        "feed_url": request.build_absolute_uri(),
        "items": [_item(row, page) for row in Checkpoint.objects.order_by("-n")],
    }
    return HttpResponse(json.dumps(feed, ensure_ascii=False, indent=1), content_type="application/feed+json")


def _item(row: Checkpoint, page: str) -> dict[str, Any]:
    return {
        "id": str(row),
        "url": page,
        "content_text": str(row),
        "date_published": row.made_at.isoformat(),
        "_checkpoint": {"n": row.n, "hash": row.hash},
    }


@public
@require_safe
def verifier(request: HttpRequest) -> HttpResponseBase:
    """The verifier, as it stands in the source: one file."""
    return FileResponse(VERIFIER.open("rb"), as_attachment=True, filename="verify.py", content_type="text/x-python")


@cache
def verifier_digest() -> str:
    return sha256(VERIFIER.read_bytes()).hexdigest()
