"""Addresses. Apps above are named by string only: the ground imports none of them."""

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.i18n import set_language  # noqa: F401 - kept importable for the language form


def pages_of(app: str, prefix: str) -> list:
    return [path(prefix, include(f"{app}.urls"))] if find_spec(f"{app}.urls") else []


urlpatterns = [
    *pages_of("alliance.core", ""),
    *([path("api/v1/", include("reporting.api.urls"))] if find_spec("reporting.api.urls" if find_spec("reporting.api") else "reporting.nothing") else []),
    *i18n_patterns(
        *pages_of("alliance.people", ""),
        *pages_of("alliance.forum", ""),
        *pages_of("alliance.styleguide", ""),
        *pages_of("alliance.records", ""),
        *pages_of("alliance.rendering", ""),
        *pages_of("funds", "funds/"),
        *pages_of("proposals", ""),
        *pages_of("governance", "committee/"),
        *pages_of("reporting", ""),
    ),
]
