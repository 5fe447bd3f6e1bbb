"""One donor, one record: other names and paying agencies."""

from decimal import Decimal

import pytest
from django.urls import reverse

from alliance.core.errors import NotAllowed, OutOfState, Refused
from funds.models import Deposit, Donor, DonorAlias
from funds.operations.aliases import name_donor, withdraw_alias
from funds.operations.imports import Source, import_contributions
from tests.funds.factories import make_deposit, make_donor

D = Decimal
MAPPING = b"""key = "ref"
encoding = "utf-8"
decimal = "."
dates = ["%Y-%m-%d"]
amounts = "own"
[donor]
name = "donor"
country = "country"
type = "type"
[donor.types]
"State" = "state"
[pledge]
amount = "pledged"
currency = "currency"
date = "day"
"""
FILE = b"ref,donor,country,type,pledged,currency,day\nA1,%s,SE,State,500.00,USD,2008-03-10\n"


def named(by, name="Sida", kind="paying_agency", donor=None):
    return name_donor(by=by, donor=donor or make_donor(), name=name, kind=kind)


def test_name_means_one_donor_whatever_its_case(officer):
    named(officer, "  The Kingdom   of Sweden ", "other_name")
    assert DonorAlias.objects.get().name == "The Kingdom of Sweden"
    other = make_donor("switzerland-sdc")
    for name in ("the kingdom of sweden", other.organisation.name_en.upper(), " "):
        with pytest.raises(Refused) as refusal:
            named(officer, name, "other_name", other)
        assert refusal.value.field == "name"


def test_withdrawn_name_can_mean_another_donor(officer):
    alias = withdraw_alias(by=officer, alias=named(officer))
    with pytest.raises(OutOfState):
        withdraw_alias(by=officer, alias=alias)
    assert named(officer, donor=make_donor("switzerland-sdc")).donor.organisation.slug == "switzerland-sdc"


@pytest.mark.parametrize("person", ["donor", "auditor", "agency"])
def test_others_name_nobody(people, officer, person):
    with pytest.raises(NotAllowed):
        named(people[person])
    with pytest.raises(NotAllowed):
        withdraw_alias(by=people[person], alias=named(officer))


@pytest.mark.requirement("R56")
def test_import_finds_the_donor_by_its_other_name(officer):
    named(officer, "Kingdom of Sweden", "other_name")
    before = Donor.objects.count()
    outcome = import_contributions(by=None, source=Source("a.csv", FILE % b"KINGDOM OF SWEDEN", "m.toml", MAPPING))
    assert (Donor.objects.count(), outcome.rows[0].outcome, outcome.rows[0].pledge.donor) == (
        before,
        "imported",
        make_donor(),
    )


def test_withdrawn_name_is_not_found_by_an_import(officer):
    withdraw_alias(by=officer, alias=named(officer, "Kingdom of Sweden", "other_name"))
    import_contributions(by=None, source=Source("a.csv", FILE % b"Kingdom of Sweden", "m.toml", MAPPING))
    assert make_donor().pledges.count() == 0


@pytest.mark.parametrize("page", ["donors", "pipeline"])
def test_donor_is_found_by_any_of_its_names(officer, sign_in, page):
    named(officer)
    make_donor("norad")
    client = sign_in(officer)
    found = {
        words: client.get(f"{reverse(f'funds:{page}')}?called={words}").context["page"].paginator.count
        for words in ("sida", "NORAD", "nobody", "")
    }
    assert found == {"sida": 1, "NORAD": 1, "nobody": 0, "": Donor.objects.count()}


def test_deposit_names_the_agency_that_paid(officer, finance_officer, sign_in):
    alias = named(officer)
    deposit = make_deposit(finance_officer, paying_agency=alias)
    withdraw_alias(by=officer, alias=alias)
    page = sign_in(finance_officer).get(deposit.get_absolute_url()).content.decode()
    assert ("Paying agency" in page, "Sida" in page) == (True, True)


def test_agency_of_another_donor_or_a_mere_name_is_refused(officer, finance_officer):
    for alias in (
        named(officer, "SDC", donor=make_donor("switzerland-sdc")),
        named(officer, "Kingdom of Sweden", "other_name"),
        withdraw_alias(by=officer, alias=named(officer)),
    ):
        with pytest.raises(Refused) as refusal:
            make_deposit(finance_officer, paying_agency=alias)
        assert refusal.value.field == "paying_agency"


def test_agency_is_chosen_on_the_deposits_page(officer, finance_officer, sign_in):
    alias, client, url = named(officer), sign_in(finance_officer), reverse("funds:deposit_new")
    values = {
        "key": "k", "amount": "500", "currency": "USD", "received_on": "2008-05-05", "donor": make_donor().pk, "window": "",
        "paying_agency": alias.pk,
    }  # fmt: skip
    check = client.post(url, values)
    assert "Sida" in check.content.decode()
    client.post(url, values | {"seen": check.context["seen"]})
    assert Deposit.objects.get().paying_agency == alias


BAD_FORMS = [
    ({"name": "", "kind": "other_name"}, ["name"]), ({"name": "x" * 201, "kind": "other_name"}, ["name"]),
    ({"name": "Sida", "kind": "nickname"}, ["kind"]), ({"name": "Sweden", "kind": ""}, ["kind"]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "fields"), BAD_FORMS, ids=range(len(BAD_FORMS)))
def test_bad_form_is_told_at_its_field(officer, sign_in, values, fields):
    make_donor()
    response = sign_in(officer).post(reverse("funds:alias_new", args=["sweden-mfa"]), {"key": "k"} | values)
    assert list(response.context["form"].errors) == fields


def test_name_is_added_and_withdrawn_on_pages(officer, sign_in):
    donor, client = make_donor(), sign_in(officer)
    client.post(reverse("funds:alias_new", args=["sweden-mfa"]), {"key": "a", "name": "=Sida", "kind": "paying_agency"})
    assert "=Sida" in client.get(donor.get_absolute_url()).content.decode()
    alias = DonorAlias.objects.get()
    client.post(reverse("funds:alias_withdraw", args=["sweden-mfa", alias.pk]), {"key": "b"})
    assert DonorAlias.objects.standing().count() == 0
