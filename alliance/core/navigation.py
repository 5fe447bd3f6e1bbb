"""Where a person can go from every page: the public sections, and the areas of the person's roles.

Other apps are named by string, as in the URL configuration.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

DONORS = {"donor_viewer", "donor_contributor", "donor_signatory"}
PARTNERS = {"partner_drafter", "partner_signatory"}
READERS = {"officer", "finance_officer", "head", "auditor"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the navigation, and whether this page lies behind it."""

    label: str | Promise
    url: str
    here: bool = False


PUBLIC: tuple[tuple[Any, str], ...] = (
    (_("Money"), "reporting:money"),
    (_("Projects"), "reporting:projects"),
    (_("Decisions"), "reporting:decisions"),
    (_("Forum"), "reporting:summits"),
    (_("Recommendations"), "reporting:recommendations"),
    (_("About"), "reporting:about"),
)

AREAS: tuple[tuple[Any, str, set[str]], ...] = (
    (_("My contributions"), "reporting:my_contributions", DONORS),
    (_("Proposals"), "proposals:proposals", PARTNERS | READERS | {"reviewer"}),
    (_("Committee"), "governance:home", READERS | {"committee"}),
    (_("Contracts"), "proposals:contracts", PARTNERS | READERS),
    (_("Partners’ reports"), "proposals:reports", PARTNERS | READERS),
    (_("Fund"), "reporting:finance", READERS),
    (_("Forum reports"), "reporting:forum_reports", READERS | {"forum_chair"}),
    (_("People"), "people:people", READERS),
    (_("Our people"), "people:ours", DONORS | PARTNERS),
)


def links(views: Iterable[tuple[Any, str]], path: str) -> list[Link]:
    at, language = get_script_prefix(), get_language()
    found = [(label, _address(view, at, language)) for label, view in views]
    return [Link(label, url, here=path.startswith(url)) for label, url in found]


@cache
def _address(view: str, at: str, language: str | None) -> str:
    """Return a section's address: it changes with a release, the folder of the portal and the language alone."""
    return reverse(view)


def public_links(path: str) -> list[Link]:
    """Return the public sections."""
    return links(PUBLIC, path)


def area_links(path: str, roles: set[str]) -> list[Link]:
    """Return the areas that these roles open, behind the person's own home."""
    areas = [(label, view) for label, view, allowed in AREAS if allowed & roles]
    return links([(_("Home"), "reporting:home"), *areas], path)
