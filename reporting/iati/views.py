"""The two files as public downloads, without a language: addresses that a registry keeps."""

import tempfile
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import condition, require_safe

from alliance.access import public
from alliance.core import clock
from alliance.register.publication import version
from reporting.iati import codes
from reporting.iati.export import export_activities, export_organisation
from reporting.views.checking import SPOOLED, streamed, takes_gzip

FORM = 1  # counted up when the same state of the portal is written differently
XML = "application/xml"


def _tag(request: HttpRequest, **named: Any) -> str:
    """Return a tag that changes with the register, and with the day: what takes effect on it is in the files from it on."""
    packed = "-gzip" if takes_gzip(request) else ""
    return f'"{FORM}-{version()}-{clock.today().isoformat()}-{codes.publisher()}{packed}"'


def _downloaded(write: Callable[[Any], None], name: str) -> Callable[..., HttpResponseBase]:
    """Return the view of a file: public, and not sent again while nothing in it has changed."""

    def view(request: HttpRequest) -> HttpResponseBase:
        file = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - closed at the response's end
        if request.method != "HEAD":
            write(file)
            file.seek(0)
        response = streamed(request, iter(lambda: file.read(64 * 1024), b""), name, XML)
        response._resource_closers.append(file.close)  # type: ignore[attr-defined]
        return response

    return public(require_safe(condition(etag_func=_tag)(view)))


activities = _downloaded(export_activities, "iati-activities.xml")
organisation = _downloaded(export_organisation, "iati-organisation.xml")
