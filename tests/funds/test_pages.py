"""The fund's pages: who sees what, what is kept on an error, and nothing done twice."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from alliance.people.models import User
from funds.models import Agreement, Deposit, Donor, Fund, Payment, Pledge, Posting, Rate, Window
from funds.operations.imports import Source, import_contributions
from tests.conftest import PERSONA_KEYS
from tests.funds.factories import (
    fund_project,
    make_agreement,
    make_deposit,
    make_donor,
    make_paid,
    make_payment,
    make_pledge,
    make_rate,
)
from tests.funds.test_imports import FILE, MAPPING
from tests.ground.scenes import scene
from tests.world import signed_in

D = Decimal
EVERYBODY = (*PERSONA_KEYS, "stranger")
SECRETARIAT = {"officer", "finance_officer", "second_finance_officer", "head"}
READERS = SECRETARIAT | {"auditor"}
DONORS = {"donor", "rival_donor"}
PARTNERS = {"agency", "rival_agency"}
FINANCE = {"finance_officer", "second_finance_officer"}


@scene
def rows(donor, officer, finance_officer, second_finance_officer):
    """One row of each kind, the donor's and the agency's own."""
    pledge = make_pledge(donor, acknowledged_by=officer, amount=D(20000))
    agreement = make_agreement(finance_officer, pledge=pledge, amount=D(20000))
    deposit = make_deposit(finance_officer, agreement=agreement)
    fund_project(finance_officer)
    payment = make_paid(finance_officer, second_finance_officer, on=clock.today())
    make_donor("switzerland-sdc")
    outcome = import_contributions(by=None, source=Source("c.csv", FILE.read_bytes(), "m", MAPPING.read_bytes()))
    return {
        "pledge": pledge.reference, "agreement": agreement.reference, "deposit": deposit.reference,
        "payment": payment.reference, "batch": outcome.batch.reference,
    }  # fmt: skip


@scene
def browsers(rows):
    """A browser of each person, signed in."""
    User.objects.create_user("stranger@demo.example", "alliance-demo", name="Sam Stranger")
    return {key: signed_in(key) for key in EVERYBODY}


# name, argument, who gets 200, who gets 403; everybody else gets 404
TABLE = [
    ("pledges", None, READERS | DONORS, set()),
    ("pledge_new", None, SECRETARIAT | DONORS, {"auditor"}),
    ("pledge", "pledge", READERS | {"donor"}, set()),
    ("pledge_cancel", "pledge", {"donor", "officer", "head"}, FINANCE | {"auditor"}),
    ("pledge_accept", "pledge", FINANCE | {"head"}, {"officer", "auditor", "donor"}),
    ("pledge_write_off", "pledge", FINANCE | {"head"}, {"officer", "auditor", "donor"}),
    ("agreements", None, READERS | DONORS, set()),
    ("agreement_new", None, FINANCE, {"officer", "head", "auditor"}),
    ("agreement", "agreement", READERS | {"donor"}, set()),
    ("agreement_cancel", "agreement", FINANCE | {"head"}, {"officer", "auditor", "donor"}),
    ("deposits", None, READERS | DONORS, set()),
    ("deposit_new", None, FINANCE, {"officer", "head", "auditor"}),
    ("deposit", "deposit", READERS | {"donor"}, set()),
    ("donor_new", None, SECRETARIAT, {"auditor"}),
    ("donor", "sweden-mfa", READERS | {"donor"}, set()),
    ("donor_stage", "sweden-mfa", SECRETARIAT, {"auditor", "donor"}),
    ("payments", None, READERS | PARTNERS, set()),
    ("payment", "payment", READERS | {"agency"}, set()),
    ("payment_pay", "payment", FINANCE, {"officer", "head", "auditor", "agency"}),
    ("payment_cancel", "payment", FINANCE | {"head"}, {"officer", "auditor", "agency"}),
    ("windows", None, READERS, set()),
    ("window_status", "W1", {"head"}, READERS - {"head"}),
    ("fund_status", None, {"head"}, READERS - {"head"}),
    ("closing", None, READERS, set()),
    ("trustee_new", None, {"head"}, READERS - {"head"}),
    ("periods", None, READERS, set()),
    ("rates", None, READERS, set()),
    ("rate_new", None, FINANCE, {"officer", "head", "auditor"}),
    ("rate_import", None, FINANCE, {"officer", "head", "auditor"}),
    ("accounts", None, READERS, set()),
    ("account", "pool:GEN", READERS, set()),
    ("import_batches", None, READERS, set()),
    ("import_batch", "batch", READERS, set()),
    ("import_new", None, FINANCE, {"officer", "head", "auditor"}),
]


@pytest.mark.parametrize(("name", "argument", "allowed", "refused"), TABLE, ids=[row[0] for row in TABLE])
def test_page_is_for_those_it_is_for(rows, browsers, name, argument, allowed, refused):
    url = reverse(f"funds:{name}", args=[rows.get(argument, argument)] if argument else [])
    got = {key: browser.get(url).status_code for key, browser in browsers.items()}
    assert got == {key: 200 if key in allowed else 403 if key in refused else 404 for key in EVERYBODY}


@pytest.mark.parametrize("name", [row[0] for row in TABLE if row[1] is None])
def test_visitor_is_sent_to_sign_in(db, client, name):
    response = client.get(reverse(f"funds:{name}"))
    assert (response.status_code, "sign-in" in response["Location"]) == (302, True)


POSTS = [
    ("pledge_acknowledge", "pledge", SECRETARIAT, {"auditor", "donor"}),
    (
        "payment_authorise",
        "payment",
        {"second_finance_officer", "head"},
        {"finance_officer", "officer", "auditor", "agency"},
    ),
    ("payment_confirm", "payment", {"agency"}, READERS),
    ("period_close", "2007", FINANCE | {"head"}, {"officer", "auditor"}),
]


@pytest.mark.requirement("D3")
@pytest.mark.parametrize(("name", "argument", "allowed", "refused"), POSTS, ids=[row[0] for row in POSTS])
def test_button_works_for_those_it_is_for(rows, browsers, name, argument, allowed, refused):
    url = reverse(f"funds:{name}", args=[rows.get(argument, argument)])
    got = {key: browser.post(url, {"key": key}).status_code for key, browser in browsers.items()}
    assert got == {key: 302 if key in allowed else 403 if key in refused else 404 for key in EVERYBODY}
    assert browsers["auditor"].get(url).status_code == 405


def typed(**values):
    return {"key": "k1", "amount": "250 000,50", "currency": "USD", "window": "", "pledged_on": "2008-03-10"} | values


def test_donor_pledges_and_sees_its_pledge(donor, sign_in):
    made = make_donor()
    response = sign_in(donor).post(
        reverse("funds:pledge_new"), typed(donor=made.pk, conditions="parliament"), follow=True
    )
    pledge = Pledge.objects.get()
    assert (pledge.amount, pledge.donor, pledge.conditions) == (D("250000.50"), made, "parliament")
    assert response.redirect_chain[-1][0] == pledge.get_absolute_url()
    assert pledge.reference in response.content.decode()


@pytest.mark.requirement("D8")
def test_pledge_sent_twice_is_one(donor, sign_in):
    client, values = sign_in(donor), typed(donor=make_donor().pk)
    places = [client.post(reverse("funds:pledge_new"), values)["Location"] for _ in range(2)]
    assert (len(set(places)), Pledge.objects.count()) == (1, 1)


BAD_AMOUNTS = [
    ("1.234,56", "amount"), ("1,234", "amount"), ("0", "amount"), ("-5", "amount"), ("", "amount"), ("ten", "amount"),
    ("5.005", "amount"), ("9" * 20, "amount"), ("1e6", "amount"),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "field"), BAD_AMOUNTS)
def test_bad_amount_is_told_and_what_was_typed_is_kept(donor, sign_in, amount, field):
    values = typed(donor=make_donor().pk, amount=amount, conditions="kept as typed")
    response = sign_in(donor).post(reverse("funds:pledge_new"), values)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert "kept as typed" in page
    assert f'value="{amount}"' in page or not amount
    assert Pledge.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"currency": "NOK"}, "currency"),
        ({"pledged_on": "2999-01-01"}, "pledged_on"),
        ({"pledged_on": "10.03.2008"}, "pledged_on"),
        ({"window": "99"}, "window"),
        ({"amount": "5.5", "currency": "JPY"}, "amount"),
    ],
)
def test_bad_pledge_is_told_at_its_field(donor, sign_in, values, field):
    response = sign_in(donor).post(reverse("funds:pledge_new"), typed(donor=make_donor().pk) | values)
    assert list(response.context["form"].errors) == [field]


def test_donor_cannot_pledge_for_another(donor, sign_in):
    make_donor()
    response = sign_in(donor).post(reverse("funds:pledge_new"), typed(donor=make_donor("switzerland-sdc").pk))
    assert "donor" in response.context["form"].errors
    assert Pledge.objects.count() == 0


def test_pledge_is_acknowledged_by_a_button_once(donor, officer, sign_in):
    pledge = make_pledge(donor)
    client = sign_in(officer)
    assert "Acknowledge the pledge" in client.get(pledge.get_absolute_url()).content.decode()
    url = reverse("funds:pledge_acknowledge", args=[pledge.reference])
    client.post(url, {"key": "a"})
    again = client.post(url, {"key": "b"}, follow=True).content.decode()
    assert "no longer possible" in again
    assert Pledge.objects.get().state == "acknowledged"


def agreement_form(**values):
    rows = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}
    return (
        rows
        | {"key": "k", "amount": "10000", "currency": "USD", "signed_on": "2008-04-10", "fee_percent": "1.00"}
        | values
    )


def test_agreement_is_recorded_on_a_pledge_with_instalments(donor, officer, finance_officer, sign_in):
    pledge = make_pledge(donor, acknowledged_by=officer)
    url = reverse("funds:agreement_new") + f"?pledge={pledge.reference}"
    client = sign_in(finance_officer)
    assert 'value="10000.00"' in client.get(url).content.decode()
    parts = {
        "form-0-due_on": "2008-05-01", "form-0-amount": "4000", "form-1-due_on": "2008-09-01", "form-1-amount": "6 000,00",
    }  # fmt: skip
    client.post(url, agreement_form(**parts))
    agreement = Agreement.objects.get()
    assert (agreement.pledge, agreement.instalments.count()) == (pledge, 2)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"form-0-due_on": "2008-05-01"}, "has a date and an amount"),
        ({"form-0-due_on": "2008-05-01", "form-0-amount": "1"}, "do not add up"),
        ({"fee_percent": "100"}, "99.99"),
        ({"signed_on": "2008-03-09"}, "before the pledge"),
    ],
)
def test_bad_agreement_is_told_and_kept(donor, officer, finance_officer, sign_in, values, told):
    pledge = make_pledge(donor, acknowledged_by=officer)
    url = reverse("funds:agreement_new") + f"?pledge={pledge.reference}"
    page = sign_in(finance_officer).post(url, agreement_form(**values)).content.decode()
    assert told in page
    assert Agreement.objects.count() == 0


def deposit_form(**values):
    return {
        "key": "k",
        "amount": "10000",
        "currency": "USD",
        "received_on": "2008-05-05",
        "bank_reference": "B 1",
    } | values


@pytest.mark.requirement("R56", "D2")
def test_deposit_is_looked_at_before_it_is_posted(finance_officer, sign_in):
    make_rate("NOK", date(2008, 5, 2), "5.1")
    agreement = make_agreement(finance_officer, amount=D(51000), currency="USD")
    url = reverse("funds:deposit_new") + f"?agreement={agreement.reference}"
    client = sign_in(finance_officer)
    page = client.post(url, deposit_form(amount="51000", currency="NOK")).content.decode()
    assert Posting.objects.count() == 0
    for shown in ("10,000.00", "100.00", "9,900.00", "5.1 NOK", "2 May 2008", "test table"):
        assert shown in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    client.post(url, hidden)
    deposit = Deposit.objects.get()
    assert (deposit.amount_usd, deposit.fee_usd, deposit.bank_reference) == (D("10000.00"), D("100.00"), "B 1")
    assert client.post(url, hidden)["Location"] == deposit.get_absolute_url()
    assert Deposit.objects.count() == 1


def test_deposit_that_was_looked_at_can_be_changed(finance_officer, sign_in):
    agreement = make_agreement(finance_officer)
    url = reverse("funds:deposit_new") + f"?agreement={agreement.reference}"
    page = sign_in(finance_officer).post(url, deposit_form(seen="10000.00", change="1")).content.decode()
    assert 'value="B 1"' in page
    assert Deposit.objects.count() == 0


def test_deposit_whose_worth_was_not_seen_is_shown_first(finance_officer, sign_in):
    url = reverse("funds:deposit_new") + f"?agreement={make_agreement(finance_officer).reference}"
    sign_in(finance_officer).post(url, deposit_form(seen="1.00"))
    assert Deposit.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"received_on": "2008-04-09"}, "received_on"),
        ({"received_on": "2999-01-01"}, "received_on"),
        ({"currency": "NOK"}, "currency"),
        ({"amount": "1.234,56"}, "amount"),
        ({"rate": "5.1"}, "rate_source"),
        ({"rate": "0"}, "rate"),
    ],
)
def test_bad_deposit_is_told_at_its_field(finance_officer, sign_in, values, field):
    url = reverse("funds:deposit_new") + f"?agreement={make_agreement(finance_officer).reference}"
    response = sign_in(finance_officer).post(url, deposit_form(**values))
    assert list(response.context["form"].errors) == [field]


@pytest.mark.requirement("R103")
def test_deposit_page_says_when_the_fund_cannot_receive(finance_officer, sign_in):
    url = reverse("funds:deposit_new") + f"?agreement={make_agreement(finance_officer).reference}"
    Fund.objects.update(status="approved_in_principle")
    page = sign_in(finance_officer).post(url, deposit_form()).content.decode()
    assert "cannot receive contributions" in page


def test_payment_goes_from_hand_to_hand(finance_officer, second_finance_officer, agency, client):
    fund_project(finance_officer)
    payment = make_payment(finance_officer)
    page = payment.get_absolute_url()
    client.force_login(finance_officer)
    assert "Another finance officer" in client.get(page).content.decode()
    client.force_login(second_finance_officer)
    client.post(reverse("funds:payment_authorise", args=[payment.reference]), {"key": "a"})
    client.force_login(finance_officer)
    client.post(
        reverse("funds:payment_pay", args=[payment.reference]),
        {"key": "b", "on": clock.today().isoformat(), "bank_reference": "T"},
    )
    client.force_login(agency)
    client.post(reverse("funds:payment_confirm", args=[payment.reference]), {"key": "c"})
    assert Payment.objects.get().state == "acknowledged"


def test_payment_without_money_says_so_on_its_form(finance_officer, second_finance_officer, client):
    payment = make_payment(finance_officer)
    client.force_login(second_finance_officer)
    client.post(reverse("funds:payment_authorise", args=[payment.reference]), {"key": "a"})
    response = client.post(
        reverse("funds:payment_pay", args=[payment.reference]), {"key": "b", "on": clock.today().isoformat()}
    )
    assert "not enough money" in response.content.decode()


def test_head_changes_a_windows_status_and_the_page_shows_it(head, sign_in):
    client = sign_in(head)
    client.post(
        reverse("funds:window_status", args=["W1"]), {"key": "a", "status": "suspended", "note": "the Forum's wish"}
    )
    assert Window.objects.get(code="W1").status == "suspended"
    response = client.post(reverse("funds:window_status", args=["W1"]), {"key": "b", "status": "planned", "note": "x"})
    assert "status" in response.context["form"].errors


@pytest.mark.requirement("R103")
def test_day_is_asked_for_only_where_the_funds_status_may_be_entered_late(head, sign_in):
    client, page = sign_in(head), reverse("funds:fund_status")
    Fund.objects.update(status="proposed", status_on=date(2008, 1, 2))
    values = {"key": "a", "status": "established", "note": "The trustee confirms.", "on": "2008-04-01"}
    refused = client.post(page, values | {"on": "2008-01-01"})
    assert list(refused.context["form"].errors) == ["on"]
    client.post(page, values)
    assert Fund.objects.the().established_on == date(2008, 4, 1)
    assert "on" not in client.get(page).context["form"].fields
    client.post(page, {"key": "b", "status": "operating", "note": "The first session."})
    assert Fund.objects.the().operating_on == clock.today()


def test_rate_is_entered_by_form_with_a_comma(finance_officer, sign_in):
    values = {"key": "a", "currency": "NOK", "on": "2008-05-02", "units_per_usd": "5,1234", "source": "Norges Bank"}
    sign_in(finance_officer).post(reverse("funds:rate_new"), values)
    assert Rate.objects.get(currency="NOK").units_per_usd == D("5.1234")


def test_donor_register_and_stage_by_form(officer, sign_in):
    client = sign_in(officer)
    from tests.funds.factories import make_organisation

    organisation = make_organisation("sweden-mfa")
    client.post(reverse("funds:donor_new"), {"key": "a", "organisation": organisation.pk, "donor_type": "state"})
    client.post(reverse("funds:donor_stage", args=["sweden-mfa"]), {"key": "b", "stage": "contacted"})
    assert Donor.objects.get().stage == "contacted"


def test_stage_that_follows_from_papers_is_not_asked_for(rows, officer, sign_in):
    donor = Donor.objects.filter(stage="received").order_by("pk")[0]
    page = sign_in(officer).get(reverse("funds:donor_stage", args=[donor.organisation.slug]))
    assert "it is not set by hand" in page.text
    assert "Set the stage" not in page.text


LISTS = ["pledges", "agreements", "deposits", "payments", "donors"]


@pytest.mark.parametrize("name", LISTS)
def test_list_is_filtered_sorted_and_downloaded_by_its_address(rows, finance_officer, sign_in, name):
    client = sign_in(finance_officer)
    for query in (
        "?state=signed&sort=-usd",
        "?sort=donor&page=9",
        "?since=2008-01-01&until=nonsense",
        "?window=GEN",
        "?stage=pledged",
    ):
        assert client.get(reverse(f"funds:{name}") + query).status_code == 200
    lines = (
        b"".join(client.get(reverse(f"funds:{name}") + "?format=csv").streaming_content)
        .decode("utf-8-sig")
        .splitlines()
    )
    assert len(lines) > 1
    sheet = client.get(reverse(f"funds:{name}") + "?format=xlsx")
    assert b"".join(sheet.streaming_content).startswith(b"PK")


def test_filter_by_the_general_pool_finds_what_is_unearmarked(donor, finance_officer, sign_in):
    from tests.funds.factories import make_window

    plain, earmarked = make_pledge(donor), make_pledge(donor, window=make_window("W1"))
    page = sign_in(finance_officer).get(reverse("funds:pledges") + "?window=GEN").content.decode()
    assert plain.reference in page
    assert earmarked.reference not in page


@pytest.mark.parametrize("name", LISTS)
def test_list_asks_as_much_for_three_rows_as_for_one(donor, officer, finance_officer, sign_in, name):
    client = sign_in(finance_officer)
    asked = []
    for slugs in (["sweden-mfa"], ["switzerland-sdc", "world-bank"]):
        for slug in slugs:
            pledge = make_pledge(finance_officer, donor=make_donor(slug), acknowledged_by=officer)
            make_deposit(finance_officer, agreement=make_agreement(finance_officer, pledge=pledge))
            make_payment(finance_officer)
        client.get(reverse(f"funds:{name}"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"funds:{name}"))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_account_page_follows_a_figure_to_its_postings(rows, auditor, sign_in):
    page = sign_in(auditor).get(reverse("funds:account", args=["pool:GEN"])).content.decode()
    assert rows["deposit"] in page
    assert "donor:sweden-mfa" in page
    assert "Whose money it is" in page


def test_import_page_shows_its_lines_and_figures(rows, auditor, sign_in):
    client = sign_in(auditor)
    url = reverse("funds:import_batch", args=[rows["batch"]])
    page = client.get(url).content.decode()
    for shown in ("383,780.70", "4,100.10", "353,342.89", "30,700.40", "12.34", "250.25", "18-fold"):
        assert shown in page
    assert "25-DC-009" in client.get(url + "?show=flagged").content.decode()
    assert "25-DC-001" not in client.get(url + "?show=flagged").content.decode()


def test_donors_own_people_are_led_to_their_own_page(donor, sign_in):
    made = make_donor()
    assert sign_in(donor).get(reverse("funds:donors"))["Location"] == made.get_absolute_url()
