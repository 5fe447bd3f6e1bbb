"""Making the files: each of one state of the portal, in English, whoever asks."""

from typing import BinaryIO

from django.utils import translation

from alliance.rendering.checkpoint import one_state
from reporting.iati.gather import activities, organisation
from reporting.iati.write import write_activities, write_organisation


def export_activities(target: BinaryIO) -> None:
    """Write the activity file."""
    with one_state(), translation.override("en"):
        write_activities(activities(), target)


def export_organisation(target: BinaryIO) -> None:
    """Write the organisation file."""
    with one_state(), translation.override("en"):
        write_organisation(organisation(), target)
