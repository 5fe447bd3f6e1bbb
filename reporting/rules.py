"""The rules by which the portal runs, in words, each with whose rule it is: the document's or ours."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from alliance.core.formats import percent


class Rule(NamedTuple):
    subject: str
    text: str
    origin: str


def rules() -> list[Rule]:
    """Return the rules with the percentages that are set."""
    document, ours = _("The document"), _("Ours")
    return [
        Rule(_("Approval"), _("The oversight committee approves projects and the matching money."), document),
        Rule(
            _("Contracts"),
            _("A contract states objectives, nature of the tasks and expected results; nothing is paid without one."),
            document,
        ),
        Rule(
            _("Seed capital"),
            _("The trustee’s own money is at most %(share)s of the total requested.") % set_to("seed_ceiling_percent"),
            document,
        ),
        Rule(
            _("Seats and votes"),
            _("Seats vote, not persons; each seat has a member and an alternate. The secretariat never votes."),
            ours,
        ),
        Rule(
            _("Majority"),
            _("Two thirds of the votes cast, and more than half in each group; abstentions count for the quorum only."),
            ours,
        ),
        Rule(
            _("Quorum"),
            _("More than half of the seats that can vote, with at least one donor and one developing country."),
            ours,
        ),
        Rule(
            _("Conflict of interest"),
            _("A member whose organisation is applicant, partner or beneficiary takes no part in the decision."),
            ours,
        ),
        Rule(_("Earmarking"), _("Money is earmarked to a window or to nothing, never to a partner."), ours),
        Rule(
            _("Windows"),
            _("A project is paid from no pool while the window of one of its objectives is not open."),
            ours,
        ),
        Rule(
            _("Approvals that wait"),
            _("An approval that waits for money lapses after %(months)d months.")
            % {"months": settings.ALLIANCE_RULES["waiting_months"]},
            ours,
        ),
        Rule(
            _("Attribution"),
            _("A project’s money is attributed to donors in proportion to their part of the pool it came from."),
            ours,
        ),
        Rule(
            _("Fee"), _("%(share)s of each deposit, unless the agreement says otherwise.") % set_to("fee_percent"), ours
        ),
        Rule(
            _("Indirect support costs"), _("At most %(share)s of direct costs.") % set_to("indirect_cost_percent"), ours
        ),
        Rule(
            _("Direct costs"),
            _("A warning above %(share)s of spending: net funded amount and direct cost.")
            % set_to("direct_cost_ceiling_percent"),
            ours,
        ),
        Rule(
            _("Refunds in transit"),
            _("Late after %(days)s days.") % {"days": settings.ALLIANCE_RULES["refund_in_transit_days"]},
            ours,
        ),
        Rule(
            _("Tranches"),
            _("Paid when the contract is signed on both sides, its conditions are met and due reports are accepted."),
            ours,
        ),
        Rule(
            _("Currency"),
            _("The books are in US dollars; the original amount, its rate and the rate’s date are kept."),
            ours,
        ),
    ]


def set_to(name: str) -> dict[str, Any]:
    return {"share": percent(Decimal(settings.ALLIANCE_RULES[name]) / 100)}
