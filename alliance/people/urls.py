from django.urls import path

from alliance.people import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("acting/", views.act_for, name="act_for"),
]
