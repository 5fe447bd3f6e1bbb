"""Somebody in front of a browser: goes to pages, fills in forms, and looks at every page with axe."""

import re
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve, reverse
from django.utils.translation import override
from playwright.sync_api import Browser, Locator, Page

from scenarios.people.personas import PASSWORD, PERSONAS
from tests.browser.texts import texts_of

PATIENCE = 60_000
QUIET = {"preload": False, "resultTypes": ["violations"]}  # style sheets are not fetched a second time


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

    def close(self) -> None:
        self.context.close()

    # Going somewhere

    def path(self, name: str) -> str:
        """Return this language's address of a page."""
        return f"{self.address}/{self.language}/{name}"

    def go(self, name: str) -> None:
        answer = self.page.goto(self.path(name))
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {answer.url}"
        self.look()

    def open(self, link: str) -> None:
        """Follow the first link whose address holds this text."""
        self.page.locator(f'main a[href*="{link}"]').first.click()
        self.look()

    def become(self, person: str) -> None:
        """Sign in as somebody else, through the sign-in page; who was here before is still signed in at their own desk."""
        if self._who:
            self._desks[self._who] = self.context.cookies()
        self.context.clear_cookies()
        self._who = person
        if person in self._desks:
            self.context.add_cookies(self._desks[person])
            with override(self.language):
                self.page.goto(self.address + reverse("reporting:home"))
            self.look()
            return
        email = PERSONAS.get(person) or f"{person.replace('_', '.')}@demo.example"
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
        self.button(form).click()
        self.look()

    def button(self, form: str = "main form") -> Locator:
        return self.page.locator(f"{form} button:not([name])").last

    def act(self, ending: str) -> None:
        """Press the button of the act whose address ends so."""
        self.press(f'main form[action$="{ending}"]')

    # Looking

    def look(self) -> None:
        """Look at the page: no error, no violation, and its texts beside those of the English page."""
        self.page.wait_for_load_state()
        path = urlsplit(self.page.url).path
        with override(self.language):
            kind = resolve(path).view_name
        shown = self.page.locator("main").inner_text()
        assert "Internal Server Error" not in shown
        if kind in self.seen and not self.page.locator("main .error-summary").count():
            return
        self.seen.add(kind)
        for violation in Axe().run(self.page, options=QUIET).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            self.violations.append(f"{path}: {violation['id']}: {nodes}")
        if beyond := self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
            self.violations.append(f"{path}: the page is {beyond} pixels wider than the window")
        if self.language != "en":
            self.compare(path)

    def compare(self, path: str) -> None:
        """Keep the texts that this page shares with its English twin."""
        query = urlsplit(self.page.url).query
        other = re.sub(r"^/[a-z]{2}/", "/en/", path) + (f"?{query}" if query else "")
        answers = [self.context.request.get(self.address + address) for address in (f"{path}?{query}", other)]
        if all(answer.ok for answer in answers):
            mine, english = (texts_of(answer.text()) for answer in answers)
            self.twins[path] = mine & english

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
