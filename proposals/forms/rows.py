"""Forms of several lines: a table of them, with a box to remove each."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class RowForm(forms.Form):
    """A line of a table of lines."""


class RowSet(forms.BaseFormSet):
    """Lines with a box to remove each. Lines left empty are left out."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")

    def kept(self) -> list[dict[str, Any]]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [{k: v for k, v in row.items() if k != "DELETE"} for row in rows if not row.get("DELETE")]


def row_set(
    form: type[RowForm], data: QueryDict | None, initial: list[dict[str, Any]], extra: int, **choices: Any
) -> RowSet:
    made = forms.formset_factory(form, formset=RowSet, extra=extra, can_delete=True, max_num=200, validate_max=True)
    return made(data, initial=initial, prefix="rows", form_kwargs={"choices": choices})  # type: ignore[return-value]


class CountryRow(RowForm):
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["country"].choices = choices["countries"]  # type: ignore[attr-defined]
