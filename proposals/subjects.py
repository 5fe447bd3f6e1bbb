"""What mail says of this app's entries: reference, title, amount and day, as their reader may see the rows now."""

from decimal import Decimal

from django.db.models import Sum

from alliance.core import formats
from alliance.people.models import User
from alliance.register import About
from alliance.register.kinds import Body
from funds.subjects import due, row
from proposals.models import Contract, PartnerReport, Project, Proposal, WaitingApproval


def proposal(body: Body, reader: User) -> About | None:
    """Tell of a proposal what its newest version says, or its draft before there is one."""
    found: Proposal | None = row(Proposal.objects, body, reader, "proposal")
    if found is None:
        return None
    newest = found.versions.order_by("-number").first()
    title, amount = (newest.title, formats.brief_money(newest.amount)) if newest else (found.title, "")
    return About(found.reference, title, amount)


def project(body: Body, reader: User) -> About | None:
    found = row(Project.objects, body, reader, "project")
    return found and About(found.reference, found.title, formats.brief_money(found.amount))


def contract(body: Body, reader: User) -> About | None:
    found = row(Contract.objects, body, reader, "contract", "project")
    return found and About(found.reference, found.project.title, formats.brief_money(found.amount))


def report(body: Body, reader: User) -> About | None:
    """Tell of a partner's report, and of one that is still to be written when it is due."""
    found: PartnerReport | None = row(PartnerReport.objects, body, reader, "report", "contract__project")
    if found is None:
        return None
    is_to_write = found.state in (PartnerReport.State.DUE, PartnerReport.State.RETURNED)
    return About(found.reference, found.contract.project.title, "", due(found.due_on) if is_to_write else "")


def waiting(body: Body, reader: User) -> About | None:
    """Tell of an approval for which there was no money, of a proposal that the reader may see."""
    rows = WaitingApproval.objects.filter(version__proposal__in=Proposal.objects.visible_to(reader))
    found = rows.select_related("version").filter(decision_reference=body["facts"]["decision"]).first()
    if found is None:
        return None
    total = found.amounts.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return About(found.decision_reference, found.version.title, formats.brief_money(total))
