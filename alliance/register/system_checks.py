"""System checks of the register's declarations."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models


@register(Tags.models)
def columns_of_record_can_be_proved(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a model says of its later columns names columns of record; what the database generates is stored, to be checked."""
    from alliance.register.snapshots import forms
    from alliance.register.verification import registered_models

    found: list[CheckMessage] = []
    for model in registered_models():
        unknown = sorted(set(model.REGISTER_LATER) - set(forms(model)))  # type: ignore[attr-defined]
        found += [
            Error(f"{model._meta.label}.REGISTER_LATER names {name}, which is no column of record.", id="alliance.E002")
            for name in unknown
        ]
        found += [
            Error(f"{model._meta.label}.{field.name} is generated and not stored: set db_persist.", id="alliance.E003")
            for field in model._meta.concrete_fields
            if isinstance(field, models.GeneratedField) and not field.db_persist  # type: ignore[attr-defined]
        ]
    return found
