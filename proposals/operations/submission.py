"""Submitting: the act that freezes a version and gives a receipt."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import User
from alliance.register import operation, record
from proposals import permissions
from proposals.completeness import Gap, gaps
from proposals.content import freeze, gather
from proposals.models import Proposal, ProposalVersion, VersionObjective, VersionRecommendation
from proposals.operations.drafts import require_open
from proposals.operations.rows import lock_proposal
from proposals.sections import SECTIONS
from proposals.sections.budget import requested
from proposals.sections.section import Content


class Incomplete(Refused):
    """Sections are missing or do not fit together: `gaps` names each with what to do."""

    def __init__(self, missing: list[Gap]) -> None:
        titles = dict.fromkeys(str(SECTIONS[gap.section].title) for gap in missing)
        super().__init__(_("The proposal is not complete. See: %(sections)s.") % {"sections": ", ".join(titles)})
        self.gaps = missing


def missing_from(content: Content) -> list[Gap]:
    """Return what stands between this content and its submission, by the rules in force."""
    return gaps(content, indirect_percent=Decimal(settings.ALLIANCE_RULES["indirect_cost_percent"]))


@operation
def submit_proposal(*, by: User, proposal: Proposal) -> ProposalVersion:
    """Freeze the draft as the next numbered version, with digest and receipt (R7, R93).

    Raises Incomplete with the sections concerned (R29, R32, R40, R45, R46, R70), Refused when the applicant is not
    confirmed or the call has closed, OutOfState when it was submitted already.
    """
    proposal = lock_proposal(proposal.pk)
    if not permissions.may_act_for_applicant(by, proposal):
        raise NotAllowed(_("A proposal is submitted by the applicant’s own people."))
    advance(proposal, "submit")
    moment = clock.now()
    if proposal.applicant.confirmed_at is None:
        raise Refused(_("The secretariat has not confirmed your organisation yet. The draft is kept."))
    if proposal.call is not None and not proposal.versions.exists():
        require_open(proposal.call, proposal.applicant, moment)
    content = gather(proposal)
    if missing := missing_from(content):
        raise Incomplete(missing)
    version = _freeze(proposal, content, by, moment)
    proposal.submitted_at, proposal.returned_at = moment, None
    proposal.save(update_fields=["state", "submitted_at", "returned_at"])
    facts = {
        "proposal": proposal.reference, "version": version.number, "receipt": version.receipt,
        "applicant": proposal.applicant.slug, "amount": version.amount, "digest": version.digest,
    }  # fmt: skip
    record("proposal.submitted/1", by=by, rows=[version, proposal, *version.attachments()], facts=facts)
    return version


def _freeze(proposal: Proposal, content: Content, by: User, moment: datetime) -> ProposalVersion:
    text, digest = freeze(content)
    version = ProposalVersion.objects.create(
        proposal=proposal, number=proposal.versions.count() + 1, title=proposal.title, amount=requested(content),
        content=text, digest=digest, receipt=next_reference("RCT"), submitted_at=moment, submitted_by=by,
    )  # fmt: skip
    _link(version, content)
    return version


def _link(version: ProposalVersion, content: Content) -> None:
    """Write what the frozen content names a second time, for queries: public figures follow this, never a draft."""
    named = Recommendation.objects.filter(code__in=content["recommendations"]).order_by("code")
    VersionRecommendation.objects.bulk_create(
        VersionRecommendation(version=version, recommendation=row) for row in named
    )
    percents = {item["code"]: item["percent"] for item in content["objectives"]}
    served = Objective.objects.filter(code__in=percents).order_by("code")
    VersionObjective.objects.bulk_create(
        VersionObjective(version=version, objective=row, percent=percents[row.code]) for row in served
    )


@operation
def withdraw_proposal(*, by: User, proposal: Proposal) -> Proposal:
    """Take a proposal back before it is with the committee. It stays on record."""
    proposal = lock_proposal(proposal.pk)
    if not permissions.may_act_for_applicant(by, proposal):
        raise NotAllowed(_("A proposal is withdrawn by the applicant’s own people."))
    advance(proposal, "withdraw")
    proposal.withdrawn_at, proposal.eligible_at, proposal.returned_at = clock.now(), None, None
    proposal.save(update_fields=["state", "withdrawn_at", "eligible_at", "returned_at"])
    facts = {"proposal": proposal.reference, "applicant": proposal.applicant.slug}
    record("proposal.withdrawn/1", by=by, rows=[proposal], facts=facts)
    return proposal
