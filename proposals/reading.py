"""A proposal's content made readable: sections with paragraphs and tables, names in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from proposals.comparison import Change, change
from proposals.models import ProposalVersion
from proposals.sections import SECTIONS
from proposals.sections.section import Content
from proposals.sections.tables import Names, Rows


@dataclass(frozen=True)
class Reading:
    """A section as it reads."""

    key: str
    title: str
    paragraphs: list[str]
    tables: list[Rows] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.paragraphs and not self.tables


def read(content: Content, names: Names) -> list[Reading]:
    """Return every section of the content, in order."""
    return [
        Reading(key, str(section.title), list(section.paragraphs(content, names)), list(section.tables(content, names)))
        for key, section in SECTIONS.items()
    ]


def read_version(version: ProposalVersion) -> list[Reading]:
    return read(version.parsed, Names([version.parsed]))


def compared(old: ProposalVersion, new: ProposalVersion) -> list[Change]:
    """Return what changed between two versions, section by section."""
    names = Names([old.parsed, new.parsed])
    before = {reading.key: reading for reading in read(old.parsed, names)}
    return [
        change(reading.title, list(_flat(before[reading.key])), list(_flat(reading)))
        for reading in read(new.parsed, names)
    ]


def contributors(version: ProposalVersion) -> list[str]:
    """Return the names of those who wrote the version (R7)."""
    names = Names([version.parsed]).people
    return [names[uid] for uid in version.parsed["contributors"] if uid in names]


def _flat(reading: Reading) -> Iterator[str]:
    yield from reading.paragraphs
    for table in reading.tables:
        for line in table.lines:
            yield " · ".join(cell for cell in line if cell)
