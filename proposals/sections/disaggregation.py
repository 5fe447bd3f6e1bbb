"""By what figures will be broken down."""

from django.utils.translation import gettext_lazy as _

from proposals.forms.fields import long_text
from proposals.sections.section import Section, SectionForm, no_tables, paragraphs_of, texts, written


class DisaggregationForm(SectionForm):
    disaggregation = long_text(
        _("Disaggregation of figures"),
        hint=_("By which variables, from which sources, and how small groups are protected."),
        rows=8,
        words=300,
    )


DISAGGREGATION = Section(
    key="disaggregation",
    title=_("Disaggregation of figures"),
    purpose=_("By what figures will be broken down: sex, education, age and others. Ethnic origin is never required."),
    form=DisaggregationForm,
    columns=("disaggregation",),
    content=texts("disaggregation"),
    gaps=written("disaggregation", _("Say how figures will be broken down.")),
    paragraphs=paragraphs_of("disaggregation"),
    tables=no_tables,
)
