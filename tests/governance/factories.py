"""A founded committee, and decisions at each stage, made through the operations."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from alliance.core import clock
from alliance.people.models import Organisation, User
from funds.models import Window
from governance.models import Body, Constituency, Decision, Holder
from governance.operations import NewSeat, cast_ballot, found_committee, open_decision, put_text, put_to_committee
from proposals.models import ProposalVersion
from scenarios.people.personas import PERSONAS
from tests.proposals.factories import checked_version

D = Decimal
FOUNDED = date(2007, 12, 1)
SEATS = (
    (Constituency.DONORS, "Sweden", "sweden-mfa", "member_sweden", None),
    (Constituency.DONORS, "Switzerland", "switzerland-sdc", "member_switzerland", None),
    (Constituency.INSTITUTIONS, "UNDP", "undp", "member_undp", None),
    (Constituency.INSTITUTIONS, "IOM", "iom", "member_iom", None),
    (Constituency.INSTITUTIONS, "ILO", "ilo", "member_ilo", None),
    (Constituency.DEVELOPING_COUNTRIES, "Philippines", "philippines-dfa", "member", "alternate"),
    (Constituency.DEVELOPING_COUNTRIES, "Morocco", "morocco-mfa", "chair", None),
    (Constituency.DEVELOPING_COUNTRIES, "Ghana", "ghana-interior", "member_ghana", None),
    (Constituency.OTHERS, "Diaspora network", "diaspora-network", "member_network", None),
)
MEMBERS = tuple(seat[3] for seat in SEATS)


def person(key: str) -> User:
    """Return a persona, with today's roles read anew."""
    return User.objects.get(email=PERSONAS.get(key, f"{key.replace('_', '.')}@demo.example"))


def new_seats(seats: Iterable[tuple[Any, ...]] = SEATS) -> list[NewSeat]:
    return [
        NewSeat(
            constituency=group,
            labels={"label_en": label},
            organisation=Organisation.objects.get(slug=slug),
            member=person(member) if member else None,
            alternate=person(alternate) if alternate else None,
        )
        for group, label, slug, member, alternate in seats
    ]


def committee(**rules: Any) -> Body:
    """Return the committee, founded by the head if it is not there yet."""
    body = Body.objects.the()
    return body or found_committee(
        by=person("head"), seats=new_seats(), on=FOUNDED, chair=person("chair"), rules=rules or None
    )


def in_days(days: int) -> Any:
    return clock.now() + timedelta(days=days)


def tabled(
    *, amounts: dict[Window, Decimal] | None = None, version: ProposalVersion | None = None, days: int = 7, **item: Any
) -> Decision:
    """Return an item on the agenda: by default a proposal of the agency, for all it asks from the general window."""
    committee()
    version = version or checked_version(person("agency"), person("officer"))
    if amounts is None and not item.get("in_principle"):
        amounts = {Window.objects.unearmarked(): version.requested}
    return put_to_committee(by=person("officer"), version=version, amounts=amounts, closes_at=in_days(days), **item)


def opened(**item: Any) -> Decision:
    return open_decision(by=person("officer"), decision=tabled(**item))


def opened_text(**item: Any) -> Decision:
    """Return an open vote on a text: nobody is recused."""
    committee()
    values = {"title": "Working languages", "text": "English, French and Spanish.", "closes_at": in_days(7), **item}
    return open_decision(by=person("officer"), decision=put_text(by=person("officer"), **values))


def vote(decision: Decision, choice: str, *keys: str, reasons: str = "") -> None:
    """Cast the same ballot by each of these people."""
    for key in keys:
        cast_ballot(by=person(key), decision=decision, choice=choice, reasons=reasons or "Because.")


def all_but(*keys: str) -> tuple[str, ...]:
    return tuple(key for key in MEMBERS if key not in keys)


def holder(key: str) -> Holder:
    return Holder.objects.get(user=person(key))


def after_deadline(set_clock: Any, decision: Decision) -> None:
    """Move the Alliance's clock past the deadline."""
    set_clock(decision.closes_at + timedelta(minutes=1))
