"""The PDF engine's libraries where they are not installed: who gets them, from where, and what is left after a failure."""

import os
import sys
from pathlib import Path

import pytest

from alliance.rendering import pdf
from alliance.runtime import native

USER, ROOT = 1000, 0
# Stand in for the system's programs: what they are asked goes into a file, and packages into the folder they were told.
APT = """#!/bin/sh
echo "apt-get $*" >> "$ASKED"
[ -z "$BROKEN" ] || exit 100
for word in "$@"; do case "$word" in Dir::Cache=*) cache=${word#Dir::Cache=};; esac; done
case "$*" in *--download-only*) : > "$cache/archives/libpango.deb";; esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/lib/x86_64-linux-gnu" "$3/etc/fonts" && : > "$3/usr/lib/x86_64-linux-gnu/libpango-1.0.so.0"
"""


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine without the libraries, with programs that only note what they are asked."""
    if sys.platform != "linux":
        pytest.skip("apt-get is Debian's")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in {"apt-get": APT, "dpkg-deb": DPKG, "sudo": '#!/bin/sh\nexec "$@"\n'}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.setattr(native, "missing", lambda: ["libpango-1.0.so.0"])
    monkeypatch.setattr(native, "_fetched_ones_load", lambda data: bool(native.environment(data)))
    monkeypatch.setattr(os, "geteuid", lambda: USER)
    return tmp_path


def provided(data: Path, *, ask: bool = False) -> list[str]:
    said: list[str] = []
    native.provide(data, said.append, ask=ask)
    return said


def asked(machine: Path) -> list[str]:
    log = machine / "asked"
    return log.read_text().splitlines() if log.exists() else []


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    questions: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: questions.append(question) or answer)
    return questions


def test_who_may_not_install_gets_them_in_the_data_folder(machine):
    (said,) = provided(machine)
    assert str(machine / "native") in said
    update, install = asked(machine)
    assert "update" in update
    assert all(package in install for package in ("--download-only", *native.DEBIAN_PACKAGES))
    assert f"Dir::State={machine / 'native' / 'state'}" in install
    assert sorted(path.name for path in (machine / "native").iterdir()) == ["root"]
    assert provided(machine) == []
    assert len(asked(machine)) == 2


def test_processes_are_told_where_they_are(machine, monkeypatch):
    assert native.environment(machine) == {}
    provided(machine)
    folder = native.fetched(machine) / "usr/lib/x86_64-linux-gnu"
    monkeypatch.setattr(native, "FONT_CONFIGURATION", machine / "no such file")
    fonts = {"FONTCONFIG_PATH": str(native.fetched(machine) / "etc/fonts")}
    assert native.environment(machine) == {"LD_LIBRARY_PATH": str(folder), **fonts}
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    assert native.environment(machine)["LD_LIBRARY_PATH"] == f"{folder}:/opt/lib"


def test_page_that_offers_documents_finds_them_there(machine, monkeypatch):
    monkeypatch.setattr(pdf, "find_library", lambda name: None)
    assert "Pango" in pdf.missing_parts()
    provided(machine)
    monkeypatch.setenv("LD_LIBRARY_PATH", native.environment(machine)["LD_LIBRARY_PATH"])
    assert "Pango" not in pdf.missing_parts()
    assert "Fontconfig" in pdf.missing_parts()


def test_what_could_not_be_fetched_leaves_nothing_and_says_what_to_type(machine, monkeypatch):
    monkeypatch.setenv("BROKEN", "1")
    said = provided(machine)
    assert "sudo apt-get install" in said[-1]
    assert list((machine / "native").iterdir()) == []


def test_person_at_a_terminal_is_asked_once(machine, monkeypatch):
    monkeypatch.setenv("BROKEN", "1")
    questions = at_a_terminal(monkeypatch, "n")
    assert "sudo apt-get install" in provided(machine, ask=True)[-1]
    provided(machine, ask=True)
    assert len(questions) == 1
    assert asked(machine) == []


def test_person_who_agrees_installs_with_sudo_and_fetches_where_that_fails(machine, monkeypatch):
    at_a_terminal(monkeypatch, "")
    provided(machine, ask=True)
    assert [("-o" in line, "--download-only" in line) for line in asked(machine)] == [
        (False, False), (False, False), (True, False), (True, True),
    ]  # fmt: skip


def test_root_installs_unasked_and_fetches_nothing(machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: ROOT)
    said = provided(machine)
    assert [line.split()[1] for line in asked(machine)] == ["update", "install"]
    assert "sudo apt-get install" in said[-1]  # these programs installed nothing


def test_where_nothing_is_missing_nothing_is_asked(machine, monkeypatch):
    monkeypatch.setattr(native, "missing", list)
    assert provided(machine) == []
    assert asked(machine) == []
