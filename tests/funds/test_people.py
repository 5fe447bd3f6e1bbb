"""Several people for one donor: named and ended by its signatories, never the last of them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.people.models import Membership, Role, User
from alliance.people.operations import end_membership, welcome_person
from alliance.register.models import RegisterEntry
from tests.funds.factories import make_donor, make_organisation
from tests.governance.test_races import at_once, kinds


@pytest.fixture
def sweden(donor):
    return make_donor().organisation


def welcomed(by, sweden, person, role="donor_viewer"):
    return welcome_person(by=by, email=person.email, organisation=sweden, role=role)


def own(user, sweden):
    return user.memberships.get(organisation=sweden, role=Role.DONOR_SIGNATORY)


def test_signatory_names_a_person_and_ends_the_role(donor, stranger, sweden):
    membership = welcomed(donor, sweden, stranger, "donor_contributor")
    assert User.objects.get(pk=stranger.pk).has_role(Role.DONOR_CONTRIBUTOR, organisation=sweden)
    Membership.objects.filter(pk=membership.pk).update(starts_on=clock.today() - timedelta(9))
    ended = end_membership(by=donor, membership=membership)
    assert ended.ends_on == clock.today() - timedelta(1)
    assert not User.objects.get(pk=stranger.pk).has_role(Role.DONOR_CONTRIBUTOR)
    assert RegisterEntry.objects.filter(kind="membership.ended/1").count() == 1
    with pytest.raises(OutOfState):
        end_membership(by=donor, membership=membership)


def test_last_signatory_stays(donor, head, stranger, sweden):
    signatories = Membership.objects.on(clock.today()).filter(organisation=sweden, role=Role.DONOR_SIGNATORY)
    assert signatories.count() == 1
    for by in (donor, head):
        with pytest.raises(Refused, match="last signatory"):
            end_membership(by=by, membership=own(donor, sweden))
    welcomed(donor, sweden, stranger, "donor_signatory")
    assert end_membership(by=head, membership=own(donor, sweden)).ends_on


@pytest.mark.parametrize("person", ["rival_donor", "officer", "finance_officer", "auditor", "agency"])
def test_others_keep_nobody(people, donor, stranger, sweden, person):
    with pytest.raises(NotAllowed):
        welcomed(people[person], sweden, stranger)
    with pytest.raises(NotAllowed):
        end_membership(by=people[person], membership=own(donor, sweden))


@pytest.mark.requirement("R48")
@pytest.mark.parametrize("person", ["member", "reviewer", "officer", "rival_agency", "rival_donor"])
def test_who_acts_elsewhere_is_named_by_the_head_alone(people, donor, head, sweden, person):
    """A role for an applicant recuses a member of the committee: nobody is given one by the applicant's own people."""
    with pytest.raises(Refused, match="acts for another organisation") as refusal:
        welcomed(donor, sweden, people[person])
    assert refusal.value.field == "email"
    assert welcomed(head, sweden, people[person]).organisation == sweden


@pytest.mark.parametrize("role", ["head", "finance_officer", "partner_signatory", "committee"])
def test_only_donors_roles_are_given(donor, head, stranger, sweden, role):
    for by in (donor, head):
        with pytest.raises(NotAllowed):
            welcomed(by, sweden, stranger, role)


def test_signatory_gives_no_role_for_another_donor(donor, stranger):
    with pytest.raises(NotAllowed):
        welcomed(donor, make_organisation("switzerland-sdc"), stranger)


@pytest.mark.requirement("R48")
@pytest.mark.django_db(transaction=True)
def test_two_donors_at_once_do_not_both_name_one_person(people):
    swiss, person = (
        make_donor("switzerland-sdc").organisation,
        User.objects.create(email="new@demo.example", name="New"),
    )
    named = ((people["donor"], make_donor().organisation), (people["rival_donor"], swiss))
    made = at_once([lambda by=by, of=of: welcomed(by, of, person) for by, of in named] * 2)
    assert kinds(made) == {"Membership": 1, "Refused": 3}


def test_role_is_held_once(donor, stranger, sweden):
    welcomed(donor, sweden, stranger)
    with pytest.raises(Refused) as refusal:
        welcomed(donor, sweden, stranger)
    assert refusal.value.field == "email"


def test_signatory_does_it_on_pages(donor, stranger, sweden, sign_in):
    client, page = sign_in(donor), reverse("funds:donor_people", args=["sweden-mfa"])
    values = {"key": "a", "email": stranger.email.upper(), "role": "donor_viewer"}
    assert (
        stranger.name
        in client.post(reverse("funds:donor_person_new", args=["sweden-mfa"]), values, follow=True).content.decode()
    )
    membership = stranger.memberships.get()
    client.post(reverse("funds:donor_person_end", args=["sweden-mfa", membership.pk]), {"key": "b"})
    membership.refresh_from_db()
    assert membership.ends_on == clock.today()
    assert sign_in(stranger).get(page).status_code == 200


BAD_FORMS = [
    ({"email": "nobody@demo.example"}, ["email"]), ({"email": "no address"}, ["email"]), ({"email": ""}, ["email"]),
    ({"role": "head"}, ["role"]), ({"role": ""}, ["role"]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "fields"), BAD_FORMS, ids=range(len(BAD_FORMS)))
def test_bad_form_is_told_at_its_field(donor, stranger, sweden, sign_in, values, fields):
    whole = {"key": "k", "email": stranger.email, "role": "donor_viewer"} | values
    response = sign_in(donor).post(reverse("funds:donor_person_new", args=["sweden-mfa"]), whole)
    assert (list(response.context["form"].errors), stranger.memberships.count()) == (fields, 0)
