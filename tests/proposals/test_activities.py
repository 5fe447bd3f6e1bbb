"""Activities outside the fund: recorded, amended and withdrawn by the secretariat, and what a row may not say."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.forum.models import Theme
from alliance.people.models import Organisation
from alliance.register.models import RegisterEntry
from proposals.models import OutsideActivity
from proposals.operations import amend_activity, record_activity, withdraw_activity
from tests.proposals.factories import particulars, recorded_activity

KINDS = ["activity.recorded/1", "activity.amended/1", "activity.withdrawn/1"]


def test_what_is_recorded_amended_and_withdrawn_stands_in_the_public_register(officer, head):
    activity = recorded_activity(officer)
    amend_activity(by=head, activity=activity, particulars=particulars(countries=["PH", "MA", "PH"]))
    withdraw_activity(by=officer, activity=activity, reason="It was never begun.")
    activity.refresh_from_db()
    assert (activity.state, activity.countries, activity.withdrawn_by) == ("withdrawn", ["MA", "PH"], officer)
    entries = RegisterEntry.objects.filter(kind__in=KINDS).order_by("n")
    assert [entry.kind for entry in entries] == KINDS
    assert all(entry.public_from for entry in entries)
    assert json.loads(entries[1].body)["facts"]["countries"] == ["MA", "PH"]


@pytest.mark.parametrize("who", ["agency", "donor", "member", "finance_officer", "auditor", "stranger"])
def test_only_the_secretariat_records(who, request, db):
    with pytest.raises(NotAllowed):
        record_activity(by=request.getfixturevalue(who), particulars=particulars())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"themes": []}, "themes"),
        ({"themes": ["fishing"]}, "themes"),
        ({"countries": []}, None),
        ({"countries": ["XX"]}, None),
        ({"title": " "}, "title"),
        ({"source": " "}, "source"),
        ({"ends_on": date(2007, 12, 31)}, "ends_on"),
        ({"amount": Decimal(5)}, "amount"),
        ({"currency": "USD"}, "amount"),
        ({"amount": Decimal("5.5"), "currency": "JPY"}, "amount"),
        ({"title": "x" * 201}, "title"),
        ({"language": "de"}, "language"),
        ({"source": "x" * 301}, "source"),
        ({"source_url": f"https://example.org/{'x' * 300}"}, "source_url"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(changes, field, officer):
    with pytest.raises(Refused) as refused:
        recorded_activity(officer, **changes)
    assert (refused.value.field, OutsideActivity.objects.count()) == (field, 0)
    activity = recorded_activity(officer)
    with pytest.raises(Refused):
        amend_activity(by=officer, activity=activity, particulars=particulars(**changes))


def test_organisation_that_is_not_confirmed_is_refused(officer):
    with pytest.raises(Refused) as refused:
        recorded_activity(officer, organisation=Organisation(slug="nobody"))
    assert refused.value.field == "organisation"


def test_theme_that_ended_can_be_kept_and_not_chosen(officer):
    activity = recorded_activity(officer)
    Theme.objects.filter(code="mobility-agreements").update(valid_from=date(2007, 1, 1), valid_until=date(2007, 1, 2))
    amend_activity(by=officer, activity=activity, particulars=particulars(title="Renamed"))
    with pytest.raises(Refused):
        recorded_activity(officer)


def test_withdrawn_activity_changes_no_more(officer):
    activity = withdraw_activity(by=officer, activity=recorded_activity(officer), reason="A mistake.")
    with pytest.raises(OutOfState):
        amend_activity(by=officer, activity=activity, particulars=particulars())
    with pytest.raises(OutOfState):
        withdraw_activity(by=officer, activity=activity, reason="Again.")


VIOLATIONS = [
    ("outside_activity_ends_after_start", "ends_on = starts_on - 1"),
    ("outside_activity_somewhere", "countries = '{}'"),
    ("outside_activity_about_something", "themes = '{}'"),
    ("outside_activity_has_a_title", "title = ''"),
    ("outside_activity_from_a_source", "source = ''"),
    ("outside_activity_amount_in_a_currency", "amount = 1"),
    ("outside_activity_amount_in_a_currency", "amount = 0, currency = 'USD'"),
    ("outside_activity_amount_in_a_currency", "currency = 'USD'"),
    ("outside_activity_language_known", "language = 'de'"),
    ("outside_activity_state_known", "state = 'lost', withdrawn_at = NULL"),
    ("outside_activity_withdrawn_at_with_state", "withdrawn_at = now(), withdrawn_by_id = recorded_by_id"),
    ("outside_activity_withdrawn_why_with_state", "withdrawn_why = 'A mistake'"),
    ("outside_activity_withdrawn_at_with_withdrawn_by", "withdrawn_by_id = recorded_by_id"),
]


@pytest.mark.parametrize(("constraint", "change"), VIOLATIONS)
def test_row_that_says_too_little_or_too_much_is_refused(constraint, change, officer):
    activity = recorded_activity(officer)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE proposals_outsideactivity SET {change} WHERE id = %s", [activity.pk])


def sent(**changes):
    """Return the form as a browser sends it."""
    values = {
        "organisation": "undp", "title": "Conseil sur les accords", "language": "fr", "themes": ["mobility-agreements"],
        "starts_on": "2008-01-01", "ends_on": "2009-06-30", "source": "Lettre du 3 mars 2008", "source_url": "",
        "amount": "1 250.50", "currency": "EUR", "key": "one", "rows-TOTAL_FORMS": "2", "rows-INITIAL_FORMS": "0",
        "rows-0-country": "MA", "rows-1-country": "",
    }  # fmt: skip
    return {**values, **changes}


def test_officer_records_amends_and_withdraws_through_the_pages(officer, sign_in):
    desk, client = sign_in(officer), Client()
    desk.post(reverse("proposals:activity_new"), sent())
    activity = OutsideActivity.objects.get()
    assert (activity.countries, activity.amount, activity.language) == (["MA"], Decimal("1250.500"), "fr")
    page = desk.get(reverse("proposals:activity_edit", args=[activity.reference])).content.decode()
    assert "Conseil sur les accords" in page
    again = {"rows-TOTAL_FORMS": "2", "rows-INITIAL_FORMS": "1", "rows-1-country": "PH", "amount": "", "currency": ""}
    desk.post(reverse("proposals:activity_edit", args=[activity.reference]), sent(key="two", **again))
    activity.refresh_from_db()
    assert (activity.countries, activity.amount) == (["MA", "PH"], None)
    public = client.get(activity.get_absolute_url()).content.decode()
    assert '<span lang="fr">Conseil sur les accords</span>' in public
    assert reverse("proposals:activity_edit", args=[activity.reference]) not in public
    desk.post(
        reverse("proposals:activity_withdraw", args=[activity.reference]), {"reason": "A mistake.", "key": "three"}
    )
    assert client.get(activity.get_absolute_url()).status_code == 404
    assert "A mistake." in desk.get(activity.get_absolute_url()).content.decode()


def test_form_says_what_is_missing_and_keeps_what_was_typed(officer, sign_in):
    page = sign_in(officer).post(reverse("proposals:activity_new"), sent(themes=[], **{"rows-0-country": ""}))
    assert page.status_code == 200
    assert "Conseil sur les accords" in page.content.decode()
    page = sign_in(officer).post(reverse("proposals:activity_new"), sent(**{"rows-0-country": ""}))
    assert "Name at least one country." in page.content.decode()
    assert OutsideActivity.objects.count() == 0
