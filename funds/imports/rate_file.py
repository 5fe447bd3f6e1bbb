"""Reading a file of exchange rates: the whole file or nothing, then each line by itself. Pure: no database."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from funds.contributions import amounts
from funds.imports.contribution_file import FileLine, RowRefused, read_table
from funds.imports.reasons import Reason, reason

COLUMNS = ("effective_date", "currency", "units_per_usd", "source")
OWN = "USD"
LONGEST_SOURCE = 200
SHOWN = 40


class RateLine(NamedTuple):
    """What one line says: units of a currency for one US dollar, from a day on, and where that comes from."""

    line: int
    on: date
    currency: str
    units: Decimal
    source: str

    @property
    def key(self) -> tuple[str, date]:
        return self.currency, self.on


class RefusedLine(NamedTuple):
    """A line that cannot be taken, with its cells and why."""

    line: int
    cells: tuple[str, ...]
    why: Reason


def read_rates(content: bytes) -> tuple[list[RateLine], list[RefusedLine]]:
    """Return the lines that can be read and those that cannot. Raises Unreadable for the file as a whole."""
    heading, lines = read_table(content, COLUMNS)
    places = [heading.index(column) for column in COLUMNS]
    read: list[RateLine] = []
    refused: list[RefusedLine] = []
    seen: dict[tuple[str, date], int] = {}
    for line in lines:
        try:
            rate = _read(line, heading, places)
            if (first := seen.setdefault(rate.key, rate.line)) != rate.line:
                raise RowRefused(reason("rate_twice", line=first))
            read.append(rate)
        except RowRefused as refusal:
            refused.append(RefusedLine(line.number, tuple(cell[:SHOWN] for cell in line.cells[:8]), refusal.why))
    return read, refused


def _read(line: FileLine, heading: list[str], places: list[int]) -> RateLine:
    if len(line.cells) != len(heading):
        raise RowRefused(reason("fields", found=len(line.cells), expected=len(heading)))
    if any(unicodedata.category(letter) == "Cc" for cell in line.cells for letter in cell):
        raise RowRefused(reason("control"))
    on, currency, units, source = (line.cells[place].strip() for place in places)
    return RateLine(line.number, _day(on), _currency(currency), _units(units), _source(source))


def _day(written: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
        raise RowRefused(reason("rate_date", value=written[:SHOWN]))
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise RowRefused(reason("rate_date", value=written)) from None


def _currency(written: str) -> str:
    code = written.upper()
    if code == OWN:
        raise RowRefused(reason("rate_own"))
    if code not in amounts.currencies():
        raise RowRefused(reason("rate_currency", value=written[:SHOWN]))
    return code


def _units(written: str) -> Decimal:
    if not re.fullmatch(r"\d{1,40}(?:\.\d{1,40})?", written, re.ASCII):
        raise RowRefused(reason("rate_figure", value=written[:SHOWN]))
    units = Decimal(written)
    if not units:
        raise RowRefused(reason("rate_zero"))
    if units > amounts.LARGEST or units != round(units, amounts.RATE_DECIMALS):
        raise RowRefused(reason("rate_precision"))
    return units


def _source(written: str) -> str:
    text = " ".join(written.split())
    if not text:
        raise RowRefused(reason("rate_no_source"))
    if len(text) > LONGEST_SOURCE:
        raise RowRefused(reason("long", column="source", most=LONGEST_SOURCE))
    return text
