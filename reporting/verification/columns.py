"""The columns of the models of record, each in the form in which its snapshots hold it, as releases have left them.

`columns.json` only grows, when a release is made (`tests.campaigns.release_fixture`). A form that changed would make every
row of an earlier release seem to differ, so what needs more decimals, or other words, goes into a new column. A system
check compares the models with it, because migrations notice none of this; a model of no release yet is free to change.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from alliance.register.snapshots import forms
from alliance.register.verification import registered_models

RECORDED = Path(__file__).with_name("columns.json")
type Columns = dict[str, dict[str, str]]


def recorded() -> Columns:
    return json.loads(RECORDED.read_text())


def of_record() -> Columns:
    """Return the columns of record by model, as the models have them now."""
    return {model._meta.label_lower: forms(model) for model in registered_models()}


def write() -> None:
    """Record the columns that a release leaves. Where nothing contradicts what was recorded, only new ones are added."""
    RECORDED.write_text(json.dumps(of_record(), indent=1, sort_keys=True) + "\n")


def contradictions() -> Iterator[str]:
    """Yield, in words, each column of record that is not what releases have left, or is new and does not say what it was."""
    now = of_record()
    for label, columns in recorded().items():
        if label not in now:
            yield f"{label} was of record and is no longer: recorded names never change."
            continue
        for name in sorted({*columns, *now[label]}):
            yield from _contradiction(f"{label}.{name}", columns.get(name), now[label].get(name))


def _contradiction(where: str, was: str | None, now: str | None) -> Iterator[str]:
    if was is None and now and not now.endswith(" before it was there"):
        yield f"{where} is new: say in REGISTER_LATER what rows recorded before it must hold."
    elif was and now is None:
        yield f"{where} was of record and is no longer: a column that is recorded stays."
    elif was and was != now:
        yield f"{where} is recorded as {was} and would be as {now}: leave it, and put what needs more into a new column."
