from django.urls import path

from alliance.forum import views

urlpatterns = [path("areas/new/", views.area_new, name="area_new")]
