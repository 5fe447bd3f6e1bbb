"""The ballot card, and the small forms around a vote."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.pages.fields import reason_field
from governance import counting
from governance.models import Ballot, Decision


class BallotForm(KeyedForm):
    """The ballot card: a choice, and reasons where the choice needs them."""

    choice = forms.ChoiceField(label=_("Your vote"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("Needed to return or to object. Published with the outcome, after the close."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=4000,
    )

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["choice"]).choices = choices_of(decision)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") in counting.AGAINST and not cleaned.get("reasons", "").strip():
            self.add_error("reasons", _("Give your reasons: they are published with the outcome."))
        return cleaned


def choices_of(decision: Decision) -> list[tuple[str, Any]]:
    """The choices that this item leaves: conditions only where some were put, silence where silence is consent."""
    if decision.is_silent:
        return [(Ballot.Choice.OBJECT, Ballot.Choice.OBJECT.label)]
    return [
        (choice.value, choice.label)
        for choice in Ballot.Choice
        if choice != Ballot.Choice.APPROVE_WITH_CONDITIONS or decision.condition_list
    ]


class ReasonForm(KeyedForm):
    """Why an item is cancelled or deferred."""

    reason = reason_field(hint=_("It stays on record."), longest=2000)


class RecusalForm(KeyedForm):
    """A declaration of interest."""

    note = forms.CharField(
        label=_("Your interest in this decision"),
        help_text=_("For example: you advise a partner of the proposal. The record of the decision shows it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class ReceiptForm(forms.Form):
    """The code of a receipt, as typed by anybody."""

    code = forms.CharField(
        label=_("Receipt code"),
        help_text=_("It begins with BAL- and was shown when the ballot was cast."),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        return self.cleaned_data["code"].strip().upper()
