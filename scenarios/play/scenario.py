"""Reading a scenario file: acts with their line numbers, and their values with readable refusals."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

MORNING = time(9, 0, tzinfo=UTC)
NAME = re.compile(r"^[a-z0-9-]{1,30}$")
TABLE = re.compile(r"^\s*\[\[\s*act\s*\]\]")
KEYS = frozenset({"name", "title", "fund_status", "starts_at", "ends_at", "act"})
COMMON = frozenset({"on", "at", "do", "as", "by"})


class ScenarioError(Exception):
    """What is wrong with a scenario, and in which line."""

    def __init__(self, message: object, line: int | None = None) -> None:
        self.line = line
        super().__init__(f"line {line}: {message}" if line else str(message))


@dataclass(frozen=True)
class Act:
    """One act: its place in the file, its moment, its verb and its values."""

    scenario: str
    number: int
    line: int
    moment: datetime
    verb: str
    values: dict[str, Any] = field(repr=False)

    @property
    def day(self) -> date:
        return self.moment.date()

    def key(self, step: str = "") -> str:
        """Return the idempotency key of the act, or of a further step of it."""
        return f"play:{self.scenario}:{self.number}" + (f":{step}" if step else "")

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str | None = None) -> str:
        return self._value(name, str, "a text", default)

    def number_of(self, name: str, default: int | None = None) -> int:
        return self._value(name, int, "a whole number", default)

    def truth(self, name: str, default: bool) -> bool:
        return self._value(name, bool, "true or false", default)

    def date(self, name: str, default: date | None = None) -> date:
        return self._value(name, date, "a date such as 2008-09-15", default)

    def instant(self, name: str, default: datetime | None = None) -> datetime:
        value = self._value(name, datetime, "a moment such as 2008-09-15T09:00:00Z", default)
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    def amount(self, name: str, default: Decimal | None = None) -> Decimal:
        """Return an amount written as a text, so that no digit is lost."""
        return self.decimal(self._value(name, str, 'an amount in quotes such as "1250.00"', default), name)

    def decimal(self, value: object, name: str) -> Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise self.wrong(f"“{name}” is no amount: {value}") from None

    def texts(self, name: str) -> list[str]:
        return [str(item) for item in self._value(name, list, "a list", [])]

    def tables(self, name: str) -> list[dict[str, Any]]:
        rows = self._value(name, list, "a list of tables", [])
        if not all(isinstance(row, dict) for row in rows):
            raise self.wrong(f"“{name}” is a list of tables")
        return rows

    def table(self, name: str) -> dict[str, Any]:
        return self._value(name, dict, "a table", {})

    def wrong(self, message: object) -> ScenarioError:
        return ScenarioError(f"{self.verb}: {message}", self.line)

    def _value(self, name: str, kind: type, wanted: str, default: Any) -> Any:
        if name not in self.values:
            if default is None:
                raise self.wrong(f"“{name}” is missing")
            return default
        value = self.values[name]
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self.wrong(f"“{name}” should be {wanted}")
        return value


@dataclass(frozen=True)
class Scenario:
    """A scenario as read: its acts are in time order."""

    name: str
    starts_at: datetime
    ends_at: datetime
    fund_status: str
    acts: tuple[Act, ...]


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises ScenarioError, with the line, for what cannot be understood."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path.name} is not TOML: {error}") from None
    if unknown := sorted(content.keys() - KEYS):
        raise ScenarioError(f"unknown key “{unknown[0]}”")
    return _scenario(content, [n for n, line in enumerate(text.splitlines(), start=1) if TABLE.match(line)])


def _scenario(content: dict[str, Any], lines: list[int]) -> Scenario:
    name, tables = content.get("name"), content.get("act", [])
    if not isinstance(name, str) or not NAME.match(name):
        raise ScenarioError("“name” is made of small letters, digits and hyphens, 30 at most")
    starts_at, ends_at = _end(content, "starts_at"), _end(content, "ends_at")
    if not isinstance(tables, list) or len(lines) != len(tables):
        raise ScenarioError("write each act as a table of its own, under [[act]]")
    acts = tuple(sorted(_acts(name, tables, lines), key=lambda act: (act.moment, act.number)))
    if acts and acts[0].moment < starts_at:
        raise acts[0].wrong("comes before the scenario's start")
    if acts and acts[-1].moment > ends_at:
        raise acts[-1].wrong("comes after the scenario's end")
    return Scenario(name, starts_at, ends_at, str(content.get("fund_status", "operating")), acts)


def _end(content: dict[str, Any], name: str) -> datetime:
    moment = content.get(name)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ScenarioError(f"“{name}” is a moment with its zone such as 2008-09-15T09:00:00Z")
    return moment


def _acts(scenario: str, tables: list[dict[str, Any]], lines: list[int]) -> Iterator[Act]:
    """Yield the acts; those that name a day only follow each other from nine o'clock, a minute apart."""
    on_day: dict[date, int] = {}
    for number, (table, line) in enumerate(zip(tables, lines, strict=True), start=1):
        verb = table.get("do")
        if not isinstance(verb, str):
            raise ScenarioError("“do” names the verb", line)
        at, on = table.get("at"), table.get("on")
        if isinstance(at, datetime) and on is None:
            moment = at if at.tzinfo else at.replace(tzinfo=UTC)
        elif isinstance(on, date) and not isinstance(on, datetime) and at is None:
            moment = datetime.combine(on, MORNING) + timedelta(minutes=on_day.get(on, 0))
            on_day[on] = on_day.get(on, 0) + 1
        else:
            raise ScenarioError("name the day (on = 2008-09-15) or the moment (at = 2008-09-15T09:00:00Z)", line)
        yield Act(scenario, number, line, moment, verb, table)
