"""Changes to the Forum's reference data: loading it, and adding to what can be chosen."""

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import NotAllowed, Refused
from alliance.forum import reference as own
from alliance.forum.models import AreaOfWork
from alliance.forum.permissions import may_add_area
from alliance.people.models import User
from alliance.reference import Loaded, read_json
from alliance.register import operation, record


@transaction.atomic
def load_reference(**options: Any) -> dict[str, Loaded]:
    """Bring all reference data in line with the files, this app's first, then each app's own. Repeating changes nothing."""
    loaded = own.load(read_json, **options)
    for app in apps.get_app_configs():
        if app.module and app.name != "alliance" and module_has_submodule(app.module, "reference"):
            module = import_module(f"{app.name}.reference")
            if hasattr(module, "load"):
                loaded |= module.load(read_json, **options)
    if changes := {name: list(count[1:]) for name, count in loaded.items() if count.added or count.changed}:
        note_reference_loaded(by=None, changes=changes)
    return loaded


@operation
def note_reference_loaded(*, by: User | None, changes: Mapping[str, list[int]]) -> None:
    """Leave in the register how many rows of each kind were added and changed."""
    record("reference.loaded/1", by=by, facts={"changes": dict(changes)}, public=True)


@operation
def add_area_of_work(
    *, by: User, code: str, valid_from: date, valid_until: date | None = None, **names: str
) -> AreaOfWork:
    """Add an area of work, to be chosen from `valid_from` on: by the head of the secretariat (R72).

    `names` are its name in each language, by column: `name_en` and so on. Refused when the code is taken.
    """
    if not may_add_area(by):
        raise NotAllowed(_("Only the head of the secretariat adds areas of work."))
    if AreaOfWork.objects.filter(code=code).exists():
        raise Refused(_("There is an area of work with this code."), field="code")
    area = AreaOfWork.objects.create(code=code, valid_from=valid_from, valid_until=valid_until, **names)
    record("area.added/1", by=by, rows=[area], facts={"area": code}, public=True)
    return area
