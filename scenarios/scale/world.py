"""Who is there: the people of the demonstration, its committee, donors and partners, made by the ordinary operations."""

import random
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import cycle

from alliance.core.references import next_references
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import Organisation, Role, User
from alliance.people.operations import register_organisation
from funds.models import Account, AccountKind, Donor, Source, SourceKind, Stake, Window
from funds.operations.donors import register_donor
from governance.models import Body, Decision, Holder, RuleSet, Seat
from governance.operations import NewSeat, found_committee
from proposals.models import BudgetCategory, Partner
from scenarios.people.enrolment import enrol, enrol_people
from scenarios.people.personas import DOMAIN, MORE_MEMBERS, PEOPLE, Persona
from scenarios.scale.plan import Planned, Size

SINCE = date(2007, 11, 16)
FOUNDED = date(2007, 12, 1)
SEATS = (
    ("donors", "Sweden", "sweden-mfa", "member_sweden", ""),
    ("donors", "Switzerland", "switzerland-sdc", "member_switzerland", ""),
    ("institutions", "UNDP", "undp", "member_undp", ""),
    ("institutions", "IOM", "iom", "member_iom", ""),
    ("institutions", "ILO", "ilo", "member_ilo", ""),
    ("developing_countries", "Philippines", "philippines-dfa", "member", "alternate"),
    ("developing_countries", "Morocco", "morocco-mfa", "chair", ""),
    ("developing_countries", "Ghana", "ghana-interior", "member_ghana", ""),
    ("others", "Diaspora network", "diaspora-network", "member_network", ""),
)
PARTNERS = 40
TYPES = cycle(("state", "state", "state", "institution", "private", "other"))
COUNTRIES = cycle(("NO", "DK", "FI", "NL", "BE", "DE", "CA", "IE", "LU", "JP"))


@dataclass
class World:
    """What a batch needs to know, read once; and the stakes, which follow the database's."""

    size: Size
    chance: random.Random
    people: dict[str, User]
    donors: list[Donor]
    partners: dict[str, Organisation]
    signatories: dict[str, User]
    windows: dict[str, Window]
    pools: dict[str, Account]
    sources: dict[int, Source]  # of donors, by the donor's key
    body: Body
    rules: RuleSet
    seats: list[tuple[Seat, dict[str, Holder]]]
    numbers: dict[int, int]  # the last decision's number, by year
    objectives: dict[str, Objective]
    recommendations: dict[str, Recommendation]
    categories: dict[str, BudgetCategory]
    confirmed: set[int]
    stakes: dict[int, dict[Source, Decimal]] = field(default_factory=dict)
    income: Source | None = None
    posted: int = 0
    gave: int = 0  # deposits so far: whose turn it is


def make_world(size: Size) -> World:
    """Enter whoever is missing, and read what is there."""
    people = enrol_people(since=SINCE)
    organisations = {row.slug: row for row in Organisation.objects.all()}
    body = Body.objects.the() or _found(people, organisations)
    signatories = {"iom": people["agency"], "ilo": people["rival_agency"]} | _made_up_partners()
    donors = _donors(size.donors, people)
    held: dict[int, dict[str, Holder]] = {}
    for holder in Holder.objects.on(FOUNDED).select_related("user"):
        held.setdefault(holder.seat_id, {})[holder.capacity] = holder
    pools = {row.subject: row for row in Account.objects.filter(kind=AccountKind.POOL)}
    world = World(
        size=size,
        chance=random.Random(size.seed + 1),  # noqa: S311 - made up, and the same for the same seed
        people=people,
        donors=donors,
        partners={row.slug: row for row in Organisation.objects.filter(slug__in=signatories)},
        signatories=signatories,
        windows={row.code: row for row in Window.objects.all()},
        pools=pools,
        sources={row.donor_id or 0: row for row in Source.objects.filter(kind=SourceKind.DONOR)},
        body=body,
        rules=RuleSet.objects.in_force(FOUNDED),
        seats=[(seat, held.get(seat.pk, {})) for seat in Seat.objects.filter(body=body).order_by("number")],
        numbers=_last_numbers(body),
        objectives={row.code: row for row in Objective.objects.all()},
        recommendations={row.code: row for row in Recommendation.objects.order_by("code")},
        categories={str(row.code): row for row in BudgetCategory.objects.filter(version="2012")},
        confirmed=set(Partner.objects.values_list("organisation_id", flat=True)),
        stakes={pool.pk: {} for pool in pools.values()},
        income=Source.objects.filter(kind=SourceKind.INCOME).first(),
    )
    for stake in Stake.objects.select_related("source").order_by("source__since", "source_id"):
        world.stakes[stake.pool_id][stake.source] = stake.amount
    return world


