"""Who does what where: the fund's projects and others' activities in one list, one download and the read interface."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from alliance.forum.models import Theme
from proposals.operations import TrancheTerms, draft_contract, offer_contract, sign_contract, withdraw_activity
from tests.ground.scenes import scene
from tests.proposals.factories import (
    approved_project,
    draft_proposal,
    organisation_of,
    recorded_activity,
    submitted_version,
    terms_of,
)

THEME = "mobility-agreements"


@scene
def works(agency, officer, finance_officer):
    project = approved_project(agency, officer, finance_officer, countries=("MA", "PH"), themes=(THEME, "welfare"))
    return project, recorded_activity(officer), recorded_activity(officer, countries=["EC"], themes=["rights"])


def listed(client, **query):
    page = client.get(reverse("reporting:who"), query)
    return [work.reference for work in page.context["works"]]


@pytest.mark.requirement("R53")
@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, "project first second"),
        ({"country": "MA"}, "project first"),
        ({"theme": "rights"}, "second"),
        ({"theme": THEME, "country": "PH"}, "project"),
        ({"organisation": "undp"}, "first second"),
        ({"organisation": "iom"}, "project"),
        ({"since": "2009-06-30"}, "project first second"),
        ({"since": "2009-07-01"}, "project"),
        ({"until": "2007-12-31"}, ""),
        ({"until": "2008-01-01"}, "first second"),
        ({"since": "soon"}, "project first second"),
    ],
)
def test_list_holds_the_funds_work_and_others_by_organisation_theme_country_and_period(query, wanted, works, client):
    names = dict(zip(("project", "first", "second"), (row.reference for row in works), strict=True))
    assert sorted(listed(client, **query)) == sorted(names[name] for name in wanted.split())


def test_what_is_not_public_is_not_there(works, agency, officer, client):
    submitted_version(agency, title="Not decided yet", themes=(THEME,))
    draft_proposal(agency, title="Not sent yet", themes=(THEME,))
    withdraw_activity(by=officer, activity=works[2], reason="A mistake.")
    page = client.get(reverse("reporting:who"))
    assert page.context["matrix"].total == 2
    assert [
        text for text in ("Not decided yet", "Not sent yet", works[2].reference) if text in page.content.decode()
    ] == []


def test_each_piece_of_work_counts_in_each_of_its_themes_and_countries(works, client):
    page = client.get(reverse("reporting:who"))
    counted = {theme.code: dict(cells) for theme, cells in page.context["matrix"].lines}
    assert page.context["matrix"].countries == ["EC", "MA", "PH"]
    assert counted == {
        THEME: {"EC": 0, "MA": 2, "PH": 1},
        "welfare": {"EC": 0, "MA": 1, "PH": 1},
        "rights": {"EC": 1, "MA": 0, "PH": 0},
    }
    assert f"?theme={THEME}&amp;country=MA" in page.content.decode()


def test_figure_leads_to_the_list_that_it_counts(works, client):
    page = client.get(reverse("reporting:who"), {"organisation": "undp"})
    links = [link for _theme, cells in page.context["lines"] for number, link in cells if number]
    assert len(links) == 2
    for link in links:
        assert client.get(reverse("reporting:who") + link).context["matrix"].total == 1


def test_partner_under_a_signed_contract_is_named_and_found(
    agency, rival_agency, officer, finance_officer, head, client
):
    second = organisation_of(rival_agency)
    project = approved_project(agency, officer, finance_officer, second=second)
    share = project.amount / 5
    terms = terms_of(project, amount=share, tranches=[TrancheTerms(share, clock.today())])
    contract = draft_contract(by=officer, project=project, partner=second, terms=terms)
    offer_contract(by=officer, contract=contract)
    assert listed(client, organisation="ilo") == []
    sign_contract(by=rival_agency, contract=contract)
    sign_contract(by=head, contract=contract)
    assert listed(client, organisation="ilo") == [project.reference]
    (work,) = client.get(reverse("reporting:who")).context["works"]
    assert [row.slug for row in work.partners] == ["ilo"]


THEMES = (THEME, "welfare", "rights")
SAID = {
    "en": ("Project of the fund", "Outside the fund", "Morocco", "Philippines", "Ecuador"),
    "fr": ("Projet du fonds", "Hors du fonds", "Maroc", "Philippines", "Équateur"),
    "es": ("Proyecto del fondo", "Ajena al fondo", "Marruecos", "Filipinas", "Ecuador"),
}
HEADINGS = {
    "en": ("Kind", "Countries", "Themes"),
    "fr": ("Nature", "Pays", "Thèmes"),
    "es": ("Clase", "Países", "Temas"),
}


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_download_says_the_same_in_each_language(language, works, client):
    answer = client.get(f"/{language}/who-does-what-where/", {"format": "csv"})
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    funds, others, morocco, philippines, ecuador = SAID[language]
    mobility, welfare, rights = (getattr(Theme.objects.get(code=code), f"name_{language}") for code in THEMES)
    project, first, second = (row.reference for row in works)
    assert {line[0]: (line[2], line[5], line[6]) for line in lines[1:]} == {
        project: (funds, f"{morocco}; {philippines}", f"{mobility}; {welfare}"),
        first: (others, morocco, mobility),
        second: (others, ecuador, rights),
    }
    assert (lines[0][2], lines[0][5], lines[0][6]) == HEADINGS[language]


def test_list_asks_the_same_of_one_piece_of_work_and_many(works, agency, officer, finance_officer, client):
    address = reverse("reporting:who")

    def asked():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    before = asked()
    recorded_activity(officer, title="One more")
    approved_project(agency, officer, finance_officer, themes=(THEME,), code="W1")
    assert asked() == before
    assert before <= 10


def test_read_interface_gives_activities_and_themes_of_projects(works, client):
    project, first, second = works
    rows = client.get(reverse("api:activities")).json()["results"]
    assert [row["reference"] for row in rows] == [second.reference, first.reference]
    assert client.get(reverse("api:activity", args=[first.reference])).json()["organisation"]["slug"] == "undp"
    assert client.get(reverse("api:project", args=[project.reference])).json()["themes"] == [THEME, "welfare"]
