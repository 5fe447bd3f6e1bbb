"""The categories by which a reported figure is broken down, and hiding cells too small to be published (R74).

Ethnic origin and country of birth are never asked for in figures: they are described in words where they matter.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import Text

UNKNOWN = ("unknown", _("Not stated"))
CATEGORIES: dict[str, tuple[tuple[str, Text], ...]] = {
    "sex": (("female", _("Women")), ("male", _("Men")), UNKNOWN),
    "education": (
        ("primary", pgettext_lazy("education", "Primary or less")),
        ("secondary", pgettext_lazy("education", "Secondary")),
        ("tertiary", pgettext_lazy("education", "Tertiary")),
        UNKNOWN,
    ),
    "age": (
        ("under_18", _("Under 18")),
        ("18_29", _("18 to 29")),
        ("30_59", _("30 to 59")),
        ("60", _("60 and over")),
        UNKNOWN,
    ),
    "skill_level": (
        ("low", pgettext_lazy("skill", "Low-skilled")),
        ("medium", pgettext_lazy("skill", "Medium-skilled")),
        ("high", pgettext_lazy("skill", "Highly skilled")),
        UNKNOWN,
    ),
    "migration_status": (("regular", _("Regular")), ("irregular", _("Irregular")), UNKNOWN),
}
# Below this a cell could point to a person.
SMALLEST_SHOWN = Decimal(5)


class Cell(NamedTuple):
    """A category with its value, or None when it is hidden or was not given."""

    variable: str
    category: str
    value: Decimal | None
    is_hidden: bool


def public_cells(cells: Iterable[tuple[str, str, Decimal | None]], *, smallest: Decimal = SMALLEST_SHOWN) -> list[Cell]:
    """Return cells as they may be published: those under the threshold hidden.

    Where exactly one cell of a variable would be hidden, the next smallest is hidden too: otherwise the total gives it away.
    """
    rows = list(cells)
    hidden: set[tuple[str, str]] = set()
    for variable in dict.fromkeys(variable for variable, _category, _value in rows):
        given = sorted((v, c) for var, c, v in rows if var == variable and v)
        small = [category for value, category in given if value < smallest]
        if len(small) == 1 and len(given) > 1:
            small.append(given[1][1])
        hidden |= {(variable, category) for category in small}
    return [
        Cell(variable, category, None if (variable, category) in hidden else value, (variable, category) in hidden)
        for variable, category, value in rows
    ]


def label_of(variable: str, category: str) -> Text:
    """Return what a category is called."""
    return dict(CATEGORIES.get(variable, ())).get(category, category)
