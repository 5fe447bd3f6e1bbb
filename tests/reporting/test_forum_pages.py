"""The Forum's public pages: open to all, in three languages, with figures that are the ledger's."""

import csv
import io
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from alliance.core.formats import figure, money
from alliance.forum.models import AreaOfWork, Recommendation, Source, Summit
from funds.models import Posting
from proposals.operations import submit_proposal
from reporting.outcomes import outcome_of
from tests.proposals.factories import (
    accepted_report,
    approved_project,
    draft_proposal,
    paid_first_tranche,
    signed_contract,
    submitted_version,
)

pytestmark = pytest.mark.django_db

D = Decimal
PAGES = ("forum/", "forum/BRU2007/", "recommendations/", "recommendations/B04/", "objectives/", "glossary/", "about/")
NOTICE = {
    "en": "implies no endorsement by the Forum",
    "fr": "n’implique aucune approbation de la part du Forum",
    "es": "no implica respaldo alguno del Foro",
}


def text_of(response: Any) -> str:
    return re.sub(r"[ \n]+", " ", response.content.decode())


def listed(client: Client, query: str) -> list[str]:
    return [row.code for row in client.get(f"/en/recommendations/?{query}").context["page"]]


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_open_to_all_in_each_language(client: Client, language: str, page: str) -> None:
    response = client.get(f"/{language}/{page}")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in text_of(response)


@pytest.mark.requirement("R22")
@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("page", ["recommendations/", "recommendations/B04/", "forum/BRU2007/", "about/"])
def test_notice_of_separateness_stands_in_each_language(client: Client, language: str, page: str) -> None:
    assert NOTICE[language] in text_of(client.get(f"/{language}/{page}"))


@pytest.mark.parametrize("page", PAGES)
def test_pages_only_answer_reading(client: Client, page: str) -> None:
    assert client.post(f"/en/{page}").status_code == 405


@pytest.mark.parametrize("page", ["forum/XXX2007/", "recommendations/Z99/"])
def test_unknown_code_is_not_found(client: Client, page: str) -> None:
    assert client.get(f"/en/{page}").status_code == 404


@pytest.mark.requirement("R1")
def test_missing_translation_shows_english_marked_as_such(client: Client) -> None:
    Recommendation.objects.filter(code="B04").update(text_fr="")
    page = text_of(client.get("/fr/recommendations/B04/"))
    assert '<span lang="en">Compile good practice' in page


@pytest.mark.requirement("R34")
def test_summit_shows_roundtables_sessions_and_recommendations(client: Client) -> None:
    page = text_of(client.get("/en/forum/BRU2007/"))
    assert "Session 1.2 – Temporary labour migration: sharing responsibility" in page
    codes = Recommendation.objects.filter(summit__code="BRU2007").values_list("code", flat=True)
    assert len(codes) == 31
    assert [code for code in codes if f"/en/recommendations/{code}/" not in page] == []


def test_summits_after_today_stand_apart(client: Client, set_clock: Any) -> None:
    set_clock(datetime(2008, 9, 15))
    context = client.get("/en/forum/").context
    assert [row.code for row in context["held"]] == ["BRU2007"]
    assert len(context["coming"]) == 14
    assert client.get("/en/forum/MNL2008/").context["is_to_come"]


@pytest.mark.requirement("R35")
def test_list_filters_by_type(client: Client) -> None:
    codes = [*listed(client, "kind=pilot"), *listed(client, "kind=pilot&page=2")]
    assert set(codes) == set(Recommendation.objects.filter(kind="pilot").values_list("code", flat=True))


@pytest.mark.requirement("R9")
def test_list_filters_by_objective_and_shows_the_meeting(client: Client) -> None:
    response = client.get("/en/recommendations/?objective=O1")
    assert {row.code for row in response.context["page"]} == {"B27", "B29", "B30", "M01", "M12", "M17", "M18", "A07"}
    assert "Manila 2008" in text_of(response)


@pytest.mark.requirement("R58")
@pytest.mark.parametrize(("language", "words"), [("en", "equitables"), ("fr", "équitables"), ("es", "Équitables")])
def test_list_finds_words_with_or_without_accents(client: Client, language: str, words: str) -> None:
    response = client.get(f"/{language}/recommendations/", {"words": words})
    assert [row.code for row in response.context["page"]] == ["B08"]


def test_filters_combine(client: Client) -> None:
    assert listed(client, "meeting=MNL2008&area=AW1&kind=need") == ["M14"]


def test_unknown_filter_value_is_said_and_filters_nothing(client: Client) -> None:
    response = client.get("/en/recommendations/?meeting=XXX&kind=pilot&page=99")
    assert "XXX" in text_of(response)
    assert {row.kind for row in response.context["page"]} == {"pilot"}


def test_empty_result_says_what_to_do(client: Client) -> None:
    assert "No recommendation matches" in text_of(client.get("/en/recommendations/?words=zebra"))


@pytest.mark.requirement("R22")
@pytest.mark.parametrize(
    ("language", "paraphrase"),
    [
        ("en", "Our paraphrase, not official"),
        ("fr", "Notre paraphrase, non officielle"),
        ("es", "Nuestra paráfrasis, no oficial"),
    ],
)
def test_every_downloaded_recommendation_carries_the_notice(client: Client, language: str, paraphrase: str) -> None:
    with translation.override(language):
        url = reverse("reporting:recommendations")
    text = b"".join(client.get(url, {"format": "csv", "q": ""}).streaming_content).decode("utf-8-sig")
    heading, *lines = csv.reader(io.StringIO(text))
    assert (len(heading), len(lines)) == (7, Recommendation.objects.count())
    assert all(line[-1].startswith(paraphrase) and NOTICE[language] in line[-1] for line in lines)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url, {"format": "xlsx"}).streaming_content)))
    assert [list(row) for row in book.active.iter_rows(min_row=2, values_only=True)] == [
        [text or None for text in line] for line in lines
    ]


