"""What is missing before a proposal can be submitted. Pure: it looks at plain content and at nothing else."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

CENT = Decimal("0.01")
# Objectives that carry a proposal without a recommendation of the Forum (R70).
SECOND_ROUTE = frozenset({"O2", "O3"})


class Gap(NamedTuple):
    """A section, and what has to be done in it."""

    section: str
    message: str


def gaps(content: dict[str, Any], *, indirect_percent: Decimal = Decimal(7)) -> list[Gap]:
    """Return everything that stands between this content and its submission, in the order of the sections."""
    found: list[Gap] = []
    for section, check in CHECKS.items():
        found += [Gap(section, message) for message in check(content)]
    return found + [Gap("budget", message) for message in _indirect(content, indirect_percent)]


def _written(name: str, message: Any) -> Any:
    return lambda content: [] if str(content[name] or "").strip() else [message()]


def _summary(content: dict[str, Any]) -> list[str]:
    missing = []
    if not content["title"].strip():
        missing.append(_("Give the proposal a title."))
    if not content["summary"].strip():
        missing.append(_("Write a summary."))
    return missing


def _route(content: dict[str, Any]) -> list[str]:
    """A recommendation of the Forum, or a justified objective 2 or 3 (R69, R70)."""
    if content["recommendations"]:
        return []
    if not content["coherence_justification"].strip():
        return [_("Choose a recommendation of the Forum, or justify the proposal under objective 2 or 3.")]
    if not SECOND_ROUTE & {item["code"] for item in content["objectives"]}:
        return [_("Without a recommendation of the Forum, the proposal has to serve objective 2 or 3.")]
    return []


def _objectives(content: dict[str, Any]) -> list[str]:
    rows = content["objectives"]
    if not rows:
        return [_("Say which objectives the proposal serves, in percent.")]
    missing = []
    if sum(item["percent"] for item in rows) != 100:
        missing.append(_("The percentages of the objectives add up to 100."))
    if sum(item["is_main"] for item in rows) != 1:
        missing.append(_("Choose the main objective."))
    return missing


def _places(content: dict[str, Any]) -> list[str]:
    missing = []
    if not content["countries"] and not content["country_reason"].strip():
        missing.append(_("Name the countries whose governments take part, or say why there is none."))
    if not content["starts_on"] or not content["ends_on"]:
        missing.append(_("Give the first and the last day."))
    return missing


def _rights(content: dict[str, Any]) -> list[str]:
    missing = []
    if not content["rights_and_welfare"].strip():
        missing.append(_("Say how migrants’ rights are protected and their welfare safeguarded."))
    if content["rights_marker"] is None:
        missing.append(_("Choose the rights and welfare marker."))
    return missing


def _partnership(content: dict[str, Any]) -> list[str]:
    """One lead; each partner with its tasks, and a share that is the sum of its budget lines (R29)."""
    partners = content["partners"]
    if sum(item["is_lead"] for item in partners) != 1:
        return [_("Name the partners; one of them leads.")]
    missing = []
    if not all(item["tasks"].strip() for item in partners):
        missing.append(_("Describe the tasks of each partner."))
    budgeted = by_partner(content)
    if {item["organisation"]: Decimal(item["share"]) for item in partners if Decimal(item["share"])} != budgeted:
        missing.append(_("The share of each partner is the sum of its budget lines."))
    return missing


def _budget(content: dict[str, Any]) -> list[str]:
    lines = content["budget"]
    if not lines:
        return [_("Enter at least one budget line.")]
    missing = []
    partners = {item["organisation"] for item in content["partners"]}
    if any(line["partner"] not in partners for line in lines):
        missing.append(_("Every budget line belongs to a partner named in the partnership section."))
    if content["starts_on"] and content["ends_on"]:
        years = range(int(content["starts_on"][:4]), int(content["ends_on"][:4]) + 1)
        if any(line["year"] not in years for line in lines):
            missing.append(_("Every budget line lies in a year of the project."))
    return missing


def _indirect(content: dict[str, Any], percent: Decimal) -> list[str]:
    """Indirect support costs stay within their share of direct costs, with a cent of tolerance."""
    indirect = sum((Decimal(line["amount"]) for line in content["budget"] if line["is_indirect"]), Decimal(0))
    direct = sum((Decimal(line["amount"]) for line in content["budget"] if not line["is_indirect"]), Decimal(0))
    most = (direct * percent / 100).quantize(CENT, ROUND_HALF_UP) + CENT
    if indirect <= most:
        return []
    shown = f"{percent.normalize():f}"
    return [_("Indirect support costs are at most %(percent)s %% of direct costs.") % {"percent": shown}]


def _indicators(content: dict[str, Any]) -> list[str]:
    return [] if content["indicators"] else [_("Enter at least one indicator with its target.")]


def by_partner(content: dict[str, Any]) -> dict[str, Decimal]:
    """Return the sum of the budget lines of each partner that has any."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in content["budget"]:
        sums[line["partner"]] += Decimal(line["amount"])
    return dict(sums)


CHECKS: dict[str, Any] = {
    "summary": _summary,
    "route": _route,
    "objectives": _objectives,
    "places": _places,
    "context": _written("context", lambda: _("Describe the context.")),
    "approach": _written("approach", lambda: _("Describe the approach.")),
    "rights": _rights,
    "adverse_effects": _written("adverse_effects", lambda: _("State likely adverse effects and how they are limited.")),
    "disaggregation": _written("disaggregation", lambda: _("Say how figures will be broken down.")),
    "partnership": _partnership,
    "budget": _budget,
    "indicators": _indicators,
}
COMPULSORY = frozenset(CHECKS)


def state_of(section: str, content_of_section: dict[str, Any], missing: list[Gap]) -> str:
    """Return the task-list state of a section: done, current (begun) or todo (empty)."""
    begun = any(content_of_section.values())
    if not begun:
        return "todo"
    return "current" if any(gap.section == section for gap in missing) else "done"
