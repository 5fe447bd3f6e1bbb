from django.urls import path

from alliance.records import views

app_name = "records"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/<int:pk>/", views.notice, name="notice"),
]
