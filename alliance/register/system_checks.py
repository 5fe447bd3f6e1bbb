"""System checks of the register's declarations."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.models)
def every_kind_is_declared_once(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A register kind says who is told of it; two declarations of one kind contradict each other."""
    from alliance.register.kinds import contradictions

    return [Error(f"The register kind {kind} is declared twice.", id="alliance.E001") for kind in contradictions()]
