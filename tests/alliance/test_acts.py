"""The kit of all pages: one act by a button or a form says what came of it, and views leave that to the kit."""

from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.forms import KeyedForm
from alliance.pages.acts import carry_out, press

ROOT = Path(__file__).parents[2]
# An account's page, found from a posting; a clash of two tabs, shown beside the text; reports published several at once.
OWN_WAY = {"funds/views/accounts.py", "proposals/views/sections.py", "reporting/forum_report/views.py"}


def sent(officer, **fields):
    request = RequestFactory().post("/", fields)
    request.user = officer
    request._messages = CookieStorage(request)
    return request


def said(request):
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def test_button_does_the_act_once_by_its_key_and_says_so(officer):
    request = sent(officer, key="abc")
    assert press(request, lambda **given: given, "Done.", row=1) == {"by": officer, "key": "abc", "row": 1}
    assert said(request) == [("success", "Done.")]


@pytest.mark.parametrize("typed", [{}, {"key": ""}], ids=["no key", "an empty key"])
def test_button_without_a_key_does_nothing_and_says_so(officer, typed):
    request = sent(officer, **typed)
    assert press(request, lambda **given: given) is None
    assert said(request) == [("error", "Nothing was done: open the page again, and press its button once.")]


@pytest.mark.parametrize("refusal", [Refused("No."), OutOfState("No.")], ids=["refused", "out of state"])
def test_refusal_of_a_button_is_carried_to_the_next_page(officer, refusal):
    request = sent(officer, key="abc")

    def refused(**given):
        raise refusal

    assert press(request, refused, "Done.") is None
    assert said(request) == [("error", "No.")]


def test_what_is_not_allowed_goes_on(officer):
    def forbidden(**given):
        raise NotAllowed("Not you.")

    request = sent(officer, key="abc")
    for act in (lambda: press(request, forbidden), lambda: carry_out(request, KeyedForm(request.POST), forbidden)):
        with pytest.raises(NotAllowed):
            act()


def test_form_that_does_not_fit_does_nothing(officer):
    request = sent(officer)
    assert carry_out(request, KeyedForm(request.POST), pytest.fail, "Done.") is None
    assert said(request) == []


def test_form_that_is_only_shown_does_nothing(officer):
    request = RequestFactory().get("/")
    assert carry_out(request, KeyedForm({"key": "abc"}), pytest.fail) is None


def test_refusal_of_a_form_stands_in_the_form(officer):
    def refused(**given):
        raise Refused("No.", field="key")

    request = sent(officer, key="abc")
    form = KeyedForm(request.POST)
    assert carry_out(request, form, refused, "Done.") is None
    assert form.errors["key"] == ["No."]
    assert said(request) == []


def test_views_leave_pages_and_refusals_to_the_kit():
    views = [
        path
        for app in ("funds", "proposals", "governance", "reporting")
        for path in (ROOT / app).rglob("*.py")
        if "views" in path.parts or path.name == "views.py" or path.name.endswith("_pages.py")
    ]
    alone = {
        str(path.relative_to(ROOT))
        for path in views
        if any(
            word in path.read_text()
            for word in ("Paginator(", "except DomainError", "except Refused", "csv_response if")
        )
    }
    assert len(views) > 40
    assert alone == OWN_WAY
