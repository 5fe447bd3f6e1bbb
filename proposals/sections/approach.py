"""What will be done, and why this way."""

from django.utils.translation import gettext_lazy as _

from proposals.forms.fields import long_text
from proposals.sections.section import Section, SectionForm, no_tables, paragraphs_of, texts, written


class ApproachForm(SectionForm):
    approach = long_text(_("Approach"), hint=_("At most 1,000 words."), rows=16, words=1000)


APPROACH = Section(
    key="approach",
    title=_("Approach"),
    purpose=_("What will be done, and why this way."),
    form=ApproachForm,
    columns=("approach",),
    content=texts("approach"),
    gaps=written("approach", _("Describe the approach.")),
    paragraphs=paragraphs_of("approach"),
    tables=no_tables,
)
