"""Reading a file of contributions: the whole file or nothing, then each line by itself. Pure: no database."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from babel.core import get_global

from funds.contributions import amounts
from funds.imports.mapping import DONOR_TYPES, Mapping
from funds.imports.reasons import Reason, reason

# Two figures for one contribution that differ this much are not of one currency, or one has lost its decimal sign.
OUT_OF_SCALE = 10
LONGEST_NAME = 200


class Unreadable(ValueError):
    """The file cannot be read as a whole; the text is one line that says why, in the reader's language."""

    def __init__(self, why: Reason) -> None:
        self.why = why
        super().__init__(why)

    def __str__(self) -> str:
        return str(self.why)


class RowRefused(ValueError):
    """This line alone cannot be taken."""

    def __init__(self, why: Reason) -> None:
        self.why = why
        super().__init__(str(why))


class Money(NamedTuple):
    """An amount above zero with its currency's name and its day."""

    amount: Decimal
    currency: str
    on: date


class FileLine(NamedTuple):
    """A line of the file with its number, as it stands there."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Contribution:
    """What one line says."""

    line: int
    key: str
    donor: str
    country: str
    donor_type: str
    stage: str
    pledge: Money | None = None
    agreement: Money | None = None
    agreement_kind: str = ""
    deposit: Money | None = None
    writeoff: Money | None = None

    def content(self) -> dict[str, object]:
        """Return what makes two lines the same contribution: everything but where the line stands."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "line"}
        return {name: _plain(value) if isinstance(value, Money) else value for name, value in said.items()}


def _plain(money: Money) -> list[str]:
    return [format(money.amount.normalize(), "f"), money.currency, money.on.isoformat()]


def read_lines(content: bytes, mapping: Mapping) -> tuple[list[str], list[FileLine]]:
    """Return the heading and the lines below it. Raises Unreadable, as `read_table` does."""
    return read_table(content, mapping.columns(), mapping.encoding)


def read_table(content: bytes, columns: Iterable[str], encoding: str = "utf-8") -> tuple[list[str], list[FileLine]]:
    """Return the heading, which has each of these columns once, and the lines below it.

    Raises Unreadable for a wrong encoding, a missing column, an empty file, or one that is cut short.
    """
    text = _decoded(content, encoding)
    lines = list(_records(text))
    if not lines:
        raise Unreadable(reason("file_empty"))
    heading = [name.strip() for name in lines[0].cells]
    for column in columns:
        if heading.count(column) != 1:
            raise Unreadable(reason("file_columns" if column in heading else "file_no_column", column=column))
    last = lines[-1]
    if len(lines) > 1 and len(last.cells) < len(heading) and not text.endswith(("\n", "\r")):
        raise Unreadable(reason("file_cut", line=last.number, found=len(last.cells), expected=len(heading)))
    return heading, lines[1:]


