"""Reference data in each language, as JSON files in this folder, and how rows are brought in line with them.

Every app that has reference data of its own keeps a `reference.py` with `load(read_json, **options)`, which
returns a `Loaded` for each kind of row. Loading twice changes nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models

from alliance.register import operation, record

FOLDER = Path(__file__).parent


class Loaded(NamedTuple):
    """How many rows the files hold, and how many of them were added or changed."""

    rows: int
    added: int
    changed: int


def read_json(name: str) -> list[dict[str, Any]]:
    """Return the rows of one file of this folder."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def sync(
    model: type[models.Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    key: str | tuple[str, ...] = "code",
    keep: Collection[str] = (),
) -> Loaded:
    """Insert what is missing and correct what differs; never delete, and never touch `keep` of a row that exists.

    Rows that people have added stay. `keep` names the columns that people may change, such as a validity.
    """
    names = (key,) if isinstance(key, str) else key
    known = {_key(row, names): row for row in model._default_manager.all()}
    wanted = [_cleaned(model, row) for row in rows]
    new = [model(**values) for values in wanted if _pick(values, names) not in known]
    differing = []
    for values in wanted:
        if row := known.get(_pick(values, names)):
            held = {name: value for name, value in values.items() if name not in keep}
            if any(getattr(row, name) != value for name, value in held.items()):
                differing.append((row, held))
    if new or differing:
        bring_in_line(model=model, new=new, differing=differing)
    return Loaded(len(wanted), len(new), len(differing))


@operation
def bring_in_line(
    *, model: type[models.Model], new: list[models.Model], differing: list[tuple[models.Model, dict[str, Any]]]
) -> None:
    """Insert and correct rows of one kind. By setup, in the name of the files that the release ships."""
    model._default_manager.bulk_create(new)
    for row, values in differing:
        _correct(row, values)
    note_rows(by=None, rows=[*new, *(row for row, _values in differing)])


@operation
def note_rows(*, by: None, rows: list[models.Model]) -> None:
    """Have the register say what these rows of reference data are from now on."""
    facts = {"of": rows[0]._meta.label_lower, "rows": len(rows)}
    record("reference.brought_in_line/1", by=by, rows=rows, facts=facts, public=True)


def sync_links(through: type[models.Model], left: str, right: str, pairs: Collection[tuple[int, int]]) -> int:
    """Make a many-to-many table hold exactly these pairs for the left rows named in them; return the changes."""
    wanted = set(pairs)
    rows = through._default_manager.filter(**{f"{left}__in": {pair[0] for pair in wanted}})
    known = set(rows.values_list(left, right))
    for pair in known - wanted:
        rows.filter(**{left: pair[0], right: pair[1]}).delete()
    through._default_manager.bulk_create(through(**{left: a, right: b}) for a, b in sorted(wanted - known))
    if changed := {pair[0] for pair in known ^ wanted}:
        linked: type[models.Model] = through._meta.get_field(left.removesuffix("_id")).related_model  # type: ignore[assignment]
        note_rows(by=None, rows=list(linked._default_manager.filter(pk__in=changed).order_by("pk")))
    return len(known ^ wanted)


def _cleaned(model: type[models.Model], row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the JSON of a row into the columns' own types; a foreign row is given by its instance."""
    values = {}
    for name, value in row.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            values[field.attname] = value.pk if value else None
        else:
            values[name] = field.to_python(value)  # type: ignore[union-attr]
    return values


def _key(row: models.Model, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, row._meta.get_field(name).attname) for name in names)  # type: ignore[union-attr]


def _pick(values: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(values[name] if name in values else values[f"{name}_id"] for name in names)


def _correct(row: models.Model, values: Mapping[str, Any]) -> None:
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, values[name])
    row.save(update_fields=differing)
