"""What a new fund still needs, for its head: derived from what is there, until the fund operates."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core import clock
from alliance.core.display import Step
from alliance.people.models import Membership, Role
from alliance.people.permissions import may_keep_everybody
from funds.models import Fund, FundStatus, Period, Rate, TrusteeTerm, Window
from governance.models import Body, ChairTerm, RuleSet, Seat

RECENT = timedelta(days=31)
FINANCE_OFFICERS = 2  # one prepares, another authorises
TO_COME = (FundStatus.PROPOSED, FundStatus.APPROVED_IN_PRINCIPLE, FundStatus.ESTABLISHED)


def steps_to_start(user: Any) -> list[Step]:
    """Return every step with its state until the fund operates; nothing for anybody but the head."""
    fund = Fund.objects.first() if may_keep_everybody(user) else None
    if fund is None or fund.status not in TO_COME:
        return []
    return [*_people(), *_committee(), *_money(), *_status(fund)]


def _step(label: str, done: bool, url: str, note: str = "") -> Step:
    return Step(label, "done" if done else "todo", url, note)


def _people() -> Iterator[Step]:
    held = Membership.objects.on(clock.today()).filter(user__is_active=True).values_list("role", "user").distinct()
    roles = [role for role, _user in held]
    invite = reverse("people:invite")
    yield _step(_("An officer of the secretariat"), Role.OFFICER in roles, invite)
    note = _("One prepares, another authorises.")
    yield _step(_("Two finance officers"), roles.count(Role.FINANCE_OFFICER) >= FINANCE_OFFICERS, invite, note)
    yield _step(_("An auditor"), Role.AUDITOR in roles, invite)
    members, floor = roles.count(Role.COMMITTEE), RuleSet(number=1).floor
    note = ngettext("%(number)s person so far", "%(number)s people so far", members) % {"number": members}
    yield _step(_("People with the committee’s role"), members >= floor, invite, note)


def _committee() -> Iterator[Step]:
    """The body with its seats and first rules; then who holds each seat, and who chairs."""
    today, body = clock.today(), Body.objects.the()
    yield _step(_("The committee, its seats and its first rules"), body is not None, reverse("governance:founding"))
    seats = list(Seat.objects.on(today).for_page(today))
    empty = sum(not any(holder.capacity == "member" for holder in seat.holding) for seat in seats)
    seated, url = body is not None and not empty, reverse("governance:seats")
    note = ngettext("%(number)s seat is empty", "%(number)s seats are empty", empty) % {"number": empty}
    yield Step(_("A member for each seat"), _state(seated, body), url, note if empty else "")
    chaired = ChairTerm.objects.on(today).exists()
    yield Step(_("A chair"), _state(chaired, body), reverse("governance:chair") if body else "")


def _state(done: bool, needs: object) -> str:
    return "done" if done else "todo" if needs else "locked"


def _money() -> Iterator[Step]:
    today = clock.today()
    yield _step(_("The trustee, its agreement and its fee"), TrusteeTerm.objects.on(today) is not None, reverse("funds:trustee_new"))  # fmt: skip
    yield _step(_("Windows that are open"), Window.objects.filter(status="open").exists(), reverse("funds:windows"))
    period = Period.objects.filter(starts_on__lte=today, ends_on__gte=today, closed_at=None)
    yield _step(_("An accounting period for today"), period.exists(), reverse("funds:periods"))
    recent = Rate.objects.filter(on__gt=today - RECENT, on__lte=today)
    yield _step(_("Rates of exchange of this month"), recent.exists(), reverse("funds:rates"), _("for money in other currencies"))  # fmt: skip


def _status(fund: Fund) -> Iterator[Step]:
    """The fund's own way: approval in principle, establishment, operation, each with its decision and day (R103)."""
    url = reverse("funds:fund_status")
    for status, label in (
        (FundStatus.APPROVED_IN_PRINCIPLE, _("Approved in principle, with the decision and its day")),
        (FundStatus.ESTABLISHED, _("Established, with the decision and its day")),
        (FundStatus.OPERATING, _("Operating")),
    ):
        reached = FundStatus.values.index(fund.status) >= FundStatus.values.index(status)
        yield _step(label, reached, url)
