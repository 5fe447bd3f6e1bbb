"""The people of the demonstration and of the tests: one for each role."""

from typing import NamedTuple

from alliance.people.models import Role

PASSWORD = "alliance-demo"  # noqa: S105 - printed by `demo`, only in a demonstration database
DOMAIN = "demo.example"


class Persona(NamedTuple):
    """A made-up person: key, name, organisation's slug, roles, language."""

    key: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    language: str = "en"

    @property
    def email(self) -> str:
        return f"{self.key.replace('_', '.')}@{DOMAIN}"


PEOPLE = (
    Persona("donor", "Astrid Lindqvist", "sweden-mfa", (Role.DONOR_CONTRIBUTOR, Role.DONOR_SIGNATORY)),
    Persona("rival_donor", "Reto Zürcher", "switzerland-sdc", (Role.DONOR_CONTRIBUTOR, Role.DONOR_SIGNATORY), "fr"),
    Persona("agency", "Mireille Dupont", "iom", (Role.PARTNER_DRAFTER, Role.PARTNER_SIGNATORY), "fr"),
    Persona("rival_agency", "Daniel Osei", "ilo", (Role.PARTNER_DRAFTER, Role.PARTNER_SIGNATORY)),
    Persona("member", "Lourdes Villanueva", "philippines-dfa", (Role.COMMITTEE,)),
    Persona("alternate", "Ramon Aquino", "philippines-dfa", (Role.COMMITTEE,)),
    Persona("chair", "Amina Benali", "morocco-mfa", (Role.COMMITTEE,), "fr"),
    Persona("reviewer", "Ines Carvalho", "unitar", (Role.REVIEWER,), "es"),
    Persona("officer", "Tomás Herrera", "secretariat", (Role.OFFICER,), "es"),
    Persona("finance_officer", "Grace Mwangi", "secretariat", (Role.FINANCE_OFFICER,)),
    Persona("second_finance_officer", "Henrik Dahl", "secretariat", (Role.FINANCE_OFFICER,)),
    Persona("head", "Sofia Marchetti", "secretariat", (Role.HEAD,)),
    Persona("forum_chair", "Corazon Reyes", "philippines-forum-chair", (Role.FORUM_CHAIR,)),
    Persona("auditor", "Kwame Boateng", "audit-board", (Role.AUDITOR,)),
)
PERSONAS = {persona.key: persona.email for persona in PEOPLE}
# Seat holders of the demonstration's committee beside the three personas.
MORE_MEMBERS = (
    Persona("member_sweden", "Karin Holm", "sweden-mfa", (Role.COMMITTEE,)),
    Persona("member_switzerland", "Claire Rochat", "switzerland-sdc", (Role.COMMITTEE,), "fr"),
    Persona("member_undp", "Peter Novak", "undp", (Role.COMMITTEE,)),
    Persona("member_iom", "Fatou Sarr", "iom", (Role.COMMITTEE,), "fr"),
    Persona("member_ilo", "Julia Brandt", "ilo", (Role.COMMITTEE,)),
    Persona("member_ghana", "Efua Asante", "ghana-interior", (Role.COMMITTEE,)),
    Persona("member_network", "Lucía Paredes", "diaspora-network", (Role.COMMITTEE,), "es"),
)
