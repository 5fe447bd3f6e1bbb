"""What a register holds beyond the first format is announced in its first line: downloaded checkers refuse it, and cry nothing."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from alliance.register import acts, file_format, operation, record
from alliance.register.file_format import FIRST_BODY, LATER_BODY
from funds.ledger import chart, register_format
from tests.funds.factories import fund_project

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D1")]
OURS = settings.BASE_DIR / "static" / "verify.py"
EARLIER = sorted((settings.BASE_DIR / "tests" / "releases").glob("*/verify.py"))
FIRST, SECOND = "alliance-register/1", "alliance-register/2"


@pytest.fixture(autouse=True)
def history(finance_officer):
    fund_project(finance_officer, amount="500.00")


def checker(path: Path = OURS) -> ModuleType:
    spec = importlib.util.spec_from_file_location("a_checker", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(path: Path) -> dict[str, Any]:
    """Write the register as it is now, and return the first line."""
    call_command("public_register", str(path))
    with path.open() as lines:
        return json.loads(next(lines))


@operation
def act(*, by):
    record("cost.posted/1", by=by, public=True)


@pytest.fixture
def with_a_field(monkeypatch):
    """Have this release's bodies say something that the first format does not know."""
    body = acts._body
    monkeypatch.setattr(acts, "_body", lambda *given: body(*given) | {"device": "x"})
    monkeypatch.setattr(file_format, "LATER_BODY", frozenset({"device"}))


@pytest.fixture
def with_a_kind(monkeypatch):
    """Have projects' accounts be of a guarded kind that the first format does not know."""
    monkeypatch.setattr(register_format, "FIRST_GUARDED", register_format.FIRST_GUARDED - {"project"})


@pytest.fixture
def knowing():
    """The checker of a release that knows both."""
    module = checker()
    module.GUARDED = module.GUARDED - {"project"}
    module.LATER = {"body": {"device"}, "guarded": {"project"}}
    return module


def refused(module: ModuleType, path: Path, capsys: pytest.CaptureFixture, *more: str) -> str:
    """Have a checker look at a file: it says nothing of what it finds, and ends with 2. Return why."""
    capsys.readouterr()
    assert module.main([str(path), *more]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_register_with_nothing_new_is_of_the_first_format(tmp_path):
    assert written(tmp_path / "register.jsonl") == {"format": FIRST, "demonstration": False}


def test_guarded_kind_of_a_later_release_is_announced_once_there_is_an_account_of_it(
    tmp_path, with_a_kind, finance_officer
):
    first = written(tmp_path / "register.jsonl")
    assert first == {"format": SECOND, "body": [], "guarded": ["project"], "demonstration": False}


def test_guarded_kind_without_an_account_needs_no_announcement(tmp_path, monkeypatch):
    monkeypatch.setattr(register_format, "FIRST_GUARDED", register_format.FIRST_GUARDED - {"refunds_in_transit"})
    assert written(tmp_path / "register.jsonl")["format"] == FIRST


def test_field_of_a_later_release_is_announced_once_a_body_has_it(tmp_path, with_a_field, officer):
    assert written(tmp_path / "register.jsonl")["format"] == FIRST
    act(by=officer)
    first = written(tmp_path / "register.jsonl")
    assert first == {"format": SECOND, "body": ["device"], "guarded": [], "demonstration": False}


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.parent.name)
def test_checker_of_an_earlier_release_refuses_what_it_does_not_know_and_cries_nothing(
    tmp_path, capsys, with_a_kind, with_a_field, officer, path
):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    with pytest.MonkeyPatch.context() as before:
        before.setattr(register_format, "FIRST_GUARDED", frozenset(chart.GUARDED))
        assert written(old)["format"] == FIRST
    act(by=officer)
    assert written(new)["format"] == SECOND
    assert checker(path).main([str(old)]) == 0
    assert refused(checker(path), new, capsys)
    assert refused(checker(path), new, capsys, "--since", str(old))


def test_checker_that_knows_both_reads_both_and_follows_from_the_one_to_the_other(
    tmp_path, capsys, with_a_kind, with_a_field, officer, knowing
):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    written(old)
    act(by=officer)
    written(new)
    assert knowing.main([str(old)]) == 0
    assert knowing.main([str(new), "--since", str(old)]) == 0
    assert capsys.readouterr().out.count("everything follows") == 2


@pytest.mark.parametrize(("name", "word"), [("guarded", "project"), ("body", "device")])
def test_checker_that_does_not_know_what_is_announced_names_it_and_asks_for_todays(
    tmp_path, capsys, with_a_kind, with_a_field, officer, knowing, name, word
):
    act(by=officer)
    written(path := tmp_path / "register.jsonl")
    knowing.LATER = knowing.LATER | {name: set()}
    assert f"does not know {word} ({name})" in refused(knowing, path, capsys)


@pytest.mark.parametrize(("name", "why"), [("guarded", "against its kind"), ("body", "with the fields of a body")])
def test_what_is_not_announced_is_a_problem(tmp_path, capsys, with_a_kind, with_a_field, officer, knowing, name, why):
    """Announcing is what keeps new things from looking like tampering; without it they are taken for that."""
    act(by=officer)
    first = written(path := tmp_path / "register.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([json.dumps(first | {name: []}) + "\n", *lines[1:]]))
    assert knowing.main([str(path)]) == 1
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("line", [{}, {"body": []}, {"body": [], "guarded": "project"}, {"body": [], "guarded": [1]}])
def test_second_format_that_does_not_say_what_it_holds_is_refused(tmp_path, capsys, line):
    path = tmp_path / "register.jsonl"
    path.write_text(json.dumps({"format": SECOND} | line) + "\n")
    assert "does not say what the file holds" in refused(checker(), path, capsys)


@pytest.mark.parametrize(
    ("announced", "guarded", "count"), [({"project"}, True, 0), ({"project"}, False, 1), (set(), True, 1)]
)
def test_account_of_a_later_kind_is_guarded_when_the_kind_is_announced(capsys, knowing, announced, guarded, count):
    problems = knowing.Problems()
    chain = knowing.Chain("register.jsonl", "", problems)
    chain.announced = announced
    knowing.Ledger(chain).open({"id": 1, "code": "project:x", "kind": "project", "guarded": guarded})
    assert problems.count == count


def test_tables_of_the_first_format_are_those_of_the_first_release():
    """What a format holds never changes once a checker that knows it was downloaded."""
    first, ours = checker(EARLIER[0]), checker()
    assert first.GUARDED == ours.GUARDED == register_format.FIRST_GUARDED
    assert first.BODY_KEYS == ours.BODY_KEYS == FIRST_BODY


@pytest.mark.parametrize("path", EARLIER, ids=lambda path: path.parent.name)
def test_what_an_earlier_checker_knows_is_still_known(path):
    known = getattr(checker(path), "LATER", {})
    assert {name: words - checker().LATER[name] for name, words in known.items()} == {name: set() for name in known}


def test_the_checker_knows_all_that_this_release_writes(officer):
    ours = checker()
    assert ours.GUARDED | ours.LATER["guarded"] == chart.GUARDED
    act(by=officer)
    newest = acts.RegisterEntry.objects.latest("n")
    assert set(json.loads(newest.body)) == FIRST_BODY | LATER_BODY == ours.BODY_KEYS | ours.LATER["body"]
