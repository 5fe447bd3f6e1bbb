"""Addresses of a donor's area, included by the app's own."""

from django.urls import path

from reporting.donor_area import views

patterns = [
    path("my-contributions/", views.my_contributions, name="my_contributions"),
    path("donors/<slug:slug>/area/", views.area, name="donor_area"),
    path("donors/<slug:slug>/statement/pdf/", views.statement_pdf, name="donor_statement_pdf"),
    path("donors/<slug:slug>/statement/xlsx/", views.statement_xlsx, name="donor_statement_xlsx"),
]
