"""Reference data in three languages, as JSON files in this folder, and how rows are brought in line with them.

Every app that has reference data of its own keeps a `reference.py` with `load(read_json, **options)`, which
returns a `Loaded` for each kind of row. Loading twice changes nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models

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
    model._default_manager.bulk_create(new)
    changed = 0
    for values in wanted:
        if row := known.get(_pick(values, names)):
            changed += _corrected(row, {name: value for name, value in values.items() if name not in keep})
    return Loaded(len(wanted), len(new), changed)


def sync_links(through: type[models.Model], left: str, right: str, pairs: Collection[tuple[int, int]]) -> int:
    """Make a many-to-many table hold exactly these pairs for the left rows named in them; return the changes."""
    wanted = set(pairs)
    rows = through._default_manager.filter(**{f"{left}__in": {pair[0] for pair in wanted}})
    known = set(rows.values_list(left, right))
    for pair in known - wanted:
        rows.filter(**{left: pair[0], right: pair[1]}).delete()
    through._default_manager.bulk_create(through(**{left: a, right: b}) for a, b in sorted(wanted - known))
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


def _corrected(row: models.Model, values: Mapping[str, Any]) -> bool:
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, values[name])
    if differing:
        row.save(update_fields=differing)
    return bool(differing)
