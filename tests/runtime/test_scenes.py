"""A scene is found as it was made, whatever tests before did to it, and is gone for those that do not ask for it."""

import pytest

from alliance.people.models import Organisation, User
from tests.ground.scenes import SCENES, one_path, scene

pytestmark = pytest.mark.django_db
MADE = "made-for-a-scene"


@scene
def entered(officer: User) -> Organisation:
    return Organisation.objects.create(slug=MADE, kind="other", name_en=f"Entered by {officer.name}")


@scene
def renamed(entered: Organisation) -> Organisation:
    entered.name_en = "Another name"
    entered.save()
    return entered


@pytest.mark.parametrize("time", [1, 2])
def test_scene_is_untouched_in_the_database_and_in_hand(entered, time):
    assert Organisation.objects.get(slug=MADE).name_en == entered.name_en == "Entered by Tomás Herrera"
    entered.name_en = "Spoilt"
    Organisation.objects.filter(slug=MADE).update(name_en="Spoilt")


@pytest.mark.parametrize("time", [1, 2])
def test_scene_that_follows_another_leaves_that_one_as_it_was(renamed, entered, time):
    assert (entered.name_en, renamed.name_en) == ("Entered by Tomás Herrera", "Another name")
    assert Organisation.objects.get(slug=MADE).name_en == "Another name"
    Organisation.objects.filter(slug=MADE).update(name_en="Spoilt")


@pytest.mark.parametrize("time", [1, 2])
def test_who_asks_for_no_scene_finds_none(db, time):
    assert not Organisation.objects.filter(slug=MADE).exists()


@scene
def beside(officer: User) -> None:
    Organisation.objects.create(slug=f"{MADE}-beside", kind="other", name_en="Beside")


def slugs():
    return list(Organisation.objects.filter(slug__startswith=MADE).values_list("slug", flat=True))


def test_one_scene_is_alone(entered):
    assert slugs() == [MADE]


def test_another_scene_is_alone(beside):
    assert slugs() == [f"{MADE}-beside"]


def test_scenes_that_do_not_follow_each_other_are_not_had_together():
    first, then, other = (SCENES[__name__, name] for name in ("entered", "renamed", "beside"))
    assert one_path([then, first]) == (first, then)
    with pytest.raises(ValueError, match="do not follow each other"):
        one_path([first, other])
