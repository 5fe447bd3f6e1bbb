"""Which rule of the database refused: known by its name. What it says is for people, and may be worded anew."""

from django.db import Error


def constraint_of(error: Error) -> str:
    """Return the name of the constraint that an error of the database speaks of, or nothing; triggers name theirs too."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
