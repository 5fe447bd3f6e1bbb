"""Whether a row is what its model says: for operations, which may be called with what no form has seen."""

from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from alliance.core.errors import Refused


def require_valid(row: Model, *, may_be_empty: Collection[str] = ()) -> None:
    """Raise Refused, at its field, for the first value that the model does not take: too long, unknown, no address.

    A column that may be null is not asked for.
    """
    nullable = {field.name for field in row._meta.concrete_fields if field.null}
    empty = {name for name in nullable.union(may_be_empty) if not getattr(row, name)}
    try:
        row.full_clean(exclude=empty)
    except ValidationError as error:
        field, (first, *_more) = next(iter(error.message_dict.items()))
        raise Refused(first, field=None if field == NON_FIELD_ERRORS else field) from None
