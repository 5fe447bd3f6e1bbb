"""The two files as public downloads, without a language: addresses that a registry keeps.

Those of a small ledger are written when they are asked for; those of a large one are served as they are kept.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from alliance.access import public
from alliance.core import clock
from alliance.register.knowledge import known_at
from reporting.iati import codes
from reporting.iati.export import EXPORTS
from reporting.iati.kept import is_large, kept
from reporting.views.downloads import sent, takes_gzip, written_aside

XML = "application/xml"
LOOKED_EVERY = 1800  # seconds between two looks whether files are to be made; see the schedule

FORM = 2  # of the files: raised by a release that writes them otherwise


def _tag(request: HttpRequest) -> str:
    """Return a tag that changes with the register, and with the day: what takes effect on it is in the files from it on."""
    n, digest = known_at()
    return _quoted(request, f"{FORM}-{n}-{digest[:16]}-{clock.today().isoformat()}-{codes.publisher()}")


def _quoted(request: HttpRequest, tag: str) -> str:
    return f'"{tag}-gzip"' if takes_gzip(request) else f'"{tag}"'


def _download(name: str) -> Callable[..., HttpResponseBase]:
    """Return the view of a file: public, and not sent again while nothing in it can have changed."""
    filename = f"iati-{name}.xml"

    def kept_tag(request: HttpRequest) -> str | None:
        file = kept(name)
        return _quoted(request, f"{file.stat().st_mtime_ns}-{file.stat().st_size}") if file.exists() else None

    def kept_since(request: HttpRequest) -> datetime | None:
        file = kept(name)
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None

    @condition(etag_func=_tag)
    def made(request: HttpRequest) -> HttpResponseBase:
        return sent(request, lambda: written_aside(EXPORTS[name]), filename, XML)

    @condition(etag_func=kept_tag, last_modified_func=kept_since)
    def as_kept(request: HttpRequest) -> HttpResponseBase:
        file = kept(name)
        return sent(request, lambda: file.open("rb"), filename, XML) if file.exists() else _not_yet()

    def view(request: HttpRequest) -> HttpResponseBase:
        return as_kept(request) if is_large() else made(request)

    return public(require_safe(view))


def _not_yet() -> HttpResponse:
    text = _("The ledger is large, and this file is not made yet. Please ask for it again in half an hour.")
    headers: dict[str, Any] = {"Retry-After": str(LOOKED_EVERY)}
    return HttpResponse(f"{text}\n", status=503, content_type="text/plain; charset=utf-8", headers=headers)


activities = _download("activities")
organisation = _download("organisation")
