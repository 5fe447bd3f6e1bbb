"""System checks of the settings."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from alliance.core import origin


@register(Tags.urls)
def address_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The portal knows the address that links in its mail begin with."""
    return [Error(why, id="alliance.E006")] if (why := origin.problem()) else []
