"""Bring the catalogues of messages in line with the code and the templates: `python -m scripts.catalogues [--check]`.

Every language of `settings.LANGUAGES` but English has one, `locale/LANGUAGE/LC_MESSAGES/django.po`; one that is missing is
begun. What is said anew comes in without a translation, what nobody says any more goes out, all else stays as it is. It
prints what is left to translate and ends with 1 while there is any. `--check` writes nothing, and ends with 1 as well when
there was something to write. Babel reads and compiles; nothing of gettext is needed.
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.extract import extract
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

from django.conf import settings  # noqa: E402
from django.utils.translation.template import templatize  # noqa: E402

PLACES = ("alliance", "funds", "proposals", "governance", "reporting", "scenarios")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
OF_TEMPLATES = {".html", ".txt"}

type Key = tuple[str, str]  # text, context: the order of a catalogue
DJANGOS_OWN: dict[Key, str] = {("- Select an option -", ""): ""}  # Django's texts that Django has not translated yet


class Entry(NamedTuple):
    """A message of a catalogue: its English, the English of many where it has one, its translation in each number."""

    key: Key
    many: str
    translations: tuple[str, ...]
    comments: tuple[str, ...] = ()
    is_guess: bool = False

    @property
    def is_translated(self) -> bool:
        return all(self.translations) and not self.is_guess


def main(arguments: list[str]) -> int:
    check, clean = "--check" in arguments, True
    said = messages()
    for language, _name in settings.LANGUAGES:
        if language != settings.LANGUAGE_CODE:
            clean &= bring_in_line(language, said, check=check)
    return 0 if clean else 1


def bring_in_line(language: str, said: dict[Key, str], *, check: bool) -> bool:
    """Write a language's catalogue anew, or with `check` look whether that would change it; say whether all is well."""
    path = path_of(language)
    known = {entry.key: entry for entry in entries(path)} if path.exists() else {}
    merged = [_merged(key, said[key], known.get(key), language) for key in sorted(said)]
    text = written(language, merged)
    differs = not path.exists() or path.read_text(encoding="utf-8") != text
    _report(language, "untranslated", [entry.key for entry in merged if not entry.is_translated])
    _report(language, "said no more", sorted(known.keys() - said.keys()))
    if differs and check:
        sys.stdout.write(f"{language}: the catalogue is not in line; run python -m scripts.catalogues\n")
    elif differs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return all(entry.is_translated for entry in merged) and not (differs and check)


def path_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def _report(language: str, what: str, keys: Iterable[Key]) -> None:
    for text, context in keys:
        sys.stdout.write(f"{language}: {what}: {text!r}{f' ({context})' if context else ''}\n")


# What the tree says


def messages() -> dict[Key, str]:
    """Return each message of the tree with the English of many, where it has one."""
    found = dict(DJANGOS_OWN)
    for _path, text in sources():
        for key, many in said_in(text):
            found[key] = many or found.get(key, "")
    return found


def sources() -> Iterator[tuple[Path, str]]:
    """Yield each file that can say something, as the text of a program."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in OF_TEMPLATES:
            calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield path, "\n".join(line.strip() for line in calls.splitlines())


def said_in(text: str) -> Iterator[tuple[Key, str]]:
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        one, *many = (part for part in ([message] if isinstance(message, str) else message) if part)
        if one:
            yield (one, context or ""), many[0] if many else ""


# What a catalogue holds


def entries(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id:
                one, many = (message.id, "") if isinstance(message.id, str) else message.id
                texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                yield Entry((one, message.context or ""), many, texts, tuple(message.user_comments), message.fuzzy)


def _merged(key: Key, many: str, known: Entry | None, language: str) -> Entry:
    numbers = get_plural(language).num_plurals if many else 1
    if known and len(known.translations) == numbers:
        return known._replace(many=many)
    return Entry(key, many, ("",) * numbers)


def written(language: str, merged: Iterable[Entry]) -> str:
    """Return a catalogue as it is kept: sorted, without places and without broken lines, so that changes are few."""
    rule = get_plural(language)
    head = (
        f'#\nmsgid ""\nmsgstr ""\n"Project-Id-Version: alliance\\n"\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={rule.num_plurals}; plural={rule.plural_expr};\\n"\n'
    )
    return "\n".join([head, *map(_written, merged)])


def _written(entry: Entry) -> str:
    text, context = entry.key
    lines = [f"# {comment}\n" for comment in entry.comments]
    lines += ["#, fuzzy\n"] if entry.is_guess else []
    lines += [_quoted("msgctxt", context)] if context else []
    lines.append(_quoted("msgid", text))
    if entry.many:
        lines.append(_quoted("msgid_plural", entry.many))
        lines += [_quoted(f"msgstr[{number}]", one) for number, one in enumerate(entry.translations)]
    else:
        lines.append(_quoted("msgstr", entry.translations[0]))
    return "".join(lines)


def _quoted(word: str, text: str) -> str:
    lines = [f'"{_escaped(line)}"\n' for line in text.splitlines(keepends=True)] or ['""\n']
    return f"{word} " + ("" if len(lines) == 1 else '""\n') + "".join(lines)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
