"""Calls for proposals."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import NotAllowed, Refused
from alliance.core.references import next_reference
from alliance.people.models import OrganisationKind, User
from alliance.register import operation, record
from proposals import permissions
from proposals.models import Call


@operation
def publish_call(
    *, by: User, opens_at: datetime, closes_at: datetime, zone: str, applicant_kinds: list[str], **texts: Any
) -> Call:
    """Publish a call: `title_en`, `text_en` and their translations, moments in UTC, the zone in which it is told (R93)."""
    if not permissions.may_publish_calls(by):
        raise NotAllowed(_("Calls are published by the secretariat."))
    if closes_at <= opens_at:
        raise Refused(_("A call closes after it opens."), field="closes_at")
    if zone not in available_timezones():
        raise Refused(_("There is no such time zone."), field="zone")
    if not applicant_kinds or not set(applicant_kinds) <= set(OrganisationKind.values):
        raise Refused(_("Name at least one kind of organisation that may apply."), field="applicant_kinds")
    call = Call.objects.create(
        reference=next_reference("CAL"), opens_at=opens_at, closes_at=closes_at, zone=zone,
        applicant_kinds=sorted(applicant_kinds), published_by=by, **texts,
    )  # fmt: skip
    facts = {"call": call.reference, "opens_at": opens_at, "closes_at": closes_at}
    record("call.published/1", by=by, rows=[call], facts=facts, public=True)
    return call
