"""The Forum's register: every recommendation has its place, its mark, and can be found."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from alliance.forum.models import ChairTerm, ForumSession, Recommendation, Roundtable

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return sorted(Recommendation.objects.search(text).values_list("code", flat=True))


@pytest.mark.requirement("R34")
def test_each_of_the_56_recommendations_has_meeting_roundtable_and_session() -> None:
    rows = list(Recommendation.objects.for_list())
    assert len(rows) == 56
    for row in rows:
        assert row.session.roundtable.summit_id == row.summit_id
        assert row.text_en
        assert row.text_fr
        assert row.text_es
        assert row.objectives.all()


@pytest.mark.requirement("R34")
def test_plenary_and_cross_cutting_read_as_words() -> None:
    plenary = Recommendation.objects.with_place().get(code="B29")
    crossing = Recommendation.objects.with_place().get(code="B31")
    numbered = Recommendation.objects.with_place().get(code="B04")
    with translation.override("en"):
        assert (plenary.roundtable.label, plenary.session.label) == ("Plenary", "Plenary")
        assert (crossing.roundtable.label, crossing.session.label) == ("Cross-cutting", "Cross-cutting")
        assert (numbered.roundtable.label, numbered.session.label) == ("Roundtable 1", "Session 1.2")


@pytest.mark.requirement("R34")
def test_recommendation_has_a_target_meeting_or_is_open_ended() -> None:
    assert Recommendation.objects.get(code="B04").target.code == "MNL2008"
    assert Recommendation.objects.get(code="M01").target is None


@pytest.mark.requirement("R35")
def test_recommendations_have_a_type() -> None:
    kinds = set(Recommendation.objects.values_list("kind", flat=True))
    assert kinds == {"need", "pilot", "study", "tool", "mechanism"}


@pytest.mark.requirement("R9")
def test_objective_one_brings_recommendations_with_their_meeting() -> None:
    rows = Recommendation.objects.serving("O1").for_list()
    assert {row.summit.code for row in rows} == {"BRU2007", "MNL2008", "ATH2009"}
    assert "B30" in [row.code for row in rows]


def test_recommendation_without_a_shown_source_is_reconstructed() -> None:
    for row in Recommendation.objects.with_sources():
        assert row.is_reconstructed == (not row.shown_sources), row.code
    assert Recommendation.objects.filter(is_reconstructed=True).count() == 31


def test_every_recommendation_says_it_is_our_paraphrase() -> None:
    named, reconstructed = Recommendation.objects.get(code="B04"), Recommendation.objects.get(code="B18")
    with translation.override("es"):
        assert named.mark == "Nuestra paráfrasis, no oficial"
        assert reconstructed.mark == "Nuestra paráfrasis, no oficial; reconstruida"


@pytest.mark.requirement("R58")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("compendium", "M07"),
        ("équitables", "B08"),
        ("equitables", "B08"),
        ("EQUITABLES", "B08"),
        ("e\u0301quitables", "B08"),
        ("remesas corredores", "B15"),
        ("diáspora emprendedores", "B21"),
        ("diaspora emprendedores", "B21"),
        ("main-d'oeuvre", "M07"),
        ("main-d’œuvre", "M07"),
        ("b04", "B04"),
        ("recrut ethique", "B03"),
    ],
)
def test_search_finds_a_word_of_any_language_with_or_without_accents(words: str, code: str) -> None:
    assert code in found(words)


@pytest.mark.requirement("R58")
@pytest.mark.parametrize("words", ["zebra", "remesas zebra", "100%", "_", "b0%", "\\"])
def test_search_takes_every_word_and_no_pattern(words: str) -> None:
    assert found(words) == []


@pytest.mark.parametrize("words", ["", "   ", "\x00"])
def test_search_for_nothing_is_everything(words: str) -> None:
    assert len(found(words)) == 56


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    ("day", "countries"),
    [
        (date(2006, 1, 1), []),
        (date(2008, 3, 10), ["PH"]),
        (date(2009, 11, 4), ["GR"]),
        (date(2017, 6, 28), ["DE", "MA"]),
        (date(2024, 6, 1), ["CO"]),
    ],
)
def test_chair_of_a_day(day: date, countries: list[str]) -> None:
    assert sorted(ChairTerm.objects.on(day).values_list("country", flat=True)) == countries


def test_chair_term_cannot_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError, match="chair_term_in_order"), transaction.atomic():
        ChairTerm.objects.create(
            country="SE", starts_on=date(2030, 1, 2), ends_on=date(2030, 1, 1), is_approximate=False
        )


def test_codes_are_once_in_their_place() -> None:
    session = ForumSession.objects.select_related("roundtable").first()
    with pytest.raises(IntegrityError, match="forum_session_once"), transaction.atomic():
        ForumSession.objects.create(roundtable=session.roundtable, code=session.code, position=9, title_en="Twice")
    roundtable = session.roundtable
    with pytest.raises(IntegrityError, match="roundtable_once"), transaction.atomic():
        Roundtable.objects.create(
            summit_id=roundtable.summit_id, code=roundtable.code, kind="plenary", position=9, title_en="Twice"
        )
    with pytest.raises(IntegrityError, match="chair_term_once"), transaction.atomic():
        ChairTerm.objects.create(country="GR", starts_on=date(2008, 10, 31), is_approximate=True)
