"""Every pair of state and verb is either a move of the table or refused; states and stamps agree in the database."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction

from alliance.core.errors import OutOfState
from alliance.core.states import advance
from proposals.models import Contract, OutsideActivity, PartnerReport, Project, Proposal
from tests.ground.scenes import scene
from tests.proposals.factories import approved, write_report

MODELS = [Proposal, Project, Contract, PartnerReport, OutsideActivity]
PAIRS = [
    pytest.param(model, verb, state, id=f"{model.__name__}-{verb}-{state}")
    for model in MODELS
    for verb, state in itertools.product(model.TRANSITIONS, model.State.values)
]


@pytest.mark.parametrize(("model", "verb", "state"), PAIRS)
@pytest.mark.requirement("R71")
def test_moves_are_the_tables_moves_and_no_other(model, verb, state):
    row = model(state=state)
    move = model.TRANSITIONS[verb]
    if state in move.sources:
        advance(row, verb)
        assert row.state == move.target
    else:
        with pytest.raises(OutOfState):
            advance(row, verb)
        assert row.state == state


@pytest.mark.parametrize("model", MODELS)
def test_every_state_is_reached_and_every_move_says_who(model):
    targets = {move.target for move in model.TRANSITIONS.values()}
    first = model._meta.get_field("state").default
    assert {*targets, first} == set(model.State.values)
    assert all(move.who for move in model.TRANSITIONS.values())


def refused(sql, *arguments):
    """Say whether the database refuses this statement, naming the constraint or trigger."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(sql, arguments)
    except IntegrityError as error:
        return str(error)
    return ""


PROPOSAL_VIOLATIONS = [
    ("proposal_kind_known", "kind = 'gift'"),
    ("proposal_submitted_at_with_state", "submitted_at = now()"),
    ("proposal_eligible_at_with_state", "eligible_at = now()"),
    ("proposal_tabled_at_with_state", "tabled_at = now()"),
    ("proposal_returned_at_with_state", "returned_at = now()"),
    ("proposal_decided_at_with_state", "decided_at = now()"),
    ("proposal_decision_reference_with_state", "decision_reference = 'DEC'"),
    ("proposal_withdrawn_at_with_state", "withdrawn_at = now()"),
    ("proposal_rights_marker_known", "rights_marker = 3"),
    ("proposal_ends_after_start", "ends_on = starts_on - 1"),
    ("proposal_submitted_at_with_state", "state = 'submitted'"),
]


@pytest.mark.parametrize(("constraint", "change"), PROPOSAL_VIOLATIONS)
def test_draft_with_a_wrong_stamp_is_refused(constraint, change, draft):
    assert constraint in refused(f"UPDATE proposals_proposal SET {change} WHERE id = %s", draft.pk)


PART_VIOLATIONS = [
    ("proposal_objective_percent_1_to_100", "proposals_proposalobjective", "percent = 0"),
    ("proposal_one_main_objective", "proposals_proposalobjective", "is_main = true"),
    (
        "proposal_objective_once",
        "proposals_proposalobjective",
        "objective_id = (SELECT min(id) FROM alliance_objective)",
    ),
    ("proposal_recommendation_confirmed_by_someone", "proposals_proposalrecommendation", "confirmed_at = now()"),
    ("proposal_partner_share_not_negative", "proposals_proposalpartner", "share = -1"),
    ("budget_line_amount_positive", "proposals_budgetline", "amount = 0"),
    ("budget_line_year_sensible", "proposals_budgetline", "year = 1999"),
    ("budget_line_position_once", "proposals_budgetline", "position = 1"),
    ("indicator_unit_known", "proposals_indicator", "unit = 'kilo'"),
]


@pytest.mark.parametrize(("constraint", "table", "change"), PART_VIOLATIONS)
def test_part_that_breaks_a_rule_is_refused(constraint, table, change, draft):
    assert constraint in refused(f"UPDATE {table} SET {change} WHERE proposal_id = %s", draft.pk)


