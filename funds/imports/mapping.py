"""Which column of a contributions file means what: a small TOML file, read strictly. Pure."""

import codecs
import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from funds.imports.reasons import reason

AMOUNTS = ("fund", "own")
STAGES = ("pipeline", "pledged", "paid", "cancelled")
DONOR_TYPES = ("state", "institution", "private", "other", "trustee")
TOP = {"encoding", "decimal", "dates", "amounts", "key", "donor", "pledge", "agreement", "deposit", "writeoff", "stage"}
COLUMNS = {
    "donor": ({"name"}, {"country", "type", "types"}),
    "pledge": ({"amount", "currency", "date"}, set()),
    "agreement": ({"amount", "currency", "date"}, {"kind"}),
    "deposit": ({"amount", "currency", "date"}, set()),
    "writeoff": ({"amount", "date"}, set()),
    "stage": ({"column", "values"}, set()),
}


class BadMapping(ValueError):
    """The mapping cannot be used; the text is one line that says why, in the reader's language."""

    def __init__(self, code: str, **values: object) -> None:
        self.why = reason(code, **values)
        super().__init__(self.why)

    def __str__(self) -> str:
        return str(self.why)


@dataclass(frozen=True)
class Mapping:
    """A mapping that was read and checked. An absent table is an absent stage."""

    key: str
    amounts: str
    dates: tuple[str, ...]
    donor: Table[str, str]
    encoding: str = "utf-8"
    decimal: str = "."
    donor_types: Table[str, str] = field(default_factory=dict)
    pledge: Table[str, str] | None = None
    agreement: Table[str, str] | None = None
    deposit: Table[str, str] | None = None
    writeoff: Table[str, str] | None = None
    stage: str | None = None
    stages: Table[str, str] = field(default_factory=dict)

    def columns(self) -> list[str]:
        """Return every column that the file must have."""
        tables = (self.donor, self.pledge, self.agreement, self.deposit, self.writeoff)
        named = [column for table in tables if table for column in table.values()]
        return [self.key, *named, *([self.stage] if self.stage else [])]


def read_mapping(content: bytes) -> Mapping:
    """Read a mapping. Raises BadMapping for anything unknown, missing or of the wrong kind."""
    try:
        source = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # too many digits, or brackets, for Python are neither
        raise BadMapping("mapping_toml", error=error) from error
    _known("the mapping", source, TOP)
    for name, (needed, optional) in COLUMNS.items():
        if name in source:
            _table(name, source[name], needed, optional)
    if "donor" not in source:
        raise BadMapping("mapping_no_donor")
    if not {"pledge", "agreement", "deposit"} & set(source):
        raise BadMapping("mapping_no_stage")
    donor, stage = dict(source["donor"]), source.get("stage", {})
    return Mapping(
        key=_text(source, "key"),
        amounts=_one_of(source, "amounts", AMOUNTS),
        dates=_dates(source),
        encoding=_encoding(source.get("encoding", "utf-8")),
        decimal=_one_of({"decimal": "."} | source, "decimal", (".", ",")),
        donor_types=_choices("donor.types", donor.pop("types", {}), DONOR_TYPES),
        donor=donor,
        pledge=source.get("pledge"),
        agreement=source.get("agreement"),
        deposit=source.get("deposit"),
        writeoff=source.get("writeoff"),
        stage=stage.get("column"),
        stages=_choices("stage.values", stage.get("values", {}), STAGES),
    )


def _known(where: str, table: Table[str, Any], allowed: set[str]) -> None:
    if unknown := sorted(set(table) - allowed):
        raise BadMapping("mapping_unknown", where=where, name=unknown[0])


def _table(name: str, table: Any, needed: set[str], optional: set[str]) -> None:
    if not isinstance(table, dict):
        raise BadMapping("mapping_no_table", name=name)
    _known(f"[{name}]", table, needed | optional)
    if missing := sorted(needed - set(table)):
        raise BadMapping("mapping_lacks", where=f"[{name}]", name=missing[0])
    for key, value in table.items():
        if key not in ("types", "values") and not (isinstance(value, str) and value):
            raise BadMapping("mapping_no_column", table=name, name=key)


def _text(source: Table[str, Any], key: str) -> str:
    value = source.get(key)
    if not isinstance(value, str) or not value:
        if value is None:
            raise BadMapping("mapping_lacks", where="the mapping", name=key)
        raise BadMapping("mapping_no_text", name=key)
    return value


def _one_of(source: Table[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = _text(source, key)
    if value not in allowed:
        raise BadMapping("mapping_choice", name=key, value=value, allowed=" or ".join(allowed))
    return value


def _dates(source: Table[str, Any]) -> tuple[str, ...]:
    forms = source.get("dates")
    if not isinstance(forms, list) or not forms or not all(map(_is_date_form, forms)):
        raise BadMapping("mapping_dates", form="%Y-%m-%d")
    return tuple(forms)


def _is_date_form(form: Any) -> bool:
    """Say whether days, of a year, can be read by it: a form of twice the same part, for one, writes days and reads none."""
    if not isinstance(form, str) or not re.search("%[YyGcx]", form):
        return False
    try:
        datetime.strptime(datetime(2008, 9, 15, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007 - a calendar day, of no zone
    except (ValueError, re.error):
        return False
    return True


def _encoding(name: Any) -> str:
    try:
        " ".encode(name)  # not every codec is one of text
        return codecs.lookup(name).name
    except (LookupError, TypeError, ValueError):
        raise BadMapping("mapping_encoding", value=name) from None


def _choices(name: str, table: Any, allowed: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(table, dict):
        raise BadMapping("mapping_no_table", name=name)
    for value in table.values():
        if value not in allowed:
            raise BadMapping("mapping_value", name=name, value=value, allowed=", ".join(allowed))
    return dict(table)
