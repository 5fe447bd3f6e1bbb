"""Roles ended on a day or at once, by whom, and never that of the last head."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.jobs.models import Job
from alliance.people.models import Membership, Role, User
from alliance.people.operations import end_membership, give_role
from reporting.verification.everything import verify
from tests.accounts.factories import begun, invited, organisation
from tests.governance.test_races import at_once, kinds

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fresh(user):
    return User.objects.get(pk=user.pk)


def own(user, role):
    return user.memberships.get(role=role)


def reviewer(head, stranger, since=None):
    return give_role(
        by=head, user=stranger, organisation=organisation(), role="reviewer", starts_on=since or clock.today()
    )


def test_role_ends_at_once_on_the_day_it_was_given(head, stranger):
    membership = reviewer(head, stranger)
    assert fresh(stranger).has_role(Role.REVIEWER)
    ended = end_membership(by=head, membership=membership)
    assert (ended.starts_on, ended.ends_on, ended.ended_at.date()) == (clock.today(),) * 3
    assert fresh(stranger).roles == frozenset()
    assert verify().problems == []


def test_role_that_ended_at_once_is_given_again_on_the_same_day(head, stranger):
    end_membership(by=head, membership=reviewer(head, stranger))
    reviewer(head, stranger)
    assert fresh(stranger).has_role(Role.REVIEWER)
    assert verify().problems == []


def test_role_ends_with_a_day(head, stranger):
    membership = reviewer(head, stranger)
    end_membership(by=head, membership=membership, last_day=clock.today())
    assert fresh(stranger).has_role(Role.REVIEWER)
    end_membership(by=head, membership=membership, last_day=clock.today() + 5 * DAY)
    held = Membership.objects.filter(user=stranger)
    assert [held.on(clock.today() + n * DAY).exists() for n in (0, 5, 6)] == [True, True, False]
    end_membership(by=head, membership=membership)
    assert not held.on(clock.today()).exists()


def test_role_that_has_not_begun_ends_at_once_and_never_was(head, stranger):
    begins = clock.today() + 10 * DAY
    ended = end_membership(by=head, membership=reviewer(head, stranger, begins))
    assert (ended.ends_on, ended.is_over(clock.today())) == (begins, True)
    held = Membership.objects.filter(user=stranger)
    assert not held.on(begins).exists()
    assert not held.within(clock.today(), begins).exists()


def test_role_ended_at_once_was_held_on_that_day_for_who_asks_for_the_past(head, stranger):
    reviewer(head, stranger, clock.today() - 3 * DAY)
    end_membership(by=head, membership=own(stranger, "reviewer"))
    held, today = Membership.objects.filter(user=stranger), clock.today()
    assert held.within(today, today).exists()
    assert not held.within(today + DAY, today + DAY).exists()
    assert [held.on(today - n * DAY).exists() for n in (0, 1, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize("early", [1, 400])
def test_last_day_before_today_is_refused(head, stranger, early):
    membership = reviewer(head, stranger, clock.today() - 800 * DAY)
    with pytest.raises(Refused, match="too early") as refusal:
        end_membership(by=head, membership=membership, last_day=clock.today() - early * DAY)
    assert refusal.value.field == "last_day"


def test_last_day_before_the_first_is_refused(head, stranger):
    with pytest.raises(Refused, match="too early"):
        end_membership(
            by=head, membership=reviewer(head, stranger, clock.today() + 9 * DAY), last_day=clock.today() + DAY
        )


def test_role_that_is_over_stays_as_it_was(head, stranger, set_clock):
    membership = end_membership(by=head, membership=reviewer(head, stranger))
    for last_day in (None, clock.today() + DAY):
        with pytest.raises(OutOfState, match="ended already"):
            end_membership(by=head, membership=membership, last_day=last_day)
    later = reviewer(head, stranger)
    end_membership(by=head, membership=later, last_day=clock.today())
    set_clock(clock.now() + 2 * DAY)
    with pytest.raises(OutOfState):
        end_membership(by=head, membership=later)


def test_database_refuses_an_end_without_a_last_day(head, stranger):
    row = Membership.objects.filter(pk=reviewer(head, stranger).pk)
    for changes in ({"ended_at": clock.now()}, {"ended_at": clock.now() + 2 * DAY, "ends_on": clock.today()}):
        with pytest.raises(IntegrityError, match="membership_ended_at_once_has_a_last_day"), transaction.atomic():
            row.update(**changes)


# By whom


def test_who_signs_ends_its_own_peoples_roles(donor, agency):
    for by, slug, role, email in ((donor, "sweden-mfa", "donor_viewer", "a@example.org"), (agency, "iom", "partner_drafter", "b@example.org")):  # fmt: skip
        membership = begun(invited(by, email=email, slug=slug, role=role))
        assert end_membership(by=by, membership=membership).ended_at


@pytest.mark.parametrize("who", ["rival_donor", "officer", "finance_officer", "auditor", "agency", "chair"])
def test_others_end_nobody(people, donor, who):
    with pytest.raises(NotAllowed):
        end_membership(by=people[who], membership=own(donor, "donor_signatory"))


def test_who_signs_ends_no_other_role_of_its_organisation(donor, people):
    with pytest.raises(NotAllowed):
        end_membership(by=donor, membership=own(people["member_sweden"], "committee"))


@pytest.mark.parametrize(("who", "role"), [("donor", "donor_signatory"), ("agency", "partner_signatory")])
def test_last_who_signs_is_ended_by_the_head_alone(people, head, who, role):
    membership = own(people[who], role)
    with pytest.raises(Refused, match="last signatory"):
        end_membership(by=people[who], membership=membership)
    slug = membership.organisation.slug
    second = begun(invited(people[who], slug=slug, role=role))
    assert end_membership(by=second.user, membership=membership).ended_at
    assert end_membership(by=head, membership=second).ended_at


def test_day_that_is_set_is_put_off_by_the_head_alone(donor, head):
    second = begun(invited(donor, slug="sweden-mfa", role="donor_signatory"))
    mine, friday = own(donor, "donor_signatory"), clock.today() + 3 * DAY
    end_membership(by=head, membership=mine, last_day=friday)
    for by in (donor, second.user):
        with pytest.raises(Refused, match="only the head") as refusal:
            end_membership(by=by, membership=mine, last_day=friday + DAY)
        assert refusal.value.field == "last_day"
    assert end_membership(by=donor, membership=mine, last_day=friday).ends_on == friday
    assert end_membership(by=donor, membership=mine, last_day=friday - DAY).ends_on == friday - DAY
    assert end_membership(by=head, membership=mine, last_day=friday + DAY).ends_on == friday + DAY


def test_day_is_set_first_by_who_signs(donor):
    begun(invited(donor, slug="sweden-mfa", role="donor_signatory"))
    far = clock.today() + 400 * DAY
    assert end_membership(by=donor, membership=own(donor, "donor_signatory"), last_day=far).ends_on == far


def second_head(head, slug="secretariat"):
    return begun(invited(head, email="second@example.org", slug=slug, role="head"))


def test_last_head_stays(head):
    for last_day in (None, clock.today(), clock.today() + 30 * DAY):
        with pytest.raises(Refused, match="last head"):
            end_membership(by=head, membership=own(head, "head"), last_day=last_day)
    second = second_head(head)
    end_membership(by=head, membership=own(head, "head"), last_day=clock.today() + 30 * DAY)
    with pytest.raises(Refused, match="last head"):  # the other one ends already
        end_membership(by=head, membership=second)


def test_head_whose_account_is_closed_is_no_other_head(head):
    User.objects.filter(pk=second_head(head).user_id).update(is_active=False)
    with pytest.raises(Refused, match="last head"):
        end_membership(by=head, membership=own(head, "head"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slug", ["secretariat", "iom"])
def test_two_heads_who_end_each_other_at_once_leave_one(people, slug):
    """Each has a connection of its own; the second to come has no right any more, and the last would stay anyway."""
    head = people["head"]
    second = second_head(head, slug)
    first = own(head, "head")
    calls = [
        lambda: end_membership(by=User.objects.get(pk=head.pk), membership=second),
        lambda: end_membership(by=User.objects.get(pk=second.user_id), membership=first),
    ]
    assert kinds(at_once(calls)) == {"Membership": 1, "NotAllowed": 1}
    assert Membership.objects.on(clock.today()).filter(role=Role.HEAD).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slug", ["secretariat", "iom"])
def test_two_heads_who_leave_at_once_leave_one(people, slug):
    head = people["head"]
    second = second_head(head, slug)
    leaving = [own(head, "head"), second]
    made = at_once([lambda row=row: end_membership(by=User.objects.get(pk=row.user_id), membership=row) for row in leaving])  # fmt: skip
    assert kinds(made) == {"Membership": 1, "Refused": 1}


def test_head_who_was_ended_a_moment_ago_acts_no_more(head):
    second = second_head(head)
    by = User.objects.get(pk=second.user_id)
    assert by.has_role(Role.HEAD)  # known from the page that was open
    end_membership(by=head, membership=second)
    with pytest.raises(NotAllowed):
        end_membership(by=by, membership=own(head, "head"))


def test_head_who_was_ended_a_moment_ago_gives_no_role(head, stranger):
    second = second_head(head)
    by = User.objects.get(pk=second.user_id)
    assert by.has_role(Role.HEAD)
    end_membership(by=head, membership=second)
    for role in (Role.HEAD, Role.REVIEWER):
        with pytest.raises(NotAllowed):
            give_role(by=by, user=stranger, organisation=organisation(), role=role, starts_on=clock.today())


def test_closed_account_is_given_no_role(head, stranger):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    with pytest.raises(Refused, match="closed"):
        reviewer(head, stranger)


# With it every right that stood on it


def test_right_goes_with_the_role_at_once_on_pages_that_are_open(head, stranger, sign_in):
    membership = give_role(by=head, user=stranger, organisation=organisation("secretariat"), role="officer", starts_on=clock.today())  # fmt: skip
    client = sign_in(stranger)
    assert client.get(reverse("people:people")).status_code == 200
    client.post(reverse("act_for"), {"membership": membership.pk})
    end_membership(by=head, membership=membership)
    answer = client.get(reverse("people:people"))
    assert (answer.status_code, answer.wsgi_request.acting) == (404, None)


def test_moment_of_the_end_is_of_the_alliances_clock(head, stranger, set_clock):
    set_clock(datetime(2008, 9, 15, 12, 0))
    ended = end_membership(by=head, membership=reviewer(head, stranger))
    assert (ended.ended_at.year, ended.ends_on.isoformat()) == (2008, "2008-09-15")


def test_document_that_a_role_gave_goes_with_the_last_of_them(head, stranger, sign_in):
    membership = reviewer(head, stranger)
    job = Job.objects.create(
        kind="test", parameters={}, language="en", inputs="", register_n=1, register_hash="", requested_by=stranger,
        requested_at=clock.now(),
    )  # fmt: skip
    assert list(Job.objects.visible_to(fresh(stranger))) == [job]
    end_membership(by=head, membership=membership)
    assert not Job.objects.visible_to(fresh(stranger)).exists()
