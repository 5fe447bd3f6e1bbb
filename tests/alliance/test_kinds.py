"""Every kind of entry that the code records is declared, and nothing else is."""

import ast
from collections.abc import Iterator
from pathlib import Path

from alliance.core.registration import declarations_are_whole
from alliance.register import declare, kinds

ROOT = Path(__file__).parents[2]
APPS = ("alliance", "funds", "proposals", "governance", "reporting")


def texts_of_kinds() -> Iterator[str]:
    """Yield every text in the apps' code that is written like a kind, such as `pledge.recorded/1`."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if path.name == "receivers.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and looks_like_a_kind(node.value):
                    yield node.value


def looks_like_a_kind(text: str) -> bool:
    name, slash, version = text.partition("/")
    return bool(slash) and version.isdigit() and "." in name and name.replace(".", "").replace("_", "").isalpha()


def test_every_kind_recorded_is_declared():
    assert set(texts_of_kinds()) - set(kinds.declared()) == set()


def test_no_kind_is_declared_in_vain():
    assert set(kinds.declared()) - set(texts_of_kinds()) == set()


def test_a_kind_declared_twice_fails_the_system_check(monkeypatch):
    monkeypatch.setattr(kinds, "_contradictions", set())
    monkeypatch.setattr(kinds, "_declared", dict(kinds.declared()))
    assert declarations_are_whole(None) == []
    declare("pledge.recorded/1", label="again")
    assert [error.id for error in declarations_are_whole(None)] == ["alliance.E001"]
