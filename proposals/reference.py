"""Loading the budget categories of this app."""

from collections.abc import Callable
from typing import Any

from alliance.core.translated import given
from alliance.reference import Loaded, sync
from proposals.models import BudgetCategory


def load(read_json: Callable[[str], list[dict[str, Any]]], **options: Any) -> dict[str, Loaded]:
    """Bring the categories in line with their file; return what changed."""
    rows = [_columns(row) for row in read_json("budget_categories")]
    return {"budget categories": sync(BudgetCategory, rows, key=("version", "code"))}


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    kept = {"version": row["version"], "is_indirect": row["is_indirect"]}
    return {"code": int(row["code"]), **kept, **given(row, "name")}
