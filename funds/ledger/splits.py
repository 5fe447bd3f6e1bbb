"""How projects' figures are split by whose money it is, and carried forward."""

from collections.abc import Iterator

from funds.ledger.shares import BY_SOURCE, portions_by_source
from funds.ledger.snapshots import Basis, ProjectPart, splits


@splits(BY_SOURCE)
def by_source(basis: Basis) -> Iterator[ProjectPart]:
    """Split the figures of the projects to read anew by whose money it is."""
    for project, parts in portions_by_source(basis.changed, basis.day).items():
        for source, portion in parts.items():
            yield ProjectPart(str(source), project, *portion)
