"""`./portal --empty`: a portal that its first head begins, and that is never mixed with the demonstration."""

import pytest

from alliance.core.clock import Clock
from alliance.core.errors import Refused
from alliance.people.models import Invitation, Membership, Role
from alliance.people.operations.invitations import found_by
from alliance.runtime import PartFailed
from alliance.runtime.places import places
from scenarios.management.commands.demo import HEAD, Command
from scenarios.people.personas import PASSWORD
from scenarios.portal import Beginning, Demonstration
from scripts import bootstrap
from tests.accounts.factories import begun

pytestmark = pytest.mark.django_db
HOME = "http://127.0.0.1:8123/"


@pytest.fixture
def portal(tmp_path):
    """Return an empty portal in which nobody was ever head."""
    Membership.objects.filter(role=Role.HEAD).delete()
    return Beginning(places(tmp_path), 8123, print, HEAD)


def said(portal, capsys):
    Command()._invite(portal, HOME)
    return dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())


def test_head_begins_at_the_printed_address_until_there_is_one(portal, capsys, client):
    portal.look()
    printed = said(portal, capsys)
    assert (printed["portal"], printed["mail"]) == (HOME, f"{HOME}en/mail/")
    assert printed["begin"].startswith(f"{HOME}en/invitation/")
    assert client.get(printed["begin"].removeprefix(HOME[:-1])).status_code == 200
    portal.look()  # the next start: the address before works no longer
    again = said(portal, capsys)["begin"]
    assert client.get(printed["begin"].removeprefix(HOME[:-1])).status_code == 410
    begun(found_by(again.rstrip("/").rpartition("/")[2]))
    portal.look()
    assert "begin" not in said(portal, capsys)


def test_demonstration_is_left_alone(portal):
    Clock.objects.update(is_demonstration=True)
    with pytest.raises(PartFailed, match="holds a demonstration"):
        portal.look()
    assert not Invitation.objects.exists()


def test_what_is_no_address_is_refused(tmp_path):
    Membership.objects.filter(role=Role.HEAD).delete()
    with pytest.raises(Refused):
        Beginning(places(tmp_path), 8000, print, "nobody").look()


def test_logins_are_printed_for_the_demonstration_alone(tmp_path, capsys):
    portal = Demonstration(places(tmp_path), 8000, print)
    portal.look()
    assert PASSWORD not in str(said(portal, capsys))
    Clock.objects.update(is_demonstration=True)
    portal.look()
    assert PASSWORD in said(portal, capsys)["login"]


class Became(Exception):
    """The process would be this command now."""


def became(program, command):
    raise Became(command)


@pytest.mark.parametrize(("arguments", "folder"), [(["--empty"], "var/empty"), ([], None)])
def test_empty_portal_has_a_data_folder_of_its_own(monkeypatch, arguments, folder):
    environment: dict[str, str] = {}
    monkeypatch.setattr(bootstrap.os, "environ", environment)
    monkeypatch.setattr(bootstrap.os, "execv", became)
    monkeypatch.setattr("sys.argv", ["bootstrap.py", "portal", *arguments])
    monkeypatch.setattr(bootstrap, "make_environment", lambda *_, **__: None)
    with pytest.raises(Became) as it:
        bootstrap.main()
    assert it.value.args[0][2:] == ["demo", *arguments]
    assert environment == ({"ALLIANCE_DATA": str(bootstrap.ROOT / folder)} if folder else {})
