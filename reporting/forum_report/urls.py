"""Addresses of the report's pages, included by the app's own."""

from django.urls import path

from reporting.forum_report import views

patterns = [
    path("forum-reports/", views.forum_reports, name="forum_reports"),
    path("forum-reports/figures/<slug:code>/", views.forum_report_figures, name="forum_report_figures"),
    path("forum-reports/<uuid:uid>/publish/", views.forum_report_publish, name="forum_report_publish"),
    path("forum-reports/<uuid:uid>/file/", views.forum_report_file, name="forum_report_file"),
]
