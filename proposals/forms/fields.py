"""Fields that several forms of this app share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm


class DraftForm(forms.Form):
    """A form that may be saved with gaps: what is compulsory is asked for later, when the whole is submitted.

    Its compulsory fields are not marked optional, and yet leaving one empty is no error here.
    """

    def full_clean(self) -> None:
        asked = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for name, field in self.fields.items():
            field.required = asked[name]


def long_text(
    label: Any, *, hint: Any = "", rows: int = 8, words: int | None = None, required: bool = True
) -> forms.CharField:
    """Return a field for paragraphs, with a live count when a length is asked for."""
    attributes: dict[str, Any] = {"rows": rows}
    if words:
        attributes["data-words"] = str(words)
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=20_000, widget=forms.Textarea(attrs=attributes)
    )


class ReasonForm(KeyedForm):
    """Why something is returned, refused or cancelled."""

    reason = long_text(_("Reason"), hint=_("The people concerned read these words."), rows=5)
