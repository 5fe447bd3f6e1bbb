"""What mail says of this app's entries: an item and its amount with its deadline or outcome, a session, a seat.

Nothing of an item to who is recused from it.
"""

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from alliance.core import clock, formats
from alliance.people.models import User
from alliance.register import About
from alliance.register.kinds import Body
from governance.models import Decision, Seat, Session


def decision(body: Body, reader: User) -> About | None:
    """Tell of an item as its reader may see it: what it asks for, and when the vote on it closes or what came of it."""
    name = body["facts"].get("decision") or body["facts"].get("item") or ""
    found = Decision.objects.visible_to(reader).named(name).with_outcome().first()
    if found is None or (not found.is_closed and found.recusals.filter(holder__user=reader).exists()):
        return None
    total = found.amounts.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return About(found.name, found.title, formats.brief_money(total) if total else "", _what_next(found))


def _what_next(found: Decision) -> str:
    if found.is_closed:
        return str(found.outcome.get_result_display())
    if found.is_open:
        return _("closes %(moment)s") % {"moment": formats.brief_time(found.closes_at, clock.today())}
    return ""


def session(body: Body, reader: User) -> About | None:
    rows = Session.objects.visible_to(reader).filter(reference=body["facts"].get("session", ""))
    found = rows.first()
    return About(found.reference, found.place, "", formats.brief_date(found.held_on, clock.today())) if found else None


def seat(body: Body, reader: User) -> About | None:
    """Tell which seat is given or ended, and from when on."""
    newest = [line["columns"]["seat_id"] for line in body["rows"] if "seat_id" in line["columns"]]
    found = Seat.objects.filter(pk=newest[-1]).first() if newest else None
    return found and About("", found.label, "", _since(body))


def chair(body: Body, reader: User) -> About:
    return About("", "", "", _since(body))


def _since(body: Body) -> str:
    day = formats.brief_date(date.fromisoformat(body["facts"]["from"]), clock.today())
    return _("from %(day)s") % {"day": day}


def checkpoint(body: Body, reader: User) -> About:
    return About("", _("entry %(n)s of the register") % {"n": formats.figure(body["facts"]["n"])})
