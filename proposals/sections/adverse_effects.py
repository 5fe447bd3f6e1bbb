"""What could go wrong for people, and how that is limited."""

from django.utils.translation import gettext_lazy as _

from proposals.forms.fields import long_text
from proposals.sections.section import Section, SectionForm, no_tables, paragraphs_of, texts, written


class AdverseEffectsForm(SectionForm):
    adverse_effects = long_text(
        _("Adverse effects"),
        hint=_("Likely adverse effects, for instance on those without legal channels, and how they are limited."),
        rows=10,
        words=500,
    )


ADVERSE_EFFECTS = Section(
    key="adverse_effects",
    title=_("Adverse effects"),
    purpose=_("What could go wrong for people, and how that is limited."),
    form=AdverseEffectsForm,
    columns=("adverse_effects",),
    content=texts("adverse_effects"),
    gaps=written("adverse_effects", _("State likely adverse effects and how they are limited.")),
    paragraphs=paragraphs_of("adverse_effects"),
    tables=no_tables,
)
