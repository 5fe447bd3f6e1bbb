"""Amended pledges and agreements: what was before stays, and nothing goes below what came in."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.register.models import RegisterEntry
from funds.contributions.agreements import standings_of
from funds.models import Agreement, Instalment, Pledge, Window
from funds.operations.agreements import cancel_agreement
from funds.operations.amendments import amend_agreement, amend_pledge, attach_agreement_document
from funds.operations.diligence import record_due_diligence
from funds.operations.pledges import accept_as_paid, cancel_pledge, write_off_pledge
from tests.funds.factories import (
    PLEDGED_ON,
    SIGNED_ON,
    fund_in,
    make_agreement,
    make_deposit,
    make_pledge,
    make_rate,
    make_window,
    names_file,
)
from tests.world import smallest_pdf

D = Decimal
FIRST, SECOND, THIRD = date(2008, 5, 1), date(2008, 9, 1), date(2009, 5, 1)


def amended(by, pledge, **values):
    now = {name: getattr(pledge, name) for name in ("amount", "window", "pledged_on", "conditions", "event")}
    return amend_pledge(by=by, pledge=pledge, **now | {"why": "a new budget"} | values)


def changed(by, agreement, *due, **values):
    values = {
        "amount": sum((amount for _day, amount in due), D(0)) or agreement.amount,
        "signed_on": clock.today(),
    } | values
    return amend_agreement(by=by, agreement=agreement, instalments=due, **{"why": "a new plan"} | values)


# Pledges


@pytest.mark.requirement("R56")
def test_amended_pledge_keeps_what_it_was(donor, officer):
    pledge = make_pledge(donor, acknowledged_by=officer, conditions="parliament", event="Brussels")
    first = amended(donor, pledge, amount=D(12000), window=make_window("W1"), conditions="")
    pledge = Pledge.objects.get()
    second = amended(officer, pledge, pledged_on=date(2008, 3, 5), event="A letter")
    pledge = Pledge.objects.get()
    assert (pledge.amount, pledge.amount_usd, pledge.window.code, pledge.pledged_on, pledge.conditions, pledge.event) == (
        D(12000), D(12000), "W1", date(2008, 3, 5), "", "A letter",
    )  # fmt: skip
    assert [(a.number, a.amount, a.window, a.pledged_on, a.conditions, a.event) for a in (first, second)] == [
        (1, D(10000), None, PLEDGED_ON, "parliament", "Brussels"),
        (2, D(12000), make_window("W1"), PLEDGED_ON, "", "Brussels"),
    ]
    assert RegisterEntry.objects.filter(kind="pledge.amended/1", public_from__isnull=False).count() == 2


def test_amendment_of_a_pledge_that_is_not_public_is_not_public(donor):
    amended(donor, make_pledge(donor), amount=D(1))
    assert RegisterEntry.objects.get(kind="pledge.amended/1").public_from is None


def test_amount_keeps_its_rate_and_another_day_brings_another(donor):
    make_rate("SEK", date(2008, 2, 15), "6.50")
    make_rate("SEK", date(2008, 3, 8), "6.10")
    pledge = make_pledge(donor, amount=D(6100), currency="SEK")
    make_rate("SEK", date(2008, 3, 9), "7.00")
    amended(donor, pledge, amount=D(12200))
    assert Pledge.objects.get().amount_usd == D(2000)
    amended(donor, Pledge.objects.get(), pledged_on=date(2008, 2, 20))
    assert Pledge.objects.get().amount_usd == D("1876.92")


def test_pledge_is_not_amended_below_what_was_agreed_or_received(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    agreement = make_agreement(finance_officer, pledge=pledge, amount=D(8000))
    make_deposit(finance_officer, agreement=agreement, amount=D(3000))
    with pytest.raises(Refused, match="Agreements of USD.8,000.00") as refusal:
        amended(officer, pledge, amount=D("7999.99"))
    assert refusal.value.field == "amount"
    cancel_agreement(by=finance_officer, agreement=agreement, why="no")
    with pytest.raises(Refused, match="USD.3,000.00 came in"):
        amended(officer, pledge, amount=D("2999.99"))
    assert Pledge.objects.get().amendments.count() == 0


def test_pledge_amended_to_what_came_in_is_paid(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    deposit = make_deposit(finance_officer, pledge=pledge, amount=D(3000))
    amended(officer, pledge, amount=D(3000))
    assert Pledge.objects.get().settled_on == deposit.received_on


BAD = [
    ({"why": " "}, "why"),
    ({"amount": D(10000), "why": "same"}, "amount"),
    ({"amount": D(0)}, "amount"),
    ({"amount": D("5.001")}, "amount"),
    ({"pledged_on": date(2999, 1, 1)}, "pledged_on"),
]


@pytest.mark.parametrize(("values", "field"), BAD)
def test_bad_amendment_is_refused(donor, values, field):
    with pytest.raises(Refused) as refusal:
        amended(donor, make_pledge(donor), **values)
    assert refusal.value.field == field


def test_window_and_day_stay_under_an_agreement(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    make_agreement(finance_officer, pledge=pledge)
    for values, field in (
        ({"window": make_window("W2")}, "window"),
        ({"pledged_on": SIGNED_ON + timedelta(1)}, "pledged_on"),
    ):
        with pytest.raises(Refused) as refusal:
            amended(officer, pledge, **values)
        assert refusal.value.field == field


@pytest.mark.parametrize("person", ["rival_donor", "auditor", "agency"])
def test_others_amend_no_pledge(people, donor, person):
    with pytest.raises(NotAllowed):
        amended(people[person], make_pledge(donor), amount=D(1))


def test_pledge_that_is_over_is_not_amended(donor, officer, finance_officer):
    cancelled = cancel_pledge(by=donor, pledge=make_pledge(donor), why="no")
    paid = make_pledge(donor, acknowledged_by=officer)
    make_deposit(finance_officer, pledge=paid, amount=D(9999))
    accept_as_paid(by=finance_officer, pledge=paid, on=clock.today())
    off = make_pledge(donor, acknowledged_by=officer)
    write_off_pledge(by=finance_officer, pledge=off, on=clock.today(), amount_usd=D(1))
    for pledge in (cancelled, paid, off):
        with pytest.raises(OutOfState):
            amended(officer, pledge, amount=D(20000))


@pytest.mark.requirement("R103")
def test_promise_is_not_raised_where_it_could_not_be_made(donor, officer, finance_officer):
    pledge = make_pledge(donor, window=make_window("W1"))
    agreement = make_agreement(finance_officer, window=make_window("W1"))
    fund_in("closing")
    for change, row in ((amended, pledge), (changed, agreement)):
        with pytest.raises(OutOfState):
            change(finance_officer, row, amount=D(10001))
    fund_in("operating")
    Window.objects.filter(code="W1").update(status="closed")
    for change, row in ((amended, Pledge.objects.get()), (changed, agreement)):
        with pytest.raises(Refused, match="This window is closed"):
            change(finance_officer, row, amount=D(10001))
    Window.objects.filter(code="W1").update(status="open")
    record_due_diligence(
        by=officer, donor=pledge.donor, done_on=clock.today(), valid_until=clock.today() + timedelta(9),
        finding="not_acceptable", note="no",
    )  # fmt: skip
    for change, row in ((amended, pledge), (changed, agreement)):
        with pytest.raises(Refused, match="not acceptable"):
            change(finance_officer, row, amount=D(10001))
        assert change(finance_officer, row, amount=D(9999)).number == 1


# Agreements on one pledge


def test_agreements_on_one_pledge_fit_into_it(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    first = make_agreement(finance_officer, pledge=pledge, amount=D(6000))
    with pytest.raises(Refused, match="USD.4,000.00 are left") as refusal:
        make_agreement(finance_officer, pledge=pledge, amount=D("4000.01"))
    assert refusal.value.field == "amount"
    make_agreement(finance_officer, pledge=pledge, amount=D(4000))
    with pytest.raises(Refused, match="USD.6,000.00 are left"):
        changed(finance_officer, first, amount=D(6001))


def test_one_agreement_alone_may_be_for_more_than_was_promised(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    assert make_agreement(finance_officer, pledge=pledge, amount=D(15000)).amount == D(15000)


def test_cancelled_agreement_leaves_room(donor, officer, finance_officer):
    pledge = make_pledge(donor, acknowledged_by=officer)
    cancel_agreement(by=finance_officer, agreement=make_agreement(finance_officer, pledge=pledge), why="no")
    assert make_agreement(finance_officer, pledge=pledge).state == "signed"


# Agreements


def test_amended_agreement_keeps_earlier_instalments(finance_officer):
    agreement = make_agreement(finance_officer, instalments=[(FIRST, D(4000)), (SECOND, D(6000))])
    deposit = make_deposit(finance_officer, agreement=agreement, amount=D(4000))
    amendment = changed(finance_officer, agreement, (FIRST, D(4000)), (SECOND, D(3000)), (THIRD, D(5000)))
    agreement = Agreement.objects.get()
    assert (amendment.number, amendment.amount, agreement.amount, agreement.amount_usd) == (
        1,
        D(10000),
        D(12000),
        D(12000),
    )
    assert [(row.number, row.amount) for row in agreement.instalments.order_by("number")] == [
        (1, D(4000)), (2, D(3000)), (3, D(5000)),
    ]  # fmt: skip
    assert [(row.number, row.amount) for row in amendment.replaced(manager="ever").order_by("number")] == [
        (1, D(4000)),
        (2, D(6000)),
    ]
    deposit.refresh_from_db()
    assert deposit.instalment.replaced_by == amendment
    assert [row.received for row in standings_of(agreement)] == [D(4000), D(0), D(0)]
    assert Instalment.registered_rows().count() == 5


def test_agreement_amended_to_what_came_in_is_complete(finance_officer):
    agreement = make_agreement(finance_officer)
    make_deposit(finance_officer, agreement=agreement, amount=D(4000))
    changed(finance_officer, agreement, amount=D(4000))
    assert Agreement.objects.get().state == "completed"


BAD_AGREEMENTS = [
    ((), {"why": ""}, "why"),
    ((), {}, "amount"),
    ((), {"amount": D("999.99")}, "amount"),
    (((FIRST, D(1)),), {"amount": D(9000)}, "instalments"),
    (((SECOND, D(5000)), (FIRST, D(4000))), {}, "instalments"),
    ((), {"amount": D(9000), "signed_on": date(2999, 1, 1)}, "signed_on"),
    ((), {"amount": D(9000), "signed_on": SIGNED_ON - timedelta(1)}, "signed_on"),
]


@pytest.mark.parametrize(("due", "values", "field"), BAD_AGREEMENTS)
def test_bad_amendment_of_an_agreement_is_refused(finance_officer, due, values, field):
    agreement = make_agreement(finance_officer)
    make_deposit(finance_officer, agreement=agreement, amount=D(1000))
    with pytest.raises(Refused) as refusal:
        changed(finance_officer, agreement, *due, **values)
    assert (refusal.value.field, agreement.amendments.count()) == (field, 0)


def test_amendments_follow_each_other_in_time(finance_officer):
    agreement = make_agreement(finance_officer)
    changed(finance_officer, agreement, amount=D(9000), signed_on=date(2008, 6, 2))
    with pytest.raises(Refused):
        changed(finance_officer, agreement, amount=D(8000), signed_on=date(2008, 6, 1))
    assert changed(finance_officer, agreement, amount=D(8000), signed_on=date(2008, 6, 2)).number == 2


def test_agreement_that_is_over_is_not_amended(finance_officer):
    agreement = cancel_agreement(by=finance_officer, agreement=make_agreement(finance_officer), why="no")
    with pytest.raises(OutOfState):
        changed(finance_officer, agreement, amount=D(1))


@pytest.mark.parametrize("person", ["officer", "head", "donor"])
def test_others_amend_no_agreement(people, finance_officer, person):
    with pytest.raises(NotAllowed):
        changed(people[person], make_agreement(finance_officer), amount=D(1))


# Pages


PDF = smallest_pdf()


def paper(name="signed.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def test_document_is_read_by_who_reads_the_agreement(finance_officer, donor, rival_donor, sign_in):
    agreement = make_agreement(finance_officer)
    url = reverse("funds:agreement_document_new", args=[agreement.reference])
    assert sign_in(finance_officer).post(url, {"key": "k", "title": "", "upload": paper()}).status_code == 302
    document = agreement.documents.get()
    address = reverse("funds:agreement_document", args=[agreement.reference, document.file.uid])
    assert [sign_in(person).get(address).status_code for person in (donor, rival_donor)] == [200, 404]
    assert "signed.pdf" in sign_in(donor).get(agreement.get_absolute_url()).content.decode()
    elsewhere = reverse("funds:agreement_document", args=[make_agreement(finance_officer).reference, document.file.uid])
    assert sign_in(finance_officer).get(elsewhere).status_code == 404


def test_document_is_of_record(finance_officer):
    document = attach_agreement_document(by=finance_officer, agreement=make_agreement(finance_officer), upload=paper())
    assert names_file(RegisterEntry.objects.get(kind="agreement.document_added/1"), document.file)


def test_document_is_attached_once(finance_officer):
    agreement = make_agreement(finance_officer)
    attach_agreement_document(by=finance_officer, agreement=agreement, upload=paper())
    with pytest.raises(Refused, match="attached already"):
        attach_agreement_document(by=finance_officer, agreement=agreement, upload=paper("again.pdf"))


def test_pledge_is_amended_on_its_page(donor, sign_in):
    pledge = make_pledge(donor)
    client, url = sign_in(donor), reverse("funds:pledge_amend", args=[pledge.reference])
    assert 'value="10000.00"' in client.get(url).content.decode()
    values = {"key": "k", "amount": "12 000", "window": "", "pledged_on": "2008-03-10", "why": "a larger budget"}
    page = client.post(url, values, follow=True).content.decode()
    assert ("a larger budget" in page, "Amendments" in page) == (True, True)


def test_agreement_is_amended_on_its_page(finance_officer, sign_in):
    agreement = make_agreement(finance_officer, instalments=[(FIRST, D(4000)), (SECOND, D(6000))])
    client, url = sign_in(finance_officer), reverse("funds:agreement_amend", args=[agreement.reference])
    page = client.get(url)
    assert [form.initial for form in page.context["instalments"].initial_forms] == [
        {"due_on": FIRST, "amount": "4000.00"}, {"due_on": SECOND, "amount": "6000.00"},
    ]  # fmt: skip
    rows = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "2"}
    for number, (day, amount) in enumerate([(FIRST, "4000"), (SECOND, "5000"), (THIRD, "3000")]):
        rows |= {f"form-{number}-due_on": day.isoformat(), f"form-{number}-amount": amount}
    values = {"key": "k", "amount": "12000", "signed_on": "2008-06-01", "why": "spread over three years"}
    answer = client.post(url, values | rows, follow=True)
    assert "spread over three years" in answer.content.decode()
    assert [row.amount for row in agreement.instalments.order_by("number")] == [D(4000), D(5000), D(3000)]


BAD_FORMS = [
    ("pledge_amend", {"amount": "1.234,56"}, "amount"),
    ("pledge_amend", {"why": ""}, "why"),
    ("pledge_amend", {"pledged_on": "2999-01-01"}, "pledged_on"),
    ("pledge_amend", {"amount": "5.005"}, "amount"),
    ("agreement_amend", {"amount": "-5"}, "amount"),
    ("agreement_amend", {"amount": "9" * 20}, "amount"),
    ("agreement_amend", {"why": ""}, "why"),
    ("agreement_amend", {"signed_on": "yesterday"}, "signed_on"),
    ("agreement_document_new", {"upload": SimpleUploadedFile("a.exe", b"MZ")}, "upload"),
    ("agreement_document_new", {"upload": ""}, "upload"),
    ("agreement_document_new", {"upload": SimpleUploadedFile("a.pdf", b"no")}, "upload"),
    ("agreement_document_new", {"upload": paper(), "title": "x" * 201}, "title"),
]


@pytest.mark.parametrize(
    ("name", "values", "field"), BAD_FORMS, ids=[f"{n}-{i}" for i, (n, _v, _f) in enumerate(BAD_FORMS)]
)
def test_bad_form_is_told_at_its_field(officer, finance_officer, sign_in, name, values, field):
    row = make_pledge(officer) if name.startswith("pledge") else make_agreement(finance_officer)
    whole = {
        "key": "k",
        "amount": "11000",
        "signed_on": "2008-06-01",
        "pledged_on": "2008-03-10",
        "why": "more",
        "window": "",
    }
    response = sign_in(finance_officer).post(reverse(f"funds:{name}", args=[row.reference]), whole | values)
    assert list(response.context["form"].errors) == [field]
    assert row.amendments.count() == 0
