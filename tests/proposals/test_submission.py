"""Submitting: what is refused, what is frozen, and who may."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import KeyReused, NotAllowed, OutOfState, Refused
from alliance.people.models import Organisation
from alliance.register.canonical import digest_of
from alliance.register.models import RegisterEntry
from proposals.models import ProposalVersion
from proposals.operations import (
    Incomplete,
    invite_co_author,
    publish_call,
    remove_co_author,
    return_proposal,
    save_section,
    start_proposal,
    submit_proposal,
    withdraw_proposal,
)
from tests.proposals.factories import category, draft_proposal, organisation_of, submitted_version, values_of

D = Decimal


def sections_named(agency, **choices):
    proposal = draft_proposal(agency, **choices)
    with pytest.raises(Incomplete) as refusal:
        submit_proposal(by=agency, proposal=proposal)
    assert ProposalVersion.objects.count() == 0
    return list(dict.fromkeys(gap.section for gap in refusal.value.gaps))


@pytest.mark.parametrize(
    "section",
    [
        pytest.param("adverse_effects", marks=pytest.mark.requirement("R45")),
        pytest.param("rights", marks=pytest.mark.requirement("R46")),
        pytest.param("objectives", marks=pytest.mark.requirement("R40")),
        pytest.param("disaggregation", marks=pytest.mark.requirement("R74")),
        "context",
        "approach",
        "indicators",
    ],
)
def test_proposal_with_a_compulsory_section_empty_is_refused(section, agency):
    assert sections_named(agency, but=(section,)) == [section]


def test_refusal_names_the_sections(agency):
    proposal = draft_proposal(agency, but=("adverse_effects", "context"))
    with pytest.raises(Incomplete, match=r"Context, Adverse effects"):
        submit_proposal(by=agency, proposal=proposal)


@pytest.mark.requirement("R32")
def test_neither_country_nor_reason_is_refused(agency):
    assert sections_named(agency, countries=()) == ["places"]


@pytest.mark.requirement("R70")
def test_no_recommendation_and_only_objective_1_is_refused(agency):
    choices = {"recommendations": (), "justification": "It is coherent.", "objectives": {"O1": 100}, "main": "O1"}
    assert sections_named(agency, **choices) == ["route"]


@pytest.mark.requirement("R70")
def test_justified_objective_3_needs_no_recommendation(agency):
    choices = {"recommendations": (), "justification": "It builds capacity.", "objectives": {"O3": 100}}
    assert submitted_version(agency, **choices).parsed["recommendations"] == []


@pytest.mark.requirement("R29")
def test_shares_that_do_not_add_up_are_refused(draft, agency):
    other = Organisation.objects.get(slug="ilo")
    rows = [
        {"organisation": draft.applicant, "is_lead": True, "tasks": "Lead", "share": D("200000.00")},
        {"organisation": other, "is_lead": False, "tasks": "Advise", "share": D("49999.99")},
    ]
    save_section(by=agency, proposal=draft, section="partnership", values={"partnership": "", "partners": rows})
    with pytest.raises(Incomplete) as refusal:
        submit_proposal(by=agency, proposal=draft)
    assert [gap.section for gap in refusal.value.gaps] == ["partnership"]


@pytest.mark.parametrize(("indirect", "accepted"), [("7000.01", True), ("7000.02", False)])
def test_indirect_costs_stay_within_seven_per_cent_and_a_cent(indirect, accepted, draft, agency):
    common = {"partner": draft.applicant, "year": 2008, "description": "x"}
    lines = [
        {**common, "category": category(1), "amount": D("100000.00")},
        {**common, "category": category(8), "amount": D(indirect)},
    ]
    save_section(by=agency, proposal=draft, section="budget", values={"lines": lines})
    if accepted:
        assert submit_proposal(by=agency, proposal=draft).amount == D("107000.01")
    else:
        with pytest.raises(Incomplete):
            submit_proposal(by=agency, proposal=draft)


@pytest.mark.requirement("R40", "R47")
@pytest.mark.parametrize(("percents", "main"), [({"O1": 40, "O3": 59}, "O3"), ({"O1": 40, "O3": 60}, "O2")])
def test_objectives_without_a_main_one_or_a_sum_of_100_are_not_saved(percents, main, agency):
    proposal = draft_proposal(agency, but=("objectives",))
    values = values_of(organisation_of(agency), objectives=percents, main=main)["objectives"]
    with pytest.raises(Refused):
        save_section(by=agency, proposal=proposal, section="objectives", values=values)
    assert proposal.objectives.count() == 0


@pytest.mark.requirement("R7")
def test_version_is_frozen_with_receipt_and_digest(submitted, agency):
    assert (submitted.number, submitted.amount, submitted.requested) == (1, D("250000.00"), D("250000.00"))
    assert submitted.receipt.startswith("RCT-")
    assert digest_of(submitted.content) == submitted.digest
    assert submitted.parsed["contributors"] == [agency.uid.hex]
    assert submitted.objective_percents() == {"O1": D(40), "O3": D(60)}
    assert submitted.party_ids() == {organisation_of(agency).pk}
    with pytest.raises(OutOfState):
        save_section(by=agency, proposal=submitted.proposal, section="context", values={"context": "Else."})


@pytest.mark.requirement("D8")
def test_submitting_twice_with_one_key_makes_one_version(draft, agency):
    first = submit_proposal(by=agency, proposal=draft, key="k1")
    second = submit_proposal(by=agency, proposal=draft, key="k1")
    assert first == second
    assert ProposalVersion.objects.count() == 1
    assert RegisterEntry.objects.filter(kind="proposal.submitted/1").count() == 1


def test_key_of_another_proposal_is_refused(agency):
    submit_proposal(by=agency, proposal=draft_proposal(agency), key="k1")
    with pytest.raises(KeyReused):
        submit_proposal(by=agency, proposal=draft_proposal(agency), key="k1")


def test_submitting_twice_without_a_key_is_out_of_state(submitted, agency):
    with pytest.raises(OutOfState):
        submit_proposal(by=agency, proposal=submitted.proposal)


@pytest.mark.requirement("R7")
def test_return_opens_a_draft_that_becomes_the_next_version(submitted, agency, officer):
    proposal = return_proposal(by=officer, version=submitted, reason="Say more on visas.")
    assert proposal.is_editable
    save_section(by=agency, proposal=proposal, section="context", values={"context": "With visas."})
    second = submit_proposal(by=agency, proposal=proposal)
    assert (second.number, second.parsed["context"]) == (2, "With visas.")
    assert ProposalVersion.objects.get(pk=submitted.pk).parsed["context"] == "Arrangements are many and hard to find."


def test_return_without_a_reason_is_refused(submitted, officer):
    with pytest.raises(Refused):
        return_proposal(by=officer, version=submitted, reason="  ")


@pytest.mark.parametrize("who", ["rival_agency", "officer", "donor", "stranger", "auditor"])
def test_others_neither_write_nor_submit(who, agency, request):
    person = request.getfixturevalue(who)
    proposal = draft_proposal(agency)
    with pytest.raises(NotAllowed):
        save_section(by=person, proposal=proposal, section="context", values={"context": "Mine."})
    with pytest.raises(NotAllowed):
        submit_proposal(by=person, proposal=proposal)
    with pytest.raises(NotAllowed):
        withdraw_proposal(by=person, proposal=proposal)


@pytest.mark.requirement("R7")
def test_co_author_writes_and_is_named_and_does_not_submit(draft, agency, rival_agency):
    invite_co_author(by=agency, proposal=draft, email=rival_agency.email.upper())
    save_section(by=rival_agency, proposal=draft, section="context", values={"context": "Together."})
    assert type(draft).objects.visible_to(rival_agency).count() == 1
    with pytest.raises(NotAllowed):
        submit_proposal(by=rival_agency, proposal=draft)
    version = submit_proposal(by=agency, proposal=draft)
    assert version.parsed["contributors"] == sorted([agency.uid.hex, rival_agency.uid.hex])


def test_removed_co_author_writes_no_more(draft, agency, rival_agency):
    invite_co_author(by=agency, proposal=draft, email=rival_agency.email)
    remove_co_author(by=agency, proposal=draft, person=rival_agency)
    with pytest.raises(NotAllowed):
        save_section(by=rival_agency, proposal=draft, section="context", values={"context": "Mine."})


@pytest.mark.parametrize("email", ["nobody@demo.example", "agency@demo.example"])
def test_invitation_to_nobody_or_to_oneself_is_refused(email, agency):
    with pytest.raises(Refused) as refusal:
        invite_co_author(by=agency, proposal=draft_proposal(agency), email=email)
    assert refusal.value.field == "email"


def test_applicant_that_is_not_confirmed_cannot_submit(draft, agency):
    Organisation.objects.filter(pk=draft.applicant_id).update(confirmed_at=None)
    with pytest.raises(Refused, match="confirmed"):
        submit_proposal(by=agency, proposal=draft)


def test_only_governments_ask_for_technical_assistance(agency):
    with pytest.raises(Refused) as refusal:
        start_proposal(by=agency, applicant=organisation_of(agency), kind="assistance", title="Help")
    assert refusal.value.field == "kind"


def test_withdrawn_proposal_cannot_be_submitted_again(submitted, agency):
    withdraw_proposal(by=agency, proposal=submitted.proposal)
    with pytest.raises(OutOfState):
        submit_proposal(by=agency, proposal=submitted.proposal)


@pytest.fixture
def call(officer):
    moment = clock.now()
    return publish_call(
        by=officer,
        opens_at=moment - timedelta(days=1),
        closes_at=moment + timedelta(days=1),
        zone="Asia/Manila",
        applicant_kinds=["private", "gmg", "international"],
        title_en="Labour arrangements",
        text_en="Proposals on bilateral arrangements.",
    )


@pytest.fixture
def company(agency):
    """Make the agency's organisation a private company."""
    Organisation.objects.filter(pk=organisation_of(agency).pk).update(kind="private")
    agency.__dict__.pop("memberships_today", None)
    return agency


