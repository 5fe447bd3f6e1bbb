"""What came of a recommendation: proposals, decisions, projects and their money, from frozen versions and the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from alliance.forum.models import Recommendation
from proposals.models import Project, ProposalVersion

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Outcome:
    """All that follows a recommendation. Every project counts in full: never add this up over recommendations."""

    proposals: tuple[Any, ...]
    projects: tuple[Any, ...]
    asked: Decimal
    allocated: Decimal
    transferred: Decimal
    spent: Decimal

    @property
    def is_empty(self) -> bool:
        return not self.proposals


def outcome_of(recommendation: Recommendation) -> Outcome:
    """Return what came of this recommendation, as it stands now (R37).

    Asked is the total of each proposal's newest submitted version; the rest are ledger balances, in the
    fund's currency. Transferred is net of refunds.
    """
    proposals = tuple(submitted(recommendation))
    projects: tuple[Any, ...] = tuple(
        Project.objects.following(recommendation).with_money().select_related("lead").order_by("approved_on", "pk")
    )
    return Outcome(
        proposals=proposals,
        projects=projects,
        asked=sum((version.amount for version in proposals), ZERO),
        allocated=sum((project.allocated for project in projects), ZERO),
        transferred=sum((project.net_funded for project in projects), ZERO),
        spent=sum((project.spent for project in projects), ZERO),
    )


def submitted(recommendation: Recommendation) -> Any:
    """Return each proposal's newest submitted version, of those that follow the recommendation as frozen (R69).

    What was withdrawn asks for nothing any more.
    """
    return (
        ProposalVersion.objects.following(recommendation)
        .latest()
        .filter(proposal__withdrawn_at=None)
        .defer("content")
        .select_related("proposal__applicant")
        .order_by("submitted_at", "pk")
    )
