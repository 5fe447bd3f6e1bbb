"""The countries whose governments take part, and the days."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.countries import country_choices
from alliance.core.errors import Text
from alliance.core.widgets import DateInput
from proposals.forms.fields import long_text
from proposals.forms.rows import CountryRow, RowSet, row_set
from proposals.models import Proposal
from proposals.sections.section import Content, Section, SectionForm, no_tables
from proposals.sections.tables import Names, split_paragraphs


class PlacesForm(SectionForm):
    """When, and with which governments: a line for each country."""

    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput)
    country_reason = long_text(
        _("Why no country"), hint=_("Only for a proposal that works with no government."), rows=3, required=False
    )
    legend: ClassVar[Text] = _("Countries whose governments take part")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        initial = [{"country": code} for code in self.proposal.countries]
        return row_set(CountryRow, data, initial, extra, countries=country_choices("—"))

    def values(self) -> dict[str, Any]:
        return {**super().values(), "countries": [row["country"] for row in self.rows.kept()]}


def content(proposal: Proposal) -> Content:
    return {
        "countries": list(proposal.countries),
        "country_reason": proposal.country_reason,
        "starts_on": proposal.starts_on.isoformat() if proposal.starts_on else None,
        "ends_on": proposal.ends_on.isoformat() if proposal.ends_on else None,
    }


def gaps(content: Content) -> list[Text]:
    missing: list[Text] = []
    if not content["countries"] and not content["country_reason"].strip():
        missing.append(_("Name the countries whose governments take part, or say why there is none."))
    if not content["starts_on"] or not content["ends_on"]:
        missing.append(_("Give the first and the last day."))
    return missing


def paragraphs(content: Content, names: Names) -> Iterator[str]:
    if content["countries"]:
        yield ", ".join(formats.country_name(code) for code in content["countries"])
    yield from split_paragraphs(content["country_reason"])
    if content["starts_on"] and content["ends_on"]:
        days = {name: formats.long_date(date.fromisoformat(content[name])) for name in ("starts_on", "ends_on")}
        yield gettext("From %(starts_on)s to %(ends_on)s") % days


PLACES = Section(
    key="places",
    title=_("Countries and dates"),
    purpose=_("Where, with which governments, and when."),
    form=PlacesForm,
    columns=("country_reason", "starts_on", "ends_on"),
    content=content,
    gaps=gaps,
    paragraphs=paragraphs,
    tables=no_tables,
)
