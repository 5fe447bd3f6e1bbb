"""Who is told of this app's register entries."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.people.models import PARTNER_ROLES, SECRETARIAT_ROLES, Membership, Role, User
from alliance.register import checkpoints, declare
from governance import subjects
from governance.models import Body, ChairTerm, Decision, Holder, Session


def _named(body: dict[str, Any]) -> Decision | None:
    facts = body["facts"]
    name = facts.get("decision") or facts.get("item") or ""
    return Decision.objects.named(name).select_related("version__proposal").first()


def in_the_committee() -> QuerySet[User]:
    """Who has the committee's role today: a seat without it is told nothing."""
    held = Membership.objects.on(clock.today()).filter(role=Role.COMMITTEE)
    return User.objects.filter(pk__in=held.values("user")).order_by("pk")


def holders(body: dict[str, Any]) -> Iterable[User]:
    """Everybody who holds a seat in the decision as it was frozen."""
    decision = _named(body)
    if decision is None:
        return []
    frozen = decision.frozen_seats.values_list("member__user", "alternate__user")
    return in_the_committee().filter(pk__in={pk for pair in frozen for pk in pair if pk})


def recused(body: dict[str, Any]) -> Iterable[User]:
    """Those whom the entry recuses."""
    held = Holder.objects.filter(pk__in=[row["columns"]["holder_id"] for row in body["rows"]])
    return User.objects.filter(pk__in=held.values("user")).order_by("pk")


def secretariat() -> Iterable[User]:
    held = Membership.objects.on(clock.today()).filter(role__in=SECRETARIAT_ROLES)
    return User.objects.filter(pk__in=held.values("user")).order_by("pk")


def chair(body: dict[str, Any]) -> Iterable[User]:
    """The chair, when an item is put on the agenda."""
    terms = ChairTerm.objects.on(clock.today()).filter(body=Body.objects.the())
    return in_the_committee().filter(pk__in=terms.values("user"))


def all_concerned(body: dict[str, Any]) -> Iterable[User]:
    """Of an outcome: the holders, the secretariat and the applicant's people."""
    told = {user.pk: user for user in (*holders(body), *secretariat())}
    decision = _named(body)
    if decision and decision.version:
        applicant = Membership.objects.on(clock.today()).filter(
            organisation=decision.version.proposal.applicant_id, role__in=PARTNER_ROLES
        )
        told |= {user.pk: user for user in User.objects.filter(pk__in=applicant.values("user"))}
    return told.values()


def sitting(body: dict[str, Any]) -> Iterable[User]:
    """Everybody who holds a seat on the day of a session."""
    session = Session.objects.filter(reference=body["facts"].get("session", "")).first()
    if session is None:
        return []
    held = Holder.objects.on(session.held_on).filter(seat__body=session.body_id)
    return in_the_committee().filter(pk__in=held.values("user"))


def seated(body: dict[str, Any]) -> Iterable[User]:
    """Everybody who holds a seat today: copies of a checkpoint that left the building are in their hands."""
    held = Holder.objects.on(clock.today()).filter(seat__body=Body.objects.the())
    return in_the_committee().filter(pk__in=held.values("user"))


def appointed(body: dict[str, Any]) -> Iterable[User]:
    """The person of the newest appointment in the entry, and whose term it ended."""
    people = [row["columns"]["user_id"] for row in body["rows"] if "user_id" in row["columns"]]
    return User.objects.filter(Q(pk__in=people)).order_by("pk")


def page_of(body: dict[str, Any]) -> str | None:
    decision = _named(body)
    return decision.get_absolute_url() if decision else None


def session_page(body: dict[str, Any]) -> str | None:
    session = Session.objects.filter(reference=body["facts"].get("session", "")).first()
    return session.get_absolute_url() if session else None


def checkpoints_page(body: dict[str, Any]) -> str:
    return reverse("reporting:checkpoints")


declare("committee.founded/1", label=_("Committee founded"))
declare("seat.appointed/1", label=_("Seat holder appointed"), told=appointed, about=subjects.seat, is_duty=True)
declare("chair.appointed/1", label=_("Chair appointed"), told=appointed, about=subjects.chair, is_duty=True)
declare("rules.adopted/1", label=_("Rules of decision adopted"))
declare(
    "session.called/1",
    label=_("Session of the committee called"),
    told=sitting,
    url=session_page,
    about=subjects.session,
)
declare("session.attended/1", label=_("Attendance at a session recorded"), url=session_page)
declare("decision.put/1", label=_("Item put to the committee"), told=chair, url=page_of, about=subjects.decision)
declare(
    "decision.opened/1",
    label=_("A vote is open"),
    told=holders,
    url=page_of,
    about=subjects.decision,
    subject=_("Vote on %(what)s"),
    is_duty=True,
)
declare("ballot.cast/1", label=_("Ballot cast"), url=page_of)
declare("recusal.declared/1", label=_("Recusal declared"), url=page_of)
declare(
    "recusal.found/1",
    label=_("Recusal by rule after the opening"),
    told=recused,
    url=page_of,
    about=subjects.decision,
    is_duty=True,
)
declare(
    "decision.cancelled/1", label=_("Item taken off the agenda"), told=holders, url=page_of, about=subjects.decision
)
declare(
    "decision.closed/1",
    label=_("Decision taken"),
    told=all_concerned,
    url=page_of,
    calls_for_checkpoint=True,
    about=subjects.decision,
)
declare(
    checkpoints.KIND,
    label=_("Checkpoint published"),
    told=seated,
    url=checkpoints_page,
    detail=checkpoints.text,
    about=subjects.checkpoint,
    is_duty=True,
)
