"""SVG as text: elements, colours by meaning, and words that fit."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from alliance.core.tones import COLOURS

WIDTH = 520
FONT = "Source Sans 3, Noto Sans, Liberation Sans, sans-serif"
SIZE = 15
SMALL = 13

# Tones on which text is dark.
PALE = ("rule", "ground", "paper")

NARROW = set("ijlIftr.,:;'|!()[] \u00a0\u202f-")
BROAD = set("mwMWQ@%&—…")
ELLIPSIS = "…"


def number(value: float | Decimal) -> str:
    """Return a coordinate with a tenth of a unit at most."""
    text = f"{float(value):.1f}"
    return text.removesuffix(".0")


def element(name: str, content: str = "", /, **attributes: Any) -> str:
    """Return one element. Underscores become hyphens, numbers are cut to a tenth; the content is not escaped."""
    written = _written(attributes)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _written(attributes: Mapping[str, Any]) -> str:
    return "".join([f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"' for key, value in attributes.items()])


def _attribute(value: Any) -> str:
    return number(value) if isinstance(value, float | Decimal) else escape(str(value))


def colour(tone: str, part: str = "fill") -> dict[str, str]:
    """Return the attributes that colour a shape: the class for a page, the paper's colour for a document."""
    return {"class_": f"{part}-{tone}", part: COLOURS[tone]}


@cache
def _coloured(tone: str) -> str:
    return _written(colour(tone))


# Of these two a picture has a hundred: they are written in one go, as `element` would.
def rect(x: float, y: float, width: float, height: float, tone: str, **more: Any) -> str:
    size = f'width="{number(max(width, 0.0))}" height="{number(height)}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size}{_coloured(tone)}{_written(more)}/>'


def text(
    x: float, y: float, words: Any, *, size: int = SIZE, tone: str = "ink", bold: bool = False, anchor: str = ""
) -> str:
    weight = ' font-weight="600"' if bold else ""
    place = f' text-anchor="{anchor}"' if anchor else ""
    at = f'x="{number(x)}" y="{number(y)}" font-size="{size}"'
    return f"<text {at}{_coloured(tone)}{weight}{place}>{escape(str(words))}</text>"


def text_width(words: str, size: int = SIZE) -> float:
    """Return about how wide a text is, on the wide side: the reader's fonts are not known here."""
    return size * sum(
        0.36 if letter in NARROW else 0.95 if letter in BROAD else 0.72 if letter.isupper() else 0.61
        for letter in words
    )


def cut(words: str, room: float, size: int = SIZE) -> str:
    """Return the text, shortened with an ellipsis when it does not fit."""
    if text_width(words, size) <= room:
        return words
    while words and text_width(words + ELLIPSIS, size) > room:
        words = words[:-1]
    return words.rstrip() + ELLIPSIS


def lines(words: str, room: float, most: int, size: int = SIZE) -> list[str]:
    """Return the text broken at its spaces into at most so many lines; the last one is cut."""
    found: list[str] = []
    rest = words.split(" ")
    while rest and len(found) < most - 1:
        taken = 1
        while taken < len(rest) and text_width(" ".join(rest[: taken + 1]), size) <= room:
            taken += 1
        found.append(cut(" ".join(rest[:taken]), room, size))
        rest = rest[taken:]
    return [*found, cut(" ".join(rest), room, size)] if rest else found


def picture(title: Any, description: Any, width: float, height: float, *content: str) -> SafeString:
    """Return the whole SVG. Its title and description are direct children, as PDF/UA and screen readers want."""
    head = element("title", escape(str(title))) + element("desc", escape(str(description)) or " ")
    root = element(
        "svg",
        head + "".join(content),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=number(width),
        height=number(height),
        role="img",
        font_family=FONT,
    )
    return mark_safe(root)  # noqa: S308 - every text in it was escaped above


def nothing(title: Any, description: Any, words: Any, width: float = WIDTH) -> SafeString:
    """Return the picture of no rows: a sentence that says so."""
    frame = rect(0.5, 0.5, width - 1, 71, "ground", rx=6)
    return picture(title, description, width, 72, frame, text(width / 2, 41, words, tone="ink-soft", anchor="middle"))
