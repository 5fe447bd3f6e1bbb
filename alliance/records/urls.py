from django.urls import path

from alliance.records import bounce_views, local_mail, views

app_name = "records"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/bounces/", bounce_views.bounces, name="bounces"),
    path("notices/bounces/<uuid:person>/again/", bounce_views.again, name="mail_again"),
    path("notices/mail/", views.mail_choices, name="mail_choices"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("mail/", local_mail.mail_here, name="local_mail"),
]
