"""Every component in its states, in a real browser: each language in one width and theme."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from scenarios.people.personas import PERSONAS
from tests.browser.visitor import session_of, violations
from tests.conftest import COPIES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def open_page(browser: Browser, portal: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Open]:
    """Return a function that opens a page as a secretariat officer, with or without scripts; pages change nothing."""
    pages: dict[bool, Page] = {}

    def opened(path: str, *, width: int = 1280, theme: Any = "light", scripts: bool = True) -> Page:
        if scripts not in pages:
            context = browser.new_context(java_script_enabled=scripts)
            context.add_cookies([{**session_of(PERSONAS["officer"]), "url": portal}])
            pages[scripts] = context.new_page()
        page = pages[scripts]
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto(portal + path)
        return page

    with django_db_blocker.unblock():
        yield opened
        for page in pages.values():
            page.context.close()
        COPIES.spoil()


CASES = [("en", 1280, "light"), ("fr", 390, "dark"), ("es", 1280, "dark")]


@pytest.mark.parametrize(("language", "width", "theme"), CASES)
def test_every_component_is_accessible_and_fits(open_page: Open, language: str, width: int, theme: str) -> None:
    page = open_page(f"/{language}/styleguide/", width=width, theme=theme)
    assert violations(page, {"preload": False, "runOnly": RULES}) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_content_security_policy_is_not_broken(open_page: Open) -> None:
    page = open_page("/en/no-such-page/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page.url.replace("no-such-page", "styleguide"))
    assert not [text for text in said if "Content Security Policy" in text or "Error" in text]


def test_the_skip_link_comes_first_and_leads_to_the_content(open_page: Open) -> None:
    page = open_page("/en/no-such-page/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_menu_of_a_phone_opens_without_scripts(open_page: Open) -> None:
    page = open_page("/en/styleguide/", width=390, scripts=False)
    link = page.locator("details.menu a", has_text="Committee")
    assert not link.is_visible()
    page.locator("details.menu summary").click()
    assert link.is_visible()


def test_buttons_and_fields_are_large_enough_for_a_thumb(open_page: Open) -> None:
    page = open_page("/en/styleguide/", width=390)
    controls = page.locator(
        "main :is(button, .button, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio]))"
    )
    heights = controls.evaluate_all("nodes => nodes.map(node => node.getBoundingClientRect().height)")
    assert heights
    assert min(heights) >= 44


def test_rows_of_a_form_stand_one_below_the_other_on_a_phone(open_page: Open) -> None:
    page = open_page("/en/styleguide/", width=390)
    cells = page.locator(".formset-table tbody tr").first.locator("td")
    boxes = cells.evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect()).map(box => [box.top, box.bottom])"
    )
    assert len(boxes) > 1
    assert all(below[0] >= above[1] for above, below in itertools.pairwise(boxes))


def test_a_form_with_errors_takes_the_focus_to_its_summary(open_page: Open) -> None:
    page = open_page("/en/styleguide/")
    assert "error-summary" in page.evaluate("document.activeElement.className")


def test_leaving_a_form_with_unsent_input_asks_first(open_page: Open) -> None:
    page = open_page("/en/styleguide/")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(".ballot textarea").fill("half a thought")
    page.goto(page.url.replace("styleguide", "sign-in"))
    assert asked == ["beforeunload"]


def test_words_are_counted_as_one_types(open_page: Open) -> None:
    page = open_page("/en/styleguide/")
    page.locator("textarea[data-words]").first.fill("four words are here")
    assert page.locator(".words").first.inner_text() == "4 / 150"
