"""Addresses of the statements, included by the app's own."""

from django.urls import path

from reporting.statements import views

patterns = [
    path("money/statements/", views.statements, name="statements"),
    path("money/statements/<slug:code>/", views.statement_page, name="statement"),
    path("money/statements/<slug:code>/pdf/", views.statement_pdf, name="statement_pdf"),
]
