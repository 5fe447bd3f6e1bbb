"""The situation that the proposal answers."""

from django.utils.translation import gettext_lazy as _

from proposals.forms.fields import long_text
from proposals.sections.section import Section, SectionForm, no_tables, paragraphs_of, texts, written


class ContextForm(SectionForm):
    context = long_text(_("Context"), hint=_("At most 600 words."), rows=12, words=600)


CONTEXT = Section(
    key="context",
    title=_("Context"),
    purpose=_("The situation that the proposal answers."),
    form=ContextForm,
    columns=("context",),
    content=texts("context"),
    gaps=written("context", _("Describe the context.")),
    paragraphs=paragraphs_of("context"),
    tables=no_tables,
)
