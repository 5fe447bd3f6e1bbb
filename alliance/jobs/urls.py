from django.urls import path

from alliance.jobs import views

app_name = "jobs"
urlpatterns = [
    path("documents/<uuid:uid>/", views.job, name="job"),
    path("documents/<uuid:uid>/file/", views.job_file, name="job_file"),
]
