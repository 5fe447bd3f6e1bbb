"""Public figures follow what was submitted, never a draft (R37, R69)."""

from decimal import Decimal

import pytest

from alliance.forum.models import Recommendation
from proposals import checks
from proposals.models import Project, Proposal, ProposalVersion, VersionObjective, VersionRecommendation
from proposals.operations import return_proposal, save_section, submit_proposal
from reporting.outcomes import outcome_of
from tests.proposals.factories import submitted_version, values_of
from tests.proposals.test_states import refused

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R69")]
D = Decimal


def of(code):
    return Recommendation.objects.get(code=code)


def public():
    """Return what anyone reads of two recommendations."""
    return [outcome_of(of(code)) for code in ("B04", "B09")]


def redraft(agency, officer, version, **choices):
    """Return a version to its authors, who change recommendations, objectives and budget, and do not submit."""
    return_proposal(by=officer, version=version, reason="More.")
    proposal = Proposal.objects.get(pk=version.proposal_id)
    values = values_of(proposal.applicant, **choices)
    for section in ("route", "objectives", "partnership", "budget"):
        proposal = save_section(by=agency, proposal=proposal, section=section, values=values[section])
    return proposal


def test_editing_a_returned_draft_moves_no_public_figure_until_it_is_submitted(submitted, agency, officer):
    before = public()
    assert [(len(found.proposals), found.asked) for found in before] == [(1, D("250000.00")), (0, D("0.00"))]
    changes = {"recommendations": ("B09",), "amount": "99000.00", "objectives": {"O2": 100}, "main": "O2"}
    proposal = redraft(agency, officer, submitted, **changes)
    assert public() == before
    submit_proposal(by=agency, proposal=proposal)
    assert [(len(found.proposals), found.asked) for found in public()] == [(0, D("0.00")), (1, D("99000.00"))]


def test_projects_follow_their_approved_version(project):
    project.proposal.recommendations.all().delete()
    assert list(Project.objects.following(of("B04"))) == [project]


def test_links_say_what_the_text_says(agency):
    version = submitted_version(agency, recommendations=("B04", "B09"))
    links = VersionObjective.objects.filter(version=version).order_by("objective__code")
    assert [(link.objective.code, link.percent) for link in links] == [("O1", 40), ("O3", 60)]
    assert {link.recommendation.code for link in VersionRecommendation.objects.filter(version=version)} == {
        "B04",
        "B09",
    }
    assert list(checks.versions()) == []


def test_link_that_the_text_does_not_name_is_found(submitted):
    VersionRecommendation.objects.create(version=submitted, recommendation=of("B09"))
    assert [(problem.what, problem.why) for problem in checks.versions()] == [
        ("version", "its links are not what the text names")
    ]


@pytest.mark.parametrize("table", ["versionrecommendation", "versionobjective"])
@pytest.mark.parametrize("sql", ["DELETE FROM proposals_{}", "UPDATE proposals_{} SET id = id + 1000"])
def test_links_are_never_changed(table, sql, submitted):
    assert "never changed" in refused(sql.format(table))


@pytest.mark.parametrize(
    ("constraint", "sql"),
    [
        (
            "version_recommendation_once",
            """INSERT INTO proposals_versionrecommendation (version_id, recommendation_id)
            SELECT version_id, recommendation_id FROM proposals_versionrecommendation""",
        ),
        (
            "version_objective_once",
            """INSERT INTO proposals_versionobjective (version_id, objective_id, percent)
            SELECT version_id, objective_id, percent FROM proposals_versionobjective""",
        ),
        (
            "version_objective_percent_1_to_100",
            """INSERT INTO proposals_versionobjective (version_id, objective_id, percent)
            SELECT version_id, (SELECT id FROM alliance_objective WHERE code = 'O2'), 101
            FROM proposals_versionobjective LIMIT 1""",
        ),
    ],
)
def test_link_that_breaks_a_rule_is_refused(constraint, sql, submitted):
    assert constraint in refused(sql)


def test_many_recommendations_and_versions_count_each_proposal_once(agency, officer):
    version = submitted_version(agency, recommendations=("B04", "B09"))
    submit_proposal(by=agency, proposal=redraft(agency, officer, version, recommendations=("B04",), amount="100.00"))
    assert list(ProposalVersion.objects.following(of("B09"))) == [version]
    assert [(len(found.proposals), found.asked) for found in public()] == [(1, D("100.00")), (0, D("0.00"))]
