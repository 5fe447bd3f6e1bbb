"""The figures on a role's home, each with the page of its rows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.core.together import together
from alliance.people.models import DONOR_ROLES, PARTNER_ROLES, Role
from alliance.register.models import head
from funds.models import Account, AccountKind, Agreement, Deposit, Pledge
from governance.models import Decision
from proposals.models import Project, Proposal, ProposalVersion

ZERO = Decimal("0.00")
POOLS = Account.objects.filter(kind=AccountKind.POOL)


class Figure(NamedTuple):
    """A figure: what it is, how much, and where its rows are."""

    label: str
    value: str
    url: str
    note: str = ""


def figures_for(user: Any) -> list[Figure]:
    """Return the figures of all roles of this person, each once."""
    found: list[Figure] = []
    for roles, figures in BY_ROLES:
        if user.has_role(*roles):
            found += [figure for figure in figures(user) if figure not in found]
    return found


def _donor(user: Any) -> Iterator[Figure]:
    mine = Q(donor__organisation__in=user.organisation_ids(*DONOR_ROLES))
    area = reverse("reporting:my_contributions")
    standing = Pledge.objects.filter(mine).standing()
    agreements = Agreement.objects.filter(mine).exclude(state="cancelled")
    pledged, agreed, received = together(*map(_dollars, (standing, agreements, Deposit.objects.filter(mine))))
    yield Figure(_("Pledged"), formats.money(pledged or ZERO), area, _("indicative, in US dollars"))
    yield Figure(_("Agreed"), formats.money(agreed or ZERO), area, _("indicative, in US dollars"))
    yield Figure(_("Received"), formats.money(received or ZERO), area)


def _dollars(rows: Any) -> tuple[str, Any]:
    return "sum(amount_usd)", rows.values("amount_usd")


def _number(rows: Any) -> tuple[str, Any]:
    return "count(*)", rows.values("pk")


def _balance(rows: Any) -> tuple[str, Any]:
    return "sum(balance_now)", rows.values(balance_now=F("debits") - F("credits"))


def _partner(user: Any) -> Iterator[Figure]:
    own = {held.organisation.slug for held in user.memberships_today if held.role in PARTNER_ROLES}
    mine = Q()
    for slug in sorted(own):
        mine |= Q(subject__endswith=f":{slug}")
    accounts = Account.objects.filter(mine, kind=AccountKind.PARTNER)
    held, led = together(_balance(accounts), _number(Project.objects.filter(lead__slug__in=own)))
    yield Figure(_("With your organisation"), formats.money(held or ZERO), reverse("proposals:projects"))
    yield Figure(_("Projects that you lead"), formats.figure(led), reverse("proposals:projects"))


def _committee(user: Any) -> Iterator[Figure]:
    count, held = together(_number(Decision.objects.visible_to(user).open()), _balance(POOLS))
    yield _votes(count)
    yield _available(held)


def _secretariat(user: Any) -> Iterator[Figure]:
    in_hand = Proposal.objects.visible_to(user).filter(state__in=("submitted", "eligible", "tabled"))
    votes = Decision.objects.visible_to(user).open()
    held, states, count = together(_balance(POOLS), _number(in_hand), _number(votes))
    yield _available(held)
    yield Figure(_("Proposals in hand"), formats.figure(states), reverse("proposals:proposals"))
    yield _votes(count)


def _votes(count: int) -> Figure:
    return Figure(_("Votes open"), formats.figure(count), reverse("governance:home"))


def _available(held: Decimal | None) -> Figure:
    return Figure(_("Can be allocated"), formats.money(held or ZERO), reverse("reporting:money") + "#windows")


def _forum_chair(user: Any) -> Iterator[Figure]:
    versions = ProposalVersion.objects.latest().filter(proposal__withdrawn_at=None, recommendation_links__isnull=False)
    versions = versions.distinct()
    following, projects = together(_number(versions), _number(Project.objects.all()))
    yield Figure(
        _("Proposals that follow a recommendation"), formats.figure(following), reverse("reporting:recommendations")
    )
    yield Figure(_("Projects"), formats.figure(projects), reverse("reporting:projects"))


def _auditor(user: Any) -> Iterator[Figure]:
    n, _hash = head()
    yield Figure(_("Register entries"), formats.figure(n), reverse("reporting:register"))
    yield _available(*together(_balance(POOLS)))


BY_ROLES = (
    (DONOR_ROLES, _donor),
    (PARTNER_ROLES, _partner),
    ((Role.COMMITTEE,), _committee),
    ((Role.OFFICER, Role.HEAD, Role.FINANCE_OFFICER), _secretariat),
    ((Role.FORUM_CHAIR,), _forum_chair),
    ((Role.AUDITOR,), _auditor),
)
