"""The vouchers' pages: who sees what, what is kept on an error, four eyes behind every door, nothing twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.core import clock
from funds.models import Payment, Posting, Voucher, VoucherKind
from funds.operations.payments import authorise_payment
from reporting.homes.fund import waiting_for
from tests.funds.factories import (
    PROJECT,
    fund_project,
    make_books,
    make_deposit,
    make_paid,
    make_payment,
    make_voucher,
    make_window,
    post_cost,
    post_voucher,
)
from tests.ground.scenes import scene
from tests.world import smallest_pdf

D = Decimal
NEW = {
    "interest_fund": {"window": "GEN", "amount": "1 000,50"},
    "interest_partners": {"window": "W1", "amount": "10"},
    "direct_cost": {"window": "GEN", "amount": "10"},
    "bank_charges": {"window": "GEN", "amount": "10", "bank_reference": "B 7"},
    "other_fund": {"window": "GEN", "amount": "10"},
    "refund_sent": {"partner": f"{PROJECT}:iom", "amount": "10"},
    "refund_received": {"partner": f"{PROJECT}:iom", "amount": "10"},
    "release": {"account": PROJECT, "amount": "10"},
    "window_transfer": {"window": "W1", "destination": "W2", "amount": "10", "consent": "Letter of 3 May 2008"},
}


@scene
def books(finance_officer, second_finance_officer):
    make_books(finance_officer, second_finance_officer)


def sent(kind, **values):
    return {"key": "k1", "on": "2008-05-05", "reason": "As the letter says", **NEW.get(kind, {}), **values}


def form_of(kind):
    return reverse("funds:voucher_kind", args=[kind])


@pytest.mark.requirement("D3")
@pytest.mark.parametrize("kind", NEW)
def test_voucher_is_prepared_on_its_page_and_shows_what_it_would_post(books, sign_in, finance_officer, kind):
    client = sign_in(finance_officer)
    assert client.get(form_of(kind)).status_code == 200
    page = client.post(form_of(kind), sent(kind), follow=True)
    voucher = Voucher.objects.get(kind=kind, state="prepared")
    assert page.redirect_chain[-1][0] == voucher.get_absolute_url()
    assert voucher.amount == D(NEW[kind]["amount"].replace(" ", "").replace(",", "."))
    assert page.context["preview"].refusal == ""
    assert len(page.context["preview"].accounts) == 2


def test_donor_refund_and_correction_are_prepared_from_what_there_is(
    books, sign_in, finance_officer, second_finance_officer
):
    client = sign_in(finance_officer)
    field = client.get(form_of("donor_refund")).context["form"].fields["stake"]
    stake = next(row for row in field.queryset if row.source.donor.organisation.slug == "switzerland-sdc")
    assert field.label_from_instance(stake).endswith("W1 – USD\u00a04,950.00")
    client.post(form_of("donor_refund"), sent("donor_refund", stake=stake.pk, amount="50"))
    refund = Voucher.objects.get(kind="donor_refund")
    assert (refund.donor, refund.window.code) == (stake.source.donor, "W1")
    posting = post_cost(finance_officer, second_finance_officer)
    number = f"{posting.entry.n}/{posting.line}"
    account = client.get(reverse("funds:account", args=["bank-charges"])).content.decode()
    assert f"{form_of('reversal')}?posting={number}" in account
    client.post(form_of("reversal"), sent("reversal", key="k2", posting=number))
    assert Voucher.objects.get(kind="reversal").posting == posting


@pytest.mark.parametrize("number", ["", "x", "1", "0/0", "99999999999999999999/1", "1/²", "-1/1"])
def test_posting_that_is_not_there_is_refused_in_words(books, sign_in, finance_officer, number):
    page = sign_in(finance_officer).post(form_of("reversal"), sent("reversal", posting=number))
    assert "posting" in page.context["form"].errors


def test_number_of_a_posting_is_read_whole(books, sign_in, finance_officer):
    posting = Posting.objects.select_related("entry").order_by("pk")[0]
    for number in (f"{posting.entry.n:015}9/{posting.line}", f"{posting.entry.n}/{posting.line:06}9"):
        page = sign_in(finance_officer).post(form_of("reversal"), sent("reversal", posting=number))
        assert "posting" in page.context["form"].errors


BAD = [
    ("amount", "-5"), ("amount", "0"), ("amount", "1.005"), ("amount", "1,234"), ("amount", "1.234,56"),
    ("amount", "ten"), ("amount", "9999999999999999"), ("amount", "999999999999"), ("on", "the fifth of May"),
    ("on", "2008-02-30"), ("on", "2999-01-01"), ("on", "1999-01-01"), ("window", "W9"), ("reason", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_bad_input_is_refused_in_words_and_what_was_typed_is_kept(books, sign_in, finance_officer, name, value):
    typed = sent("direct_cost", reason="Kept, every word", **{name: value}) if name != "reason" else sent(
        "direct_cost", reason=""
    )  # fmt: skip
    page = sign_in(finance_officer).post(form_of("direct_cost"), typed)
    assert (page.status_code, not Voucher.objects.filter(kind="direct_cost").exists()) == (200, True)
    errors = page.context["form"].errors
    assert list(errors) == [name]
    assert page.context["form"][name].value() == value
    assert page.context["form"]["bank_reference"].value() is None


def test_form_sent_twice_makes_one_voucher(books, sign_in, finance_officer):
    client = sign_in(finance_officer)
    for _ in range(2):
        client.post(form_of("bank_charges"), sent("bank_charges"))
    assert Voucher.objects.filter(kind="bank_charges").count() == 1


@pytest.mark.requirement("D3")
def test_own_voucher_and_own_payment_are_not_authorised_by_any_door(books, sign_in, finance_officer, head):
    voucher, payment = make_voucher(finance_officer), make_payment(finance_officer)
    client = sign_in(finance_officer)
    for name, row in (("voucher", voucher), ("payment", payment)):
        page = client.get(row.get_absolute_url())
        address = reverse(f"funds:{name}_authorise", args=[row.reference])
        assert address not in page.content.decode()
        assert [client.post(address, {"key": f"{name}{tab}"}).status_code for tab in "ab"] == [403, 403]
        assert client.get(address).status_code == 405
        row.refresh_from_db()
        assert row.state == "prepared"
    client.force_login(head)
    for name, row in (("voucher", voucher), ("payment", payment)):
        address = reverse(f"funds:{name}_authorise", args=[row.reference])
        assert client.post(address, {"key": name}).status_code == 302
        row.refresh_from_db()
        assert row.authorised_by == head


def test_authorising_in_two_tabs_posts_once(books, sign_in, finance_officer, second_finance_officer):
    voucher, client = make_voucher(finance_officer), sign_in(second_finance_officer)
    address = reverse("funds:voucher_authorise", args=[voucher.reference])
    client.post(address, {"key": "tab one"})
    page = client.post(address, {"key": "tab two"}, follow=True)
    assert "somebody has changed its state" in page.content.decode()
    assert Posting.objects.filter(debit__code="bank-charges").count() == 1


def test_cancelling_needs_its_reason_and_keeps_the_voucher(books, sign_in, finance_officer):
    voucher, client = make_voucher(finance_officer), sign_in(finance_officer)
    address = reverse("funds:voucher_cancel", args=[voucher.reference])
    assert "why" in client.post(address, {"key": "k", "why": ""}).context["form"].errors
    page = client.post(address, {"key": "k", "why": "Entered twice"}, follow=True)
    assert "Entered twice" in page.content.decode()


def test_document_is_for_those_who_read_the_voucher(books, sign_in, finance_officer, agency):
    file = SimpleUploadedFile("letter.pdf", smallest_pdf())
    client = sign_in(finance_officer)
    client.post(form_of("bank_charges"), sent("bank_charges", file=file))
    voucher = Voucher.objects.get(kind="bank_charges")
    address = reverse("funds:voucher_document", args=[voucher.reference])
    assert b"".join(client.get(address).streaming_content).startswith(b"%PDF")
    bare = make_voucher(finance_officer)
    assert client.get(reverse("funds:voucher_document", args=[bare.reference])).status_code == 404
    client.force_login(agency)
    assert client.get(address).status_code == 404


def test_kind_that_is_not_known_is_not_found(sign_in, finance_officer):
    assert sign_in(finance_officer).get(form_of("gift")).status_code == 404


def test_kinds_are_all_offered(sign_in, finance_officer):
    page = sign_in(finance_officer).get(reverse("funds:voucher_new"))
    assert [address for _label, _said, address in page.context["kinds"]] == [form_of(kind) for kind in VoucherKind]


FILTERS = {
    "": 4,
    "kind=bank_charges": 2,
    "state=posted": 1,
    "window=GEN": 2,
    "window=W1": 1,
    "since=2008-05-06": 1,
    "until=2008-05-05": 3,
    "kind=bank_charges&state=prepared": 2,
    "kind=gift": 4,
}


@scene
def four(books, finance_officer, second_finance_officer):
    """Beside the books' own refund that was sent: two of bank charges, one of interest on a later day."""
    make_voucher(finance_officer)
    make_voucher(finance_officer, amount=D(7))
    make_voucher(finance_officer, "interest_fund", window=make_window("W1"), on=clock.today())