ONCE = [
    ("proposal_recommendation_once", "proposals_proposalrecommendation", "proposal_id, recommendation_id"),
    ("proposal_partner_once", "proposals_proposalpartner", "proposal_id, organisation_id, is_lead, tasks, share"),
    (
        "indicator_position_once",
        "proposals_indicator",
        "proposal_id, position, statement, unit, target, disaggregation",
    ),
]


@pytest.mark.parametrize(("constraint", "table", "columns"), ONCE)
def test_part_named_twice_is_refused(constraint, table, columns, draft):
    chosen = columns.replace("is_lead", "false")
    text = refused(f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table} WHERE proposal_id = %s", draft.pk)
    assert constraint in text


def test_second_lead_is_refused(draft):
    other = "(SELECT id FROM alliance_organisation WHERE slug = 'ilo')"
    text = refused(
        f"INSERT INTO proposals_proposalpartner (proposal_id, organisation_id, is_lead, tasks, share) "
        f"VALUES (%s, {other}, true, '', 0)",
        draft.pk,
    )
    assert "proposal_one_lead" in text


VERSION_VIOLATIONS = [
    ("UPDATE proposals_proposalversion SET content = '{}'", "never changed"),
    ("DELETE FROM proposals_proposalversion", "never changed"),
    ("TRUNCATE proposals_proposalversion CASCADE", "never changed"),
]


@pytest.mark.parametrize(("sql", "words"), VERSION_VIOLATIONS)
@pytest.mark.requirement("R7")
def test_submitted_version_cannot_be_changed(sql, words, submitted):
    assert words in refused(sql)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("proposal_version_number_once", "1, 1"),
        ("proposal_version_from_one", "0, 1"),
        ("proposal_version_amount_positive", "2, 0"),
    ],
)
def test_version_that_breaks_a_rule_is_refused(constraint, values, submitted):
    columns = "proposal_id, title, content, digest, submitted_at, submitted_by_id"
    text = refused(
        f"INSERT INTO proposals_proposalversion ({columns}, receipt, number, amount) "
        f"SELECT {columns}, 'RCT-0', {values} FROM proposals_proposalversion WHERE id = %s",
        submitted.pk,
    )
    assert constraint in text


CHECK_VIOLATIONS = [
    ("check_route_known", "route = 'other'"),
    ("check_eligible_by_a_route", "route = ''"),
    ("check_marker_with_rights_check", "is_rights_checked = false"),
    ("check_marker_with_rights_check", "rights_marker = NULL"),
]


@pytest.mark.parametrize(("constraint", "change"), CHECK_VIOLATIONS)
def test_check_that_breaks_a_rule_is_refused(constraint, change, tabled):
    assert constraint in refused(f"UPDATE proposals_check SET {change}")


PROJECT_VIOLATIONS = [
    ("project_amount_positive", "amount = 0"),
    ("project_ends_after_start", "ends_on = starts_on - 1"),
    ("project_by_a_decision", "decision_reference = ''"),
    ("project_rights_marker_known", "rights_marker = 7"),
    ("project_started_at_with_state", "started_at = now()"),
    ("project_completed_at_with_state", "completed_at = now()"),
    ("project_closed_at_with_state", "closed_at = now()"),
]


@pytest.mark.parametrize(("constraint", "change"), PROJECT_VIOLATIONS)
def test_project_that_breaks_a_rule_is_refused(constraint, change, project):
    assert constraint in refused(f"UPDATE proposals_project SET {change}")


CONDITION_VIOLATIONS = [
    ("release_condition_says_something", "text = ''"),
    ("release_condition_met_at_with_met_by", "met_at = now(), evidence = 'x'"),
    ("release_condition_met_with_evidence", "evidence = 'x'"),
    ("release_condition_number_once", "number = 1"),
]


@scene
def two_conditions(tabled, finance_officer):
    approved(tabled, finance_officer, conditions=("One.", "Two."))


@pytest.mark.parametrize(("constraint", "change"), CONDITION_VIOLATIONS)
def test_condition_that_breaks_a_rule_is_refused(constraint, change, two_conditions):
    assert constraint in refused(f"UPDATE proposals_releasecondition SET {change}")


