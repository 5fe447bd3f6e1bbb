"""The title and the summary."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Text
from proposals.forms.fields import long_text
from proposals.sections.section import Content, Section, SectionForm, no_tables, texts
from proposals.sections.tables import Names, split_paragraphs


class SummaryForm(SectionForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    summary = long_text(_("Summary"), hint=_("At most 300 words. It is what most readers will read."), words=300)


def gaps(content: Content) -> list[Text]:
    missing: list[Text] = []
    if not content["title"].strip():
        missing.append(_("Give the proposal a title."))
    if not content["summary"].strip():
        missing.append(_("Write a summary."))
    return missing


def paragraphs(content: Content, names: Names) -> Iterator[str]:
    yield from filter(None, [content["title"]])
    yield from split_paragraphs(content["summary"])


SUMMARY = Section(
    key="summary",
    title=_("Title and summary"),
    purpose=_("What is proposed, in words that anyone understands."),
    form=SummaryForm,
    columns=("title", "summary"),
    content=texts("title", "summary"),
    gaps=gaps,
    paragraphs=paragraphs,
    tables=no_tables,
)
