"""Write the pages of docs/ that follow from the tree: `python -m scripts.pages [--check]`.

The data model with its pictures, the glossary, and the index of decisions. `--check` writes nothing and ends with 1 when
what is there is not what would be written.
"""

import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

import django  # noqa: E402
from django.conf import settings  # noqa: E402

from scripts import data_model  # noqa: E402

MADE = "Made by `python -m scripts.pages`: do not edit it."


def main(arguments: list[str]) -> int:
    django.setup()
    stale = {path: text for path, text in pages().items() if not _holds(ROOT / path, text)}
    for path, text in stale.items():
        if "--check" in arguments:
            sys.stdout.write(f"{path}: is not what the tree says; run python -m scripts.pages\n")
        else:
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path}: written\n")
    return 1 if stale and "--check" in arguments else 0


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def pages() -> dict[str, str]:
    """Return each page with what it holds."""
    return {**data_model.pages(), "docs/glossary.md": glossary(), "docs/decisions/README.md": decisions()}


def glossary() -> str:
    """Return the field's terms in each language, from the reference data that the portal's own page shows."""
    rows = json.loads((ROOT / "alliance/reference/glossary.json").read_text(encoding="utf-8"))
    codes = [code for code, _name in settings.LANGUAGES]
    lines = [
        "# Glossary",
        "",
        f"The field’s terms as the portal’s glossary page has them, from `alliance/reference/glossary.json`. {MADE}",
        "Which of several words to use for one thing is in [words.md](words.md). A star marks what is our own.",
        "",
        f"| {' | '.join(name for _code, name in settings.LANGUAGES)} | note |",
        "|" + "---|" * (len(codes) + 1),
    ]
    for row in sorted(rows, key=lambda row: row["term_en"].casefold()):
        terms = [row.get(f"term_{code}") or "–" for code in codes]
        lines.append(f"| {' | '.join(terms)}{'*' if row['is_ours'] else ''} | {row['note_en']} |")
    return "\n".join(lines) + "\n"


def decisions() -> str:
    """Return the index of the records of decisions."""
    lines = [
        "# Decisions",
        "",
        "What a newcomer would question, and why it is so: the choice, its reason, its cost. A record stays as it is when a later",
        f"one supersedes it; both say so. A new record takes the next free number. {MADE}",
        "",
        "| no. | decision | date |",
        "|---|---|---|",
    ]
    for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        title, date = text.split("\n", 1)[0].removeprefix("# "), re.search(r"^\d{4}-\d\d-\d\d.*$", text, re.M)
        lines.append(f"| {path.name[:4]} | [{title}]({path.name}) | {date[0] if date else ''} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
