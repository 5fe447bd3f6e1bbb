"""A donor's statement: on paper, and as a workbook. The same area makes the same bytes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.register.knowledge import Checkpoint, one_state
from alliance.rendering import charts, pdf
from alliance.rendering.tables import Sheet
from funds.models import Donor, Fund
from funds.statements.funding_status import DEFINITIONS
from reporting.donor_area import tables
from reporting.donor_area.gather import donor_area
from reporting.donor_area.knowledge import known
from reporting.donor_area.shape import DonorArea

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True)
class DonorStatement:
    """A donor's whole area as of a day, and the register entry that it rests on."""

    area: DonorArea
    currency: str
    definitions: str
    known: Checkpoint
    is_demonstration: bool


def statement(donor: Donor, day: date) -> DonorStatement:
    """Return a donor's statement in the active language, all of it read at one moment."""
    with one_state():
        return DonorStatement(
            area=donor_area(donor, day),
            currency=Fund.objects.the().currency,
            definitions=DEFINITIONS,
            known=known(donor, day),
            is_demonstration=clock.is_demonstration(),
        )


def make_pdf(found: DonorStatement) -> bytes:
    """Return the PDF in the active language."""
    return pdf.write_pdf(html(found), stamp=found.known.at)


def html(found: DonorStatement) -> str:
    return render_to_string("documents/donor_statement.html", context(found))


def context(found: DonorStatement) -> dict[str, Any]:
    area = found.area
    return {
        "statement": found,
        "area": area,
        "figures": tables.figures(area),
        "tables": [
            table for table in (tables.deposits(area), tables.instalments(area), tables.windows(area)) if table.lines
        ],
        "definitions": tables.definitions(area),
        "picture": charts.draw(area.flow) if area.flow.links else "",
    }


def sheets(found: DonorStatement) -> list[Sheet]:
    """Return the workbook's sheets: about the file first, then the tables as lists, numbers as numbers."""
    lists = [Sheet(str(table.caption), *tables.list_rows(table)) for table in tables.statement_tables(found.area)]
    return [Sheet(_("About"), [_("Statement to a donor"), found.area.donor], _about(found)), *lists]


def _about(found: DonorStatement) -> list[list[Any]]:
    mark = [[_("DEMONSTRATION"), _("Demonstration: made-up figures. No such fund exists.")]]
    return [
        *(mark if found.is_demonstration else []),
        [_("As of"), found.area.as_of],
        [_("Currency"), found.currency],
        [_("Definitions"), found.definitions],
        [_("Register entry"), found.known.n],
        [_("Hash"), found.known.hash],
        *([word, meaning] for word, meaning in tables.definitions(found.area)),
    ]


def file_name(slug: str, day: date, language: str) -> str:
    """Return the name of a statement's file, without its ending."""
    return f"statement-{slug}-{day.isoformat()}-{language}"
