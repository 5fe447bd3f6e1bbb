"""Making the files: each of one state of the portal, in English, whoever asks."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO

from django.utils import translation

from alliance.register.knowledge import one_state
from alliance.register.publication import beside
from reporting.iati.gather import activities, organisation
from reporting.iati.write import write_activities, write_organisation


def export_activities(target: IO[bytes]) -> None:
    """Write the activity file."""
    with one_state(), translation.override("en"):
        write_activities(activities(), target)


def export_organisation(target: IO[bytes]) -> None:
    """Write the organisation file."""
    with one_state(), translation.override("en"):
        write_organisation(organisation(), target)


EXPORTS: Mapping[str, Callable[[IO[bytes]], None]] = {
    "activities": export_activities,
    "organisation": export_organisation,
}


def write_files(wanted: Mapping[str, Path], *, dated: datetime | None = None) -> None:
    """Write files of one state, and put them in their places once all of them are whole."""
    with one_state(), ExitStack() as unfinished:
        written = {name: unfinished.enter_context(beside(file)) for name, file in wanted.items()}
        for name, target in written.items():
            with target.open("wb") as opened:
                EXPORTS[name](opened)
            if dated:
                os.utime(target, (dated.timestamp(), dated.timestamp()))
        for name, target in written.items():
            target.replace(wanted[name])
