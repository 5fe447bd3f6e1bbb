"""Somebody in front of a browser: goes to pages, fills in forms, and looks at every page with axe."""

import re
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse
from django.utils.translation import override
from playwright.sync_api import Browser, Locator, Page, Response

from alliance.people.models import User
from scenarios.people.personas import PASSWORD, PERSONAS
from tests.browser.texts import texts_of

PATIENCE = 60_000
QUIET = {"preload": False, "resultTypes": ["violations"]}  # style sheets are not fetched a second time
# A page has thousands of texts in a dozen colours: each is read once, which is a fifth of all that axe does.
COLOURS = """(() => {
    const colour = axe.commons.color.Color.prototype, read = colour.parseString, known = new Map();
    colour.parseString = function (text) {
        if (!known.has(text)) {
            const {r, g, b, alpha} = read.call(this, text);
            known.set(text, {r, g, b, alpha});
        }
        return Object.assign(this, known.get(text));
    };
})()"""
AXE = """async options => (await axe.run(options)).violations.map(
    one => ({what: one.id, where: one.nodes.map(node => node.html)}))"""
SEEN = """() => ({
    text: document.querySelector("main").innerText,
    refused: Boolean(document.querySelector("main .error-summary")),
    beyond: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""


def violations(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what axe finds wrong: each rule that is broken, and the elements that break it."""
    page.evaluate(AXE_SCRIPT + COLOURS)
    found: list[dict[str, Any]] = page.evaluate(AXE, options)
    return found


def session_of(email: str) -> dict[str, Any]:
    """Return the cookie by which a person is signed in."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


class Visitor:
    """A person with a browser of its own. Each kind of page is looked at once: violations and texts are kept."""

    def __init__(self, browser: Browser, address: str, language: str, width: int) -> None:
        self.address = address
        self.language = language
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=language, bypass_csp=False, reduced_motion="reduce"
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.errors: list[str] = []
        self.violations: list[str] = []
        self.seen: set[str] = set()
        self.twins: dict[str, set[str]] = {}
        self.typed: set[str] = set()
        self._who = ""
        self._desks: dict[str, list[Any]] = {}
        self._answer: Response | None = None  # the page shown, as it was sent

    def close(self) -> None:
        self.context.close()

    # Going somewhere

    def path(self, name: str) -> str:
        """Return this language's address of a page."""
        return f"{self.address}/{self.language}/{name}"

    def go(self, name: str) -> None:
        self._answer = answer = self.page.goto(self.path(name))
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {answer.url}"
        self.look()

    def open(self, link: str) -> None:
        """Follow the first link whose address holds this text."""
        self.click(self.page.locator(f'main a[href*="{link}"]').first)

    def click(self, what: Locator) -> None:
        """Click on what leads to another page, and look at that."""
        with self.page.expect_navigation() as arrival:
            what.click()
        self._answer = arrival.value
        self.look()

    def become(self, person: str) -> None:
        """Be somebody else; who was here before is still signed in at their own desk.

        Whoever comes first signs in through the sign-in page.
        """
        email = PERSONAS.get(person) or f"{person.replace('_', '.')}@demo.example"
        left, self._who = self._who, person
        if not left:
            self.sign_in(email)
            return
        self._desks[left] = self.context.cookies()
        self.context.clear_cookies()
        self.context.add_cookies(self._desks.get(person) or [{**session_of(email), "url": self.address}])
        with override(self.language):
            self.page.goto(self.address + reverse("reporting:home"))
        self.look()

    def sign_in(self, email: str) -> None:
        self.go("sign-in/")
        form = "main form.form"
        self.page.fill(f"{form} [name=username]", email)
        self.page.fill(f"{form} [name=password]", PASSWORD)
        self.press(form)

    # Forms

    def fill(self, **values: str) -> None:
        """Type into the fields of these names; what is typed counts as nobody's translation."""
        for name, value in values.items():
            field = self.page.locator(f'main [name="{name.replace("__", "-")}"]').first
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
                self.typed.add(value)

    def choose(self, name: str, *values: str) -> None:
        """Tick the box of this name, or choose these of its values."""
        if not values:
            self.page.locator(f'main [name="{name}"]').check()
        for value in values:
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()

    def press(self, form: str = "main form") -> None:
        """Send a form by its main button, and look at the page that follows."""
        self.click(self.button(form))

    def button(self, form: str = "main form") -> Locator:
        return self.page.locator(f"{form} button:not([name])").last

    def act(self, ending: str) -> None:
        """Press the button of the act whose address ends so."""
        self.press(f'main form[action$="{ending}"]')

    # Looking

    def look(self) -> None:
        """Look at the page: no error, no violation, and its texts beside those of the English page."""
        self.page.wait_for_load_state()
        answer, self._answer = self._answer, None
        path = urlsplit(self.page.url).path
        with override(self.language):
            kind = resolve(path).view_name
        page = self.page.evaluate(SEEN)
        assert "Internal Server Error" not in page["text"]
        if kind in self.seen and not page["refused"]:
            return
        self.seen.add(kind)
        for broken in violations(self.page, QUIET):
            nodes = "; ".join(html[:160] for html in broken["where"][:3])
            self.violations.append(f"{path}: {broken['what']}: {nodes}")
        if page["beyond"]:
            self.violations.append(f"{path}: the page is {page['beyond']} pixels wider than the window")
        if self.language != "en":
            self.compare(path, answer)

    def compare(self, path: str, answer: Response | None) -> None:
        """Keep the texts that this page shares with its English twin."""
        query = urlsplit(self.page.url).query
        other = re.sub(r"^/[a-z]{2}/", "/en/", path) + (f"?{query}" if query else "")
        if answer is None or answer.request.method != "GET":  # a form sent back: its page as one comes to it
            answer = self.context.request.get(f"{self.address}{path}?{query}")
        twin = self.context.request.get(self.address + other)
        if answer.ok and twin.ok:
            self.twins[path] = texts_of(answer.text()) & texts_of(twin.text())

    def text(self) -> str:
        """Return what the page says, with plain spaces."""
        return re.sub(r"[\u00a0\u202f]", " ", self.page.locator("main").inner_text())

    def reference(self, prefix: str) -> str:
        """Return the first reference with this prefix in the page's address or text."""
        found = re.search(rf"{prefix}-[\dA-Z]{{4}}-[\dA-Z]+", self.page.url + " " + self.text())
        assert found, f"no {prefix} reference on {self.page.url}"
        return found.group()

    def upload(self, field: str, name: str, content: bytes, media_type: str) -> None:
        file: Any = {"name": name, "mimeType": media_type, "buffer": content}
        self.page.locator(f'main [name="{field}"]').set_input_files(file)
        self.typed.add(name)
