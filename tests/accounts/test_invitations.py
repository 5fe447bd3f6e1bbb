"""Invitations: who may send them, what is refused, and that each is taken up once, by whom it was sent to."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.people.models import Invitation, Membership, Role, User
from alliance.people.operations import (
    accept_invitation,
    begin_account,
    end_membership,
    give_role,
    invite,
    register_organisation,
    send_again,
    withdraw_invitation,
)
from alliance.people.operations.invitations import found_by, secret_of
from alliance.register.kinds import declared
from alliance.register.models import RegisterEntry
from reporting.verification.everything import verify
from tests.accounts.factories import PASSWORD, accepted, begun, invited, organisation, past_its_end
from tests.governance.test_races import at_once, kinds

pytestmark = pytest.mark.django_db


def again(email="ana@example.org"):
    return User.objects.get(email=email)


def test_head_invites_and_the_account_begins_with_the_role(head):
    invitation = invited(head)
    membership = begun(invitation)
    person, role = again(), membership
    assert (person.name, person.language, person.check_password(PASSWORD)) == ("Ana Costa", "en", True)
    assert (role.user, role.organisation.slug, role.role, role.starts_on) == (person, "iom", "partner_drafter", clock.today())  # fmt: skip
    assert person.has_role(Role.PARTNER_DRAFTER)
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.is_open) == (person, False)
    assert verify().problems == []


def test_who_has_an_account_takes_the_role_up_with_it(head, stranger):
    membership = accepted(stranger, invited(head, email=stranger.email, role="auditor", slug="ilo"))
    assert User.objects.get(pk=stranger.pk).has_role(Role.AUDITOR)
    assert membership.starts_on == clock.today()
    assert verify().problems == []


@pytest.mark.parametrize("role", list(Role))
def test_head_invites_to_every_role(head, role):
    assert begun(invited(head, role=role)).role == role


OWN = [("donor", "sweden-mfa", role) for role in ("donor_viewer", "donor_contributor", "donor_signatory")] + [
    ("agency", "iom", role) for role in ("partner_drafter", "partner_signatory")
]


@pytest.mark.parametrize(("who", "slug", "role"), OWN)
def test_who_signs_for_an_organisation_invites_its_own_people(people, who, slug, role):
    assert begun(invited(people[who], slug=slug, role=role)).role == role


NOT_THEIRS = [
    ("donor", "switzerland-sdc", "donor_viewer"), ("donor", "sweden-mfa", "partner_drafter"),
    ("donor", "sweden-mfa", "committee"), ("agency", "iom", "committee"), ("agency", "iom", "donor_viewer"),
    ("agency", "ilo", "partner_drafter"), ("agency", "iom", "head"), ("officer", "iom", "partner_drafter"),
    ("finance_officer", "sweden-mfa", "donor_viewer"), ("auditor", "audit-board", "auditor"),
    ("chair", "morocco-mfa", "committee"), ("member", "philippines-dfa", "committee"), ("reviewer", "unitar", "reviewer"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "slug", "role"), NOT_THEIRS)
def test_others_invite_nobody(people, who, slug, role):
    with pytest.raises(NotAllowed):
        invited(people[who], slug=slug, role=role)
    assert not Invitation.objects.exists()


def test_viewer_and_drafter_keep_nobody(head, donor, agency):
    viewer = begun(invited(donor, slug="sweden-mfa", role="donor_viewer")).user
    drafter = begun(invited(agency, email="bo@example.org")).user
    for person, slug, role in ((viewer, "sweden-mfa", "donor_viewer"), (drafter, "iom", "partner_drafter")):
        with pytest.raises(NotAllowed):
            invited(person, email="c@example.org", slug=slug, role=role)


@pytest.mark.requirement("D4")
def test_register_holds_neither_address_nor_secret(head):
    invitation = invited(head, email="ana.costa@example.org")
    begun(invitation)
    bodies = "".join(RegisterEntry.objects.values_list("body", flat=True))
    assert "ana.costa" not in bodies
    assert "Ana Costa" not in bodies
    assert secret_of(invitation) not in bodies
    assert invitation.digest == hashlib.sha256(secret_of(invitation).encode()).hexdigest()
    entry = json.loads(RegisterEntry.objects.get(kind="invitation.sent/1").body)
    assert set(entry["rows"][0]["columns"]) == {
        "id", "uid", "organisation_id", "role", "invited_by_id", "digest", "sent_at", "expires_at", "accepted_at",
        "accepted_by_id", "withdrawn_at",
    }  # fmt: skip


def test_whoever_invited_is_told(head):
    begun(invited(head))
    entry = RegisterEntry.objects.get(kind="invitation.accepted/1")
    assert list(declared()[entry.kind].told(json.loads(entry.body))) == [head]


# What an invitation is refused for


def test_invitation_is_used_once(head, stranger):
    invitation = invited(head)
    begun(invitation)
    for use in (
        lambda: begun(invitation),
        lambda: accepted(again(), invitation),
        lambda: accepted(stranger, invitation),
    ):
        with pytest.raises(OutOfState, match="accepted already"):
            use()
    assert Membership.objects.filter(user=again()).count() == 1


def test_invitation_is_taken_up_by_its_own_address_alone(head, stranger):
    with pytest.raises(Refused, match="another address"):
        accepted(stranger, invited(head))
    assert not stranger.memberships.exists()


def test_address_that_was_left_a_moment_ago_takes_nothing_up(head, stranger):
    invitation = invited(head, email=stranger.email)
    User.objects.filter(pk=stranger.pk).update(email="left@example.org")
    with pytest.raises(Refused, match="another address"):
        accepted(stranger, invitation)
    assert not stranger.memberships.exists()


def test_invitation_ends(head):
    invitation = past_its_end(invited(head))
    with pytest.raises(OutOfState, match="has ended"):
        begun(invitation)
    assert not User.objects.filter(email="ana@example.org").exists()


def test_withdrawn_invitation_is_nobodys(head):
    invitation = withdraw_invitation(by=head, invitation=invited(head))
    with pytest.raises(OutOfState, match="withdrawn"):
        begun(invitation)
    for act in (withdraw_invitation, send_again):
        with pytest.raises(OutOfState):
            act(by=head, invitation=invitation)


def test_sent_again_the_address_before_works_no_longer(head):
    invitation = past_its_end(invited(head))
    before = secret_of(invitation)
    after = secret_of(send_again(by=head, invitation=invitation))
    assert (found_by(before), found_by(after)) == (None, invitation)
    invitation.refresh_from_db()
    assert begun(invitation).role == "partner_drafter"


def test_others_neither_send_again_nor_withdraw(people, agency):
    invitation = invited(agency)
    for who in ("rival_agency", "donor", "officer", "auditor", "member"):
        for act in (send_again, withdraw_invitation):
            with pytest.raises(NotAllowed):
                act(by=people[who], invitation=invitation)
    assert send_again(by=people["head"], invitation=invitation).invited_by == people["head"]


def test_address_that_somebody_changes_in_the_database_makes_the_invitation_nobodys(head):
    invitation = invited(head)
    secret = secret_of(invitation)
    Invitation.objects.update(email="mallory@example.org")
    invitation.refresh_from_db()
    assert (found_by(secret), found_by(secret_of(invitation))) == (None, None)


@pytest.mark.parametrize(
    "written",
    ["ANA@Example.org", " ana@example.org ", "\uff41na@example.org", "ana\uff20example.org", "ana@example\uff0eorg"],
)
def test_address_has_one_form_whatever_its_case_or_unicode_form(head, written):
    invited(head)
    with pytest.raises(Refused, match="is open") as refusal:
        invited(head, email=written)
    assert refusal.value.field == "email"


def test_domain_has_one_form(head):
    assert invited(head, email="ana@mu\u0308nchen.example").email == "ana@xn--mnchen-3ya.example"
    with pytest.raises(Refused, match="is open"):
        invited(head, email="ana@m\u00fcnchen.example")


def test_account_is_found_whatever_the_case(head, stranger):
    User.objects.filter(pk=stranger.pk).update(email="Stranger@Demo.example")
    stranger.refresh_from_db()
    with pytest.raises(Refused, match="has an account"):
        begun(invited(head, email="stranger@demo.example"))
    assert accepted(stranger, Invitation.objects.get()).user == stranger


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a" * 300 + "@example.org", "ana@example.org\nBcc: x@example.org", "añá@example.org", "ana\u202e@example.org"])  # fmt: skip
def test_what_is_no_address_is_refused(head, email):
    with pytest.raises(Refused) as refusal:
        invited(head, email=email)
    assert refusal.value.field == "email"


NAMES = {
    "long": "A" * 300, "bidirectional": "Ana \u202eatsoC", "isolate": "Ana\u2066 Costa", "mark": "Ana\u200f Costa",
    "control": "Ana\u0007 Costa", "escape": "Ana\u001b[31m", "blank": "   ", "digits": "12345",
    "unseen": "Ana\u200b Costa", "byte order": "\ufeffAna",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_name_that_nobody_can_read_is_refused(head, name):
    with pytest.raises(Refused) as refusal:
        begun(invited(head), name=name)
    assert (refusal.value.field, User.objects.filter(email="ana@example.org").exists()) == ("name", False)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("  Ana   Costa ", "Ana Costa"), ("Ame\u0301lie", "Am\u00e9lie"), ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647"), ("\u738b\u7f8e", "\u738b\u7f8e")],
)  # fmt: skip
def test_name_is_kept_in_one_form(head, written, kept):
    assert begun(invited(head), name=written).user.name == kept


def test_password_over_a_kilobyte_is_refused_before_it_is_hashed(head, monkeypatch):
    monkeypatch.setattr("alliance.people.operations.accepting.make_password", lambda password: pytest.fail("hashed"))
    invitation = invited(head)
    for password in ("x" * 1025, "é" * 513):
        with pytest.raises(Refused, match="too long") as refusal:
            begun(invitation, password=password)
        assert refusal.value.field == "password"


def test_unknown_language_is_refused(head):
    with pytest.raises(Refused) as refusal:
        begun(invited(head), language="tlh")
    assert refusal.value.field == "language"


def test_nobody_acts_for_an_organisation_that_is_not_confirmed(head, officer, stranger):
    new = register_organisation(by=officer, slug="new", kind="private", name_en="New", confirmed=False)
    for act in (
        lambda: invited(head, slug="new"),
        lambda: give_role(by=head, user=stranger, organisation=new, role="reviewer", starts_on=clock.today()),
    ):
        with pytest.raises(Refused, match="not confirmed"):
            act()


def test_invitation_of_who_may_no_longer_give_the_role_is_nobodys(head, donor):
    second = begun(invited(donor, slug="sweden-mfa", role="donor_signatory"))
    invitation = invited(second.user, email="viewer@example.org", slug="sweden-mfa", role="donor_viewer")
    end_membership(by=head, membership=second)
    with pytest.raises(OutOfState, match="may no longer give"):
        begun(invitation)
    assert begun(send_again(by=donor, invitation=invitation)).role == "donor_viewer"


@pytest.mark.requirement("R48")
@pytest.mark.parametrize("who", ["member", "reviewer", "officer", "rival_agency", "rival_donor"])
def test_who_acts_elsewhere_is_invited_by_the_head_alone(people, donor, head, who):
    """A role for an applicant recuses a member of the committee: only the head can bring that about."""
    person = people[who]
    invitation = invited(donor, email=person.email, slug="sweden-mfa", role="donor_viewer")
    with pytest.raises(Refused, match="another organisation already"):
        accepted(person, invitation)
    assert accepted(person, send_again(by=head, invitation=invitation)).organisation.slug == "sweden-mfa"


def test_role_that_is_held_is_not_offered(donor):
    with pytest.raises(Refused, match="holds this role already") as refusal:
        invited(donor, email=donor.email.upper(), slug="sweden-mfa", role="donor_signatory")
    assert refusal.value.field == "email"


def test_role_that_was_given_in_the_meantime_is_not_taken_up(head, stranger):
    invitation = invited(head, email=stranger.email, role="reviewer")
    give_role(by=head, user=stranger, organisation=organisation(), role="reviewer", starts_on=clock.today())
    with pytest.raises(Refused, match="holds this role already"):
        accepted(stranger, invitation)


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_accepted_many_times_at_once_begins_once(people):
    invitation = invited(people["head"])
    made = at_once([lambda: begun(invitation)] * 4)
    assert kinds(made) == {"Membership": 1, "OutOfState": 3}
    assert (User.objects.filter(email="ana@example.org").count(), Membership.objects.filter(user=again()).count()) == (
        1,
        1,
    )


@pytest.mark.django_db(transaction=True)
def test_two_invitations_to_one_address_open_one_account(people):
    offers = [invited(people["head"], role="reviewer"), invited(people["head"], role="auditor")]
    made = at_once([lambda offer=offer: begun(offer) for offer in offers])
    assert kinds(made) == {"Membership": 1, "Refused": 1}
    assert User.objects.filter(email="ana@example.org").count() == 1


@pytest.mark.requirement("R48")
@pytest.mark.django_db(transaction=True)
def test_two_organisations_at_once_do_not_both_get_one_person(people):
    person = User.objects.create(email="new@demo.example", name="New")
    offers = [
        invited(people["donor"], email=person.email, slug="sweden-mfa", role="donor_viewer"),
        invited(people["rival_donor"], email=person.email, slug="switzerland-sdc", role="donor_viewer"),
    ]
    made = at_once([lambda offer=offer: accepted(person, offer) for offer in offers])
    assert kinds(made) == {"Membership": 1, "Refused": 1}


# What the database refuses by itself


def test_database_refuses_what_no_invitation_can_be(head, stranger):
    now = timezone.now()
    invitation = invited(head)
    other = invited(head, email="bo@example.org")
    row = Invitation.objects.filter(pk=invitation.pk)
    for changes, name in (
        ({"email": "Ana@example.org"}, "invitation_address_in_lower_case"),
        ({"expires_at": invitation.sent_at}, "invitation_ends_after_sending"),
        ({"accepted_at": now}, "invitation_accepted_by_somebody"),
        (
            {"accepted_at": invitation.expires_at + timedelta(1), "accepted_by": stranger},
            "invitation_accepted_before_its_end",
        ),
        ({"accepted_at": now, "accepted_by": stranger, "withdrawn_at": now}, "invitation_accepted_or_withdrawn"),
        ({"email": other.email}, "invitation_open_once"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.update(**changes)
    row.update(withdrawn_at=now)
    row.update(email=other.email)  # one that is closed stands beside any other


def test_invitation_by_name_of_no_role_is_refused(head):
    with pytest.raises(NotAllowed):
        invited(head, role="king")
    with pytest.raises(NotAllowed):
        invite(by=head, organisation=organisation(), role="", email="x@example.org")
    assert begin_account.is_operation
    assert accept_invitation.is_operation