def _found(people: dict[str, User], organisations: dict[str, Organisation]) -> Body:
    seats = [
        NewSeat(
            constituency=group,
            labels={"label_en": label},
            organisation=organisations.get(slug) or Organisation.objects.get(slug=slug),
            member=people[member],
            alternate=people[alternate] if alternate else None,
        )
        for group, label, slug, member, alternate in SEATS
    ]
    return found_committee(by=people["head"], seats=seats, on=FOUNDED, chair=people["chair"])


def _made_up_partners() -> dict[str, User]:
    """Enter made-up organisations that carry out projects, each with one person."""
    people: dict[str, User] = {}
    for number in range(1, PARTNERS + 1):
        slug = f"made-up-partner-{number}"
        if not Organisation.objects.filter(slug=slug).exists():
            register_organisation(
                by=None, slug=slug, kind=("civil_society", "private", "government")[number % 3],
                country=next(COUNTRIES), name_en=f"Made-up partner {number}",
                name_fr=f"Partenaire fictif {number}", name_es=f"Socio ficticio {number}",
            )  # fmt: skip
        roles = (Role.PARTNER_DRAFTER, Role.PARTNER_SIGNATORY)
        people[slug] = enrol(Persona(f"partner_{number}", f"Partner Person {number}", slug, roles), since=SINCE)
    return people


def _donors(count: int, people: dict[str, User]) -> list[Donor]:
    """Return this many donors: those that have people first, the others made up."""
    slugs = ["sweden-mfa", "switzerland-sdc"]
    for number in range(3, count + 1):
        slugs.append(slug := f"made-up-donor-{number}")
        if not Organisation.objects.filter(slug=slug).exists():
            register_organisation(
                by=None, slug=slug, kind="government", country=next(COUNTRIES), name_en=f"Made-up donor {number}",
                name_fr=f"Donateur fictif {number}", name_es=f"Donante ficticio {number}",
            )  # fmt: skip
    return [_donor(slug) for slug in slugs]


def _donor(slug: str) -> Donor:
    found = Donor.objects.filter(organisation__slug=slug).select_related("organisation").first()
    organisation = Organisation.objects.get(slug=slug)
    return found or register_donor(by=None, organisation=organisation, donor_type=next(TYPES))


def _last_numbers(body: Body) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for year, number in Decision.objects.filter(body=body).exclude(number=None).values_list("year", "number"):
        numbers[year or 0] = max(number or 0, numbers.get(year or 0, 0))
    return numbers


def known_addresses() -> list[str]:
    """Return the made-up people whose presence does not speak against loading."""
    return [persona.email for persona in (*PEOPLE, *MORE_MEMBERS)] + [
        f"partner.{number}@{DOMAIN}" for number in range(1, PARTNERS + 1)
    ]


def numbered(prefix: str, plans: list[Planned]) -> list[str]:
    """Return one reference for each plan, in the year of its approval."""
    return [
        f"{prefix}-{plan.approved_on.year}-{reference.rpartition('-')[2]}"
        for plan, reference in zip(plans, next_references(prefix, len(plans), year=0), strict=True)
    ]


__all__ = ["World", "known_addresses", "make_world", "numbered"]