@pytest.mark.parametrize(("query", "count"), FILTERS.items())
def test_list_is_filtered_by_its_address(four, sign_in, auditor, query, count):
    page = sign_in(auditor).get(reverse("funds:vouchers") + "?" + query)
    assert page.context["page"].paginator.count == count


def test_list_is_sorted_and_downloaded(four, sign_in, auditor):
    client = sign_in(auditor)
    page = client.get(reverse("funds:vouchers"), {"sort": "-usd"})
    amounts = [row.amount for row in page.context["page"]]
    assert amounts == sorted(amounts, reverse=True)
    answer = client.get(reverse("funds:vouchers"), {"format": "csv", "sort": "usd"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (len(lines), lines[1].split(",")[3]) == (5, "7.00")
    assert client.get(reverse("funds:vouchers"), {"format": "xlsx"}).status_code == 200


def test_list_of_payments_is_downloaded(books, sign_in, auditor, finance_officer, second_finance_officer):
    make_paid(finance_officer, second_finance_officer, on=clock.today(), amount=D(2000))
    client = sign_in(auditor)
    answer = client.get(reverse("funds:payments"), {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (len(lines), lines[1].split(",")[3]) == (2, "2000.00")
    assert client.get(reverse("funds:payments"), {"format": "xlsx"}).status_code == 200


def test_list_asks_as_often_for_many_as_for_one(books, sign_in, auditor, finance_officer):
    client = sign_in(auditor)
    client.get(reverse("funds:vouchers"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("funds:vouchers"))
    for kind in ("bank_charges", "donor_refund", "window_transfer", "release"):
        make_voucher(finance_officer, kind)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("funds:vouchers"))
    assert len(many) == len(one)


def labels(user):
    return [(str(task.label), task.reference, task.late) for task in waiting_for(user)]


def test_tasks_name_vouchers_of_others_and_refunds_on_their_way(
    books, finance_officer, second_finance_officer, head, auditor
):
    voucher = make_voucher(finance_officer)
    wanted = ("Authorise a voucher", voucher.reference, False)
    assert wanted not in labels(finance_officer)
    assert wanted in labels(second_finance_officer)
    assert wanted in labels(head)
    assert labels(auditor) == []
    assert ("Expect a refund", PROJECT, True) in labels(finance_officer)
    post_voucher(finance_officer, head, "refund_received", amount=D(500))
    assert ("Expect a refund", PROJECT, True) not in labels(finance_officer)


def test_task_of_a_refund_opens_the_form_that_receives_it(books, sign_in, finance_officer):
    task = next(task for task in waiting_for(finance_officer) if task.label == "Expect a refund")
    page = sign_in(finance_officer).get(task.url)
    assert page.context["form"]["partner"].value() == f"{PROJECT}:iom"


@pytest.mark.requirement("R66")
def test_direct_costs_above_the_ceiling_are_warned_of_before_and_after(
    books, sign_in, finance_officer, second_finance_officer
):
    client = sign_in(finance_officer)
    said = "Above the ceiling for direct costs"
    assert said not in client.get(form_of("direct_cost")).content.decode()
    page = client.post(form_of("direct_cost"), sent("direct_cost", amount="157.90"), follow=True)
    assert said in page.content.decode()
    assert said not in client.get(reverse("reporting:finance")).content.decode()
    client.force_login(second_finance_officer)
    client.post(
        reverse("funds:voucher_authorise", args=[Voucher.objects.get(kind="direct_cost").reference]), {"key": "k"}
    )
    for address in (reverse("reporting:finance"), form_of("other_fund")):
        assert (said in client.get(address).content.decode()) == (address == reverse("reporting:finance"))
    assert said in client.get(form_of("direct_cost")).content.decode()


def test_refunds_in_transit_stand_on_the_finance_home(books, sign_in, auditor):
    page = sign_in(auditor).get(reverse("reporting:finance"))
    assert [(t.project, t.amount, t.is_late) for t in page.context["transits"]] == [(PROJECT, D("500.00"), True)]


def test_payment_sent_twice_or_in_a_closed_period_is_posted_once_or_not(
    sign_in, finance_officer, second_finance_officer
):
    fund_project(finance_officer)
    payment = authorise_payment(by=second_finance_officer, payment=make_payment(finance_officer))
    client, address = sign_in(finance_officer), reverse("funds:payment_pay", args=[payment.reference])
    for day in (clock.today() - timedelta(days=400), clock.today() + timedelta(days=1)):
        assert "on" in client.post(address, {"key": "x", "on": day.isoformat()}).context["form"].errors
    for key in ("x", "x", "y"):
        client.post(address, {"key": key, "on": clock.today().isoformat()})
    assert Posting.objects.filter(entry__payment=payment).count() == 1
    assert Payment.objects.get().state == "paid"


def test_deposit_shows_nothing_of_vouchers_to_its_donor(sign_in, donor, finance_officer):
    make_deposit(finance_officer)
    voucher = make_voucher(finance_officer)
    client = sign_in(donor)
    for address in (reverse("funds:vouchers"), voucher.get_absolute_url(), form_of("bank_charges")):
        assert client.get(address).status_code == 404
