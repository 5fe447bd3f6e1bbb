"""The frame, the components and the forms, as readers get them."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import brotli
import polib
import psycopg2
import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from alliance.core import assets
from alliance.core.failures import server_error
from alliance.core.forms import KeyedForm
from alliance.core.navigation import AREAS, PUBLIC
from alliance.core.tones import STATES, of_code, of_state

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
LANGUAGES = ["en", "fr", "es"]


class Attributes(HTMLParser):
    """Collects every attribute and every element of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def shown(source: str, **values: Any) -> str:
    return Template("{% load alliance i18n %}" + source).render(Context(values))


# Layout

LONGEST = 120
ONE_TAG = re.compile(r">?{%(?:(?!%}).)*%}")
ONE_ATTRIBUTE = re.compile(r"""(?:<[\w-]+ )?[\w-]+=(?:"[^"]*"|'[^']*')>?""")


def too_long(line: str) -> bool:
    """Return whether a line is longer than it may be, and could be broken: one tag and one attribute cannot."""
    words = line.strip()
    return len(line) > LONGEST and not (ONE_TAG.fullmatch(words) or ONE_ATTRIBUTE.fullmatch(words))


def test_no_line_of_a_template_is_longer_than_it_must() -> None:
    lines = [(path.name, n, line) for path in TEMPLATES for n, line in enumerate(path.read_text().splitlines(), 1)]
    assert [found for found in lines if too_long(found[2])] == []


@pytest.mark.parametrize(
    ("line", "is_too_long"),
    [
        ("{% summary " + "x" * 120 + " %}", False),
        ('  href="{% url "' + "x" * 120 + '" %}"', True),
        ("  href=\"{% url '" + "x" * 120 + "' %}\"", False),
        ("{% if x %}{% summary " + "x" * 120 + " %}{% endif %}", True),
        ("<p>" + "x" * 120 + "</p>", True),
        ("<p>" + "x" * 113 + "</p>", False),
    ],
)
def test_a_long_line_is_one_tag_or_one_attribute(line: str, is_too_long: bool) -> None:
    assert too_long(line) == is_too_long


