"""The secretariat's check of a version, and giving it back."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.core.states import advance
from alliance.forum.models import Recommendation
from alliance.people.models import User
from alliance.register import operation, record
from proposals import permissions
from proposals.models import Check, Proposal, ProposalVersion, Return
from proposals.operations.rows import lock_version, required
from proposals.sections.route import SECOND_ROUTE


@operation
def check_version(
    *,
    by: User,
    version: ProposalVersion,
    is_eligible: bool,
    route: str = "",
    confirmed: Iterable[Recommendation] = (),
    is_rights_checked: bool = False,
    rights_marker: int | None = None,
    note: str = "",
) -> Check:
    """Record what the secretariat found: eligible or not and by which route (R69, R70), rights checked (R46).

    Can be made again until the version is with the committee. Raises Refused when the route does not hold.
    """
    _require_checker(by)
    proposal, version = lock_version(version)
    confirmed = list(confirmed)
    if is_eligible:
        _require_route(version, route, confirmed)
    if is_rights_checked and rights_marker is None:
        raise Refused(_("The rights check confirms the marker."), field="rights_marker")
    advance(proposal, "find_eligible" if is_eligible else "find_ineligible")
    moment = clock.now()
    check, _is_new = Check.objects.update_or_create(
        version=version,
        defaults={
            "is_eligible": is_eligible,
            "route": route if is_eligible else "",
            "is_rights_checked": is_rights_checked,
            "rights_marker": rights_marker if is_rights_checked else None,
            "note": note.strip(),
            "checked_at": moment,
            "checked_by": by,
        },
    )
    proposal.eligible_at = moment if is_eligible else None
    proposal.save(update_fields=["state", "eligible_at"])
    codes = _confirm(proposal, confirmed if is_eligible else [], by, moment)
    facts = {
        "proposal": proposal.reference, "version": version.number, "eligible": is_eligible, "route": check.route,
        "recommendations": codes, "rights_checked": is_rights_checked, "marker": check.rights_marker,
    }  # fmt: skip
    record("proposal.checked/1", by=by, rows=[check, proposal], facts=facts)
    return check


def _require_route(version: ProposalVersion, route: str, confirmed: list[Recommendation]) -> None:
    content = version.parsed
    if route == Check.Route.RECOMMENDATION:
        named = set(content["recommendations"])
        if not confirmed or any(row.code not in named for row in confirmed):
            raise Refused(_("Confirm at least one of the recommendations that the proposal names."), field="confirmed")
    elif route == Check.Route.JUSTIFIED:
        if not content["coherence_justification"] or not SECOND_ROUTE & version.objective_percents().keys():
            raise Refused(_("The proposal gives no justification under objective 2 or 3."), field="route")
    else:
        raise Refused(_("Say by which route the proposal is eligible."), field="route")


def _confirm(proposal: Proposal, confirmed: list[Recommendation], by: User, moment: datetime) -> list[str]:
    """Mark the links that the officer confirms, and unmark the others."""
    links = proposal.recommendations
    links.exclude(recommendation__in=confirmed).update(confirmed_at=None, confirmed_by=None)
    links.filter(recommendation__in=confirmed).update(confirmed_at=moment, confirmed_by=by)
    return sorted(row.code for row in confirmed)


@operation
def return_proposal(*, by: User, version: ProposalVersion, reason: str) -> Proposal:
    """Give a version back to its authors with the reason: they go on writing, and submit a new version."""
    _require_checker(by)
    proposal, version = lock_version(version)
    reason = required(reason, _("Say what has to change."), "reason")
    advance(proposal, "return")
    return give_back(proposal, version, by=by, reason=reason)


def give_back(
    proposal: Proposal, version: ProposalVersion, *, by: User | None, reason: str, decision_reference: str = ""
) -> Proposal:
    """Stamp a proposal whose state has just become returned, and keep the reason."""
    moment = clock.now()
    given = Return.objects.create(
        version=version, reason=reason, decision_reference=decision_reference, returned_at=moment, returned_by=by
    )
    proposal.returned_at, proposal.eligible_at, proposal.tabled_at = moment, None, None
    proposal.decided_at, proposal.decision_reference = None, ""
    proposal.save(
        update_fields=["state", "returned_at", "eligible_at", "tabled_at", "decided_at", "decision_reference"]
    )
    facts = {"proposal": proposal.reference, "version": version.number, "decision": decision_reference}
    record("proposal.returned/1", by=by, rows=[given, proposal], facts=facts)
    return proposal


def _require_checker(by: User) -> None:
    if not permissions.may_check(by):
        raise NotAllowed(_("Proposals are checked by the secretariat’s officers."))