def test_reconstructed_recommendation_says_so_and_shows_no_copy_as_source(client: Client) -> None:
    page = text_of(client.get("/en/recommendations/B18/"))
    assert "Our paraphrase, not official; reconstructed" in page
    assert [row.title_en for row in Source.objects.filter(is_shown=False) if row.title_en in page] == []


def test_named_sources_are_shown(client: Client) -> None:
    assert escape("Interview with Esteban B. Conejos, June 2008") in text_of(client.get("/en/recommendations/B04/"))


@pytest.mark.requirement("R16")
def test_policy_coherence_stands_under_number_two(client: Client) -> None:
    page = text_of(client.get("/en/objectives/"))
    assert "Objective 2 – Policy coherence between migration and development" in page


@pytest.mark.requirement("R72")
def test_new_area_is_on_the_page_the_same_day(client: Client) -> None:
    AreaOfWork.objects.create(
        code="AW3", name_en="Cities", name_fr="Villes", name_es="Ciudades", valid_from="2007-01-01"
    )
    assert "AW3 – Villes" in text_of(client.get("/fr/objectives/"))


def test_glossary_begins_with_the_readers_language(client: Client) -> None:
    rows = client.get("/es/glossary/").context["rows"]
    terms = [row["cells"][0]["text"] for row in rows]
    assert (len(terms), rows[0]["cells"][0]["language"]) == (100, "es")
    assert terms[:2] == ["a favor", "abstención"]


def test_about_claims_no_fund(client: Client) -> None:
    assert "We found no sign that the fund was ever set up" in text_of(client.get("/en/about/"))


@pytest.mark.requirement("R69")
def test_submitted_proposal_is_on_its_recommendation_and_a_draft_is_not(client: Client, agency: Any) -> None:
    draft = draft_proposal(agency, title="Labour compendium")
    assert draft.reference not in text_of(client.get("/en/recommendations/B04/"))
    submit_proposal(by=agency, proposal=draft)
    assert draft.reference in text_of(client.get("/en/recommendations/B04/"))
    assert draft.reference not in text_of(client.get("/en/recommendations/B05/"))


@pytest.fixture
def project(agency: Any, officer: Any, finance_officer: Any, second_finance_officer: Any, head: Any) -> Any:
    """A project on B04 and B05, with a first tranche paid and a part of it spent."""
    project = approved_project(agency, officer, finance_officer, recommendations=("B04", "B05"))
    contract = signed_contract(project, officer, agency, head)
    paid_first_tranche(contract, finance_officer, second_finance_officer)
    accepted_report(contract, agency, officer, spent="40000.00")
    return project


def moved(kind: str, project: Any) -> Decimal:
    """What the ledger's postings moved into accounts of this kind for the project."""
    codes = {"project": f"project:{project.reference}"}.get(kind, f"{kind}:{project.reference}:")
    return Posting.objects.filter(debit__code__startswith=codes).aggregate(total=Sum("amount"))["total"]


@pytest.mark.requirement("R37")
def test_totals_equal_the_ledgers_sums(client: Client, project: Any) -> None:
    sums = {kind: moved(kind, project) for kind in ("project", "partner", "spent")}
    assert sums == {"project": D("250000.00"), "partner": D("125000.00"), "spent": D("40000.00")}
    page = text_of(client.get("/en/recommendations/B04/"))
    with translation.override("en"):
        assert [kind for kind, total in sums.items() if money(total) not in page or figure(total) not in page] == []
    assert project.reference in page
    assert f"/en/decisions/{project.decision_reference}/" in page


@pytest.mark.requirement("R37")
def test_project_counts_in_full_under_each_recommendation(project: Any) -> None:
    outcomes = [outcome_of(Recommendation.objects.get(code=code)) for code in ("B04", "B05", "B06")]
    assert [outcome.allocated for outcome in outcomes] == [D("250000.00"), D("250000.00"), D("0.00")]
    assert [outcome.is_empty for outcome in outcomes] == [False, False, True]


def test_asked_is_the_newest_submitted_version(agency: Any) -> None:
    submitted_version(agency, amount="100000.00")
    submitted_version(agency, amount="50000.00", title="Second")
    assert outcome_of(Recommendation.objects.get(code="B04")).asked == D("150000.00")


def queries_of(client: Client, page: str, count: Any) -> int:
    with count() as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_list_costs_the_same_for_one_row_and_for_many(client: Client, count_queries: Any) -> None:
    one = queries_of(client, "/en/recommendations/?words=b04", count_queries)
    three = queries_of(client, "/en/recommendations/?meeting=ATH2009", count_queries)
    assert one == three <= 10


def test_summits_cost_the_same_for_one_and_for_many(client: Client, count_queries: Any) -> None:
    many = queries_of(client, "/en/forum/", count_queries)
    kept = Summit.objects.get(code="RCH2025")
    Summit.objects.exclude(pk=kept.pk).filter(recommendations=None, roundtables=None, number__gt=3).delete()
    assert queries_of(client, "/en/forum/", count_queries) == many <= 10


def test_recommendation_costs_the_same_for_one_proposal_and_for_three(
    client: Client, agency: Any, count_queries: Any
) -> None:
    submitted_version(agency)
    one = queries_of(client, "/en/recommendations/B04/", count_queries)
    submitted_version(agency, title="Second")
    submitted_version(agency, title="Third")
    assert queries_of(client, "/en/recommendations/B04/", count_queries) == one <= 12


@pytest.fixture
def count_queries() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)
