"""What sections read with: small tables, paragraphs, and the names behind the content's codes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from alliance.forum.models import Objective, Recommendation, Theme
from alliance.people.models import Organisation, User
from proposals.models import BudgetCategory


@dataclass(frozen=True)
class Rows:
    """A small table: headers, lines, and a line of totals when there is one. `numbers` are the columns of figures."""

    caption: str
    headers: list[str]
    lines: list[list[str]]
    total: list[str] = field(default_factory=list)
    numbers: frozenset[int] = frozenset()

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each column's header, and whether it holds figures."""
        return [(header, place in self.numbers) for place, header in enumerate(self.headers)]


class Names:
    """Names of what the content gives as codes, each kind read once."""

    def __init__(self, contents: Iterable[dict[str, Any]]) -> None:
        contents = list(contents)
        slugs = {content["applicant"] for content in contents}
        slugs |= {item["organisation"] for content in contents for item in content["partners"]}
        codes = {code for content in contents for code in content["recommendations"]}
        themes = {code for content in contents for code in content.get("themes", ())}
        people = {uid for content in contents for uid in content["contributors"]}
        self.organisations = {row.slug: row.name for row in Organisation.objects.filter(slug__in=slugs)}
        self.recommendations = {row.code: row.text for row in Recommendation.objects.filter(code__in=codes)}
        self.objectives = {row.code: row.name for row in Objective.objects.all()}
        self.themes = {row.code: row.name for row in Theme.objects.filter(code__in=themes)} if themes else {}
        self.categories = {(row.version, row.code): str(row) for row in BudgetCategory.objects.all()}
        self.people = {row.uid.hex: row.name for row in User.objects.filter(uid__in=people)}


def split_paragraphs(text: str) -> list[str]:
    return [piece.strip() for piece in text.splitlines() if piece.strip()]