@pytest.mark.requirement("R93")
def test_private_company_submits_to_a_call_open_to_it(company, call):
    assert submitted_version(company, call=call).parsed["call"] == call.reference


@pytest.mark.requirement("R93")
def test_submission_after_the_deadline_is_refused_and_the_draft_kept(company, call, set_clock):
    proposal = draft_proposal(company, call=call)
    set_clock(call.closes_at)
    with pytest.raises(Refused, match="Asia/Manila"):
        submit_proposal(by=company, proposal=proposal)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.context) == ("draft", "Arrangements are many and hard to find.")


def test_submission_just_before_the_deadline_is_taken(company, call, set_clock):
    proposal = draft_proposal(company, call=call)
    set_clock(call.closes_at - timedelta(seconds=20))
    assert submit_proposal(by=company, proposal=proposal).number == 1


@pytest.mark.requirement("R93")
def test_call_is_closed_to_other_kinds(agency, call):
    Organisation.objects.filter(pk=organisation_of(agency).pk).update(kind="civil_society")
    agency.__dict__.pop("memberships_today", None)
    with pytest.raises(Refused) as refusal:
        start_proposal(by=agency, applicant=organisation_of(agency), kind="project", title="x", call=call)
    assert refusal.value.field == "call"


@pytest.mark.parametrize("who", ["agency", "finance_officer", "auditor"])
def test_only_officers_publish_calls(who, request):
    person, moment = request.getfixturevalue(who), clock.now()
    with pytest.raises(NotAllowed):
        publish_call(
            by=person, opens_at=moment, closes_at=moment + timedelta(1), zone="UTC",
            applicant_kinds=["private"], title_en="x", text_en="x",
        )  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [("zone", "Asia/Nowhere"), ("applicant_kinds", ["private", "friends"])])
