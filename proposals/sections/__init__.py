"""The sections of a proposal, one module each: its form, what it freezes, what is missing from it, how it reads.

A section ends in a record (`section.Section`) that says all of it. The list below is their order, on pages and in a
version. What works on every section walks the list: `proposals.content` freezes, `completeness` says what is missing,
`reading` shows, `views.sections` writes, `operations.drafts` saves. A new section is a module here, its line in the list,
and its columns in `models`; rows of its own also need a line in `operations.drafts`, and an unusual page a template.
"""

from proposals.sections.adverse_effects import ADVERSE_EFFECTS
from proposals.sections.approach import APPROACH
from proposals.sections.budget import BUDGET
from proposals.sections.context import CONTEXT
from proposals.sections.disaggregation import DISAGGREGATION
from proposals.sections.documents import DOCUMENTS
from proposals.sections.indicators import INDICATORS
from proposals.sections.objectives import OBJECTIVES
from proposals.sections.partnership import PARTNERSHIP
from proposals.sections.places import PLACES
from proposals.sections.rights import RIGHTS
from proposals.sections.route import ROUTE
from proposals.sections.section import Section
from proposals.sections.summary import SUMMARY
from proposals.sections.sustainability import SUSTAINABILITY

_IN_ORDER = (
    SUMMARY,
    ROUTE,
    OBJECTIVES,
    PLACES,
    CONTEXT,
    APPROACH,
    RIGHTS,
    ADVERSE_EFFECTS,
    DISAGGREGATION,
    PARTNERSHIP,
    BUDGET,
    INDICATORS,
    SUSTAINABILITY,
    DOCUMENTS,
)
SECTIONS: dict[str, Section] = {section.key: section for section in _IN_ORDER}
