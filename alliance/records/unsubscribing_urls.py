"""Addresses for mail and mail servers, without a language: short, as programs lose long ones."""

from django.urls import path

from alliance.records import bounce_views, views

urlpatterns = [
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("bounces", bounce_views.take, name="take_bounces"),
]
