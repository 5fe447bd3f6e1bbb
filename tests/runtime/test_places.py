"""Where the embedded parts keep their files."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from alliance.runtime.account import SystemAccount, may_enter, server_account
from alliance.runtime.places import LONGEST_SOCKET, Places, places

STRANGER = SystemAccount("stranger", 54321, 54321)


def test_sockets_lie_in_the_data_folder_when_their_path_fits():
    assert Places(Path("/srv/alliance/var"), None).database_sockets == Path("/srv/alliance/var/run/database")


@pytest.mark.parametrize("length", range(60, 120, 7))
def test_socket_path_fits_whatever_the_data_folder(length):
    where = Places(Path("/" + "x" * length), None)
    assert len(os.fsencode(where.sockets / LONGEST_SOCKET)) <= 100


def test_two_long_folders_have_sockets_of_their_own():
    first, second = (Places(Path("/" + letter * 120), None) for letter in "ab")
    assert first.sockets != second.sockets


def test_address_survives_spaces_and_capitals():
    where = Places(Path("/home/Ana Lucía/Alliance, copy/var"), None)
    assert unquote(urlsplit(where.database_url).netloc.split("@")[1]) == str(where.database_sockets)
    assert unquote(urlsplit(where.broker_url).path) == str(where.broker_socket)


def test_naming_the_places_makes_nothing(tmp_path):
    places(tmp_path / "var").database_url  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_root_keeps_the_database_outside_a_folder_closed_to_its_account(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not may_enter(STRANGER, closed)
    assert Places(closed / "portal" / "var", STRANGER).cluster_home.parent == Path("/var/lib/alliance-portal")


def test_an_ordinary_user_needs_no_other_account():
    assert (server_account() is None) == (os.geteuid() != 0)
