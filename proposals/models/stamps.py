"""Constraints that bind a state to its stamps, in both directions."""

from collections.abc import Iterable

from django.db.models import CheckConstraint, Q


def stamped(model: str, field: str, states: Iterable[str], *, empty: object = None) -> CheckConstraint:
    """Require `field` in exactly these states. `empty` is the field's empty value, for texts."""
    blank = Q(**{f"{field}__isnull": True}) if empty is None else Q(**{field: empty})
    inside = Q(state__in=tuple(states))
    return CheckConstraint(condition=(inside & ~blank) | (~inside & blank), name=f"{model}_{field}_with_state")


def together(model: str, first: str, second: str) -> CheckConstraint:
    """Require both stamps or neither: the moment and the person."""
    return CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=f"{model}_{first}_with_{second}",
    )


def one_of(model: str, field: str, values: Iterable[object]) -> CheckConstraint:
    """Keep a choice closed in the database too."""
    return CheckConstraint(condition=Q(**{f"{field}__in": tuple(values)}), name=f"{model}_{field}_known")
