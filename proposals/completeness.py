"""What is missing before a proposal can be submitted. Pure: it looks at plain content and at nothing else."""

from decimal import Decimal
from typing import NamedTuple

from proposals.sections import SECTIONS
from proposals.sections.budget import BUDGET, indirect_gaps
from proposals.sections.section import Content


class Gap(NamedTuple):
    """A section, and what has to be done in it."""

    section: str
    message: str


def gaps(content: Content, *, indirect_percent: Decimal = Decimal(7)) -> list[Gap]:
    """Return everything that stands between this content and its submission, in the order of the sections."""
    found = [Gap(key, str(message)) for key, section in SECTIONS.items() for message in section.gaps(content)]
    return found + [Gap(BUDGET.key, str(message)) for message in indirect_gaps(content, indirect_percent)]


def state_of(section: str, content_of_section: Content, missing: list[Gap]) -> str:
    """Return the task-list state of a section: done, current (begun) or todo (empty)."""
    begun = any(content_of_section.values())
    if not begun:
        return "todo"
    return "current" if any(gap.section == section for gap in missing) else "done"