OFFER_VIOLATIONS = [
    ("contract_has_its_three_parts", "objectives = '', digest = digest"),
    ("contract_signatures_with_state", "state = 'signed'"),
    ("contract_partner_signed_at_with_partner_signed_by", "partner_signed_at = now()"),
    ("contract_alliance_signed_at_with_alliance_signed_by", "alliance_signed_at = now()"),
    ("contract_offered_at_with_state", "state = 'draft'"),
    ("contract_cancelled_at_with_state", "cancelled_at = now()"),
    ("contract_cancel_reason_with_state", "cancel_reason = 'x'"),
]


@pytest.mark.parametrize(("constraint", "change"), OFFER_VIOLATIONS)
def test_contract_that_breaks_a_rule_is_refused(constraint, change, offered):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE proposals_contract DISABLE TRIGGER proposals_contract_fixed")
    assert constraint in refused(f"UPDATE proposals_contract SET {change}")


@pytest.mark.parametrize("change", ["tasks = 'Something else.'", "amount = 1", "ends_on = ends_on + 1", "digest = 'x'"])
def test_offered_contract_is_not_changed(change, offered):
    assert "an offered contract is not changed" in refused(f"UPDATE proposals_contract SET {change}")


def test_one_person_cannot_sign_for_both_sides(signed):
    text = refused("UPDATE proposals_contract SET alliance_signed_by_id = partner_signed_by_id")
    assert "contract_signed_by_two_people" in text


SUMS = [
    (
        "the tranches add up to more than the contract",
        "UPDATE proposals_tranche SET amount = amount + 1 WHERE number = 1",
    ),
    ("tranche_amount_positive", "UPDATE proposals_tranche SET amount = 0"),
    ("tranche_number_once", "UPDATE proposals_tranche SET number = 1"),
    ("partner_report_number_once", "UPDATE proposals_partnerreport SET number = 1"),
    ("partner_report_period_in_order", "UPDATE proposals_partnerreport SET period_to = period_from - 1"),
    ("partner_report_complete_when_sent", "UPDATE proposals_partnerreport SET state = 'submitted'"),
    ("partner_report_submitted_at_with_state", "UPDATE proposals_partnerreport SET submitted_at = now()"),
    ("partner_report_return_reason_with_state", "UPDATE proposals_partnerreport SET return_reason = 'x'"),
    ("partner_report_accepted_at_with_accepted_by", "UPDATE proposals_partnerreport SET accepted_at = now()"),
    (
        "partner_report_accepted_at_with_state",
        "UPDATE proposals_partnerreport SET accepted_at = now(), accepted_by_id = (SELECT min(id) FROM alliance_user)",
    ),
]


@pytest.mark.parametrize(("words", "sql"), SUMS)
def test_schedule_that_breaks_a_rule_is_refused(words, sql, offered):
    assert words in refused(sql)


def test_contracts_beyond_the_project_are_refused(offered):
    text = refused("UPDATE proposals_project SET amount = %s", offered.amount - 1)
    assert text == ""
    columns = "project_id, partner_id, objectives, tasks, expected_results, amount, starts_on, ends_on, state, drafted_at, drafted_by_id, cancel_reason"
    text = refused(
        f"INSERT INTO proposals_contract ({columns}, reference, digest) "
        f"SELECT {columns.replace('state,', chr(39) + 'draft' + chr(39) + ',')}, 'CTR-0', '' FROM proposals_contract"
    )
    assert "the contracts add up to more than the project" in text


REPORT_VIOLATIONS = [
    ("expenditure_not_negative", "UPDATE proposals_expenditure SET amount = -1"),
    ("reported_cell_value_not_negative", "UPDATE proposals_reportedcell SET value = -1"),
    ("reported_cell_variable_known", "UPDATE proposals_reportedcell SET variable = 'colour'"),
    ("reported_cell_once", "UPDATE proposals_reportedcell SET category = 'female'"),
]


@scene
def written(signed, agency):
    write_report(agency, signed.reports.get(number=1))


@pytest.mark.parametrize(("constraint", "sql"), REPORT_VIOLATIONS)
def test_reported_figure_that_breaks_a_rule_is_refused(constraint, sql, written):
    assert constraint in refused(sql)