def test_a_page_is_read_without_the_indentation_of_its_template(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<ul>\n    <li>\n\t {{ word }}</li>\n</ul>\n")
    (tmp_path / "mail.txt").write_text("Dear all,\n    {{ word }}\n")
    engine = Engine(dirs=[str(tmp_path)], loaders=["alliance.core.layout.Loader"])
    assert engine.get_template("page.html").render(Context({"word": "a\n  b"})) == "<ul>\n<li>\na\n  b</li>\n</ul>\n"
    assert engine.get_template("mail.txt").render(Context({"word": "a"})) == "Dear all,\n    a\n"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_message_over_several_lines_is_trimmed(path: Path) -> None:
    """Its indentation is part of the message otherwise, and is not read with the template."""
    whole = re.findall(r"{% blocktranslate((?:(?!%}).)*)%}(.*?){% endblocktranslate %}", path.read_text(), flags=re.S)
    assert [text for options, text in whole if "\n" in text and "trimmed" not in options] == []


# Values


def test_an_unnamed_amount_is_the_funds() -> None:
    with override("en"):
        assert shown("{{ a|money }}", a=Decimal("1234.5")) == "USD\u00a01,234.50"


def test_nothing_is_shown_as_a_dash_that_is_read_as_none() -> None:
    with override("en"):
        assert '<span class="visually-hidden">none</span>' in shown("{{ a|dash }}", a=None)


def test_a_heading_keeps_a_reference_on_one_line() -> None:
    page = '{% load alliance %}<title>{% kept "title" %}{{ title }}{% endkept %}</title><h1>{% again "title" %}</h1>'
    written = Template(page).render(Context({"title": "Return REP-2008-0001 <now>"}))
    heading = 'Return <span class="nowrap">REP-2008-0001</span> &lt;now&gt;'
    assert written == f"<title>Return REP-2008-0001 &lt;now&gt;</title><h1>{heading}</h1>"


def test_zero_is_not_nothing() -> None:
    assert shown("{{ a|dash }}", a=0) == "0"


class Named:
    name_en, name_fr, name_es = "Capacity", "", "Capacidad"


@pytest.mark.requirement("R1")
def test_a_missing_translation_shows_english_and_says_so() -> None:
    with override("fr"):
        page = shown('{% tr row "name" %}', row=Named())
    assert page == '<span lang="en">Capacity</span> <span class="muted small">(en anglais)</span>'


def test_a_translated_text_is_not_marked() -> None:
    with override("es"):
        assert shown('{% tr row "name" %}', row=Named()) == "Capacidad"


def test_a_deadline_says_what_is_left_of_it() -> None:
    now = datetime(2008, 9, 15, tzinfo=UTC)
    with override("en"):
        page = shown("{% deadline at %}", at=now + timedelta(days=4), now=lambda: now)
    assert "(in 4 days)" in page
    assert 'datetime="2008-09-19T00:00:00+00:00"' in page


# States and meanings


def test_a_window_has_the_colour_of_its_objective() -> None:
    assert (of_code("W1"), of_code("O1"), of_code("GEN")) == ("o1", "o1", "gen")


def test_a_state_stands_in_one_tone_only() -> None:
    states = [state for line in STATES.values() for state in line.split()]
    assert len(states) == len(set(states))


def test_a_badge_says_the_state_in_words() -> None:
    class Row:
        state = "carried"

        def get_state_display(self) -> str:
            return "Carried"

    assert shown("{% badge row %}", row=Row()) == '<span class="badge tone-good">Carried</span>'


def test_a_state_without_a_tone_is_neutral() -> None:
    assert of_state("unheard_of") == "neutral"


# Forms


class Sample(KeyedForm):
    title = forms.CharField(help_text="One line")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def form_page(form: forms.Form, options: str = "") -> str:
    return shown("{% form form " + options + " %}", form=form, csrf_token="token")


def test_a_hint_stands_before_its_field_and_is_tied_to_it() -> None:
    page = form_page(Sample())
    assert page.index("One line") < page.index('name="title"')
    assert 'aria-describedby="id_title_helptext"' in page


def test_only_optional_fields_are_marked() -> None:
    with override("en"):
        assert form_page(Sample()).count("(optional)") == 1


def test_a_form_carries_its_key_and_its_ticket() -> None:
    names = [attributes.get("name") for _, attributes in Attributes(form_page(Sample())).elements]
    assert names.count("key") == names.count("csrfmiddlewaretoken") == 1


def test_the_error_summary_links_to_each_wrong_field() -> None:
    with override("en"):
        page = form_page(Sample({"key": "k"}))
    elements = Attributes(page).elements
    ids = {attributes.get("id") for _, attributes in elements}
    targets = [(attributes["href"] or "").removeprefix("#") for tag, attributes in elements if tag == "a"]
    assert targets == ["id_title", "id_kind"]
    assert set(targets) <= ids
    assert "Nothing was recorded. What you typed is still here." in page


def test_what_was_typed_stays_in_a_refused_form() -> None:
    assert 'value="kept &amp; shown"' in form_page(Sample({"key": "k", "note": "kept & shown"}))


def test_a_lost_key_is_said_in_words() -> None:
    with override("en"):
        page = form_page(Sample({"title": "t", "kind": "a"}))
    assert "The form came back incomplete. Check it and send it again." in page


def test_a_form_shows_the_named_rows_only() -> None:
    page = form_page(Sample(), 'fields="note"')
    assert 'name="title"' not in page
    assert 'name="key"' in page


def test_a_form_with_a_file_is_sent_in_parts() -> None:
    class WithFile(KeyedForm):
        file = forms.FileField()

    assert 'enctype="multipart/form-data"' in form_page(WithFile())


def test_the_error_summary_names_a_box_whose_label_is_a_sentence_without_its_stop() -> None:
    form = type("Signature", (forms.Form,), {"is_read": forms.BooleanField(label="I have read it.")})({})
    shown = render_to_string("components/error_summary.html", {"form": form})
    assert ">I have read it: This field is required.</a>" in shown


def test_a_misspelt_option_of_a_form_is_an_error() -> None:
    with pytest.raises(TemplateSyntaxError, match="autosav"):
        form_page(Sample(), 'autosav="/x/"')


# Lists


def test_a_page_link_keeps_the_filters() -> None:
    from django.core.paginator import Paginator

    request = RequestFactory().get("/list/?q=a&page=2&sort=-amount")
    page = shown("{% pagination page %}", page=Paginator(range(300), 50).get_page(2), request=request)
    assert re.findall(r'href="([^"]+)"', page) == [
        "?q=a&amp;sort=-amount&amp;page=1",
        "?q=a&amp;sort=-amount&amp;page=3",
    ]


def test_one_page_needs_no_links() -> None:
    from django.core.paginator import Paginator

    request = RequestFactory().get("/list/")
    assert shown("{% pagination page %}", page=Paginator([1], 50).get_page(1), request=request).strip() == ""


def test_sorting_twice_turns_the_order() -> None:
    request = RequestFactory().get("/list/?sort=amount&page=3")
    page = shown(
        '{% sheet %}{% columns %}{% column "Amount" sort="amount" %}{% endcolumns %}{% endsheet %}', request=request
    )
    heading = '<th scope="col" aria-sort="ascending"><a class="sort" href="?sort=-amount">Amount</a></th>'
    assert page == f"<table><thead><tr>{heading}</tr></thead></table>"


def test_a_download_has_the_filters_of_the_list() -> None:
    request = RequestFactory().get("/list/?q=a&page=3")
    assert 'href="?q=a&amp;format=csv"' in shown('{% export "csv" %}', request=request)


def test_no_tasks_is_a_sentence() -> None:
    with override("en"):
        assert "Nothing waits for you" in shown("{% tasks items %}", items=[])


# The frame


@pytest.fixture
def public_page(client: Any, db: None) -> Any:
    def get(language: str) -> str:
        return client.get(f"/{language}/sign-in/").content.decode()

    return get


@pytest.mark.requirement("R22")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The Alliance is separate from the Global Forum on Migration and Development (GFMD)."),
        ("fr", "L’Alliance est distincte du Forum mondial sur la migration et le développement (FMMD)."),
        ("es", "La Alianza es independiente del Foro Mundial sobre Migración y Desarrollo (FMMD)."),
    ],
)
def test_every_page_says_that_the_alliance_is_not_the_forum(public_page: Any, language: str, words: str) -> None:
    assert words in public_page(language)


