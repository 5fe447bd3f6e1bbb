"""What resembles a proposal: a country, a theme and a day in common (R53). A warning to its readers, never a bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.errors import Text
from alliance.forum.models import Theme
from alliance.people.models import Organisation, User
from proposals.models import OutsideActivity, Project, Proposal, ProposalVersion

AT_MOST = 20  # of each kind are shown
# Before the committee's word, or waiting for money: what was decided is a project, or is not done.
PENDING = (
    Proposal.State.SUBMITTED,
    Proposal.State.ELIGIBLE,
    Proposal.State.TABLED,
    Proposal.State.APPROVED_IN_PRINCIPLE,
    Proposal.State.APPROVED_WAITING,
)


@dataclass(frozen=True)
class Alike:
    """Something that resembles the proposal, with what both have in common. `language` is empty where it is not known."""

    kind: Text
    reference: str
    title: str
    language: str
    organisation: Organisation
    countries: list[str]
    themes: list[Theme]
    starts_on: date
    ends_on: date
    url: str


@dataclass(frozen=True)
class Similar:
    """What resembles a proposal. While it names no country, theme or dates nobody can tell, and `is_known` says so.

    `has_more` says that there is more of a kind than its newest ones, which are here.
    """

    rows: tuple[Alike, ...] = ()
    is_known: bool = False
    has_more: bool = False


@dataclass(frozen=True)
class Extent:
    """Where, about what and when."""

    countries: frozenset[str]
    themes: frozenset[str]
    starts_on: date
    ends_on: date

    def met(self, path: str = "") -> Q:
        """Return the condition that a row has a country, a theme and a day in common with this; first and last days count."""
        return Q(
            **{
                f"{path}countries__overlap": sorted(self.countries),
                f"{path}themes__overlap": sorted(self.themes),
                f"{path}starts_on__lte": self.ends_on,
                f"{path}ends_on__gte": self.starts_on,
            }
        )


def scope_of(content: dict[str, Any]) -> Extent | None:
    """Return where, about what and when a proposal's content is, or None while a part of that is missing."""
    countries, themes = frozenset(content["countries"]), frozenset(content.get("themes", ()))
    days = [date.fromisoformat(content[name]) for name in ("starts_on", "ends_on") if content[name]]
    return Extent(countries, themes, *days) if countries and themes and len(days) == 2 else None


def similar_to(content: dict[str, Any], *, user: User) -> Similar:
    """Return what resembles this content: projects, activities outside the fund, and the proposals that this person may read."""
    scope = scope_of(content)
    if scope is None:
        return Similar()
    kinds = [list(_projects(scope, content)), list(_activities(scope, user)), list(_proposals(scope, content, user))]
    names = {row.code: row for row in Theme.objects.filter(code__in=scope.themes).order_by("area", "position", "pk")}
    rows = tuple(_alike(scope, names, *row) for kind in kinds for row in kind[:AT_MOST])
    return Similar(rows, is_known=True, has_more=any(len(kind) > AT_MOST for kind in kinds))


type Found = tuple[Text, Any, Any, Organisation, str, str]


def _projects(scope: Extent, content: dict[str, Any]) -> Iterator[Found]:
    """Every project is public: the committee approved it."""
    rows = Project.objects.filter(scope.met()).exclude(proposal__reference=content["reference"])
    for row in _some(rows.select_related("lead"), "-starts_on"):
        url = reverse("reporting:project", args=[row.reference])
        yield _("Project of the fund"), row, row, row.lead, "", url


def _activities(scope: Extent, user: User) -> Iterator[Found]:
    rows = OutsideActivity.objects.visible_to(user).standing().filter(scope.met())
    for row in _some(rows.select_related("organisation"), "-starts_on"):
        yield _("Outside the fund"), row, row, row.organisation, row.language, row.get_absolute_url()


def _proposals(scope: Extent, content: dict[str, Any], user: User) -> Iterator[Found]:
    """Submitted versions that this person may read: drafts are nobody else's, and decided ones are projects or nothing."""
    rows = ProposalVersion.objects.visible_to(user).latest().filter(proposal__state__in=PENDING)
    rows = rows.filter(scope.met("proposal__")).exclude(proposal__reference=content["reference"])
    for row in _some(rows.select_related("proposal__applicant").defer("content"), "-submitted_at"):
        yield (
            pgettext_lazy("similar", "Proposal"),
            row,
            row.proposal,
            row.proposal.applicant,
            "",
            row.get_absolute_url(),
        )


def _some(rows: QuerySet[Any], order: str) -> QuerySet[Any]:
    """Return as many as are shown, and one: whether there are more."""
    return rows.order_by(order, "-pk")[: AT_MOST + 1]


def _alike(
    scope: Extent,
    names: dict[str, Theme],
    kind: Text,
    row: Any,
    placed: Any,
    who: Organisation,
    language: str,
    url: str,
) -> Alike:
    """Return a row as it is shown; `placed` is the row that says where, about what and when."""
    return Alike(
        kind=kind, reference=placed.reference, title=row.title, language=language, organisation=who,
        countries=sorted(scope.countries & set(placed.countries)),
        themes=[theme for code, theme in names.items() if code in placed.themes],
        starts_on=placed.starts_on, ends_on=placed.ends_on, url=url,
    )  # fmt: skip
