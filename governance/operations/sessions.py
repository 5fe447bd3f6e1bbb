"""Calling sessions and noting who is there (R61)."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.references import next_reference
from alliance.people.models import User
from alliance.register import operation, record
from governance import permissions
from governance.models import Attendance, Body, Holder, Session


@operation
def call_session(*, by: User, held_on: date, place: str) -> Session:
    """Call a session of the committee. By the secretariat."""
    _require_secretariat(by)
    body = Body.objects.the()
    if body is None:
        raise OutOfState(_("The committee has not been founded yet."))
    if held_on < body.founded_on:
        raise Refused(_("The committee did not exist on this day."), field="held_on")
    session = Session.objects.create(
        body=body, reference=next_reference("SES"), held_on=held_on, place=place, called_by=by, called_at=clock.now()
    )
    facts = {"session": session.reference, "on": held_on}
    record("session.called/1", by=by, rows=[session], facts=facts)
    return session


@operation
def record_attendance(*, by: User, session: Session, present: Collection[Holder]) -> Session:
    """Note which holders are present; all others in office that day are absent. May be corrected.

    Raises Refused before the day of the session, and for somebody who held no seat on it.
    """
    _require_secretariat(by)
    session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    if session.held_on > clock.today():
        raise OutOfState(_("The session has not been held yet."))
    entitled = {holder.pk: holder for holder in Holder.objects.on(session.held_on).filter(seat__body=session.body_id)}
    there = {holder.pk for holder in present}
    if not there <= entitled.keys():
        raise Refused(_("Somebody named here held no seat on the day of the session."), field="present")
    rows = [
        Attendance.objects.update_or_create(session=session, holder=holder, defaults={"is_present": pk in there})[0]
        for pk, holder in sorted(entitled.items())
    ]
    facts = {"session": session.reference, "present": len(there), "entitled": len(entitled)}
    record("session.attended/1", by=by, rows=rows, facts=facts)
    return session


def _require_secretariat(by: User) -> None:
    if not permissions.may_table(by):
        raise NotAllowed(_("Sessions are prepared and recorded by the secretariat."))
