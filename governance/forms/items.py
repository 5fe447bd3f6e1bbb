"""Putting an item to the committee."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import KeyedForm
from alliance.core.numbers import FigureField
from alliance.core.widgets import DateTimeInput
from funds.models import Window
from governance.models import Decision, Session

DAYS_TO_VOTE = 14
CLOSING_HOUR = 16


def usual_deadline() -> Any:
    """Two weeks from now, in the afternoon of the fund's day."""
    return (clock.now() + timedelta(days=DAYS_TO_VOTE)).replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, session: Session) -> str:
        return session.name


class ItemForm(KeyedForm):
    """What every item has: when the vote closes, how it runs, the session that it belongs to."""

    closes_at = forms.DateTimeField(
        label=_("The vote closes at"),
        help_text=_("In the fund’s time zone (UTC)."),
        widget=DateTimeInput,
        initial=usual_deadline,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    procedure = forms.ChoiceField(
        label=_("Procedure"), choices=Decision.Procedure, initial=Decision.Procedure.VOTE, widget=forms.RadioSelect
    )
    session = SessionChoice(label=_("Session"), queryset=Session.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_come = Session.objects.filter(held_on__gte=clock.today())
        cast(SessionChoice, self.fields["session"]).queryset = to_come.order_by("held_on", "pk")


class TextForm(ItemForm):
    """A text for adoption."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("Text"),
        help_text=_("The committee adopts it as it stands here."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class TableForm(ItemForm):
    """A version of a proposal, with an amount for each window."""

    in_principle = forms.BooleanField(
        label=_("Approval in principle only"),
        help_text=_("A status without money: leave the amounts empty."),
        required=False,
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("One a line. Once approved they have to be met before money is released."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    note = forms.CharField(
        label=_("Note of the secretariat"),
        help_text=_("What members should know before they vote."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, windows: list[Window], proposed: dict[Window, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.windows = windows
        for window in windows:
            self.fields[self.field_of(window)] = FigureField(
                label=f"{window.code} – {window.name}",
                required=False,
                min_value=Decimal("0.00"),
                max_digits=18,
                decimal_places=2,
                initial=proposed.get(window),
            )

    @staticmethod
    def field_of(window: Window) -> str:
        return f"amount_{window.code.lower()}"

    @property
    def amount_fields(self) -> list[Any]:
        return [self[self.field_of(window)] for window in self.windows]

    @property
    def amounts(self) -> dict[Window, Decimal]:
        """The amounts typed, without the empty ones. After `is_valid`."""
        typed = {window: self.cleaned_data.get(self.field_of(window)) for window in self.windows}
        return {window: amount for window, amount in typed.items() if amount}