def test_a_demonstration_says_so_and_gives_its_date(public_page: Any, set_clock: Any) -> None:
    set_clock(datetime(2008, 9, 15, 9, 0))
    page = public_page("en")
    assert "Made-up figures; the date here is 15 September 2008. No such fund exists." in page


def test_a_real_portal_is_not_marked_as_a_demonstration(public_page: Any) -> None:
    assert "Demonstration" not in public_page("en")


def test_the_same_page_is_one_click_away_in_each_language(public_page: Any) -> None:
    page = public_page("fr")
    links = [given for tag, given in Attributes(page).elements if tag == "a" and "hreflang" in given]
    assert [(given["href"], given["lang"]) for given in links] == [
        ("/en/sign-in/", "en"),
        ("/fr/sign-in/", "fr"),
        ("/es/sign-in/", "es"),
    ]


def test_the_title_is_written_once_and_shown_twice(public_page: Any) -> None:
    page = public_page("en")
    assert "<title>Sign in – Alliance on Migration and Development</title>" in page
    assert "<h1>Sign in</h1>" in page


def test_every_link_of_the_navigation_leads_somewhere() -> None:
    from django.urls import reverse

    views = [view for _, view in PUBLIC] + [view for _, view, _ in AREAS] + ["reporting:home", "reporting:public_home"]
    assert all(reverse(view) for view in views)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_style_guide_shows_every_component_to_the_secretariat(sign_in: Any, officer: Any, language: str) -> None:
    answer = sign_in(officer).get(f"/{language}/styleguide/")
    assert answer.status_code == 200


def test_the_style_guide_is_for_the_secretariat(sign_in: Any, donor: Any) -> None:
    assert sign_in(donor).get("/en/styleguide/").status_code == 403


def test_a_refused_page_gives_the_reason(sign_in: Any, donor: Any) -> None:
    assert b"The style guide is for the secretariat." in sign_in(donor).get("/en/styleguide/").content


def test_an_unknown_address_says_what_to_try(client: Any, db: None) -> None:
    answer = client.get("/en/no-such-page/")
    assert answer.status_code == 404
    assert b"Page not found" in answer.content


@pytest.mark.parametrize("name", ["500.html", "503.html"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failure_is_readable_without_database_or_request(name: str, language: str) -> None:
    with override(language):
        page = render_to_string(name)
    assert f'<html lang="{language}">' in page


def broken_off() -> DatabaseError:
    """Return what Django raises when the server ends in the middle of an answer."""
    error = DatabaseError("server closed the connection unexpectedly")
    error.__cause__ = psycopg2.DatabaseError("server closed the connection unexpectedly")
    return error


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (OperationalError("gone"), 503),
        (InterfaceError("connection already closed"), 503),
        (broken_off(), 503),
        (DatabaseError("Save with update_fields did not affect any rows."), 500),
        (IntegrityError("a rule"), 500),
        (ValueError("a mistake"), 500),
    ],
)
def test_a_lost_database_is_told_apart_from_a_mistake(failure: Exception, status: int) -> None:
    try:
        raise failure
    except type(failure):
        assert server_error(RequestFactory().get("/")).status_code == status


