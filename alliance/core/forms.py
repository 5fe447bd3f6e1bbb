"""Forms that know their act: a key made when the form is shown makes sending it twice harmless."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms

from alliance.core.errors import DomainError, NotAllowed


def new_key() -> str:
    return uuid4().hex


class KeyedForm(forms.Form):
    """A form for one act. Its hidden `key` travels to the operation (D8)."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=new_key)

    def arguments(self) -> dict[str, Any]:
        """Return what the form gives its operation: one whose fields are not the operation's arguments says so here."""
        return dict(self.cleaned_data)


def attempt[T](form: forms.BaseForm, operation: Callable[..., T], **arguments: Any) -> T | None:
    """Call the operation; put its refusal back into the form and return None.

    NotAllowed is not about the input: it goes on, and becomes a 403.
    """
    try:
        return operation(**arguments)
    except NotAllowed:
        raise
    except DomainError as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.message))
        return None
