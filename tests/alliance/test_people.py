"""Signing in, acting for, roles over time, and what was typed before the session ended."""

import json
import re
from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.access import granted, has_grant
from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.core.requests import PERSON, STASH
from alliance.people.models import Membership, Organisation, Role, SecurityEvent, User
from alliance.people.operations import confirm_organisation, give_role, register_organisation
from alliance.register.kinds import declared
from alliance.register.models import RegisterEntry
from scenarios.people.personas import PASSWORD
from tests.funds.test_ledger import make_donor


def test_signing_in_leads_to_the_persons_tasks(client, officer):
    answer = client.post(reverse("account_login"), {"username": officer.email, "password": "alliance-demo"})
    assert (answer.status_code, answer.url) == (302, reverse("reporting:home"))


def test_a_failed_sign_in_is_noted_and_says_nothing_about_the_account(client, officer):
    for email in (officer.email, "nobody@demo.example"):
        answer = client.post(reverse("account_login"), {"username": email, "password": "wrong"})
        assert answer.status_code == 200
    assert SecurityEvent.objects.filter(kind="sign_in_failed").count() == 2


def test_signing_out_takes_a_post(sign_in, officer):
    client = sign_in(officer)
    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_login_is_required_by_default(client):
    answer = client.get(reverse("reporting:home"))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))


KEPT = "kept – gardé – guardado"


def typed_as_the_session_ends(client, person):
    """Have a person open a form; let their session end on the server; send the form."""
    client.force_login(person)
    assert client.get(reverse("funds:pledge_new")).status_code == 200
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=timezone.now() - timedelta(1))
    answer = client.post(reverse("funds:pledge_new"), {"amount": "123456.78", "conditions": KEPT})
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))


def sign_in_by_form(client, person):
    client.post(reverse("account_login"), {"username": person.email, "password": PASSWORD})
    return client.get(reverse("funds:pledge_new")).content.decode()


@pytest.fixture
def two_donors(db, donor, rival_donor):
    make_donor("sweden-mfa"), make_donor("switzerland-sdc")
    return donor, rival_donor


def test_what_was_typed_before_the_session_ended_is_there_after_sign_in(client, two_donors):
    person, _ = two_donors
    typed_as_the_session_ends(client, person)
    assert "What you typed is kept" in client.get(reverse("account_login")).content.decode()
    assert KEPT in sign_in_by_form(client, person)
    assert KEPT not in client.get(reverse("funds:pledge_new")).content.decode()


def test_what_was_typed_before_the_session_ended_is_shown_to_nobody_else(client, two_donors):
    person, other = two_donors
    typed_as_the_session_ends(client, person)
    client.post(reverse("account_login"), {"username": other.email, "password": PASSWORD})
    assert STASH not in client.session
    assert KEPT not in client.get(reverse("funds:pledge_new")).content.decode()
    client.post(reverse("account_logout"))
    assert KEPT not in sign_in_by_form(client, person)


def test_what_was_kept_is_not_shown_to_another_who_is_signed_in_without_a_form(client, two_donors):
    person, other = two_donors
    typed_as_the_session_ends(client, person)
    stash = client.session[STASH]
    client.force_login(other)
    session = client.session
    session[STASH] = stash
    session.save()
    assert KEPT not in client.get(reverse("funds:pledge_new")).content.decode()
    assert STASH not in client.session


@pytest.mark.parametrize("cookie", ["", "0123456789abcdef0123456789abcdef:1x:forged"])
def test_nothing_is_kept_of_somebody_unknown(client, two_donors, cookie):
    person, _ = two_donors
    if cookie:
        client.cookies[PERSON] = cookie
    client.post(reverse("funds:pledge_new"), {"amount": "123456.78", "conditions": KEPT})
    assert STASH not in client.session
    assert KEPT not in sign_in_by_form(client, person)


def test_form_of_the_person_before_is_not_taken_for_the_next_persons(two_donors):
    person, other = two_donors
    client = Client(enforce_csrf_checks=True)

    def sign_in(user):
        ticket = {"csrfmiddlewaretoken": ticket_of(client.get(reverse("account_login")))}
        client.post(reverse("account_login"), {"username": user.email, "password": PASSWORD, **ticket})
        return ticket_of(client.get(reverse("funds:pledge_new")))

    old = sign_in(person)
    client.post(reverse("account_logout"), {"csrfmiddlewaretoken": old})
    assert PERSON not in {name for name, cookie in client.cookies.items() if cookie.value}
    sign_in(other)
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=timezone.now() - timedelta(1))
    answer = client.post(reverse("funds:pledge_new"), {"conditions": KEPT, "csrfmiddlewaretoken": old})
    assert (answer.status_code, STASH in client.session) == (403, False)


def ticket_of(answer):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.content.decode())[1]


def test_a_person_is_told_of_a_role_that_somebody_gave(head, donor):
    iom = Organisation.objects.get(slug="iom")
    give_role(by=None, user=donor, organisation=iom, role=Role.REVIEWER, starts_on=date(2007, 1, 1))
    give_role(by=head, user=donor, organisation=iom, role=Role.AUDITOR, starts_on=date(2007, 1, 1))
    given = RegisterEntry.objects.filter(kind="membership.started/1").order_by("-n")[:2]
    told = [list(declared()[entry.kind].told(json.loads(entry.body))) for entry in given]
    assert told == [[donor], []]