def test_failures_are_answered_by_the_portals_own_page() -> None:
    from django.urls import get_resolver

    assert get_resolver().resolve_error_handler(500) is server_error


def test_a_persons_frame_has_the_areas_of_the_role(sign_in: Any, finance_officer: Any, donor: Any) -> None:
    page = sign_in(finance_officer).get("/en/no-such-page/").content.decode()
    assert "Finance" in page
    assert "My contributions" not in page
    assert "My contributions" in sign_in(donor).get("/en/no-such-page/").content.decode()


# Every template of the portal


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_has_inline_style_or_script(path: Path) -> None:
    if "documents" in path.parts:
        pytest.skip("a document has no browser")
    allowed = {"style"} if path.name == "mail.html" else set()  # programs that show mail know no style sheet
    found = Attributes(re.sub(r"{%.*?%}|{{.*?}}", "x", path.read_text(), flags=re.S)).elements
    assert not [tag for tag, attributes in found if tag == "style" or (tag == "script" and not attributes.get("src"))]
    names = {name for _, attributes in found for name in attributes} - allowed
    assert not [name for name in names if name == "style" or name.startswith("on")]


def test_every_stylesheet_is_in_the_one_that_pages_load() -> None:
    folder = settings.BASE_DIR / "static/css"
    imported = set(re.findall(r'@import url\("([^"]+)"\)', (folder / "site.css").read_text()))
    assert imported == {
        str(path.relative_to(folder)) for path in folder.rglob("*.css") if "documents" not in path.parts
    } - {"site.css"}


def test_every_script_is_in_the_one_that_pages_load() -> None:
    folder = settings.BASE_DIR / "static/js"
    imported = set(re.findall(r'import "\./([^"]+)"', (folder / "site.js").read_text()))
    assert imported == {path.name for path in folder.glob("*.js")} - {"site.js"}


def static_paths() -> dict[str, Any]:
    root = settings.BASE_DIR / "static"
    storage = FileSystemStorage(root)
    names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    return {name: (storage, name) for name in names}


def test_the_joined_stylesheet_imports_nothing_and_keeps_its_layers() -> None:
    style = assets.joined_style(assets.STYLE, static_paths())
    assert "@import" not in style
    assert style.index("@layer tokens {") < style.index("@layer base {") < style.index("@layer print {")


def test_the_joined_script_is_small_and_imports_nothing() -> None:
    script = assets.joined_script(assets.SCRIPT, static_paths())
    assert "import " not in script
    assert len(script) < 12_000


# Words


def test_the_frame_is_translated_into_both_other_languages() -> None:
    for language in ("fr", "es"):
        catalogue = polib.pofile(str(settings.BASE_DIR / f"locale/{language}/LC_MESSAGES/django.po"))
        assert "Skip to the content" in {entry.msgid for entry in catalogue.translated_entries()}
        assert not [entry.msgid for entry in catalogue if not entry.translated()]


def test_french_punctuation_is_held_by_spaces_that_do_not_break() -> None:
    catalogue = polib.pofile(str(settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po"))
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert not [text for text in texts if re.search(r" [:;?!»]|« ", text)]


def test_a_visitor_is_nobody() -> None:
    from alliance.core.context import person

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert person(request) is None


# Weight


def weight(name: str) -> int:
    """Return what a static file costs on the wire."""
    joined = {assets.STYLE: assets.joined_style, assets.SCRIPT: assets.joined_script}
    if name in joined:
        return len(brotli.compress(joined[name](name, static_paths()).encode()))
    content = Path(finders.find(name)).read_bytes()
    return len(content) if name.endswith("woff2") else len(brotli.compress(content))


def test_a_first_visit_is_light(public_page: Any) -> None:
    page = public_page("fr")
    files = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    scripts = sum(weight(name) for name in files if name.endswith(".js"))
    assert len(files) + 1 <= 8
    assert scripts <= 30_000
    assert sum(map(weight, files)) + len(brotli.compress(page.encode())) <= 60_000


def test_what_only_a_language_changes_is_written_once_and_knows_nothing_of_the_page() -> None:
    template = Template('{% load alliance i18n %}{% unchanging %}{% translate "Menu" %}{{ word }}{% endunchanging %}')
    written = {}
    for language in LANGUAGES:
        with override(language):
            written[language] = [template.render(Context({"word": word})) for word in ("first", "second")]
    assert written == {"en": ["Menu", "Menu"], "fr": ["Menu", "Menu"], "es": ["Menú", "Menú"]}
