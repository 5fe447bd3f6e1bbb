"""The rules by which the portal runs, in words, each with whose rule it is: the document's or ours."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.formats import figure, percent
from funds.contributions.fees import default_fee_percent
from governance import sentences
from governance.models import RuleSet


class Rule(NamedTuple):
    subject: str
    text: str
    origin: str


type Stated = Iterator[tuple[str, str]]


def rules() -> list[Rule]:
    """Return the rules with the figures that are set today; those of votes as the rule set in force has them."""
    document, ours = _("The document"), _("Ours")
    stated = ((document, _of_the_document()), (ours, _of_votes()), (ours, _of_projects()), (ours, _of_money()))
    return [Rule(subject, text, origin) for origin, found in stated for subject, text in found]


def _of_the_document() -> Stated:
    yield _("Approval"), _("The oversight committee approves projects and the matching money.")
    yield (
        _("Contracts"),
        _("A contract states objectives, nature of the tasks and expected results; nothing is paid without one."),
    )
    share = _set("seed_ceiling_percent")
    yield _("Seed capital"), _("The trustee’s own money is at most %(share)s of the total requested.") % share


def _of_votes() -> Stated:
    in_force = RuleSet.objects.in_force(clock.today()) or RuleSet()
    yield (
        _("Seats and votes"),
        _("Seats vote, not persons; each seat has a member and an alternate. The secretariat never votes."),
    )
    yield _("Majority"), " ".join(sentences.majority(in_force))
    yield _("Quorum"), " ".join([sentences.quorum(in_force), *sentences.composition(in_force)])
    yield (
        _("Conflict of interest"),
        _("A member whose organisation is applicant, partner or beneficiary takes no part in the decision."),
    )
    months = {"months": settings.ALLIANCE_RULES["waiting_months"]}
    yield _("Approvals that wait"), _("An approval that waits for money lapses after %(months)d months.") % months


def _of_projects() -> Stated:
    yield _("Windows"), _("A project is paid from no pool while the window of one of its objectives is not open.")
    yield (
        _("Tranches"),
        _("Paid when the contract is signed on both sides, its conditions are met and due reports are accepted."),
    )
    share = _set("indirect_cost_percent")
    yield _("Indirect support costs"), _("At most %(share)s of direct costs.") % share


def _of_money() -> Stated:
    yield _("Earmarking"), _("Money is earmarked to a window or to nothing, never to a partner.")
    yield (
        _("Attribution"),
        _("A project’s money is attributed to donors in proportion to their part of the pool it came from."),
    )
    today = {"share": _exactly(default_fee_percent(clock.today()))}
    yield _("Fee"), _("%(share)s of each deposit, unless the agreement says otherwise.") % today
    yield (
        _("Trustee’s fee"),
        _("An agreement begins with the fee of the trustee of its day; without a trustee, with %(share)s.")
        % _set("fee_percent"),
    )
    share = _set("direct_cost_ceiling_percent")
    yield _("Direct costs"), _("A warning above %(share)s of spending: net funded amount and direct cost.") % share
    yield (
        _("Reminders"),
        _("A donor is reminded %(before)d days before an instalment is due, on the day, and %(after)d days after it.")
        % {
            "before": settings.ALLIANCE_RULES["reminder_days_before"],
            "after": settings.ALLIANCE_RULES["reminder_days_after"],
        },
    )
    days = {"days": settings.ALLIANCE_RULES["refund_in_transit_days"]}
    yield _("Refunds in transit"), _("Late after %(days)s days.") % days
    yield (
        _("Currency"),
        _("The books are in US dollars; the original amount, its rate and the rate’s date are kept."),
    )
    lines = {"lines": figure(settings.ALLIANCE_RULES["import_lines"])}
    yield _("Imports"), _("A file of contributions has at most %(lines)s lines; a longer one is split.") % lines
    size = {"size": figure(settings.ALLIANCE_RULES["upload_megabytes"])}
    yield _("Uploads"), _("An uploaded file has at most %(size)s MB.") % size


def _set(name: str) -> dict[str, str]:
    return {"share": _exactly(Decimal(settings.ALLIANCE_RULES[name]))}


def _exactly(per_cent: Decimal) -> str:
    """Return a percentage with the decimals that it needs: 7%, 1.25%."""
    places = -int(per_cent.normalize().as_tuple().exponent)
    return percent(per_cent / 100, max(places, 0))
