"""A row as the register keeps it: every column, amounts as strings, free text as a digest."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from alliance.register.canonical import canonical, digest_of


def plain(value: Any) -> Any:
    """Return `value` in the JSON form that bodies use."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return str(value.total_seconds())
        case UUID():
            return str(value)
        case models.Model():
            return f"{value._meta.label_lower}:{value.pk}"
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
    raise TypeError(f"{type(value).__name__} has no place in the register")


def is_free_text(field: models.Field, model: type[models.Model]) -> bool:
    if isinstance(field, models.TextField | models.JSONField):
        return field.name not in getattr(model, "REGISTER_PLAIN", ())
    if not isinstance(field, models.CharField) or field.choices or (field.max_length or 0) <= 3:
        return False
    return field.name not in getattr(model, "REGISTER_PLAIN", ())


def is_of_record(field: models.Field, model: type[models.Model]) -> bool:
    """Say whether the column stands in the model's snapshots. What the database generates follows from the others."""
    if field.generated:
        return False
    only = getattr(model, "REGISTER_ONLY", ())
    return field.name in only if only else field.name not in getattr(model, "REGISTER_EXEMPT", ())


def links(model: type[models.Model]) -> list[models.ManyToManyField]:
    """Return the lists of other rows that stand in the model's snapshots, as their keys."""
    return [f for f in model._meta.many_to_many if is_of_record(f, model)]


def snapshot(row: models.Model, salt: str) -> dict[str, Any]:
    """Return every column of the row, as a body's `rows` item holds it.

    Free text goes in as the digest of the body's salt and the text: a short text cannot be found by trying.
    """
    columns = {name: written(getattr(row, name), salt) for name, written in writers(type(row))}
    columns |= {f.name: sorted(linked.pk for linked in getattr(row, f.name).all()) for f in links(type(row))}
    return {"model": row._meta.label_lower, "pk": plain(row.pk), "columns": columns}


def later(model: type[models.Model], salt: str) -> dict[str, Any]:
    """Return what columns of a later release must hold in rows recorded before it, as a snapshot would hold it."""
    declared = getattr(model, "REGISTER_LATER", {})
    written = dict(writers(model))
    return {name: written[name](value, salt) if name in written else value for name, value in declared.items()}


def forms(model: type[models.Model]) -> dict[str, str]:
    """Return the form of each column in the model's snapshots: a change would make every old row seem to differ."""
    columns = {f.attname: _form(f, model) for f in model._meta.concrete_fields if is_of_record(f, model)}
    columns |= {f.name: "keys" for f in links(model)}
    declared = getattr(model, "REGISTER_LATER", {})
    return {
        name: f"{form}, {canonical(plain(declared[name]))} before it was there" if name in declared else form
        for name, form in columns.items()
    }


def _form(field: models.Field, model: type[models.Model]) -> str:
    if isinstance(field, models.DecimalField):
        return f"decimal({field.max_digits},{field.decimal_places})"
    if is_free_text(field, model):
        return "digest"
    kinds = (("key", models.ForeignKey), ("number", models.IntegerField), ("text", models.CharField | models.TextField))
    words = (word for word, kind in kinds if isinstance(field, kind))
    return next(words, field.get_internal_type().removesuffix("Field").lower())


type Writer = Callable[[Any, str], Any]


@cache
def writers(model: type[models.Model]) -> list[tuple[str, Writer]]:
    """Return, for each column of record of a model, its name and what writes its value."""
    return [(f.attname, _writer(f, model)) for f in model._meta.concrete_fields if is_of_record(f, model)]


def _writer(field: models.Field, model: type[models.Model]) -> Writer:
    if isinstance(field, models.DecimalField):
        places = Decimal(1).scaleb(-field.decimal_places)
        return lambda value, salt: None if value is None else format(Decimal(value).quantize(places), "f")
    if is_free_text(field, model):
        return _digested
    return lambda value, salt: plain(value)


def _digested(value: Any, salt: str) -> Any:
    if not value:
        return plain(value)
    text = value if isinstance(value, str) else canonical(plain(value))
    return {"sha256": digest_of(salt + text)}
