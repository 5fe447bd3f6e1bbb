from django.urls import path

from alliance.styleguide import views

urlpatterns = [path("styleguide/", views.styleguide, name="styleguide")]
