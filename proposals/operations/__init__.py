"""The one door for changes to proposals and to what approval makes of them."""

from proposals.operations.activities import Particulars, amend_activity, record_activity, withdraw_activity
from proposals.operations.approval import (
    approve_in_principle,
    approve_version,
    approve_waiting,
    mark_tabled,
    reject_version,
    return_version,
    untable,
)
from proposals.operations.calls import publish_call
from proposals.operations.checking import check_version, return_proposal
from proposals.operations.contracts import (
    cancel_contract,
    draft_contract,
    offer_contract,
    revise_contract,
    sign_contract,
)
from proposals.operations.drafts import EditedElsewhere, attach_document, remove_document, save_section, start_proposal
from proposals.operations.people import invite_co_author, remove_co_author
from proposals.operations.projects import close_project, complete_project, meet_condition, prepare_tranche
from proposals.operations.reports import accept_report, return_report, save_report, submit_report
from proposals.operations.submission import Incomplete, submit_proposal, withdraw_proposal
from proposals.operations.waiting_for_money import fund_waiting, prepare_waiting
from proposals.terms import ReportTerms, Terms, TrancheTerms

__all__ = [
    "EditedElsewhere",
    "Incomplete",
    "Particulars",
    "ReportTerms",
    "Terms",
    "TrancheTerms",
    "accept_report",
    "amend_activity",
    "approve_in_principle",
    "approve_version",
    "approve_waiting",
    "attach_document",
    "cancel_contract",
    "check_version",
    "close_project",
    "complete_project",
    "draft_contract",
    "fund_waiting",
    "invite_co_author",
    "mark_tabled",
    "meet_condition",
    "offer_contract",
    "prepare_tranche",
    "prepare_waiting",
    "publish_call",
    "record_activity",
    "reject_version",
    "remove_co_author",
    "remove_document",
    "return_proposal",
    "return_report",
    "return_version",
    "revise_contract",
    "save_report",
    "save_section",
    "sign_contract",
    "start_proposal",
    "submit_proposal",
    "submit_report",
    "untable",
    "withdraw_activity",
    "withdraw_proposal",
]
