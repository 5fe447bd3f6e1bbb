"""The arrow: imports, foreign keys and migrations all point down, and what is of record is registered."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from alliance.register.models import Registered

ROOT = Path(__file__).parents[1]
ARROW = ("alliance", "funds", "proposals", "governance", "reporting", "scenarios")
HEIGHT = {name: height for height, name in enumerate(ARROW)}
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"
INTEGRITY = {"IntegrityError", "InternalError"}
# Drafts, grants, caches and the register's own rows: not of record, or the record itself.
NOT_OF_RECORD = {
    "alliance": {
        "AccountMail", "Bounce", "Clock", "Job", "MailChoice", "Notice", "RegisterEntry", "RegisterHead", "RelayCursor",
        "SecurityEvent",
    },
    "funds": {"Carried", "CarriedMove", "CarriedPart", "Stake", "Turnover"},
    "proposals": {
        "Attachment", "BudgetLine", "Indicator", "ProposalObjective", "ProposalPartner", "ProposalRecommendation",
        "VersionObjective", "VersionRecommendation",
    },
}  # fmt: skip


def test_imports_follow_the_arrow():
    done = subprocess.run([sys.executable, "-c", LINTER], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_foreign_keys_point_down():
    upwards = [
        f"{model._meta.label}.{field.name}"
        for app in ARROW
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and (target := field.related_model) is not None
        if HEIGHT.get(target._meta.app_label, 0) > HEIGHT[app]
    ]
    assert upwards == []


def test_keys_to_a_lower_app_protect():
    loose = [
        f"{model._meta.label}.{field.name}"
        for app in ARROW
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and HEIGHT.get(field.related_model._meta.app_label, -1) in range(HEIGHT[app])
        if field.remote_field.on_delete.__name__ != "PROTECT"
    ]
    assert [name for name in loose if "ObjectPermission" not in name] == []


def test_migrations_point_down():
    graph = MigrationLoader(None).graph
    upwards = [
        (key, parent.key)
        for key, node in graph.node_map.items()
        if key[0] in HEIGHT
        for parent in node.parents
        if HEIGHT.get(parent.key[0], 0) > HEIGHT[key[0]]
    ]
    assert upwards == []


@pytest.mark.parametrize("app", ["reporting", "scenarios"])
def test_no_table_is_kept_above_governance(app):
    assert list(apps.get_app_config(app).get_models()) == []


def test_what_is_of_record_is_registered():
    for app in ("alliance", "funds", "proposals", "governance"):
        plain = {m.__name__ for m in apps.get_app_config(app).get_models() if not issubclass(m, Registered)}
        assert plain == NOT_OF_RECORD.get(app, set()), app


def test_no_error_of_the_database_is_known_by_its_words():
    """A refusal is recognised by the name of its constraint or its SQLSTATE: what a trigger says may be worded anew."""
    read = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in ARROW
        for path in sorted((ROOT / app).rglob("*.py"))
        for line in _read_as_text(path)
    ]
    assert read == []


def _read_as_text(path: Path) -> Iterator[int]:
    """Yield the lines where the text of a caught or passed error of the database is looked into."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        named = _named_errors(node)
        for part in ast.walk(node) if named else ():
            if (
                isinstance(part, ast.Call)
                and ast.unparse(part.func) in ("str", "repr")
                and ast.unparse(part.args[0]) in named
            ):
                yield part.lineno


def _named_errors(node: ast.AST) -> set[str]:
    """Return the names under which a handler or a function holds an error of integrity."""
    if (
        isinstance(node, ast.ExceptHandler)
        and node.type
        and INTEGRITY & set(re.findall(r"\w+", ast.unparse(node.type)))
    ):
        return {node.name or ""}
    if isinstance(node, ast.FunctionDef):
        arguments = [*node.args.args, *node.args.kwonlyargs]
        return {
            a.arg for a in arguments if a.annotation and INTEGRITY & set(re.findall(r"\w+", ast.unparse(a.annotation)))
        }
    return set()


@pytest.mark.parametrize(
    "path",
    sorted(path for app in ARROW for path in (ROOT / app).rglob("permissions.py")),
    ids=lambda path: path.parent.name,
)
def test_permissions_say_who_may(path):
    """One prefix for what a person may: what a row can, by its state, is said of the row."""
    said = [row.name for row in ast.parse(path.read_text()).body if isinstance(row, ast.FunctionDef)]
    assert said
    assert not [name for name in said if not name.startswith("may_")]
