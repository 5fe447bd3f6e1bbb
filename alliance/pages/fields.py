"""Fields that forms of every app ask for: a reason, a document."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.records.uploads import ACCEPT


def reason_field(*, hint: Any = "", rows: int = 3, longest: int = 1000) -> forms.CharField:
    """Return the field of an act that needs its reason."""
    return forms.CharField(
        label=_("Reason"), help_text=hint, max_length=longest, widget=forms.Textarea(attrs={"rows": rows})
    )


def upload_field(label: Any, *, hint: Any = "", required: bool = True) -> forms.FileField:
    """Return a field for one document, of the kinds that the portal keeps."""
    widget = forms.ClearableFileInput(attrs={"accept": ACCEPT})
    return forms.FileField(label=label, help_text=hint, required=required, widget=widget)


def title_field() -> forms.CharField:
    """Return the field of a document's title; without one, the file's name serves."""
    return forms.CharField(label=_("Title of the document"), max_length=200, required=False)
