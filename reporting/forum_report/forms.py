"""What is asked for in a report."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.core.translated import LANGUAGES
from alliance.core.widgets import DateInput
from alliance.forum.models import Objective
from reporting.forum_report.scope import reportable


class ReportForm(forms.Form):
    """The meeting, the languages, and how far the report reaches."""

    summit = forms.ChoiceField(label=_("Meeting of the Forum"))
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        initial=list(LANGUAGES),
    )
    objective = forms.ChoiceField(label=_("Objective"), required=False)
    as_of = forms.DateField(
        label=_("Figures as of"),
        required=False,
        widget=DateInput,
        help_text=_("Leave empty for today, or the meeting’s last day."),
    )

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.fields["summit"].choices = [(one.code, f"{one.number}. {one.name}") for one in reportable()]  # type: ignore[attr-defined]
        objectives = [(one.code, f"{one.code} – {one.name}") for one in Objective.objects.order_by("number")]
        self.fields["objective"].choices = [("", _("All objectives")), *objectives]  # type: ignore[attr-defined]


class ScopeForm(forms.Form):
    """The same scope as a filter of the figures' page."""

    objective = forms.ChoiceField(label=_("Objective"), required=False)
    as_of = forms.DateField(label=_("Figures as of"), required=False, widget=DateInput)

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        objectives = [(one.code, f"{one.code} – {one.name}") for one in Objective.objects.order_by("number")]
        self.fields["objective"].choices = [("", _("All objectives")), *objectives]  # type: ignore[attr-defined]
