"""`setup --head`: a portal begins with one head, at an address that works once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from alliance.people.models import Invitation, Membership, Organisation, Role, User
from alliance.people.operations import invite_first_head
from alliance.register.models import RegisterEntry
from tests.accounts.factories import PASSWORD, begun
from tests.governance.test_races import at_once, kinds

BEGIN = {"name": "Heda First", "language": "es", "password": PASSWORD, "again": PASSWORD}
pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody(db):
    """Return a portal in which nobody was ever head."""
    Membership.objects.filter(role=Role.HEAD).delete()


def set_up(*arguments):
    call_command("setup", *arguments, stdout=(said := StringIO()))
    return said.getvalue().strip().splitlines()


def address_in(lines):
    return lines[-1].removeprefix("begin: ")


@pytest.mark.usefixtures("nobody")
def test_first_head_begins_at_the_printed_address(client, settings):
    settings.ALLIANCE_ADDRESS = "https://alliance.example"
    address = address_in(set_up("--head", "Heda@Example.org"))
    assert address.startswith("https://alliance.example/en/invitation/")
    assert (mail.outbox[0].to, address in mail.outbox[0].body) == (["heda@example.org"], True)
    path = address.removeprefix("https://alliance.example")
    assert client.post(path, BEGIN).status_code == 302
    head = User.objects.get(email="heda@example.org")
    assert {(m.role, m.organisation.slug) for m in head.memberships_today} == {("head", "secretariat")}
    assert Client().post(path, BEGIN).status_code == 410  # a second use


@pytest.mark.usefixtures("nobody")
def test_secretariat_is_made_where_it_is_not_there(db):
    Membership.objects.filter(organisation__slug="secretariat").delete()
    Organisation.objects.filter(slug="secretariat").delete()
    set_up("--head", "heda@example.org")
    made = Organisation.objects.get(slug="secretariat")
    assert (made.name_fr, bool(made.confirmed_at)) == ("Secrétariat de l’Alliance", True)


@pytest.mark.usefixtures("nobody")
def test_address_is_printed_as_json_and_as_a_path_where_the_portals_own_is_not_known(db):
    call_command("setup", "--head", "heda@example.org", "--json", stdout=(said := StringIO()))
    answer = json.loads(said.getvalue())
    assert answer["begin"].startswith("http://localhost:8000/en/invitation/")
    assert answer["loaded"]["objectives"]["rows"] == 3


@pytest.mark.usefixtures("nobody")
def test_printed_address_works_for_a_day(client, monkeypatch):
    address = address_in(set_up("--head", "heda@example.org"))
    for later, status in ((timedelta(hours=25), 410), (timedelta(hours=23), 200)):
        moment = timezone.now() + later
        with monkeypatch.context() as patch:
            patch.setattr("alliance.people.operations.accepting.timezone.now", lambda moment=moment: moment)
            assert client.get(address).status_code == status


@pytest.mark.usefixtures("nobody")
def test_until_somebody_has_begun_the_last_invitation_counts(client):
    first = address_in(set_up("--head", "typing.error@example.org"))
    second = address_in(set_up("--head", "heda@example.org"))
    assert [client.get(address).status_code for address in (first, second)] == [410, 200]
    assert Invitation.objects.open().count() == 1


def test_second_head_is_refused_in_words_and_nothing_is_changed(head):
    entries = RegisterEntry.objects.count()
    with pytest.raises(CommandError, match="has had a head") as refusal:
        set_up("--head", "second@example.org")
    assert (refusal.value.returncode, RegisterEntry.objects.count(), mail.outbox) == (2, entries, [])


def test_who_was_head_once_is_the_head_that_there_was(head):
    Membership.objects.filter(role=Role.HEAD).update(starts_on="2007-01-01", ends_on="2007-01-31")
    with pytest.raises(CommandError, match="has had a head"):
        set_up("--head", "second@example.org")


@pytest.mark.usefixtures("nobody")
def test_invitation_of_setup_is_nobodys_once_there_is_a_head(db):
    invitation = invite_first_head(by=None, email="heda@example.org")
    other = invite_first_head(by=None, email="other@example.org")
    begun(other)
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=None)
    with pytest.raises(Exception, match="has had a head"):
        begun(invitation)


@pytest.mark.parametrize("email", ["", "heda", "heda@", "\u202eheda@example.org"])
@pytest.mark.usefixtures("nobody")
def test_what_is_no_address_is_refused(email):
    entries = RegisterEntry.objects.count()
    with pytest.raises(CommandError) as refusal:
        set_up("--head", email)
    assert (refusal.value.returncode, RegisterEntry.objects.count()) == (2, entries)


@pytest.mark.usefixtures("nobody")
def test_mail_that_does_not_go_is_said_and_the_address_printed_all_the_same(monkeypatch):
    def refused(self, messages):
        raise OSError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refused)
    call_command("setup", "--head", "heda@example.org", stdout=(said := StringIO()), stderr=(told := StringIO()))
    assert "begin: http://localhost:8000/en/invitation/" in said.getvalue()
    assert "has not gone" in told.getvalue()


@pytest.mark.django_db(transaction=True)
def test_two_first_heads_at_once_leave_one(people):
    Membership.objects.filter(role=Role.HEAD).delete()
    invitation = invite_first_head(by=None, email="heda@example.org")
    again = invite_first_head(by=None, email="other@example.org")
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=None)
    made = at_once([lambda offer=offer: begun(offer) for offer in (invitation, again)])
    assert kinds(made) == {"Membership": 1, "OutOfState": 1}
