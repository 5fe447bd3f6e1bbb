"""Addresses of the Forum's public pages, included by the app's own."""

from django.urls import path

from reporting import forum_pages

patterns = [
    path("forum/", forum_pages.summits, name="summits"),
    path("forum/<slug:code>/", forum_pages.summit, name="summit"),
    path("recommendations/", forum_pages.recommendations, name="recommendations"),
    path("recommendations/<slug:code>/", forum_pages.recommendation, name="recommendation"),
    path("objectives/", forum_pages.objectives, name="objectives"),
    path("glossary/", forum_pages.glossary, name="glossary"),
    path("about/", forum_pages.about, name="about"),
]
