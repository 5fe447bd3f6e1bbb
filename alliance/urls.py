"""Addresses. Apps above are named by string only: the ground imports none of them."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("alliance.core.urls")),
    path("", include("alliance.records.unsubscribing_urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("open/", include("reporting.open_register_urls")),
    path("iati/", include("reporting.iati.urls")),
    *i18n_patterns(
        path("", include("alliance.accounts.urls")),
        path("", include("alliance.people.urls")),
        path("", include("alliance.accounts.people_urls")),
        path("", include("alliance.forum.urls")),
        path("", include("alliance.styleguide.urls")),
        path("", include("alliance.records.urls")),
        path("", include("alliance.jobs.urls")),
        path("funds/", include("funds.urls")),
        path("", include("proposals.urls")),
        path("committee/", include("governance.urls")),
        path("", include("reporting.urls")),
    ),
]

handler500 = "alliance.core.failures.server_error"
