"""How migrants' rights are protected and their welfare safeguarded, and how far they are an aim."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Text
from proposals.forms.fields import long_text
from proposals.models import RightsMarker
from proposals.sections.section import Content, Section, SectionForm, no_tables, texts
from proposals.sections.tables import Names, split_paragraphs


class RightsForm(SectionForm):
    rights_and_welfare = long_text(
        _("Rights and welfare"),
        hint=_("Which rights are concerned, what protects them, and who looks after people’s welfare."),
        rows=10,
        words=500,
    )
    rights_marker = forms.TypedChoiceField(
        label=_("Rights and welfare marker"),
        help_text=_("How far migrants’ rights and welfare are an aim of the proposal. The secretariat checks it."),
        choices=RightsMarker,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )


def gaps(content: Content) -> list[Text]:
    missing: list[Text] = []
    if not content["rights_and_welfare"].strip():
        missing.append(_("Say how migrants’ rights are protected and their welfare safeguarded."))
    if content["rights_marker"] is None:
        missing.append(_("Choose the rights and welfare marker."))
    return missing


def paragraphs(content: Content, names: Names) -> Iterator[str]:
    yield from split_paragraphs(content["rights_and_welfare"])
    if content["rights_marker"] is not None:
        yield gettext("Marker: %(marker)s") % {"marker": RightsMarker(content["rights_marker"]).label}


RIGHTS = Section(
    key="rights",
    title=_("Rights and welfare"),
    purpose=_(
        "How migrants’ rights are protected and their welfare safeguarded. The committee decides on no proposal without it."
    ),
    form=RightsForm,
    columns=("rights_and_welfare", "rights_marker"),
    content=texts("rights_and_welfare", "rights_marker"),
    gaps=gaps,
    paragraphs=paragraphs,
    tables=no_tables,
)
