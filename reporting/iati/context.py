"""What is read once for a file: the fund and its name, who there is, and what is named by codes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from alliance.core import clock, translated
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import Organisation, OrganisationKind
from alliance.register.knowledge import checkpoint
from funds.models import Fund, TrusteeTerm
from reporting.iati import codes
from reporting.iati.shape import Head, Party, Text


class Known:
    """All of it, read when it is made."""

    def __init__(self) -> None:
        self.fund = Fund.objects.the()
        self.today = clock.today()
        self.mark = said(_mark) if clock.is_demonstration() else ()
        self.head = self._head()
        self.parties = {row.slug: party(row) for row in Organisation.objects.order_by("pk").iterator()}
        self.terms = list(TrusteeTerm.objects.for_list())
        self.objectives = {row.code: row for row in Objective.objects.order_by("number")}
        self.recommendations = {row.code: in_each(row, "text") for row in Recommendation.objects.order_by("code")}

    def _head(self) -> Head:
        """Date the files by what they are of: by the newest entry, or by the day once it has begun after that."""
        name = marked(self.mark, in_each(self.fund))
        at = max(checkpoint().at, datetime.combine(self.today, time.min, UTC))
        return Head(at, self.fund.currency, Party(name[0][1], codes.MULTILATERAL, codes.publisher()), name)

    @property
    def of_fund(self) -> Party:
        return self.head.reporter._replace(activity=codes.fund_id())

    def trustee(self, day: date) -> Party | None:
        """Return the trustee of a day."""
        held = (one for one in self.terms if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on))
        return next((self.parties[one.organisation.slug] for one in held), None)


def _mark() -> str:
    return _("[Demonstration]")


def said(words: Callable[[], Any]) -> Text:
    """Return a text of ours in each language."""
    return tuple(translated.said(words).items())


def in_each(row: Any, field: str = "name") -> Text:
    """Return a row's text in each language that it has."""
    return tuple(translated.texts(row, field).items())


def marked(mark: Text, text: Text) -> Text:
    """Return the text behind the mark that a demonstration bears."""
    marks = dict(mark)
    return tuple((language, f"{marks[language]} {words}" if marks else words) for language, words in text)


def party(row: Organisation) -> Party:
    kind = codes.ORGANISATION_TYPES.get(row.kind, "90")
    if row.kind == OrganisationKind.CIVIL_SOCIETY and row.country:
        kind = codes.NATIONAL_NGO
    return Party(translated.english(row), kind, row.iati_id)