def test_call_that_no_page_could_show_is_refused(officer, name, value):
    moment = clock.now()
    act = {
        "by": officer, "opens_at": moment, "closes_at": moment + timedelta(1), "zone": "UTC",
        "applicant_kinds": ["private"], "title_en": "x", "text_en": "x",
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        publish_call(**act | {name: value})
    assert refusal.value.field == name


@pytest.mark.parametrize(
    ("zone", "moment"), [("Asia/Tokyo", "0001-01-01T00:00"), ("America/New_York", "9999-12-31T23:59")]
)
def test_moment_that_no_clock_has_is_an_error_at_its_field(officer, sign_in, zone, moment):
    sent = {
        "key": "k", "title_en": "x", "text_en": "x", "zone": zone, "opens_at": moment, "closes_at": "2008-09-01T12:00",
        "applicant_kinds": ["private"],
    }  # fmt: skip
    answer = sign_in(officer).post(reverse("proposals:call_new"), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["opens_at"])


def test_receipt_follows_the_button(draft, agency, sign_in):
    client = sign_in(agency)
    url = reverse("proposals:submit", args=[draft.reference])
    answer = client.post(url, {"key": "k1", "is_true": "on"})
    assert answer.url == reverse("proposals:receipt", args=[draft.reference, 1])
    client.post(url, {"key": "k1", "is_true": "on"})
    assert ProposalVersion.objects.count() == 1


def test_page_says_what_is_missing(agency, sign_in):
    proposal = draft_proposal(agency, but=("adverse_effects",))
    answer = sign_in(agency).post(
        reverse("proposals:submit", args=[proposal.reference]), {"key": "k1", "is_true": "on"}
    )
    assert "State likely adverse effects and how they are limited." in answer.content.decode()
    assert ProposalVersion.objects.count() == 0
