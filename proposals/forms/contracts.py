"""A contract's terms, and the small acts of a project at work."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.core.numbers import FigureField
from alliance.core.widgets import DateInput
from proposals.forms.fields import long_text
from proposals.terms import ReportTerms, Terms, TrancheTerms

EXTRA_ROWS = 2


class ReportRow(forms.Form):
    period_from = forms.DateField(label=_("Period from"), widget=DateInput)
    period_to = forms.DateField(label=_("to"), widget=DateInput)
    due_on = forms.DateField(label=_("Due on"), widget=DateInput)


class TrancheRow(forms.Form):
    amount = FigureField(label=_("Amount (USD)"), min_value=Decimal("0.01"), max_digits=18)
    due_on = forms.DateField(label=_("Due on"), widget=DateInput)
    report = forms.IntegerField(label=_("After report number"), required=False, min_value=1)


def rows_of(
    form: type[forms.Form], prefix: str, data: QueryDict | None, initial: list[dict[str, Any]]
) -> forms.BaseFormSet:
    made = forms.formset_factory(form, extra=EXTRA_ROWS, can_delete=True, max_num=60, validate_max=True)
    formset = made(data, initial=initial, prefix=prefix)
    for row in formset.forms:
        row.fields["DELETE"].label = _("Remove")
    return formset


def kept(formset: forms.BaseFormSet) -> list[dict[str, Any]]:
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return [{name: value for name, value in row.items() if name != "DELETE"} for row in rows]


class ContractForm(KeyedForm):
    """The three parts that R63 asks for, amount and dates; reports due and tranches in lines below."""

    objectives = long_text(_("Objectives"), rows=6)
    tasks = long_text(_("Nature of the tasks"), rows=8)
    expected_results = long_text(_("Expected results"), rows=6)
    amount = FigureField(label=_("Amount (USD)"), min_value=Decimal("0.01"), max_digits=18)
    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput)

    def __init__(self, data: QueryDict | None, *, terms: Terms) -> None:
        names = ("objectives", "tasks", "expected_results", "amount", "starts_on", "ends_on")
        super().__init__(data, initial={name: getattr(terms, name) for name in names})
        reports = [vars_of(row, "period_from", "period_to", "due_on") for row in terms.reports]
        tranches = [vars_of(row, "amount", "due_on", "report") for row in terms.tranches]
        self.reports = rows_of(ReportRow, "reports", data, reports)
        self.tranches = rows_of(TrancheRow, "tranches", data, tranches)

    def is_valid(self) -> bool:
        rows_valid = self.reports.is_valid() and self.tranches.is_valid()
        if self.is_bound and not rows_valid and not self.non_field_errors():
            self.add_error(None, _("Some lines need attention: see below."))
        return super().is_valid() and rows_valid

    def arguments(self) -> dict[str, Any]:
        return {"terms": self.terms(), "key": self.cleaned_data["key"]}

    def terms(self) -> Terms:
        values = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return Terms(
            **values,
            reports=[ReportTerms(**row) for row in kept(self.reports)],
            tranches=[TrancheTerms(**row) for row in kept(self.tranches)],
        )


def vars_of(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


class EvidenceForm(KeyedForm):
    evidence = long_text(_("How the condition was met"), rows=4)


class SignForm(KeyedForm):
    is_read = forms.BooleanField(label=_("I have read this contract and sign it for my side."))

    def arguments(self) -> dict[str, Any]:
        return {"key": self.cleaned_data["key"]}


class LanguageForm(forms.Form):
    """The language in which the contract's document is asked for."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
