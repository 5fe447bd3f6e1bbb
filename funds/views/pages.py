"""What the fund's pages share beyond the kit of all pages: their form for one act, and the filter by window and days."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.forms import Form

from alliance.pages import acts

form_act = partial(acts.form_act, template="funds/act_form.html")


def narrowed(rows: QuerySet[Any], form: Form, *, day: str, unearmarked_unnamed: bool = True) -> QuerySet[Any]:
    """Apply a list's filter; what cannot be read filters nothing and says so beside the field.

    Where a row for the general pool names no window, `unearmarked_unnamed` says so.
    """
    if not form.is_valid():
        return rows
    asked = form.cleaned_data
    lookups = {
        "state": asked.get("state"),
        "window": asked.get("window"),
        f"{day}__gte": asked.get("since"),
        f"{day}__lte": asked.get("until"),
    }
    window = asked.get("window")
    if window is not None and window.unearmarked and unearmarked_unnamed and rows.model._meta.get_field("window").null:
        lookups["window"] = None
        rows = rows.filter(window=None)
    return rows.filter(**{lookup: value for lookup, value in lookups.items() if value})
