"""Addresses of people, their roles, and invitations."""

from django.urls import path

from alliance.accounts.views import accepting, invitations, organisations, people, removal, roles

app_name = "people"

urlpatterns = [
    path("invitation/<slug:secret>/", accepting.accept, name="accept"),
    path("people/", people.people, name="people"),
    path("people/invite/", invitations.invitation_new, name="invite"),
    path("people/invitations/", invitations.invitations, name="invitations"),
    path("people/invitations/<uuid:uid>/again/", invitations.invitation_again, name="invitation_again"),
    path("people/invitations/<uuid:uid>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path("people/organisations/", organisations.organisations, name="organisations"),
    path("people/organisations/new/", organisations.organisation_new, name="organisation_new"),
    path("people/organisations/<slug:slug>/confirm/", organisations.organisation_confirm, name="organisation_confirm"),
    path("people/ours/", organisations.ours, name="ours"),
    path("people/<uuid:uid>/", people.person, name="person"),
    path("people/<uuid:uid>/factors/remove/", removal.factors_remove, name="factors_remove"),
    path("people/<uuid:uid>/roles/new/", roles.role_new, name="role_new"),
    path("people/<uuid:uid>/roles/<int:pk>/end/", roles.role_end, name="role_end"),
    path("organisations/<slug:slug>/people/", organisations.people_of, name="people_of"),
    path("organisations/<slug:slug>/people/invite/", organisations.people_of_invite, name="people_of_invite"),
]
