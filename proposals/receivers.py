"""Who is told of this app's register entries."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.access import holders
from alliance.core import clock
from alliance.people.models import PARTNER_ROLES, Role, User
from alliance.register import declare
from proposals import subjects

type Body = dict[str, Any]


def secretariat(*roles: str) -> Callable[[Body], Iterable[User]]:
    """Tell those who hold the roles now."""
    return lambda body: _holding(*roles)


def applicant(body: Body) -> Iterable[User]:
    """Tell the applicant's people and the co-authors."""
    from proposals.models import Proposal

    proposal = Proposal.objects.filter(reference=body["facts"]["proposal"]).first()
    if proposal is None:
        return []
    own = _holding(*PARTNER_ROLES, organisation__id=proposal.applicant_id)
    return (own | User.objects.filter(pk__in=holders(proposal, "change_proposal").values("pk"))).distinct()


def partner(body: Body) -> Iterable[User]:
    return _holding(*PARTNER_ROLES, organisation__slug=body["facts"]["partner"])


def partner_and_head(body: Body) -> Iterable[User]:
    """Tell those who sign."""
    signatories = _holding(Role.PARTNER_SIGNATORY, organisation__slug=body["facts"]["partner"])
    return (signatories | _holding(Role.HEAD)).distinct()


def invited(body: Body) -> Iterable[User]:
    return User.objects.filter(uid=body["facts"]["person"], is_active=True)


def _holding(*roles: str, **conditions: Any) -> Any:
    from alliance.people.models import Membership

    held = Membership.objects.on(clock.today()).filter(role__in=roles, **conditions)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def page(name: str, fact: str) -> Callable[[Body], str]:
    """Lead to the page of what a fact names."""
    return lambda body: reverse(f"proposals:{name}", args=[body["facts"][fact]])


PROPOSAL, PROJECT = page("proposal", "proposal"), page("project", "project")
CONTRACT, REPORT = page("contract", "contract"), page("report", "report")
ACTIVITY = page("activity", "activity")
OFFICERS = secretariat(Role.OFFICER, Role.HEAD)
FINANCE = secretariat(Role.FINANCE_OFFICER)

declare("call.published/1", label=_("Call for proposals published"), url=page("call", "call"))
declare("activity.recorded/1", label=_("Activity outside the fund recorded"), url=ACTIVITY)
declare("activity.amended/1", label=_("Activity outside the fund amended"), url=ACTIVITY)
declare("activity.withdrawn/1", label=_("Activity outside the fund withdrawn"))
declare("proposal.started/1", label=_("Proposal started"))
declare(
    "proposal.co_author_invited/1",
    label=_("You may write a proposal"),
    told=invited,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare("proposal.co_author_removed/1", label=_("Co-author removed"))
declare("proposal.submitted/1", label=_("Proposal submitted"), told=OFFICERS, url=PROPOSAL, about=subjects.proposal)
declare("proposal.withdrawn/1", label=_("Proposal withdrawn"), told=OFFICERS, about=subjects.proposal)
declare(
    "proposal.checked/1",
    label=_("Proposal checked by the secretariat"),
    told=applicant,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare(
    "proposal.returned/1",
    label=_("Proposal returned to its authors"),
    told=applicant,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare(
    "proposal.tabled/1",
    label=_("Proposal put before the committee"),
    told=applicant,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare(
    "proposal.untabled/1",
    label=_("Proposal taken off the committee’s table"),
    told=applicant,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare("proposal.approved/1", label=_("Proposal approved"), told=applicant, url=PROPOSAL, about=subjects.proposal)
declare(
    "proposal.approved_waiting/1",
    label=_("Proposal approved, waiting for money"),
    told=applicant,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare(
    "proposal.approved_in_principle/1",
    label=_("Proposal approved in principle"),
    told=applicant,
    url=PROPOSAL,
    about=subjects.proposal,
)
declare("proposal.rejected/1", label=_("Proposal not approved"), told=applicant, url=PROPOSAL, about=subjects.proposal)
declare(
    "waiting.prepared/1",
    label=_("Allocation of a waiting approval prepared"),
    told=FINANCE,
    about=subjects.waiting,
    is_duty=True,
)
declare("waiting.funded/1", label=_("Waiting approval allocated"))
declare("condition.met/1", label=_("Condition of a decision met"), told=FINANCE, url=PROJECT, about=subjects.project)
declare("contract.drafted/1", label=_("Contract drafted"))
declare(
    "contract.offered/1",
    label=_("Contract awaits signature"),
    told=partner_and_head,
    url=CONTRACT,
    about=subjects.contract,
    subject=_("Sign contract %(what)s"),
    is_duty=True,
)
declare(
    "contract.signed/1",
    label=_("Contract signed on one side"),
    told=partner_and_head,
    url=CONTRACT,
    about=subjects.contract,
)
declare(
    "contract.concluded/1",
    label=_("Contract signed on both sides"),
    told=partner,
    url=CONTRACT,
    about=subjects.contract,
)
declare("contract.cancelled/1", label=_("Contract cancelled"))
declare("tranche.prepared/1", label=_("Payment of a tranche prepared"))
declare("report.submitted/1", label=_("Partner’s report submitted"), told=OFFICERS, url=REPORT, about=subjects.report)
declare("report.returned/1", label=_("Report returned to the partner"), told=partner, url=REPORT, about=subjects.report)
declare("report.accepted/1", label=_("Partner’s report accepted"), told=partner, url=REPORT, about=subjects.report)
declare("project.completed/1", label=_("Project completed"))
declare("project.closed/1", label=_("Project closed"))
