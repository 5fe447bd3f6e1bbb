"""Approvals that wait for money: two officers allocate them, in rank order, until they lapse."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, OutOfState, Refused
from alliance.core.formats import long_date
from alliance.core.states import advance
from alliance.people.four_eyes import require_another
from alliance.people.models import Role, User
from alliance.register import operation, record
from funds.operations.earmarks import shut_windows, windows_with_objectives
from proposals.models import Project, Proposal, WaitingApproval
from proposals.operations.approval import make_project
from proposals.operations.rows import lock_proposal


@operation
def prepare_waiting(*, by: User, waiting: WaitingApproval) -> WaitingApproval:
    """Prepare the allocation of a waiting approval: the first of two officers, and the first in rank."""
    _require_finance(by)
    _proposal, waiting = _lock_waiting(waiting)
    _require_first_in_rank(waiting)
    if waiting.prepared_by_id is not None:
        raise OutOfState(_("This allocation has been prepared already."))
    waiting.prepared_by = by
    waiting.save(update_fields=["prepared_by"])
    record("waiting.prepared/1", by=by, rows=[waiting], facts={"decision": waiting.decision_reference})
    return waiting


@operation
def fund_waiting(*, by: User, waiting: WaitingApproval) -> Project:
    """Allocate a waiting approval today, in rank order: the second of two officers.

    Raises InsufficientFunds while the pools are still short; OutOfState while a window of its objectives is not
    open (R14) and once the approval has lapsed.
    """
    _require_finance(by)
    proposal, waiting = _lock_waiting(waiting)
    _require_first_in_rank(waiting)
    if waiting.prepared_by_id is None:
        raise OutOfState(_("Another officer prepares this allocation first."))
    require_another(by, waiting.prepared_by_id)
    amounts = {row.window: row.amount for row in waiting.amounts.select_related("window").order_by("window_id")}
    advance(proposal, "fund")
    proposal.save(update_fields=["state"])
    waiting.funded_at, waiting.funded_by = clock.now(), by
    waiting.save(update_fields=["funded_at", "funded_by"])
    record("waiting.funded/1", by=by, rows=[waiting, proposal], facts={"decision": waiting.decision_reference})
    return make_project(
        proposal, waiting.version, by, amounts, sum(amounts.values(), Decimal("0.00")),
        waiting.decision_reference, waiting.conditions, clock.today(),
    )  # fmt: skip


def _lock_waiting(waiting: WaitingApproval) -> tuple[Proposal, WaitingApproval]:
    proposal = lock_proposal(waiting.version.proposal_id)
    rows = WaitingApproval.objects.select_for_update(of=("self",), no_key=True).select_related("version__check_made")
    waiting = rows.get(pk=waiting.pk)
    if waiting.funded_at is not None or proposal.decision_reference != waiting.decision_reference:
        raise OutOfState()
    if waiting.has_lapsed(clock.today()):
        raise OutOfState(
            _("This approval lapsed after %(day)s: the proposal can be put to the committee again.")
            % {"day": long_date(waiting.stands_until)}
        )
    return proposal, waiting


def _require_first_in_rank(waiting: WaitingApproval) -> None:
    """Waiting approvals are served in the order of their decisions; what a shut window holds back is passed over."""
    windows = windows_with_objectives()
    for row in WaitingApproval.objects.standing(clock.today()).in_rank():
        if row.pk == waiting.pk:
            return
        if not shut_windows(row.version.objective_percents().keys(), windows):
            raise Refused(_("An earlier approval waits for money: it is served first."))


def _require_finance(by: User) -> None:
    if not by.has_role(Role.FINANCE_OFFICER, Role.HEAD):
        raise NotAllowed(_("Waiting approvals are allocated by the finance officers."))
