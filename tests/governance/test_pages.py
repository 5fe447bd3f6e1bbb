"""The committee's pages: who sees what, and what a form sent from them does."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from alliance.core import clock
from funds.operations.fund import set_window_status
from governance.forms.items import TextForm
from governance.models import Ballot, Decision, Outcome, RuleSet, Session
from governance.operations import cancel_decision, close_decision, record_attendance
from proposals.models import Project
from tests.governance.factories import (
    MEMBERS,
    after_deadline,
    all_but,
    committee,
    holder,
    opened,
    opened_text,
    person,
    tabled,
    vote,
)
from tests.proposals.factories import checked_version, money_in, window

pytestmark = pytest.mark.django_db


def key_in(response) -> str:
    return re.search(r'name="key"\s+value="([0-9a-f]+)"', response.content.decode())[1]


def url_of(decision: Decision) -> str:
    return Decision.objects.get(pk=decision.pk).get_absolute_url()


def send_ballot(client, decision, choice="approve", **fields):
    page = client.get(url_of(decision))
    return client.post(url_of(decision), {"choice": choice, "reasons": "", "key": key_in(page), **fields})


# -- voting --------------------------------------------------------------------------------------------------------


def test_member_votes_and_gets_a_receipt_without_the_choice(decision, sign_in, member):
    client = sign_in(member)
    response = send_ballot(client, decision, "object", reasons="Too dear for what it gives.")
    ballot = Ballot.objects.get()
    assert response.url == reverse("governance:receipt", args=[decision.reference, ballot.receipt])
    receipt = client.get(response.url).content.decode()
    assert ballot.receipt in receipt
    assert ballot.entry.digest in receipt
    assert "Object" not in receipt
    assert "Too dear" not in receipt


@pytest.mark.requirement("D8")
def test_ballot_form_sent_twice_is_one_ballot(decision, sign_in, member):
    client = sign_in(member)
    key = key_in(client.get(url_of(decision)))
    answers = [client.post(url_of(decision), {"choice": "approve", "reasons": "", "key": key}) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert Ballot.objects.count() == 1


def test_same_form_with_another_choice_is_refused_and_says_so(decision, sign_in, member):
    client = sign_in(member)
    key = key_in(client.get(url_of(decision)))
    client.post(url_of(decision), {"choice": "approve", "reasons": "", "key": key})
    again = client.post(url_of(decision), {"choice": "abstain", "reasons": "", "key": key})
    assert again.status_code == 200
    assert "already sent" in again.content.decode()
    assert Ballot.objects.count() == 1


def test_missing_choice_and_reasons_are_errors_and_keep_what_was_typed(decision, sign_in, member):
    client = sign_in(member)
    assert "This field is required" in send_ballot(client, decision, "", reasons="A thought").content.decode()
    page = send_ballot(client, decision, "return").content.decode()
    assert "Give your reasons" in page
    assert not Ballot.objects.exists()


@pytest.mark.requirement("R64")
@pytest.mark.parametrize("key", ["officer", "finance_officer", "head"])
def test_secretariat_has_no_vote_button_and_a_direct_post_is_403(decision, sign_in, key):
    client = sign_in(person(key))
    page = client.get(url_of(decision)).content.decode()
    assert 'name="choice"' not in page
    answer = client.post(url_of(decision), {"choice": "approve", "reasons": "", "key": "k" * 32})
    assert answer.status_code == 403
    assert "never votes" in answer.content.decode()
    assert not Ballot.objects.exists()


@pytest.mark.requirement("R48")
def test_recused_member_sees_why_and_no_ballot_and_the_record_names_the_recusal(decision, sign_in):
    client = sign_in(person("member_iom"))
    page = client.get(url_of(decision)).content.decode()
    assert 'name="choice"' not in page
    assert "International Organization for Migration is the applicant or a partner" in page
    assert client.post(url_of(decision), {"choice": "approve", "key": "k" * 32}).status_code == 403
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("chair"), decision=decision)
    after = client.get(url_of(decision)).content.decode()
    assert "Recusals on record" in after
    assert "Fatou Sarr" in after


def test_member_declares_an_interest(decision, sign_in, member):
    client = sign_in(member)
    url = reverse("governance:recusal", args=[decision.reference])
    key = key_in(client.get(url))
    client.post(url, {"note": "A relative leads the project.", "key": key})
    page = client.get(url_of(decision)).content.decode()
    assert "You have declared an interest" in page
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("key", ["member", "officer", "head", "auditor"])
def test_no_page_shows_a_choice_before_the_close(decision, sign_in, key):
    vote(decision, "return", "member", reasons="The indicators are weak.")
    client = sign_in(person(key))
    for url in (url_of(decision), reverse("governance:home"), reverse("governance:receipts")):
        page = client.get(url).content.decode()
        assert "The indicators are weak" not in page
        assert 'badge tone-warn">Return' not in page


def test_expired_session_keeps_what_was_typed(decision, client, member):
    client.force_login(member)
    client.get(url_of(decision))
    del client.cookies[settings.SESSION_COOKIE_NAME]  # the session ends; whose browser it is stays known
    client.post(url_of(decision), {"choice": "return", "reasons": "Kept words.", "key": "k" * 32})
    client.force_login(member)
    assert "Kept words." in client.get(url_of(decision)).content.decode()
    assert not Ballot.objects.exists()


# -- receipts ------------------------------------------------------------------------------------------------------


def test_anybody_checks_a_receipt_by_its_code(decision, client):
    vote(decision, "object", "member", reasons="Secret words.")
    ballot = Ballot.objects.get()
    page = client.get(reverse("governance:receipts"), {"code": f" {ballot.receipt.lower()} "}).content.decode()
    assert decision.reference in page
    assert ballot.entry.digest in page
    assert "Secret words" not in page
    assert "sealed until the close" in page
    wrong = client.get(reverse("governance:receipts"), {"code": "BAL-0000-0000-0000"}).content.decode()
    assert "No ballot has this code" in wrong


def test_a_receipt_page_is_its_owners(decision, sign_in):
    vote(decision, "approve", "member")
    url = reverse("governance:receipt", args=[decision.reference, Ballot.objects.get().receipt])
    assert sign_in(person("chair")).get(url).status_code == 404


# -- who reads what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "status"), [("member", 200), ("officer", 200), ("auditor", 200), ("donor", 403), ("agency", 403)]
)
def test_committee_home_is_for_its_readers(founded, sign_in, key, status):
    assert sign_in(person(key)).get(reverse("governance:home")).status_code == status


@pytest.mark.parametrize("key", ["donor", "agency", "reviewer", "forum_chair"])
def test_open_decision_does_not_exist_for_others_until_it_closes(decision, sign_in, key):
    client = sign_in(person(key))
    assert client.get(url_of(decision)).status_code == 404
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("chair"), decision=decision)
    page = client.get(url_of(decision))
    assert page.status_code == 200
    assert "Lourdes Villanueva" not in page.content.decode()


def test_visitor_is_sent_to_sign_in(client):
    assert "/sign-in/" in client.get(url_of(opened())).url


def test_seats_and_rules_are_public_without_names(founded, client):
    page = client.get(reverse("governance:seats")).content.decode()
    assert "silent on quorum" in page
    assert "more than 1/2 of the seats" in page
    assert "Karin Holm" not in page


# -- the secretariat's part ----------------------------------------------------------------------------------------


def test_officer_puts_a_proposal_with_amounts_prefilled(sign_in, version, officer):
    client = sign_in(officer)
    assert version.proposal.reference in client.get(reverse("governance:item_new")).content.decode()
    url = reverse("governance:table", args=[version.proposal.reference, version.number])
    page = client.get(url)
    html = page.content.decode()
    amounts = dict(re.findall(r'name="(amount_\w+)"\s+value="([0-9.]+)"', html))
    assert sum(map(float, amounts.values())) == float(version.requested)
    sent = {
        "key": key_in(page), "closes_at": "2099-01-15T16:00", "procedure": "vote", "conditions": "Clear the texts.", **amounts,
    }  # fmt: skip
    answer = client.post(url, sent)
    item = Decision.objects.get()
    assert answer.url == item.get_absolute_url()
    assert (item.state, item.condition_list) == ("draft", ["Clear the texts."])
    assert client.post(url, sent).url == answer.url
    assert Decision.objects.count() == 1


def test_more_than_asked_is_an_error_on_the_form(sign_in, version, officer):
    client = sign_in(officer)
    url = reverse("governance:table", args=[version.proposal.reference, version.number])
    sent = {"key": "k" * 32, "closes_at": "2099-01-15T16:00", "procedure": "vote", "amount_gen": "250000.01"}
    page = client.post(url, sent)
    assert "more than the proposal asks for" in page.content.decode()
    assert not Decision.objects.exists()


def test_officer_opens_and_closes(item, sign_in, officer):
    client = sign_in(officer)
    client.post(reverse("governance:opening", args=[item.item]), {"key": key_in(client.get(url_of(item)))})
    decision = Decision.objects.get(pk=item.pk)
    assert decision.is_open
    assert "Close the vote" not in client.get(url_of(decision)).content.decode()
    vote(decision, "approve", *all_but("member_iom"))
    page = client.get(url_of(decision))
    assert "Close the vote" in page.content.decode()
    client.post(reverse("governance:close", args=[decision.reference]), {"key": key_in(page)})
    assert Outcome.objects.get().result == "carried"


@pytest.mark.parametrize("name", ["opening", "cancel", "close", "defer"])
def test_members_may_not_do_the_secretariats_acts(decision, sign_in, member, name):
    answer = sign_in(member).post(
        reverse(f"governance:{name}", args=[decision.reference]), {"key": "k" * 32, "reason": "x"}
    )
    assert answer.status_code == 403
    assert Decision.objects.get(pk=decision.pk).is_open


def test_officer_cancels_with_a_reason(decision, sign_in, officer):
    client = sign_in(officer)
    url = reverse("governance:cancel", args=[decision.reference])
    client.post(url, {"reason": "The amounts change.", "key": key_in(client.get(url))})
    assert "The amounts change." in client.get(url_of(decision)).content.decode()


def test_chair_defers(decision, sign_in, chair):
    client = sign_in(chair)
    url = reverse("governance:defer", args=[decision.reference])
    client.post(url, {"reason": "A translation is missing.", "key": key_in(client.get(url))})
    assert Outcome.objects.get().result == "deferred"


def test_officer_puts_a_text(founded, sign_in, officer):
    client = sign_in(officer)
    url = reverse("governance:text_new")
    sent = {"title": "Minutes", "text": "As read.", "closes_at": "2099-01-15T16:00", "procedure": "vote"}
    client.post(url, {**sent, "key": key_in(client.get(url))})
    assert Decision.objects.get().title == "Minutes"


def test_page_view_after_the_deadline_closes(unanimous, decision, sign_in, member, set_clock):
    after_deadline(set_clock, decision)
    page = sign_in(member).get(url_of(decision)).content.decode()
    assert "Approved by consensus" in page
    assert Outcome.objects.count() == 1


def test_outcome_page_shows_votes_by_seat(open_text, sign_in, member):
    vote(open_text, "approve", *all_but("member_ghana"))
    vote(open_text, "object", "member_ghana", reasons="Arabic is missing.")
    close_decision(by=person("chair"), decision=open_text)
    page = sign_in(member).get(url_of(open_text)).content.decode()
    assert "Arabic is missing." in page
    assert "<svg" in page
    assert "In favour: 8. Against: 1. Abstentions: 0." in page


@pytest.mark.requirement("R14")
def test_open_decision_says_that_a_window_of_its_objectives_is_shut(founded, sign_in, officer, agency, finance_officer):
    money_in(finance_officer, "300000.00")
    version = checked_version(agency, officer, objectives={"O1": 100}, main="O1")
    decision = opened(version=version, amounts={window("W1"): version.requested})
    client = sign_in(officer)
    assert "is not open today" not in client.get(url_of(decision)).content.decode()
    set_window_status(by=person("head"), window=window("W1"), status="suspended", note="The Forum's wish.")
    page = client.get(url_of(decision)).content.decode()
    assert ("is not open today" in page, "The pools hold enough today" in page) == (True, False)
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("chair"), decision=decision)
    page = client.get(url_of(decision)).content.decode()
    assert "The fund did not hold enough, or a window was not open" in page
    assert "The project PRJ-" not in page


def test_carried_decision_leads_to_its_project(decision, sign_in, officer, member, finance_officer):
    money_in(finance_officer, "300000.00")
    vote(decision, "approve", *all_but("member_iom"))
    close_decision(by=person("chair"), decision=decision)
    project = Project.objects.get()
    for who, link in ((officer, project.get_absolute_url()), (member, f"/en/projects/{project.reference}/")):
        page = sign_in(who).get(url_of(decision)).content.decode()
        assert re.search(rf'href="{link}"\s*>The project {project.reference}<', page)


# -- sessions, appointments, rules ---------------------------------------------------------------------------------


@pytest.mark.requirement("R61")
def test_session_without_developing_countries_is_said_not_quorate(founded, sign_in, officer):
    client = sign_in(officer)
    url = reverse("governance:session_new")
    client.post(url, {"held_on": clock.today().isoformat(), "place": "Geneva", "key": key_in(client.get(url))})
    session = Session.objects.get()
    url = session.get_absolute_url()
    present = [holder(key).pk for key in ("member_sweden", "member_undp")]
    client.post(url, {"present": present, "key": key_in(client.get(url))})
    page = client.get(url).content.decode()
    assert "not quorate" in page
    assert "Developing countries" in page


def test_item_is_offered_no_session_that_is_over(officer):
    from governance.operations import call_session

    committee()
    over, today, later = (
        call_session(by=officer, held_on=clock.today() + timedelta(days=days), place="Geneva") for days in (-1, 0, 9)
    )
    assert list(TextForm().fields["session"].queryset) == [today, later]
    assert TextForm({"session": over.pk}).has_error("session")


@pytest.mark.requirement("R61")
def test_session_without_developing_countries_only_warns_where_the_rules_say_so(sign_in, officer, member):
    from governance.operations import call_session

    committee(is_composition_binding=False)
    session = call_session(by=officer, held_on=clock.today(), place="Rome")
    record_attendance(by=officer, session=session, present=[holder("member_sweden")])
    assert "only ask for a warning" in sign_in(member).get(session.get_absolute_url()).content.decode()


def test_head_appoints_and_others_may_not(founded, sign_in, head, member):
    url = reverse("governance:appointment", args=[8])
    assert sign_in(member).get(url).status_code == 403
    client = sign_in(head)
    sent = {
        "capacity": "alternate",
        "user": person("alternate").pk,
        "starts_on": "2099-01-01",
        "key": key_in(client.get(url)),
    }
    assert "holds a seat already" in client.post(url, sent).content.decode()
    chair_url = reverse("governance:chair")
    sent = {"user": member.pk, "starts_on": "2099-01-01", "key": key_in(client.get(chair_url))}
    assert client.post(chair_url, sent).status_code == 302


@pytest.mark.requirement("R62")
def test_head_carries_out_a_change_of_rules(sign_in, head):
    decision = opened_text(title="Rules")
    vote(decision, "approve", *all_but())
    close_decision(by=person("chair"), decision=decision)
    client = sign_in(head)
    url = reverse("governance:rules_new")
    sent = {
        "key": key_in(client.get(url)), "decision": decision.pk, "effective_from": "2099-01-01", "method": "majority",
        "quorum": "2/3", "majority": "3/4", "group_majority": "", "required": ["donors"], "floor": "4", "silence_days": "5",
    }  # fmt: skip
    assert client.post(url, {**sent, "majority": "0.75"}).status_code == 200
    assert client.post(url, sent).status_code == 302
    rules = RuleSet.objects.get(number=2)
    assert (rules.quorum, rules.majority, rules.group_majority, rules.is_sealed) == ("2/3", "3/4", "", False)
    assert "Version 2" not in client.get(reverse("governance:seats")).content.decode()


# -- lists cost the same for one row as for three --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("floor", "0"),
        ("floor", "10"),  # there are nine seats
        ("floor", "99999"),
        ("silence_days", "0"),
        ("silence_days", "99999"),
        ("quorum", "1/1"),
        ("majority", "3/2"),
        ("group_majority", "9/1"),
    ],
)
def test_rule_that_no_vote_could_ever_meet_is_refused_at_its_field(sign_in, head, field, typed):
    url, decision = reverse("governance:rules_new"), opened_text(title="A rule")
    vote(decision, "approve", *MEMBERS)
    close_decision(by=person("officer"), decision=decision)
    client = sign_in(head)
    form = client.get(url).context["form"]
    shown = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    sent = shown | {"decision": decision.pk, "effective_from": clock.today() + timedelta(days=9), field: typed}
    answer = client.post(url, sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert RuleSet.objects.count() == 1
    assert client.post(url, sent | {field: shown[field]}).status_code == 302


def test_home_asks_as_often_for_three_rows_as_for_one(sign_in, member, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def fill() -> None:
        closed = opened_text()
        vote(closed, "approve", *all_but())
        close_decision(by=person("chair"), decision=closed)
        opened_text()
        tabled(version=checked_version(person("agency"), person("officer")))

    client = sign_in(member)
    fill()
    client.get(reverse("governance:home"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("governance:home"))
    fill()
    fill()
    with django_assert_num_queries(len(one)):
        client.get(reverse("governance:home"))


@pytest.mark.parametrize(("language", "words"), [("fr", "Votre vote"), ("es", "Su voto")])
def test_pages_speak_the_language(decision, sign_in, member, language, words):
    client = sign_in(member)
    with translation.override(language):
        page = client.get(url_of(decision)).content.decode()
    assert words in page


def test_cancelled_item_is_read_by_the_committee_only(decision, sign_in, officer):
    cancel_decision(by=officer, decision=decision, reason="Changed.")
    assert sign_in(person("donor")).get(url_of(decision)).status_code == 404
