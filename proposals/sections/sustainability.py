"""What stays when the money has been spent."""

from django.utils.translation import gettext_lazy as _

from proposals.forms.fields import long_text
from proposals.sections.section import Section, SectionForm, no_tables, nothing_missing, paragraphs_of, texts


class SustainabilityForm(SectionForm):
    sustainability = long_text(_("Sustainability"), rows=8, words=300, required=False)


SUSTAINABILITY = Section(
    key="sustainability",
    title=_("Sustainability"),
    purpose=_("What stays when the money has been spent."),
    form=SustainabilityForm,
    columns=("sustainability",),
    content=texts("sustainability"),
    gaps=nothing_missing,
    paragraphs=paragraphs_of("sustainability"),
    tables=no_tables,
    is_optional=True,
)
