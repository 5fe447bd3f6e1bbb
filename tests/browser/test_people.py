"""The head invites somebody; who was invited begins on a phone; the head ends the role. Every page looked at with axe."""

import pytest
from django.utils.translation import override

from alliance.accounts.invitation_mail import address_of
from alliance.people.models import Invitation, Organisation, User
from tests.browser.test_journey import left_in_english

LANGUAGE = "fr"
SENTENCE = "une phrase à moi seule"


@pytest.mark.requirement("R20")
def test_somebody_is_invited_begins_on_a_phone_and_is_ended_at_once(visitor):
    head, guest = visitor(LANGUAGE), visitor(LANGUAGE, width=390)
    head.become("head")
    head.go("people/")
    head.open("/people/invite/")
    head.press()  # with nothing filled in: told at each field
    iom = Organisation.objects.get(slug="iom")
    head.fill(email="ana.costa@example.org", organisation=str(iom.pk))
    head.choose("role", "partner_drafter")
    head.choose("language", LANGUAGE)
    head.press("main form.form")
    assert "ana.costa@example.org" in head.text()
    head.go("people/organisations/")
    head.open("/people/organisations/new/")
    with override(LANGUAGE):
        path = address_of(Invitation.objects.get()).partition(f"/{LANGUAGE}/")[2]
    guest.go(path)
    guest.press()
    guest.fill(name="Ana Costa", password=SENTENCE, again=SENTENCE)
    guest.press("main form.form")
    assert "Ana Costa" in guest.page.locator("header").first.inner_text()
    guest.go("people/ours/")
    ana = User.objects.get(email="ana.costa@example.org")
    head.go(f"people/{ana.uid}/")
    head.open("/end/")
    head.choose("when", "at_once")
    head.press("main form.form")
    assert User.objects.get(pk=ana.pk).roles == frozenset()
    assert guest.page.goto(guest.path("people/ours/")).status == 404
    for one in (head, guest):
        assert one.violations == []
        assert one.errors == []
        assert left_in_english(one) == {}
