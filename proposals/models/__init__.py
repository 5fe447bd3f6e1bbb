"""What this app stores, by noun."""

from proposals.models.activities import OutsideActivity
from proposals.models.calls import BudgetCategory, Call, Partner
from proposals.models.contracts import Contract, Tranche
from proposals.models.projects import Project, ReleaseCondition
from proposals.models.proposals import (
    YEARS,
    Attachment,
    BudgetLine,
    Disaggregation,
    Indicator,
    Proposal,
    ProposalObjective,
    ProposalPartner,
    ProposalRecommendation,
    ProposalUserObjectPermission,
    RightsMarker,
)
from proposals.models.reports import Expenditure, PartnerReport, ReportedCell, ReportedIndicator
from proposals.models.versions import (
    Check,
    ProposalVersion,
    ProposalVersionUserObjectPermission,
    Return,
    VersionObjective,
    VersionRecommendation,
    WaitingAmount,
    WaitingApproval,
)

__all__ = [
    "YEARS",
    "Attachment",
    "BudgetCategory",
    "BudgetLine",
    "Call",
    "Check",
    "Contract",
    "Disaggregation",
    "Expenditure",
    "Indicator",
    "OutsideActivity",
    "Partner",
    "PartnerReport",
    "Project",
    "Proposal",
    "ProposalObjective",
    "ProposalPartner",
    "ProposalRecommendation",
    "ProposalUserObjectPermission",
    "ProposalVersion",
    "ProposalVersionUserObjectPermission",
    "ReleaseCondition",
    "ReportedCell",
    "ReportedIndicator",
    "Return",
    "RightsMarker",
    "Tranche",
    "VersionObjective",
    "VersionRecommendation",
    "WaitingAmount",
    "WaitingApproval",
]
