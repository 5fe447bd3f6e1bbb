"""Addresses for machines, without a language."""

from django.urls import path

from alliance.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