def _decoded(content: bytes, encoding: str) -> str:
    if content.startswith(b"\xef\xbb\xbf") and encoding == "utf-8":
        content = content[3:]
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(reason("file_encoding", encoding=encoding, byte=error.start + 1)) from None
    if encoding not in ("utf-8", "utf-8-sig") and not content.isascii() and _is_utf8(content):
        raise Unreadable(reason("file_utf8", encoding=encoding))
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _records(text: str) -> Iterator[FileLine]:
    _refuse_open_quote(text)
    reader = csv.reader(io.StringIO(text, newline=""))
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield FileLine(number, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(reason("file_line", line=number, error=error)) from None


def _refuse_open_quote(text: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for _cells in reader:
            start = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise Unreadable(reason("file_quote", line=start)) from None


def read_contribution(heading: list[str], line: FileLine, mapping: Mapping, today: date) -> Contribution:
    """Read one line. Raises RowRefused with the first thing that is wrong with it."""
    if len(line.cells) != len(heading):
        raise RowRefused(reason("fields", found=len(line.cells), expected=len(heading)))
    if any(unicodedata.category(letter) == "Cc" for cell in line.cells for letter in cell if letter not in "\t\n\r"):
        raise RowRefused(reason("control"))
    cells = dict(zip(heading, (cell.strip() for cell in line.cells), strict=True))
    reader = _Reader(cells, mapping, today)
    contribution = Contribution(
        line=line.number,
        key=reader.key(),
        donor=reader.donor(),
        country=reader.country(),
        donor_type=reader.donor_type(),
        pledge=reader.money("pledge"),
        agreement=reader.money("agreement"),
        agreement_kind=reader.kind(),
        deposit=reader.money("deposit"),
        writeoff=reader.money("writeoff"),
        stage=reader.stage(),
    )
    _refuse_contradictions(contribution, mapping)
    return contribution


class _Reader:
    """The cells of one line, read by the mapping."""

    def __init__(self, cells: dict[str, str], mapping: Mapping, today: date) -> None:
        self.cells, self.mapping, self.today = cells, mapping, today

    def text(self, column: str, most: int = LONGEST_NAME) -> str:
        value = " ".join(self.cells[column].split())
        if len(value) > most:
            raise RowRefused(reason("long", column=column, most=most))
        return value

    def key(self) -> str:
        value = self.text(self.mapping.key)
        if not value:
            raise RowRefused(reason("no_key"))
        return value

    def donor(self) -> str:
        value = self.text(self.mapping.donor["name"])
        if not value:
            raise RowRefused(reason("no_donor"))
        return value

    def country(self) -> str:
        """Return the country's code, or nothing: such files put codes of their own where no State stands behind a gift."""
        column = self.mapping.donor.get("country")
        return alpha_2(self.text(column).upper()) if column else ""

    def donor_type(self) -> str:
        column = self.mapping.donor.get("type")
        if column is None:
            return "other"
        value = self.text(column)
        found = self.mapping.donor_types.get(value, value if value in DONOR_TYPES else None)
        if found is None:
            raise RowRefused(reason("donor_type", value=value))
        return found

    def stage(self) -> str:
        if self.mapping.stage is None:
            return "pledged"
        value = self.text(self.mapping.stage)
        if value not in self.mapping.stages:
            raise RowRefused(reason("stage", value=value))
        return self.mapping.stages[value]

    def kind(self) -> str:
        column = (self.mapping.agreement or {}).get("kind")
        return self.text(column, 80) if column else ""

    def money(self, table: str) -> Money | None:
        """Return the amount of a stage; None where the cell is empty or zero."""
        columns = getattr(self.mapping, table)
        if columns is None:
            return None
        amount = self._amount(columns["amount"])
        if not amount:
            return None
        currency = self._currency(columns["currency"], columns["amount"]) if "currency" in columns else "USD"
        counted_in = currency if self.mapping.amounts == "own" else "USD"
        try:
            amounts.check_precision(amount, counted_in)
        except amounts.TooPrecise:
            raise RowRefused(reason("precision", column=columns["amount"], currency=counted_in)) from None
        return Money(amount, currency, self._date(columns["date"], columns["amount"]))

    def _amount(self, column: str) -> Decimal | None:
        written = self.cells[column]
        if not written:
            return None
        if not re.fullmatch(rf"[+-]?\d+(?:{re.escape(self.mapping.decimal)}\d+)?", written, re.ASCII):
            raise RowRefused(reason("amount", value=written[:40], column=column))
        amount = Decimal(written.replace(",", "."))
        if amount < 0:
            raise RowRefused(reason("negative", column=column))
        if amount > amounts.LARGEST:
            raise RowRefused(reason("large", column=column))
        return amount

    def _currency(self, column: str, amount_column: str) -> str:
        value = self.cells[column].upper()
        if not value:
            raise RowRefused(reason("no_currency", column=amount_column))
        if value not in amounts.currencies():
            raise RowRefused(reason("currency", value=value[:10], column=column))
        return value

    def _date(self, column: str, amount_column: str) -> date:
        value = self.cells[column]
        if not value:
            raise RowRefused(reason("no_date", column=amount_column))
        for form in self.mapping.dates:
            try:
                day = datetime.strptime(value, form).date()  # noqa: DTZ007 - a calendar day, of no zone
            except ValueError:
                continue
            if day > self.today:
                raise RowRefused(reason("future", column=column))
            return day
        raise RowRefused(reason("date", value=value[:40], column=column))


def alpha_2(code: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country given by two or three letters; nothing for another text."""
    if len(code) == 2 and code in get_global("territory_currencies"):
        return code
    found = get_global("territory_aliases").get(code, ())
    return found[0] if len(code) == 3 and len(found) == 1 else ""


def _refuse_contradictions(row: Contribution, mapping: Mapping) -> None:
    if not (row.pledge or row.agreement or row.deposit):
        raise RowRefused(reason("empty"))
    if mapping.stage is not None and mapping.pledge is not None and row.pledge is None:
        raise RowRefused(reason("no_pledge", stage=row.stage))
    if row.stage == "pipeline" and (row.agreement or row.deposit or row.writeoff):
        raise RowRefused(reason("pipeline_with_money"))
    if row.stage == "paid" and row.deposit is None:
        raise RowRefused(reason("no_deposit"))
    if row.stage == "paid" and row.writeoff:
        raise RowRefused(reason("paid_and_written_off"))
    if row.stage == "cancelled" and (row.deposit or row.writeoff):
        raise RowRefused(reason("cancelled_with_money"))


def flags(row: Contribution, mapping: Mapping) -> list[Reason]:
    """Return what a person should look at in a line that is taken all the same."""
    stages = [(name, money) for name in ("pledge", "agreement", "deposit") if (money := getattr(row, name))]
    found: list[Reason] = []
    for (first, one), (second, other) in [(a, b) for n, a in enumerate(stages) for b in stages[n + 1 :]]:
        comparable = mapping.amounts == "fund" or one.currency == other.currency
        times = max(one.amount, other.amount) / min(one.amount, other.amount)
        if comparable and times >= OUT_OF_SCALE:
            found.append(reason("scale", first=first, second=second, times=int(times)))
        if one.currency != other.currency:
            found.append(
                reason(
                    "currencies",
                    first=first,
                    second=second,
                    first_currency=one.currency,
                    second_currency=other.currency,
                )
            )
    if row.stage == "paid" and row.pledge and row.deposit and _short(row.pledge, row.deposit, mapping):
        found.append(reason("paid_short"))
    return found


def _short(pledge: Money, deposit: Money, mapping: Mapping) -> bool:
    known = mapping.amounts == "own" or pledge.currency == "USD"
    return known and pledge.currency == deposit.currency and deposit.amount < pledge.amount
