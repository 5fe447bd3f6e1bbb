"""Addresses of the files, without a language."""

from django.urls import path

from reporting.iati import views

app_name = "iati"

urlpatterns = [
    path("activities.xml", views.activities, name="activities"),
    path("organisation.xml", views.organisation, name="organisation"),
]
