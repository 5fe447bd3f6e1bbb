"""Publishing a call for proposals."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.core.translated import FALLBACK, asked, columns
from alliance.people.models import OrganisationKind
from proposals.forms.fields import long_text

MOMENT = "%Y-%m-%dT%H:%M"


class MomentInput(forms.TextInput):
    """Day and hour in the zone named beside it, so never converted to another on the way."""

    input_type = "datetime-local"


class CallForm(KeyedForm):
    zone = forms.ChoiceField(label=_("Time zone"), help_text=_("In which the deadline is told."), initial="UTC")
    opens_at = forms.CharField(label=_("Opens"), widget=MomentInput)
    closes_at = forms.CharField(label=_("Closes"), widget=MomentInput)
    applicant_kinds = forms.MultipleChoiceField(
        label=_("Open to"), choices=OrganisationKind.choices, widget=forms.CheckboxSelectMultiple
    )

    field_order = ("key", *columns("title", "text"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        title = partial(forms.CharField, max_length=200)
        self.fields |= asked("title", title, _("Title in %(language)s"), required=[FALLBACK])
        self.fields |= asked("text", long_text, _("Text in %(language)s"), required=[FALLBACK])
        self.order_fields(self.field_order)
        zones = sorted(
            name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
        )
        self.fields["zone"].choices = [("UTC", "UTC"), *((name, name) for name in zones)]  # type: ignore[attr-defined]

    def _moment(self, name: str) -> datetime | None:
        """Return the moment in UTC, read in the chosen zone."""
        try:
            local = datetime.strptime(self.cleaned_data[name], MOMENT).replace(tzinfo=self._zone())
            return local.astimezone(UTC)
        except (ValueError, OverflowError):  # the first and the last day of all are not everywhere a day
            self.add_error(name, _("Enter a day and an hour."))
            return None

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data.get("zone") or "UTC")

    def clean(self) -> dict[str, Any]:
        for name in ("opens_at", "closes_at"):
            if name in self.cleaned_data:
                self.cleaned_data[name] = self._moment(name)
        return self.cleaned_data
