from django.urls import path

from alliance.records import local_mail, views

app_name = "records"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("mail/", local_mail.mail_here, name="local_mail"),
]
