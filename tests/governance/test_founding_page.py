"""The committee is founded on a page: seats of groups, by the first rules; members and chair come afterwards."""

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.people.models import Organisation
from governance.models import Body, RuleSet, Seat
from governance.operations import appoint_chair, appoint_holder
from tests.governance.factories import committee, person

pytestmark = pytest.mark.django_db
PAGE = "governance:founding"


def rows(*seats):
    """Return what the page sends for these seats: group, organisation's short name, name of its own."""
    sent = {"key": "k", "on": clock.today(), "seats-TOTAL_FORMS": 9, "seats-INITIAL_FORMS": 0}
    for number in range(9):
        group, slug, label = seats[number] if number < len(seats) else ("", "", "")
        organisation = Organisation.objects.filter(slug=slug).values_list("pk", flat=True).first() or slug
        sent |= {f"seats-{number}-constituency": group, f"seats-{number}-organisation": organisation, f"seats-{number}-label": label}  # fmt: skip
    return sent


FIVE = (
    ("donors", "sweden-mfa", ""), ("donors", "switzerland-sdc", ""), ("institutions", "iom", ""),
    ("developing_countries", "philippines-dfa", ""), ("others", "", "Civil society"),
)  # fmt: skip


@pytest.mark.requirement("R61")
def test_head_founds_a_committee_of_five_and_appoints_members_and_chair(sign_in, head):
    client = sign_in(head)
    assert b"Found the committee" in client.get(reverse("governance:seats")).content
    assert client.post(reverse(PAGE), rows(*FIVE)).url == reverse("governance:seats")
    seats = list(Seat.objects.order_by("number"))
    assert [(seat.number, seat.constituency, seat.organisation and seat.organisation.slug) for seat in seats] == [
        (number, group, slug or None) for number, (group, slug, _name) in enumerate(FIVE, 1)
    ]
    assert (seats[2].label_fr, seats[4].label_en) == (
        "Organisation internationale pour les migrations", "Civil society",
    )  # fmt: skip
    assert RuleSet.objects.get().number == 1
    appoint_holder(by=head, seat=seats[3], user=person("member"), capacity="member", starts_on=clock.today())
    assert appoint_chair(by=head, body=Body.objects.the(), user=person("chair"), starts_on=clock.today())


BAD = [
    ((), {}), ((("donors", "", ""),), {}), ((("", "iom", ""),), {}), ((("planets", "iom", ""),), {}),
    ((("donors", "999999", ""),), {}), ((("donors", "", "A" * 121),), {}), (FIVE[:2], {}), (FIVE[:3], {}),
    (FIVE, {"on": "2999-01-01"}), (FIVE, {"on": ""}), (FIVE, {"seats-TOTAL_FORMS": 31}), (FIVE, {"seats-TOTAL_FORMS": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("seats", "changes"), BAD, ids=range(len(BAD)))
def test_what_is_no_committee_is_said_and_kept(sign_in, head, seats, changes):
    answer = sign_in(head).post(reverse(PAGE), rows(*seats) | changes)
    assert (answer.status_code, Body.objects.the()) == (200, None)


def test_organisation_that_is_not_confirmed_gets_no_seat(sign_in, head):
    Organisation.objects.filter(slug="iom").update(confirmed_at=None)
    assert sign_in(head).post(reverse(PAGE), rows(*FIVE)).status_code == 200
    assert Body.objects.the() is None


@pytest.mark.parametrize("who", ["officer", "finance_officer", "auditor", "member", "donor", "agency"])
def test_nobody_else_founds_it(sign_in, people, who):
    assert sign_in(people[who]).post(reverse(PAGE), rows(*FIVE)).status_code == 403
    assert Body.objects.the() is None


def test_it_is_founded_once(sign_in, head):
    committee()
    client = sign_in(head)
    assert client.get(reverse(PAGE)).url == reverse("governance:seats")
    assert client.post(reverse(PAGE), rows(*FIVE)).status_code == 302
    assert Body.objects.count() == 1
