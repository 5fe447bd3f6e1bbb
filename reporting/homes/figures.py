"""The figures on a role's home, each with the page of its rows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core import formats
from alliance.people.models import DONOR_ROLES, PARTNER_ROLES, Organisation, Role
from alliance.register.models import head
from funds.models import Account, AccountKind, Agreement, Deposit, Pledge
from governance.models import Decision
from proposals.models import Project, Proposal, ProposalVersion

ZERO = Decimal("0.00")


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
    agreed = Agreement.objects.filter(mine).exclude(state="cancelled")
    yield Figure(_("Pledged"), _dollars(standing), area, _("indicative, in US dollars"))
    yield Figure(_("Agreed"), _dollars(agreed), area, _("indicative, in US dollars"))
    yield Figure(_("Received"), _dollars(Deposit.objects.filter(mine)), area)


def _dollars(rows: Any) -> str:
    return formats.money(rows.aggregate(total=Sum("amount_usd"))["total"] or ZERO)


def _partner(user: Any) -> Iterator[Figure]:
    own = list(Organisation.objects.filter(pk__in=user.organisation_ids(*PARTNER_ROLES)).values_list("slug", flat=True))
    mine = Q()
    for slug in own:
        mine |= Q(subject__endswith=f":{slug}")
    held = Account.objects.filter(mine, kind=AccountKind.PARTNER).aggregate(total=Sum(F("debits") - F("credits")))
    led = Project.objects.filter(lead__slug__in=own).count()
    yield Figure(_("With your organisation"), formats.money(held["total"] or ZERO), reverse("proposals:projects"))
    yield Figure(_("Projects that you lead"), formats.figure(led), reverse("proposals:projects"))


def _committee(user: Any) -> Iterator[Figure]:
    count = Decision.objects.visible_to(user).open().count()
    yield Figure(_("Votes open"), formats.figure(count), reverse("governance:home"))
    yield _available()


def _secretariat(user: Any) -> Iterator[Figure]:
    yield _available()
    states = Proposal.objects.visible_to(user).filter(state__in=("submitted", "eligible", "tabled")).count()
    yield Figure(_("Proposals in hand"), formats.figure(states), reverse("proposals:proposals"))
    count = Decision.objects.visible_to(user).open().count()
    yield Figure(_("Votes open"), formats.figure(count), reverse("governance:home"))


def _available() -> Figure:
    sums = Account.objects.filter(kind=AccountKind.POOL).aggregate(total=Sum(F("debits") - F("credits")))
    return Figure(_("Can be allocated"), formats.money(sums["total"] or ZERO), reverse("reporting:money") + "#windows")


def _forum_chair(user: Any) -> Iterator[Figure]:
    following = ProposalVersion.objects.latest().filter(recommendation_links__isnull=False).distinct().count()
    yield Figure(
        _("Proposals that follow a recommendation"), formats.figure(following), reverse("reporting:recommendations")
    )
    yield Figure(_("Projects"), formats.figure(Project.objects.count()), reverse("reporting:projects"))


def _auditor(user: Any) -> Iterator[Figure]:
    n, _hash = head()
    yield Figure(_("Register entries"), formats.figure(n), reverse("reporting:register"))
    yield _available()


BY_ROLES = (
    (DONOR_ROLES, _donor),
    (PARTNER_ROLES, _partner),
    ((Role.COMMITTEE,), _committee),
    ((Role.OFFICER, Role.HEAD, Role.FINANCE_OFFICER), _secretariat),
    ((Role.FORUM_CHAIR,), _forum_chair),
    ((Role.AUDITOR,), _auditor),
)
