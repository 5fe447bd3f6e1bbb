"""What is not cash: promised, acknowledged, delivered, cancelled; and in no sum of money."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from funds.contributions.totals import totals_of_donor
from funds.models import NonCashPledge, Posting
from funds.operations.noncash import (
    acknowledge_non_cash_pledge,
    cancel_non_cash_pledge,
    deliver_non_cash_pledge,
    record_non_cash_pledge,
)
from tests.funds.factories import PLEDGED_ON, fund_in, make_donor, make_pledge
from tests.funds.test_pipeline import found, rows_of

D = Decimal


def promise(by, *, acknowledged_by=None, **values):
    values = {
        "donor": None, "kind": "secondment", "description": "A statistician for a year", "pledged_on": PLEDGED_ON,
        "worth_usd": D(90000),
    } | values  # fmt: skip
    values["donor"] = values["donor"] or make_donor()
    row = record_non_cash_pledge(by=by, **values)
    return acknowledge_non_cash_pledge(by=acknowledged_by, pledge=row) if acknowledged_by else row


@pytest.mark.requirement("R56")
def test_what_is_not_cash_is_in_no_sum_of_money(donor, officer):
    row = promise(donor, acknowledged_by=officer)
    make_pledge(donor, amount=D(5))
    deliver_non_cash_pledge(by=officer, pledge=row, on=clock.today())
    assert totals_of_donor(row.donor).pledged == D(5)
    assert Posting.objects.count() == 0


def test_it_goes_from_pledged_to_delivered(donor, officer):
    row = promise(donor)
    assert (row.state, row.acknowledged_at) == ("pledged", None)
    row = acknowledge_non_cash_pledge(by=officer, pledge=row)
    row = deliver_non_cash_pledge(by=officer, pledge=row, on=date(2008, 5, 5))
    assert (row.state, row.delivered_on) == ("delivered", date(2008, 5, 5))
    with pytest.raises(OutOfState):
        cancel_non_cash_pledge(by=officer, pledge=row, why="no")


def test_it_is_cancelled_with_a_reason(donor, officer):
    with pytest.raises(Refused):
        cancel_non_cash_pledge(by=donor, pledge=promise(donor), why=" ")
    row = cancel_non_cash_pledge(by=donor, pledge=promise(donor, acknowledged_by=officer), why="no budget")
    assert (row.state, row.cancelled_why) == ("cancelled", "no budget")


BAD = [
    ({"description": " "}, "description"),
    ({"pledged_on": date(2999, 1, 1)}, "pledged_on"),
    ({"worth_usd": D(0)}, "worth_usd"),
    ({"worth_usd": D("5.001")}, "worth_usd"),
    ({"worth_usd": D("1e15")}, "worth_usd"),
]


@pytest.mark.parametrize(("values", "field"), BAD)
def test_bad_input_is_refused(donor, values, field):
    with pytest.raises(Refused) as refusal:
        promise(donor, **values)
    assert (refusal.value.field, NonCashPledge.objects.count()) == (field, 0)


def test_delivery_is_not_before_the_pledge_nor_in_the_future(donor, officer):
    row = promise(donor, acknowledged_by=officer)
    for day in (date(2008, 3, 9), date(2999, 1, 1)):
        with pytest.raises(Refused) as refusal:
            deliver_non_cash_pledge(by=officer, pledge=row, on=day)
        assert refusal.value.field == "on"


def test_due_diligence_holds_for_it_too(officer):
    private = make_donor("meridian-foundation", "private")
    row = promise(officer, donor=private)
    with pytest.raises(Refused, match="due diligence"):
        acknowledge_non_cash_pledge(by=officer, pledge=row)
    found(officer, private, "not_acceptable")
    with pytest.raises(Refused, match="not acceptable"):
        promise(officer, donor=private)


def test_others_do_nothing_with_it(donor, rival_donor, auditor):
    row = promise(donor)
    for act in (
        lambda: promise(rival_donor),
        lambda: acknowledge_non_cash_pledge(by=donor, pledge=row),
        lambda: deliver_non_cash_pledge(by=donor, pledge=row, on=clock.today()),
        lambda: cancel_non_cash_pledge(by=auditor, pledge=row, why="no"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_closed_fund_takes_no_promise(donor):
    fund_in("closed")
    with pytest.raises(OutOfState):
        promise(donor)


def typed(**values):
    return {
        "key": "k", "kind": "in_kind", "description": "Ten laptops", "worth_usd": "9 000", "pledged_on": "2008-03-10",
    } | values  # fmt: skip


def test_donor_promises_on_the_page_and_sees_it(donor, rival_donor, sign_in):
    url = reverse("funds:non_cash_new")
    page = sign_in(donor).post(url, typed(donor=make_donor().pk), follow=True).content.decode()
    row = NonCashPledge.objects.get()
    assert ("Ten laptops" in page, row.worth_usd, row.kind) == (True, D(9000), "in_kind")
    assert "Not in cash" in sign_in(donor).get(row.donor.get_absolute_url()).content.decode()
    assert sign_in(rival_donor).get(row.get_absolute_url()).status_code == 404


def test_officer_acknowledges_and_records_the_delivery(donor, officer, sign_in):
    row, client = promise(donor), sign_in(officer)
    client.post(reverse("funds:non_cash_acknowledge", args=[row.reference]), {"key": "a"})
    client.post(reverse("funds:non_cash_deliver", args=[row.reference]), {"key": "b", "on": "2008-06-01"})
    row.refresh_from_db()
    assert (row.state, row.delivered_on) == ("delivered", date(2008, 6, 1))


BAD_FORMS = [
    (typed(kind="cash"), "kind"), (typed(description=""), "description"), (typed(worth_usd="1.234,56"), "worth_usd"),
    (typed(worth_usd="0"), "worth_usd"), (typed(pledged_on="2999-01-01"), "pledged_on"), (typed(donor="0"), "donor"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "field"), BAD_FORMS, ids=range(len(BAD_FORMS)))
def test_bad_form_is_told_at_its_field(donor, sign_in, values, field):
    response = sign_in(donor).post(reverse("funds:non_cash_new"), {"donor": make_donor().pk} | values)
    assert list(response.context["form"].errors) == [field]
    assert NonCashPledge.objects.count() == 0


def test_list_is_filtered_downloaded_and_quick(donor, officer, sign_in):
    client, counts = sign_in(officer), []
    for kinds in (["in_kind"], ["secondment", "secondment"]):
        for kind in kinds:
            promise(donor, kind=kind, description="=1+1")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("funds:non_cash_pledges"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    address = f"{reverse('funds:non_cash_pledges')}?kind=secondment&state=pledged"
    assert client.get(address).context["page"].paginator.count == 2
    assert [line[3] for line in rows_of(client.get(f"{address}&format=csv"))[1:]] == ["'=1+1", "'=1+1"]
