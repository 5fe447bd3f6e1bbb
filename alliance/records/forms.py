"""How a person wants to be told by mail."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Text

PACES = [("at_once", _("At once")), ("daily", _("Once a day, in the morning"))]


class MailForm(forms.Form):
    """The pace, and the kinds that are wanted: of those that the person was told of so far."""

    pace = forms.ChoiceField(label=_("When"), choices=PACES, widget=forms.RadioSelect)
    wanted = forms.MultipleChoiceField(
        label=_("Which notices you want by mail"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, kinds: Collection[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = kinds  # type: ignore[attr-defined]
        if not kinds:
            del self.fields["wanted"]