def test_a_person_chooses_for_whom_they_act_among_their_own_roles(sign_in, donor, agency):
    iom = Organisation.objects.get(slug="iom")
    mine = Membership.objects.create(user=donor, organisation=iom, role=Role.REVIEWER, starts_on=date(2007, 1, 1))
    foreign = agency.memberships.first()
    client = sign_in(donor)
    client.post(reverse("act_for"), {"membership": mine.pk})
    assert client.get(reverse("reporting:home")).wsgi_request.acting == mine
    client.post(reverse("act_for"), {"membership": foreign.pk})
    assert client.get(reverse("reporting:home")).wsgi_request.acting == mine


@pytest.mark.parametrize("after", ["https://elsewhere.example/", "//elsewhere.example/", "no address", "9" * 30, ""])
def test_acting_for_never_leads_off_the_site(sign_in, donor, after):
    answer = sign_in(donor).post(reverse("act_for"), {"next": after})
    assert answer.url == reverse("reporting:home")


def test_a_role_counts_from_its_first_day_to_its_last(officer):
    today = clock.today()
    membership = officer.memberships.get()
    assert officer.has_role(Role.OFFICER)
    for starts, ends, held in (
        (today, None, True),
        (today + timedelta(days=1), None, False),
        (today - timedelta(days=2), today, True),
        (today - timedelta(days=2), today - timedelta(days=1), False),
    ):
        Membership.objects.filter(pk=membership.pk).update(starts_on=starts, ends_on=ends)
        assert User.objects.get(pk=officer.pk).has_role(Role.OFFICER) is held


def test_roles_are_held_for_an_organisation(donor):
    sweden, iom = (Organisation.objects.get(slug=slug) for slug in ("sweden-mfa", "iom"))
    assert donor.has_role(Role.DONOR_CONTRIBUTOR, organisation=sweden)
    assert not donor.has_role(Role.DONOR_CONTRIBUTOR, organisation=iom)


def test_only_the_head_gives_roles(officer, head, stranger):
    iom = Organisation.objects.get(slug="iom")
    role = {"user": stranger, "organisation": iom, "role": Role.REVIEWER, "starts_on": date(2007, 1, 1)}
    with pytest.raises(NotAllowed):
        give_role(by=officer, **role)
    give_role(by=head, **role)
    assert stranger.has_role(Role.REVIEWER)


def test_role_that_is_held_is_not_given_again(head, stranger):
    role = {"user": stranger, "organisation": Organisation.objects.get(slug="iom"), "role": Role.REVIEWER}
    membership = give_role(by=head, **role, starts_on=date(2007, 1, 1))
    for day in (date(2006, 12, 1), date(2007, 1, 1), date(2008, 1, 1)):
        with pytest.raises(Refused, match="holds this role already"):
            give_role(by=head, **role, starts_on=day)
    Membership.objects.filter(pk=membership.pk).update(ends_on=date(2007, 1, 31))
    assert give_role(by=head, **role, starts_on=date(2007, 2, 1)).role == Role.REVIEWER


def test_an_organisation_is_confirmed_once_by_the_secretariat(officer, donor):
    pending = register_organisation(by=officer, slug="new", kind="private", name_en="New", confirmed=False)
    with pytest.raises(NotAllowed):
        confirm_organisation(by=donor, organisation=pending)
    assert confirm_organisation(by=officer, organisation=pending).confirmed_at
    with pytest.raises(Refused):
        confirm_organisation(by=officer, organisation=pending)


def test_constraints_of_people(officer, donor):
    membership = donor.memberships.first()
    again = {"user": donor, "organisation": membership.organisation, "role": membership.role}
    for name, make in (
        ("alliance_user_email", lambda: User.objects.create_user(donor.email, "x", name="Double")),
        ("user_email_once", lambda: User.objects.create(email=donor.email.upper(), name="Double")),
        ("membership_once", lambda: Membership.objects.create(starts_on=membership.starts_on, **again)),
        (
            "membership_ends_after_start",
            lambda: Membership.objects.create(starts_on=date(2008, 1, 2), ends_on=date(2008, 1, 1), **again),
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make()


def test_a_grant_is_for_one_person_on_one_row(agency, rival_agency):
    from proposals.models import Proposal
    from tests.proposals import factories

    mine, other = factories.draft_proposal(agency), factories.draft_proposal(agency)
    factories.give_grant(user=rival_agency, permission="view_proposal", row=mine)
    assert list(granted(rival_agency, "view_proposal", Proposal.objects.all())) == [mine]
    assert (has_grant(rival_agency, "view_proposal", mine), has_grant(rival_agency, "view_proposal", other)) == (
        True,
        False,
    )
    factories.take_grant(user=rival_agency, permission="view_proposal", row=mine)
    assert not has_grant(rival_agency, "view_proposal", mine)


def test_a_global_permission_opens_nothing(agency, rival_agency):
    from django.contrib.auth.models import Permission

    from proposals.models import Proposal
    from tests.proposals import factories

    factories.draft_proposal(agency)
    rival_agency.user_permissions.add(*Permission.objects.filter(content_type__app_label="proposals"))
    assert not granted(rival_agency, "view_proposal", Proposal.objects.all()).exists()


@pytest.mark.parametrize(
    "address", ["/en/money/postings/?project=%00", "/en/search/?q=a%00b", "/fr/recommendations/?q=%00"]
)
def test_a_nul_character_is_a_bad_request(client, db, address):
    assert client.get(address).status_code == 400
    assert client.post(reverse("account_login"), {"username": "a\0b", "password": "x"}).status_code == 400
