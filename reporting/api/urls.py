"""Addresses of the read interface, under `api/v1/`."""

from django.urls import path

from alliance.access import public
from reporting.api import views

app_name = "api"

urlpatterns = [
    path("projects/", public(views.Projects.as_view()), name="projects"),
    path("projects/<slug:reference>/", public(views.ProjectDetail.as_view()), name="project"),
    path("activities/", public(views.Activities.as_view()), name="activities"),
    path("activities/<slug:reference>/", public(views.ActivityDetail.as_view()), name="activity"),
    path("decisions/", public(views.Decisions.as_view()), name="decisions"),
    path("decisions/<slug:reference>/", public(views.DecisionDetail.as_view()), name="decision"),
    path("postings/", public(views.Postings.as_view()), name="postings"),
]
