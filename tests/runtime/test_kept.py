"""A kept database is used again only while nothing that had a part in it has changed."""

import json

import pytest
from django.conf import settings

from tests.ground import kept, sources
from tests.ground.layers import DEMONSTRATION, LAYERS, PEOPLE

pytestmark = pytest.mark.django_db


def record_of(layer):
    kept.kept(layer)
    return json.loads((kept.FOLDER / f"{layer.name}.json").read_text())


@pytest.fixture(params=LAYERS.values(), ids=LAYERS)
def record(request):
    return record_of(request.param)


def test_record_of_a_kept_layer_holds(record):
    assert kept.holds(record)


def test_changed_file_makes_it_stale(record):
    for file in sorted(record["files"])[:: len(record["files"]) // 4]:
        assert not kept.holds(record | {"files": record["files"] | {file: "0" * 64}}), file


def test_file_that_is_gone_makes_it_stale(record):
    assert not kept.holds(record | {"files": record["files"] | {"alliance/no_such_module.py": "0" * 64}})


@pytest.mark.parametrize("what", ["python", "installed", "settings", "names", "server"])
def test_other_surroundings_make_it_stale(record, what):
    assert not kept.holds(record | {"around": record["around"] | {what: "another"}})


def test_new_file_of_an_app_changes_the_surroundings(monkeypatch):
    before = sources.surroundings()
    monkeypatch.setattr(sources, "_in", lambda package: [sources.ROOT / package / "migrations" / "9999_new.py"])
    assert sources.surroundings()["names"] != before["names"]


def test_setting_in_the_environment_changes_the_surroundings(monkeypatch):
    before = sources.surroundings()
    monkeypatch.setenv("ALLIANCE_TEST_DB", "test_another")
    assert sources.surroundings() == before
    monkeypatch.setenv("ALLIANCE_FEE_PERCENT", "2.00")
    assert sources.surroundings()["settings"] != before["settings"]


def test_every_migration_and_reference_file_has_a_part():
    files = record_of(PEOPLE)["files"]
    for app in ("alliance", "funds", "proposals", "governance"):
        migrations = {
            str(path.relative_to(settings.BASE_DIR)) for path in (settings.BASE_DIR / app).glob("migrations/*.py")
        }
        assert migrations - set(files) == set()
    references = {
        str(path.relative_to(settings.BASE_DIR)) for path in settings.BASE_DIR.glob("alliance/reference/*.json")
    }
    founding = {"alliance/reference/committee.json"}  # read when a committee is founded, which the demonstration does
    first_head = {"alliance/reference/secretariat.json"}  # read when the first head is invited, which no layer does
    assert references - set(files) == founding | first_head
    assert founding <= set(record_of(DEMONSTRATION)["files"])


def test_demonstration_is_made_of_its_story_and_of_operations_and_not_of_pages():
    files = record_of(DEMONSTRATION)["files"]
    assert {
        "scenarios/stories/demonstration.toml",
        "funds/operations/money.py",
        "governance/operations/closing.py",
    } <= set(files)
    assert [file for file in files if "/views" in file or file.endswith(".html")] == []
    assert record_of(PEOPLE)["files"].items() <= files.items()
