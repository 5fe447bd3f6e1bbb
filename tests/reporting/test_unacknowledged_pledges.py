"""A pledge is public once the secretariat has acknowledged it, and nowhere before: every public page, read by a visitor."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from alliance.people.models import Role, User
from alliance.people.operations import give_role, register_organisation
from alliance.register.models import RegisterEntry, head
from funds.operations.diligence import record_due_diligence
from funds.operations.donors import register_donor
from funds.operations.pledges import acknowledge_pledge, cancel_pledge, record_pledge
from tests.funds.factories import make_deposit, make_donor
from tests.test_access_table import ARGUMENTS, expected, table
from tests.world import played

NAME, SLUG = "Zephyrine Quokka Endowment", "zephyrine-quokka"
SAID = ("7,654,321", "7654321", "7 654 321", "quokkas first")
ASKED = "postings of the donor"
OPEN_DATA = "iati:activities"  # names each acknowledged pledge and its donor
REGISTER = "open_register:register"  # its open entries, as one file: the organisation's own is among them
DIRECTORY = {"reporting:organisations", "reporting:organisation", "reporting:search"}


def public_pages(world, since):
    """Return what a visitor reads, by address: every public page, and every entry of the register since one."""
    client = Client()
    found = {}
    for name in [name for name, row in table().items() if expected(row, "visitor").startswith("200")]:
        found[name] = client.get(reverse(name, args=ARGUMENTS.get(name, lambda _: [])(world)))
    found["reporting:organisation"] = client.get(reverse("reporting:organisation", args=[SLUG]))
    found["reporting:search"] = client.get(reverse("reporting:search"), {"q": "quokka"})
    for n in range(since + 1, head()[0] + 1):
        found[f"entry {n}"] = client.get(reverse("reporting:entry", args=[n]))
    found[ASKED] = client.get(reverse("reporting:postings"), {"account": f"donor:{SLUG}"})
    found["recommendations found"] = client.get(reverse("reporting:recommendations"), {"q": "quokka"})
    return {name: text_of(answer) for name, answer in found.items()}


def text_of(answer):
    """Return what was answered, with plain spaces and without what differs from one answer to the next."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = re.sub(r"[\u00a0\u202f]", " ", content.decode(errors="replace"))
    return re.sub(r'nonce=(["\']).*?\1|name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", text)


def naming(pages, *texts):
    return {name for name, page in pages.items() if any(text in page for text in texts)}


@pytest.mark.requirement("R56", "R55")
def test_unacknowledged_pledge_stands_on_no_public_page(demonstration_played, db):
    with played() as world:
        people = {user.email.partition("@")[0]: user for user in User.objects.all()}
        organisation = register_organisation(by=None, slug=SLUG, kind="private", name_en=NAME)
        donor = register_donor(by=None, organisation=organisation, donor_type="private")
        signatory = User.objects.create_user("quokka@demo.example", "alliance-demo", name="Q")
        give_role(
            by=None, user=signatory, organisation=organisation, role=Role.DONOR_SIGNATORY, starts_on=date(2008, 1, 1)
        )
        since = head()[0]
        before = public_pages(world, since)
        pledged = {"donor": donor, "amount": Decimal("7654321"), "currency": "USD", "conditions": "quokkas first"}
        pledge = record_pledge(by=signatory, **pledged)
        hidden = public_pages(world, since)
        assert naming(hidden, pledge.reference, *SAID) == set()
        assert naming(hidden, NAME) == DIRECTORY
        assert naming(hidden, SLUG) == DIRECTORY | {
            ASKED,
            REGISTER,
        }  # the address asked for, in the links to other languages
        unmoved = (*DIRECTORY, ASKED)
        assert {name: hidden[name] for name in unmoved} == {name: before[name] for name in unmoved}

        withdrawn = record_pledge(by=signatory, **pledged)
        cancel_pledge(by=signatory, pledge=withdrawn, why="an error")
        assert naming(public_pages(world, since), withdrawn.reference, *SAID) == set()

        record_due_diligence(
            by=people["officer"], donor=donor, done_on=date(2008, 9, 1), valid_until=date(2009, 9, 1), finding="clear",
            note="quokkas first",
        )  # fmt: skip
        assert naming(public_pages(world, since), pledge.reference, *SAID) == set()
        acknowledge_pledge(by=people["officer"], pledge=pledge)
        shown = public_pages(world, since)
        entry = RegisterEntry.objects.get(kind="pledge.acknowledged/1", n__gt=since)
        assert naming(shown, pledge.reference) == {"reporting:organisation", OPEN_DATA, REGISTER, f"entry {entry.n}"}
        assert naming(shown, NAME) == DIRECTORY | {"reporting:money", OPEN_DATA}


def test_donor_without_a_pledge_is_public_by_its_deposit(finance_officer, client):
    make_deposit(finance_officer, donor=make_donor("world-bank", "institution"))
    assert "World Bank" in client.get(reverse("reporting:money")).content.decode()
    assert "Deposits to date" in client.get(reverse("reporting:organisation", args=["world-bank"])).content.decode()
