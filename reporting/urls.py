"""Addresses of the pages that follow a whole; the Forum's pages and reports bring their own."""

from django.urls import path

from reporting import forum_urls
from reporting.donor_area import urls as donor_area_urls
from reporting.forum_report import urls as forum_report_urls
from reporting.statements import urls as statement_urls
from reporting.views import (
    checking,
    decisions,
    finance,
    home,
    money,
    organisations,
    projects,
    public,
    register,
    search,
    who_does_what,
)

app_name = "reporting"

urlpatterns = [
    path("", public.public_home, name="public_home"),
    path("home/", home.home, name="home"),
    path("funds/", finance.finance, name="finance"),
    path("money/", money.money, name="money"),
    path("money/postings/", money.postings, name="postings"),
    path("who-does-what-where/", who_does_what.who, name="who"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<slug:reference>/", projects.project, name="project"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<slug:reference>/", decisions.decision, name="decision"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
    path("register/", register.register, name="register"),
    path("register/checking/", checking.checking, name="checking"),
    path("register/checkpoints/", checking.checkpoints, name="checkpoints"),
    path("register/<int:n>/", register.entry, name="entry"),
    path("search/", search.search, name="search"),
    *forum_urls.patterns,
    *forum_report_urls.patterns,
    *statement_urls.patterns,
    *donor_area_urls.patterns,
]
