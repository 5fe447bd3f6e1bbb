"""The content of a proposal as plain values, section by section, and the canonical text that a version freezes.

Organisations, objectives, recommendations and categories go in by their public code, people by their opaque
id, amounts and numbers as strings: the text stays readable without this database.
"""

from typing import Any

from alliance.access import holders
from alliance.register.canonical import canonical, digest_of
from proposals.models import Proposal
from proposals.sections import SECTIONS
from proposals.sections.section import Content

FORMAT = "proposal/1"


def part(proposal: Proposal, section: str) -> Content:
    """Return what one section holds now."""
    return SECTIONS[section].content(proposal)


def token(proposal: Proposal, section: str) -> str:
    """Return a short digest of the section as it stands: two tabs notice each other by it."""
    return token_of(part(proposal, section))


def token_of(content: Content) -> str:
    return digest_of(canonical(content))[:16]


def all_parts(proposal: Proposal) -> dict[str, Content]:
    """Return what every section holds now, by its key."""
    return {key: section.content(proposal) for key, section in SECTIONS.items()}


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
