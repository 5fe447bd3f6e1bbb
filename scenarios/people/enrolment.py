"""The made-up people of the demonstration and the tests, entered through the operations."""

from datetime import date
from functools import cache
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from alliance.core.translated import columns
from alliance.people.models import Membership, Organisation, User
from alliance.people.operations import give_role, register_organisation
from alliance.people.tasks import note_new_credentials
from scenarios.people.personas import MORE_MEMBERS, PASSWORD, PEOPLE, Persona


class Place(NamedTuple):
    """An organisation of the demonstration that reference data does not hold."""

    slug: str
    kind: str
    country: str
    names: tuple[str, str, str]


PLACES = (
    Place("secretariat", "other", "", ("Alliance secretariat", "Secrétariat de l’Alliance", "Secretaría de la Alianza")),
    Place("sweden-mfa", "government", "SE", ("Ministry for Foreign Affairs of Sweden", "Ministère des affaires étrangères de la Suède", "Ministerio de Relaciones Exteriores de Suecia")),
    Place("switzerland-sdc", "government", "CH", ("Swiss Agency for Development and Cooperation", "Direction du développement et de la coopération (Suisse)", "Agencia Suiza para el Desarrollo y la Cooperación")),
    Place("philippines-dfa", "government", "PH", ("Department of Foreign Affairs of the Philippines", "Département des affaires étrangères des Philippines", "Departamento de Relaciones Exteriores de Filipinas")),
    Place("philippines-dole", "government", "PH", ("Department of Labor and Employment of the Philippines", "Département du travail et de l’emploi des Philippines", "Departamento de Trabajo y Empleo de Filipinas")),
    Place("philippines-forum-chair", "government", "PH", ("Office of the Forum’s Chair, Philippines", "Bureau de la présidence du Forum, Philippines", "Oficina de la Presidencia del Foro, Filipinas")),
    Place("morocco-mfa", "government", "MA", ("Ministry of Foreign Affairs of Morocco", "Ministère des affaires étrangères du Maroc", "Ministerio de Asuntos Exteriores de Marruecos")),
    Place("ghana-interior", "government", "GH", ("Ministry of the Interior of Ghana", "Ministère de l’intérieur du Ghana", "Ministerio del Interior de Ghana")),
    Place("diaspora-network", "civil_society", "", ("Diaspora for Development Network", "Réseau Diaspora pour le développement", "Red Diáspora para el Desarrollo")),
    Place("meridian-foundation", "private", "NL", ("Meridian Foundation", "Fondation Meridian", "Fundación Meridian")),
    Place("audit-board", "other", "", ("Board of Auditors", "Comité des commissaires aux comptes", "Junta de Auditores")),
)  # fmt: skip


def enrol_people(*, since: date) -> dict[str, User]:
    """Enter the organisations and people that are not there yet, each in their role from `since`; return users by key."""
    for place in PLACES:
        if not Organisation.objects.filter(slug=place.slug).exists():
            named = dict(zip(columns("name"), place.names, strict=False))
            register_organisation(by=None, slug=place.slug, kind=place.kind, country=place.country, **named)
    people = {persona.key: enrol(persona, since=since) for persona in (*PEOPLE, *MORE_MEMBERS)}
    note_new_credentials()
    return people


@cache
def hashed_password() -> str:
    """Hash the one password of all these people once: hashing is meant to be slow."""
    return make_password(PASSWORD)


def enrol(persona: Persona, *, since: date) -> User:
    """Enter one person with their roles; again changes nothing."""
    user, _ = User.objects.get_or_create(
        email=persona.email,
        defaults={"name": persona.name, "language": persona.language, "password": hashed_password()},
    )
    organisation = Organisation.objects.get(slug=persona.organisation)
    for role in persona.roles:
        if not Membership.objects.filter(user=user, organisation=organisation, role=role).exists():
            give_role(by=None, user=user, organisation=organisation, role=role, starts_on=since)
    return user
