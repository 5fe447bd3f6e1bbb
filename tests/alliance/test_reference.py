"""Reference data: complete in three languages, dated, loaded once and then left alone."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from alliance.core.clock import today
from alliance.core.countries import country_choices, currency_choices
from alliance.core.errors import NotAllowed, Refused
from alliance.forum.models import (
    AreaOfWork,
    GlossaryTerm,
    Objective,
    Recommendation,
    Source,
    Summit,
    SummitChair,
    Theme,
)
from alliance.forum.operations import add_area_of_work, load_reference
from alliance.people.models import Organisation
from alliance.reference import read_json, sync
from alliance.register.models import RegisterEntry

pytestmark = pytest.mark.django_db

FILES = (
    "objectives", "areas", "themes", "sources", "summits", "roundtables", "recommendations", "glossary",
    "organisations", "budget_categories",
)  # fmt: skip


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("name", FILES)
def test_every_text_stands_in_three_languages(name: str) -> None:
    for row in read_json(name):
        for column in (
            column for column in row if column.endswith("_en") and row[column] and not column.startswith("note")
        ):
            assert row[f"{column[:-3]}_fr"], f"{column} of {row} has no French"
            assert row[f"{column[:-3]}_es"], f"{column} of {row} has no Spanish"


@pytest.mark.parametrize("name", FILES)
def test_french_puts_no_break_spaces_before_tall_punctuation(name: str) -> None:
    texts = [text for row in read_json(name) for column, text in row.items() if column.endswith("_fr")]
    assert [text for text in texts if any(f" {mark}" in text for mark in ":;?!»") or "'" in text] == []


@pytest.mark.requirement("R1")
def test_missing_translation_shows_english() -> None:
    area = AreaOfWork(code="AW9", name_en="Cities", valid_from=date(2008, 1, 1))
    with translation.override("fr"):
        assert area.name == "Cities"


def test_second_setup_changes_nothing() -> None:
    before = RegisterEntry.objects.count()
    out = StringIO()
    call_command("setup", "--json", stdout=out)
    loaded = json.loads(out.getvalue())["loaded"]
    assert {name: count for name, count in loaded.items() if count["added"] or count["changed"]} == {}
    assert loaded["recommendations"]["rows"] == 56
    assert RegisterEntry.objects.count() == before


def test_setup_prints_counts() -> None:
    out = StringIO()
    call_command("setup", stdout=out)
    assert "summits: 15 (0 added, 0 changed)" in out.getvalue().splitlines()


def test_loading_corrects_a_text_and_keeps_what_people_decided() -> None:
    AreaOfWork.objects.filter(code="AW1").update(name_fr="Faux", valid_until=date(2008, 12, 31))
    assert load_reference()["areas"].changed == 1
    area = AreaOfWork.objects.get(code="AW1")
    assert (area.name_fr, area.valid_until) == ("Information, recherche et analyse", date(2008, 12, 31))


def test_loading_mends_a_link() -> None:
    Recommendation.objects.get(code="B04").objectives.set(Objective.objects.filter(code="O1"))
    assert load_reference()["recommendations"].changed == 2  # one link off, one on
    assert [row.code for row in Recommendation.objects.get(code="B04").objectives.all()] == ["O3"]


def test_loading_leaves_added_rows_alone() -> None:
    AreaOfWork.objects.create(code="AW3", name_en="Ours", valid_from=date(2008, 1, 1))
    load_reference()
    assert AreaOfWork.objects.filter(code="AW3").exists()


def test_sync_counts_what_it_did() -> None:
    rows = [{"code": "AW8", "name_en": "Eight", "valid_from": "2008-01-01"}]
    assert sync(AreaOfWork, rows) == (1, 1, 0)
    assert sync(AreaOfWork, [rows[0] | {"name_en": "VIII"}]) == (1, 0, 1)
    assert sync(AreaOfWork, [rows[0] | {"name_en": "VIII"}]) == (1, 0, 0)


@pytest.mark.requirement("R40")
def test_objectives_are_a_closed_list_of_three() -> None:
    assert list(Objective.objects.order_by("number").values_list("code", "number")) == [("O1", 1), ("O2", 2), ("O3", 3)]
    with pytest.raises(IntegrityError, match="objective_closed_list"), transaction.atomic():
        Objective.objects.create(code="O4", number=4, name_en="Fourth", text_en="…")


@pytest.mark.requirement("R16")
def test_policy_coherence_is_objective_two_in_three_languages() -> None:
    objective = Objective.objects.get(number=2)
    names = []
    for language in ("en", "fr", "es"):
        with translation.override(language):
            names.append(objective.name)
    assert names == [
        "Policy coherence between migration and development",
        "Cohérence des politiques de migration et de développement",
        "Coherencia de las políticas de migración y desarrollo",
    ]


@pytest.mark.requirement("R17")
def test_sub_themes_of_objective_three_are_tags() -> None:
    tags = set(Theme.objects.on(date(2008, 9, 15)).tags().values_list("code", "objective__code"))
    assert {("circular-migration", "O3"), ("mobility-partnerships", "O3"), ("welfare", "O3")} <= tags
    assert {objective for _, objective in tags} == {"O3"}


def test_theme_belongs_to_an_area_or_an_objective_never_both() -> None:
    area, objective = AreaOfWork.objects.get(code="AW1"), Objective.objects.get(code="O3")
    for parents in ({}, {"area": area, "objective": objective}):
        with pytest.raises(IntegrityError, match="theme_of_area_or_objective"), transaction.atomic():
            Theme.objects.create(code="odd", position=1, name_en="Odd", valid_from=date(2008, 1, 1), **parents)


@pytest.mark.parametrize("model", [AreaOfWork, Theme])
def test_validity_cannot_end_before_it_starts(model: type) -> None:
    parents = {"area": AreaOfWork.objects.get(code="AW1"), "position": 9} if model is Theme else {}
    with pytest.raises(IntegrityError, match="valid_in_order"), transaction.atomic():
        model.objects.create(
            code="x", name_en="X", valid_from=date(2008, 2, 1), valid_until=date(2008, 1, 1), **parents
        )


@pytest.mark.requirement("R72")
def test_area_added_by_the_head_can_be_chosen_the_same_day(head) -> None:
    names = {"name_en": "Cities", "name_fr": "Villes", "name_es": "Ciudades"}
    area = add_area_of_work(by=head, code="AW3", valid_from=today(), **names)
    assert area in AreaOfWork.objects.on(today())
    assert RegisterEntry.objects.get(kind="area.added/1").n
    with pytest.raises(Refused):
        add_area_of_work(by=head, code="AW3", valid_from=today(), **names)


@pytest.mark.requirement("R72")
def test_area_is_not_chosen_outside_its_days() -> None:
    area = AreaOfWork.objects.create(
        code="AW3", name_en="Cities", valid_from=date(2008, 9, 15), valid_until=date(2008, 9, 16)
    )
    chosen = [area in AreaOfWork.objects.on(date(2008, 9, day)) for day in (14, 15, 16, 17)]
    assert chosen == [False, True, True, False] == [area.is_valid_on(date(2008, 9, day)) for day in (14, 15, 16, 17)]


def test_only_the_head_adds_an_area(officer) -> None:
    with pytest.raises(NotAllowed):
        add_area_of_work(by=officer, code="AW3", name_en="C", name_fr="V", name_es="C", valid_from=date(2008, 1, 1))


def test_summits_allow_co_chairs_and_a_host_that_is_not_the_chair() -> None:
    chairs = {row.code: [chair.country for chair in row.chairs.all()] for row in Summit.objects.with_chairs()}
    assert len(chairs) == 15
    assert (chairs["BER2017"], chairs["RAK2018"], chairs["GVA2024"]) == (["DE", "MA"], ["MA", "DE"], ["FR"])
    assert Summit.objects.get(code="GVA2024").country == "CH"


def test_government_days_lie_within_the_meeting() -> None:
    with pytest.raises(IntegrityError, match="summit_days_in_order"), transaction.atomic():
        Summit.objects.filter(code="MNL2008").update(government_until=date(2008, 10, 31))


def test_a_country_chairs_a_summit_once() -> None:
    summit = Summit.objects.get(code="BER2017")
    with pytest.raises(IntegrityError, match="summit_chair_once"), transaction.atomic():
        SummitChair.objects.create(summit=summit, country="DE", position=3)
    with pytest.raises(IntegrityError, match="summit_chair_position_once"), transaction.atomic():
        SummitChair.objects.create(summit=summit, country="SE", position=1)


@pytest.mark.parametrize("kind", ["mirror", "blog", "memory"])
def test_copies_blogs_and_memory_are_never_shown_as_sources(kind: str) -> None:
    assert Source.objects.filter(kind=kind).exists()
    assert not Source.objects.shown().filter(kind=kind).exists()
    with pytest.raises(IntegrityError, match="source_copies_never_shown"), transaction.atomic():
        Source.objects.filter(kind=kind).update(is_shown=True)


def test_agencies_carry_their_iati_identifiers() -> None:
    found = dict(Organisation.objects.filter(kind="gmg").values_list("slug", "iati_id"))
    assert len(found) == 19
    assert (found["iom"], found["ilo"], found["eclac"]) == ("XM-DAC-47066", "XM-DAC-41302", "XM-DAC-41104")
    assert (found["undesa"], found["un-regional-commissions"]) == ("", "")


def test_agencies_were_registered() -> None:
    entries = RegisterEntry.objects.filter(kind="organisation.registered/1", body__contains='"organisation":"iom"')
    assert entries.count() == 1


def test_glossary_holds_the_hundred_terms() -> None:
    assert GlossaryTerm.objects.count() == 100
    assert GlossaryTerm.objects.get(key="recusal").term_fr == "déport"


@pytest.mark.parametrize(("language", "name"), [("en", "Sweden"), ("fr", "Suède"), ("es", "Suecia")])
def test_countries_are_named_in_the_active_language(language: str, name: str) -> None:
    with translation.override(language):
        choices = country_choices()
        assert dict(choices)["SE"] == name
        assert "EU" not in dict(choices)


def test_countries_sort_past_accents() -> None:
    with translation.override("fr"):
        names = [name for _, name in country_choices()]
    assert names.index("Équateur") < names.index("Érythrée") < names.index("Espagne") < names.index("Estonie")


def test_currencies_are_those_of_the_day() -> None:
    with translation.override("en"):
        then, now = dict(currency_choices(date(2008, 9, 15))), dict(currency_choices(date(2020, 1, 1)))
    assert then["EEK"] == "EEK – Estonian Kroon"
    assert "EEK" not in now
    assert {"USD", "SEK", "CHF", "EUR"} <= then.keys() & now.keys()


AREA = {
    "key": "a" * 32, "code": "AW3", "name_en": "Cities", "name_fr": "Villes", "name_es": "Ciudades",
    "valid_from": "2008-09-15", "valid_until": "",
}  # fmt: skip


@pytest.mark.requirement("R72")
def test_head_adds_an_area_on_its_page_and_twice_is_once(head, sign_in) -> None:
    client = sign_in(head)
    assert client.get("/en/areas/new/").status_code == 200
    for _ in range(2):
        assert client.post("/en/areas/new/", AREA).status_code == 302
    assert AreaOfWork.objects.get(code="AW3").name_es == "Ciudades"
    assert "AW3 – Cities" in client.get("/en/objectives/").content.decode()


def test_taken_code_is_said_and_what_was_typed_is_kept(head, sign_in) -> None:
    page = sign_in(head).post("/en/areas/new/", AREA | {"code": "AW1"}).content.decode()
    assert "There is an area of work with this code." in page
    assert 'value="Ciudades"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "three"}, "A code is AW and a number"),
        ({"valid_until": "2008-09-14"}, "The last day of validity is before the first."),
        ({"valid_from": "yesterday"}, "Enter a valid date."),
    ],
)
def test_malformed_area_is_refused_with_a_reason(head, sign_in, wrong: dict[str, str], said: str) -> None:
    assert said in sign_in(head).post("/en/areas/new/", AREA | wrong).content.decode()
    assert not AreaOfWork.objects.filter(name_en="Cities").exists()


def test_officer_is_told_why_the_page_is_closed(officer, sign_in) -> None:
    for answer in (sign_in(officer).get("/en/areas/new/"), sign_in(officer).post("/en/areas/new/", AREA)):
        assert answer.status_code == 403
        assert "Only the head of the secretariat adds areas of work." in answer.content.decode()


def test_visitor_is_sent_to_sign_in(client) -> None:
    assert client.get("/en/areas/new/").headers["Location"].startswith("/en/sign-in/")


def test_setup_on_an_outdated_database_says_so() -> None:
    newest = MigrationLoader(connection).graph.leaf_nodes("alliance")[0]
    MigrationRecorder(connection).record_unapplied(*newest)
    with pytest.raises(CommandError, match=r"manage\.py migrate") as error:
        call_command("setup")
    assert error.value.returncode == 3


def test_setup_refuses_an_unknown_fund_status() -> None:
    with pytest.raises(CommandError, match="nonsense") as error:
        call_command("setup", "--fund-status", "nonsense")
    assert error.value.returncode == 2
