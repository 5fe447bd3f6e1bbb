"""The content of a proposal as plain values, section by section, and the canonical text that a version freezes.

Organisations, objectives, recommendations and categories go in by their public code, people by their opaque
id, amounts and numbers as strings: the text stays readable without this database.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from alliance.access import holders
from alliance.register.canonical import canonical, digest_of
from proposals.models import Proposal

FORMAT = "proposal/1"
type Content = dict[str, Any]


def _texts(*names: str) -> Callable[[Proposal], Content]:
    return lambda proposal: {name: getattr(proposal, name) for name in names}


def _route(proposal: Proposal) -> Content:
    codes = proposal.recommendations.order_by("recommendation__code").values_list("recommendation__code", flat=True)
    return {"recommendations": list(codes), "coherence_justification": proposal.coherence_justification}


def _objectives(proposal: Proposal) -> Content:
    rows = proposal.objectives.order_by("objective__code").values_list("objective__code", "percent", "is_main")
    served = {"objectives": [{"code": code, "percent": percent, "is_main": main} for code, percent, main in rows]}
    return served | (
        {"themes": list(proposal.themes)} if proposal.themes else {}
    )  # absent, as from before there were any


def _places(proposal: Proposal) -> Content:
    return {
        "countries": list(proposal.countries),
        "country_reason": proposal.country_reason,
        "starts_on": proposal.starts_on.isoformat() if proposal.starts_on else None,
        "ends_on": proposal.ends_on.isoformat() if proposal.ends_on else None,
    }


def _partnership(proposal: Proposal) -> Content:
    rows = proposal.partners.order_by("-is_lead", "organisation__slug").values_list(
        "organisation__slug", "is_lead", "tasks", "share"
    )
    partners = [
        {"organisation": slug, "is_lead": lead, "tasks": tasks, "share": format(share, "f")}
        for slug, lead, tasks, share in rows
    ]
    return {"partners": partners, "partnership": proposal.partnership}


def _budget(proposal: Proposal) -> Content:
    lines = proposal.budget_lines.select_related("partner", "category").order_by("position")
    return {
        "budget": [
            {
                "partner": line.partner.slug,
                "year": line.year,
                "category_version": line.category.version,
                "category": line.category.code,
                "is_indirect": line.category.is_indirect,
                "description": line.description,
                "amount": format(line.amount, "f"),
            }
            for line in lines
        ]
    }


def _indicators(proposal: Proposal) -> Content:
    return {
        "indicators": [
            {
                "statement": row.statement,
                "unit": row.unit,
                "baseline": None if row.baseline is None else format(row.baseline, "f"),
                "target": format(row.target, "f"),
                "disaggregation": sorted(row.disaggregation),
            }
            for row in proposal.indicators.order_by("position")
        ]
    }


def _documents(proposal: Proposal) -> Content:
    rows = proposal.attachments.select_related("file").order_by("pk")
    return {
        "attachments": [
            {
                "title": row.title,
                "file": str(row.file.uid),
                "name": row.file.name,
                "sha256": row.file.sha256,
                "size": row.file.size,
            }
            for row in rows
        ]
    }


PARTS: dict[str, Callable[[Proposal], Content]] = {
    "summary": _texts("title", "summary"),
    "route": _route,
    "objectives": _objectives,
    "places": _places,
    "context": _texts("context"),
    "approach": _texts("approach"),
    "rights": _texts("rights_and_welfare", "rights_marker"),
    "adverse_effects": _texts("adverse_effects"),
    "disaggregation": _texts("disaggregation"),
    "partnership": _partnership,
    "budget": _budget,
    "indicators": _indicators,
    "sustainability": _texts("sustainability"),
    "documents": _documents,
}


def part(proposal: Proposal, section: str) -> Content:
    """Return what one section holds now."""
    return PARTS[section](proposal)


def token(proposal: Proposal, section: str) -> str:
    """Return a short digest of the section as it stands: two tabs notice each other by it."""
    return token_of(part(proposal, section))


def token_of(content: Content) -> str:
    return digest_of(canonical(content))[:16]


def all_parts(proposal: Proposal) -> dict[str, Content]:
    """Return what every section holds now, by its key."""
    return {section: gather_part(proposal) for section, gather_part in PARTS.items()}


def gather(proposal: Proposal, parts: dict[str, Content] | None = None) -> Content:
    """Return the whole content, with who wrote it. `parts`, when they have been read already, are not read again."""
    content: Content = {
        "format": FORMAT,
        "reference": proposal.reference,
        "kind": proposal.kind,
        "applicant": proposal.applicant.slug,
        "applicant_kind": proposal.applicant.kind,
        "call": proposal.call.reference if proposal.call else None,
        "contributors": sorted(person.uid.hex for person in contributors(proposal)),
    }
    for held in (parts or all_parts(proposal)).values():
        content.update(held)
    return content


def contributors(proposal: Proposal) -> list[Any]:
    """Return who writes this proposal by name: its author and the co-authors invited (R7)."""
    invited = [person for person in holders(proposal, "change_proposal") if person.pk != proposal.created_by_id]
    return [proposal.created_by, *sorted(invited, key=lambda person: person.pk)]


def freeze(content: Content) -> tuple[str, str]:
    """Return the canonical text and its digest."""
    text = canonical(content)
    return text, digest_of(text)


def requested(content: Content) -> Decimal:
    """Return the sum of the budget lines, in the fund's currency."""
    return sum((Decimal(line["amount"]) for line in content["budget"]), Decimal("0.00"))
