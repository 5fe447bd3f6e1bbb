"""What resembles a proposal: shown to its author, to the officer and to the committee, each what they may read."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core.errors import Refused
from proposals import similar
from proposals.content import gather
from proposals.models import ProposalVersion
from proposals.operations import return_proposal, withdraw_activity
from proposals.similar import similar_to
from tests.proposals.factories import (
    approved_project,
    draft_proposal,
    give_grant,
    recorded_activity,
    submitted_version,
)

THEME = "mobility-agreements"
SAME = {"countries": ("MA", "GH"), "themes": (THEME, "welfare")}
FIRST, LAST = date(2008, 7, 1), date(2009, 12, 31)


def found(content, user):
    return [row.reference for row in similar_to(content, user=user).rows]


def content_of(agency, **changes):
    return gather(draft_proposal(agency, **{**SAME, **changes}))


def shown(client, name, *arguments):
    return client.get(reverse(f"proposals:{name}", args=arguments)).content.decode()


@pytest.mark.requirement("R53")
def test_author_and_officer_are_shown_what_has_country_theme_and_period_in_common(
    agency, rival_agency, officer, finance_officer, sign_in
):
    project = approved_project(rival_agency, officer, finance_officer, title="A project of the fund", themes=(THEME,))
    activity = recorded_activity(officer, title="Work of another", countries=["MA"])
    other = submitted_version(rival_agency, title="Asked for by a rival", **SAME)
    recorded_activity(officer, title="Same theme elsewhere", countries=["EC"])
    recorded_activity(officer, title="Another theme there", themes=["remittance-data"])
    recorded_activity(officer, title="Over before", starts_on=FIRST, ends_on=FIRST, countries=["MA"], themes=["rights"])
    author, draft = sign_in(agency), draft_proposal(agency, **SAME)
    for page in (shown(author, "proposal", draft.reference), shown(author, "submit", draft.reference)):
        assert (project.reference in page, activity.reference in page) == (True, True)
        assert [title for title in ELSEWHERE if title in page] == []
        assert other.proposal.reference not in page
    version = submitted_version(agency, **SAME)
    assert activity.reference in shown(author, "receipt", version.proposal.reference, 1)
    check = shown(sign_in(officer), "check", version.proposal.reference, 1)
    assert [row for row in (project.reference, activity.reference, other.proposal.reference) if row not in check] == []
    assert [title for title in ELSEWHERE if title in check] == []


ELSEWHERE = ("Same theme elsewhere", "Another theme there", "Over before")


def test_themes_picked_in_the_section_are_frozen_shown_and_kept_by_the_project(
    draft, agency, officer, finance_officer, sign_in
):
    sent = {"percent_O1": "40", "percent_O3": "60", "main": "O3", "themes": ["welfare", "circular-migration"]}
    sign_in(agency).post(reverse("proposals:section", args=[draft.reference, "objectives"]), sent)
    draft.refresh_from_db()
    assert gather(draft)["themes"] == ["circular-migration", "welfare"]
    project = approved_project(agency, officer, finance_officer, themes=("welfare", "circular-migration"))
    assert project.version.parsed["themes"] == project.themes == ["circular-migration", "welfare"]
    assert "Circular migration" in shown(sign_in(agency), "version", project.proposal.reference, 1)
    page = sign_in(agency).get(reverse("reporting:project", args=[project.reference])).content.decode()
    assert "Circular migration · Migrants’ welfare" in " ".join(page.split())


def test_theme_that_does_not_exist_is_refused(agency):
    with pytest.raises(Refused):
        draft_proposal(agency, themes=("fishing",))


def test_content_without_themes_is_as_it_was_before_there_were_any(agency):
    assert "themes" not in gather(draft_proposal(agency))


def test_it_warns_and_bars_nothing(agency, officer):
    recorded_activity(officer)
    assert submitted_version(agency, **SAME).number == 1


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_found"),
    [
        (LAST, LAST, True),
        (LAST + timedelta(1), LAST + timedelta(9), False),
        (FIRST - timedelta(9), FIRST, True),
        (FIRST - timedelta(9), FIRST - timedelta(1), False),
        (FIRST - timedelta(9), LAST + timedelta(9), True),
    ],
)
def test_first_and_last_day_count_and_the_day_beside_them_does_not(starts_on, ends_on, is_found, agency, officer):
    activity = recorded_activity(officer, starts_on=starts_on, ends_on=ends_on)
    assert found(content_of(agency), agency) == ([activity.reference] if is_found else [])


@pytest.mark.parametrize("missing", [{"themes": ()}, {"countries": ()}])
def test_nobody_can_tell_before_countries_and_themes_are_chosen(missing, agency, officer, sign_in):
    recorded_activity(officer)
    assert not similar_to(content_of(agency, **missing), user=agency).is_known
    draft = draft_proposal(agency, **{**SAME, **missing})
    assert "Once countries, themes and dates are chosen" in shown(sign_in(agency), "proposal", draft.reference)


def test_withdrawn_activity_resembles_nothing_any_more(agency, officer):
    withdraw_activity(by=officer, activity=recorded_activity(officer), reason="A mistake.")
    assert found(content_of(agency), agency) == []
    assert found(content_of(agency), officer) == []


def test_no_proposal_resembles_itself_and_no_project_its_own_proposal(agency, officer, finance_officer):
    project = approved_project(agency, officer, finance_officer, **SAME)
    assert found(project.version.parsed, officer) == []
    version = submitted_version(agency, **SAME)
    assert found(version.parsed, officer) == [project.reference]


def test_drafts_and_returned_proposals_are_shown_to_nobody_else(agency, rival_agency, officer, auditor):
    draft_proposal(rival_agency, **SAME)
    returned = submitted_version(rival_agency, **SAME)
    return_proposal(by=officer, version=returned, reason="Say more.")
    for reader in (agency, officer, auditor):
        assert found(content_of(agency), reader) == []


def test_submitted_proposals_are_shown_to_whom_they_are_open(agency, rival_agency, officer, auditor, member, donor):
    version = submitted_version(rival_agency, **SAME)
    content = content_of(agency)
    readers = {"officer": officer, "auditor": auditor, "rival_agency": rival_agency}
    assert {name: found(content, user) for name, user in readers.items()} == {
        name: [version.proposal.reference] for name in readers
    }
    assert [found(content, user) for user in (agency, member, donor)] == [[], [], []]
    give_grant(user=member, permission="proposals.view_proposalversion", row=ProposalVersion.objects.get(pk=version.pk))
    assert found(content, member) == [version.proposal.reference]


def test_only_what_is_in_common_is_named(agency, officer):
    recorded_activity(officer, countries=["MA", "EC"], themes=[THEME, "rights"])
    (row,) = similar_to(content_of(agency), user=agency).rows
    assert (row.countries, [theme.code for theme in row.themes]) == (["MA"], [THEME])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "More than 2 pieces of work have"),
        ("fr", "Plus de 2 activités ont"),
        ("es", "Más de 2 actividades tienen"),
    ],
)
def test_page_says_that_there_is_more_than_it_shows(language, words, agency, officer, sign_in, monkeypatch):
    monkeypatch.setattr(similar, "AT_MOST", 2)
    content, draft = content_of(agency), draft_proposal(agency, **SAME)
    url = f"/{language}/proposals/{draft.reference}/"
    for has_more in (False, False, True):
        recorded_activity(officer)
        found = similar.similar_to(content, user=agency)
        assert (found.has_more, len(found.rows) <= 2) == (has_more, True)
        assert (words in sign_in(agency).get(url).content.decode()) == has_more


def test_it_asks_the_same_however_much_there_is(agency, officer):
    content = content_of(agency)
    counts = []
    for _round in range(2):
        recorded_activity(officer)
        submitted_version(agency, **SAME)
        with CaptureQueriesContext(connection) as captured:
            similar_to(content, user=officer)
        counts.append(len(captured))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 6
