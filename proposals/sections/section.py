"""What a section is: a record of all that the portal asks of it, and the form that each section's own form extends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Text
from proposals.forms.fields import DraftForm
from proposals.forms.rows import RowSet
from proposals.models import Proposal
from proposals.sections.tables import Names, Rows, split_paragraphs

type Content = dict[str, Any]

EXTRA_ROWS = 2


class SectionForm(DraftForm):
    """A section's fields. `seen` is the token of the text that the person started from."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    rows: Any = None
    legend: ClassVar[Text] = ""

    def __init__(
        self,
        proposal: Proposal,
        data: QueryDict | None = None,
        *,
        token: str = "",
        extra: int = 0,
        search: str = "",
    ) -> None:
        self.proposal = proposal
        self.search = search.strip()
        super().__init__(data, initial={**self.stored(), "seen": token})
        self.rows = self.make_rows(data, EXTRA_ROWS + extra)

    def stored(self) -> dict[str, Any]:
        """Return what the draft holds for these fields."""
        return {name: getattr(self.proposal, name) for name in self.base_fields if hasattr(self.proposal, name)}

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet | None:
        return None

    def is_valid(self) -> bool:
        rows_valid = self.rows is None or self.rows.is_valid()
        if not rows_valid and self.is_bound and not self.non_field_errors():
            self.add_error(None, _("Some lines need attention: see below."))
        return super().is_valid() and rows_valid

    def values(self) -> dict[str, Any]:
        """Return what the operation saves."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the proposal, in full. All but the last two have to be said, also where it is nothing.

    `columns` are those of the draft that are saved as they are typed; rows of their own are saved by the operation.
    `content` gives what is frozen. `gaps` says what has to be done before submission: it looks at plain content and
    at nothing else. `paragraphs` and `tables` are how the content reads. Without a `form`, pages of its own fill it.
    """

    key: str
    title: Text
    purpose: Text
    form: type[SectionForm] | None
    columns: tuple[str, ...]
    content: Callable[[Proposal], Content]
    gaps: Callable[[Content], list[Text]]
    paragraphs: Callable[[Content, Names], Iterable[str]]
    tables: Callable[[Content, Names], Iterable[Rows]]
    is_optional: bool = False
    template: str = "proposals/section.html"


def texts(*columns: str) -> Callable[[Proposal], Content]:
    """Content: these columns of the draft, as they are."""
    return lambda proposal: {name: getattr(proposal, name) for name in columns}


def written(name: str, message: Text) -> Callable[[Content], list[Text]]:
    """Gaps: the message, while nothing is written there."""
    return lambda content: [] if str(content[name] or "").strip() else [message]


def nothing_missing(content: Content) -> list[Text]:
    """Gaps: none, whatever is written."""
    return []


def paragraphs_of(name: str) -> Callable[[Content, Names], Iterable[str]]:
    """Paragraphs: those of one text."""
    return lambda content, names: split_paragraphs(content[name])


def no_paragraphs(content: Content, names: Names) -> Iterable[str]:
    return ()


def no_tables(content: Content, names: Names) -> Iterable[Rows]:
    return ()
