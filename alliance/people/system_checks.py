"""System checks of settings that name roles."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from alliance.people.models import Role


@register(Tags.security)
def roles_with_a_second_factor_exist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A name that is no role would ask nobody for a second factor, without a word."""
    unknown = sorted(set(settings.ALLIANCE_SECOND_FACTOR) - set(Role.values))
    return [
        Error(
            f"ALLIANCE_SECOND_FACTOR names {name}, which is no role. The roles: {', '.join(Role.values)}.",
            id="alliance.E007",
        )
        for name in unknown
    ]
