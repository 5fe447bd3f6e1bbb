"""Sample forms: every kind of field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.core.widgets import DateInput, DateTimeInput, MoneyInput

WINDOWS = [("GEN", _("Unearmarked")), ("W1", _("Follow-up of Forum recommendations"))]
CHOICES = [("approve", _("Approve")), ("return", _("Return for changes")), ("abstain", _("Abstain"))]


class SampleForm(KeyedForm):
    """One field of each kind."""

    title = forms.CharField(
        label=_("Title"), help_text=_("Say in one line what will be different at the end."), max_length=120
    )
    amount = forms.DecimalField(label=_("Amount"), widget=MoneyInput, max_digits=18, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), choices=[("SEK", "SEK"), ("CHF", "CHF")])
    window = forms.ChoiceField(label=_("Funding window"), choices=WINDOWS, widget=forms.RadioSelect)
    pledged_on = forms.DateField(label=_("Date of the pledge"), widget=DateInput)
    closes_at = forms.DateTimeField(label=_("Closing time"), widget=DateTimeInput, required=False)
    summary = forms.CharField(
        label=_("Summary"), widget=forms.Textarea(attrs={"rows": 4, "data-words": "150"}), required=False
    )
    variables = forms.MultipleChoiceField(
        label=_("Disaggregation"),
        choices=[("sex", _("Sex")), ("education", _("Education"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(label=_("Document"), help_text=_("PDF, Word or Excel, up to 10 MB."), required=False)
    agreed = forms.BooleanField(label=_("The figures above are those of the signed agreement"))


class BallotSample(KeyedForm):
    """A ballot."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=CHOICES, widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class FilterSample(forms.Form):
    """A filter bar."""

    q = forms.CharField(label=_("Words"), required=False)
    window = forms.ChoiceField(label=_("Funding window"), choices=[("", _("All")), *WINDOWS], required=False)


class LineSample(forms.Form):
    """A line of a table that is filled in."""

    description = forms.CharField(label=_("Description"))
    amount = forms.DecimalField(label=_("Amount"), widget=MoneyInput)


LineSamples = forms.formset_factory(LineSample, extra=2)
