"""System checks of what `verify` needs."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from reporting.verification.columns import contradictions


@register(Tags.models)
def columns_are_those_that_were_recorded(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Rows that an earlier release recorded must still be the same by today's columns."""
    return [Error(text, id="reporting.E001") for text in contradictions()]
