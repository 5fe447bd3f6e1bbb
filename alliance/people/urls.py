from django.urls import path

from alliance.people import views

urlpatterns = [
    path("acting/", views.act_for, name="act_for"),
]
