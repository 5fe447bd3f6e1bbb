"""Who writes along: co-authors, each by a grant on the one proposal."""

from django.utils.translation import gettext_lazy as _

from alliance.access import grant, withdraw
from alliance.core.errors import NotAllowed, Refused
from alliance.people.models import User
from alliance.register import operation, record
from proposals import permissions
from proposals.models import Proposal
from proposals.operations.rows import lock_proposal, require_editable

PERMISSION = "proposals.change_proposal"


@operation
def invite_co_author(*, by: User, proposal: Proposal, email: str) -> Proposal:
    """Let a person with an account write this proposal too (R7). Raises Refused when nobody has the address."""
    proposal = lock_proposal(proposal.pk)
    _require_applicant(by, proposal)
    require_editable(proposal)
    person = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise Refused(_("Nobody with this e-mail address has an account."), field="email")
    if permissions.may_act_for_applicant(person, proposal):
        raise Refused(_("This person writes for the applicant already."), field="email")
    grant(person, PERMISSION, proposal)
    record("proposal.co_author_invited/1", by=by, facts={"proposal": proposal.reference, "person": person.uid.hex})
    return proposal


@operation
def remove_co_author(*, by: User, proposal: Proposal, person: User) -> Proposal:
    """Take the grant back. Versions that name the person keep doing so."""
    proposal = lock_proposal(proposal.pk)
    _require_applicant(by, proposal)
    withdraw(person, PERMISSION, proposal)
    record("proposal.co_author_removed/1", by=by, facts={"proposal": proposal.reference, "person": person.uid.hex})
    return proposal


def _require_applicant(by: User, proposal: Proposal) -> None:
    if not permissions.may_act_for_applicant(by, proposal):
        raise NotAllowed(_("Only the applicant’s own people choose the co-authors."))
