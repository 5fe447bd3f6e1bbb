"""The portal's own address, for links that are read elsewhere: in mail."""

import re
import sys
from typing import Any

from django.conf import settings

ON_THIS_MACHINE = "http://localhost:8000"
FORM = re.compile(r"https?://[a-z0-9.:\[\]-]+/?", re.IGNORECASE)


def origin() -> str:
    """Return scheme and host: ALLIANCE_ADDRESS, else the first of ALLIANCE_ORIGINS, else those of a portal on one machine."""
    return given().rstrip("/") or ON_THIS_MACHINE


def absolute(path: str) -> str:
    """Return the whole address of a path of the portal; of none, none."""
    return origin() + path if path else ""


def problem() -> str:
    """Say in a sentence why links in mail would lead nowhere, or nothing. Whoever serves named hosts has to say its address."""
    stated = given()
    if stated and not FORM.fullmatch(stated):
        return f"No link can begin with “{stated}”. Set ALLIANCE_ADDRESS to scheme and host, such as https://portal.example.org."
    if not stated and settings.ALLOWED_HOSTS and not settings.LOCAL:
        return (
            "Links in mail would lead nowhere, as the portal does not know its own address. "
            "Set ALLIANCE_ADDRESS, or ALLIANCE_ORIGINS, to one such as https://portal.example.org."
        )
    return ""


def refuse_to_start_without(**kwargs: Any) -> None:
    """End a process that would send links that lead nowhere, and say why."""
    if why := problem():
        sys.exit(why)


def given() -> str:
    """Return what the settings give as the portal's address, or nothing."""
    return str(settings.ALLIANCE_ADDRESS or next(iter(settings.CSRF_TRUSTED_ORIGINS), ""))
