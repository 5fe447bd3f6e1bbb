"""Forms of the fund: is the input well formed, in words that say what to write instead."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.forms import KeyedForm
from alliance.pages.fields import reason_field
from alliance.people.models import Organisation
from funds.forms.fields import (
    AgencyField,
    AmountField,
    CurrencyField,
    DateField,
    DonorField,
    InstalmentField,
    PercentField,
    WindowField,
    check_precision,
)
from funds.models import Donor, DonorStage, DonorType, Fund, Pledge

INSTALMENTS = 12


class DonorsForm(KeyedForm):
    """A form on behalf of one of the donors that a person may act for; where there is one alone, it is not asked about."""

    donor = DonorField(label=_("Donor"), queryset=Donor.objects.none())

    def __init__(self, *args: Any, donors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(DonorField, self.fields["donor"]).queryset = donors
        if len(donors) == 1:
            self.fields["donor"].widget = forms.HiddenInput()
            self.fields["donor"].initial = donors[0]


class PledgeForm(DonorsForm):
    """A donor's promise in its own currency."""

    amount = AmountField(label=_("Amount"), help_text=_("In your own currency, for example 250 000 or 250000.50."))
    currency = CurrencyField(label=_("Currency"))
    window = WindowField(
        label=_("Window"),
        help_text=_(
            "Money is earmarked to a window and to nothing else. Unearmarked money goes where it is needed most."
        ),
    )
    pledged_on = DateField(
        label=_("Date of the pledge"), help_text=_("The day on which it was made; today or earlier.")
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("For example: subject to the approval of the parliament."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    event = forms.CharField(
        label=_("Event"),
        help_text=_("Where it was promised, for example a session of the Forum or a pledging conference."),
        required=False,
        max_length=200,
    )

    def clean(self) -> dict[str, Any]:
        check_precision(self, "amount", self.cleaned_data.get("currency"))
        return self.cleaned_data


class AgreementForm(KeyedForm):
    """A signed contribution agreement."""

    amount = AmountField(label=_("Amount"))
    currency = CurrencyField(label=_("Currency"))
    window = WindowField(label=_("Window"))
    signed_on = DateField(label=_("Signed on"))
    fee_percent = PercentField(
        label=_("Administrative agent fee, in per cent"),
        help_text=_("Taken from each deposit, rounded once per deposit to the cent."),
    )

    def __init__(self, *args: Any, donors: Any, pledge: Pledge | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pledge is None:
            self.fields["donor"] = DonorField(label=_("Donor"), queryset=donors)
            self.order_fields(["donor", *self.fields])
        else:
            cast(CurrencyField, self.fields["currency"]).choices = [
                (pledge.currency, f"{pledge.currency} – {formats.currency_name(pledge.currency)}")
            ]
            self.fields["currency"].help_text = _("A pledge is settled in its own currency.")

    def clean(self) -> dict[str, Any]:
        check_precision(self, "amount", self.cleaned_data.get("currency"))
        return self.cleaned_data


class InstalmentForm(forms.Form):
    """One instalment; a row left empty is none."""

    due_on = DateField(label=_("Due on"), required=False)
    amount = AmountField(label=_("Amount"), required=False)

    def clean(self) -> dict[str, Any]:
        due_on, amount = self.cleaned_data.get("due_on"), self.cleaned_data.get("amount")
        if not self.errors and bool(due_on) != bool(amount):
            self.add_error("amount" if due_on else "due_on", _("An instalment has a date and an amount."))
        return self.cleaned_data


InstalmentFormSet = forms.formset_factory(InstalmentForm, extra=3, max_num=INSTALMENTS, validate_max=True)


class DepositForm(KeyedForm):
    """Money that the bank shows as received. Checked first, posted after a look at rate, worth and fee."""

    amount = AmountField(
        label=_("Amount received"), help_text=_("As on the bank's statement, in the currency it came in.")
    )
    currency = CurrencyField(label=_("Currency"))
    received_on = DateField(
        label=_("Received on"), help_text=_("The day of the bank's credit; it decides the rate of exchange.")
    )
    bank_reference = forms.CharField(label=_("Bank's reference"), max_length=80, required=False)
    rate = AmountField(
        label=_("Rate given by the bank"),
        required=False,
        help_text=_("Units of the currency for one US dollar. Leave empty to use the table's rate of the day."),
    )
    rate_source = forms.CharField(label=_("Source of that rate"), max_length=200, required=False)

    def __init__(
        self, *args: Any, donors: Any = None, instalments: Any = None, agencies: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if agencies:
            self.fields["paying_agency"] = AgencyField(
                label=_("Paying agency"), queryset=agencies, required=False, empty_label=_("The donor itself")
            )
        if instalments:
            self.fields["instalment"] = InstalmentField(
                label=_("Instalment"),
                queryset=instalments,
                required=False,
                empty_label=_("The next one that is not paid"),
                help_text=_("What is more than the instalment runs on to the next."),
            )
            self.order_fields(["amount", "currency", "instalment", *self.fields])
        if donors is not None:
            self.fields["donor"] = DonorField(label=_("Donor"), queryset=donors)
            self.fields["window"] = WindowField(label=_("Window"))
            self.order_fields(["donor", "window", *self.fields])

    def clean(self) -> dict[str, Any]:
        check_precision(self, "amount", self.cleaned_data.get("currency"))
        if self.cleaned_data.get("rate") and not self.cleaned_data.get("rate_source"):
            self.add_error("rate_source", _("Say where this rate comes from."))
        return self.cleaned_data


class ReasonForm(KeyedForm):
    """An act that needs its reason."""

    why = reason_field()


class DayForm(KeyedForm):
    """An act that needs its day."""

    on = DateField(label=_("Date"))


class PayForm(KeyedForm):
    """That an authorised payment was made."""

    on = DateField(label=_("Paid on"), help_text=_("The day of the bank's debit."))
    bank_reference = forms.CharField(label=_("Bank's reference"), max_length=80, required=False)


class StatusForm(KeyedForm):
    """Another status, with the reason for it."""

    status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Reason"),
        help_text=_("For example the decision it follows from."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(row._meta.get_field("status").choices)
        targets = [move.target for move in row.TRANSITIONS.values() if row.status in move.sources]
        cast(forms.ChoiceField, self.fields["status"]).choices = [(target, labels[target]) for target in targets]


class FundStatusForm(StatusForm):
    """Another status of the fund, and its day where that may be an earlier one than today."""

    on = DateField(
        label=_("From"),
        help_text=_(
            "Today. The day of its approval or establishment may be an earlier one; no money of a day before it was established is taken."
        ),
    )

    def __init__(self, *args: Any, row: Fund, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if not any(row.TRANSITIONS[verb].target in Fund.ENTERED_LATE for verb in row.verbs):
            del self.fields["on"]


class FundingRequestForm(KeyedForm):
    """How much funding is requested in all, and how much of it from the trustee's own money."""

    requested_on = DateField(label=_("Requested on"))
    total = AmountField(label=_("Total funding requested, in US dollars"))
    seed_capital = AmountField(label=_("Of which seed capital of the trustee, in US dollars"))
    note = forms.CharField(
        label=_("Document or decision"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        check_precision(self, "total", "USD")
        check_precision(self, "seed_capital", "USD")
        return self.cleaned_data


class TrusteeForm(KeyedForm):
    """Which organisation becomes the trustee, from when, under which agreement and for which fee."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.order_by("name_en", "pk")
    )
    agreement = forms.CharField(
        label=_("Agreement"), help_text=_("The agreement’s name, date and reference."), max_length=300
    )
    starts_on = DateField(label=_("Trustee from"), help_text=_("The term that runs ends the day before."))
    fee_percent = PercentField(
        label=_("Administrative agent fee, in per cent"),
        help_text=_("Proposed for agreements signed from that day on; those signed before keep theirs."),
    )


class RateForm(KeyedForm):
    """A rate of exchange with its source."""

    currency = CurrencyField(label=_("Currency"))
    on = DateField(label=_("From"), help_text=_("Used from this day on until a newer one, for 45 days at most."))
    units_per_usd = AmountField(label=_("Units for one US dollar"))
    source = forms.CharField(label=_("Source"), max_length=200)


class DonorForm(KeyedForm):
    """An organisation that becomes a donor."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.filter(donor=None).order_by("name_en", "pk")
    )
    donor_type = forms.ChoiceField(label=_("Type"), choices=DonorType, widget=forms.RadioSelect)


class StageForm(KeyedForm):
    """Where in the pipeline a donor stands, as far as it is set by hand."""

    stage = forms.ChoiceField(label=_("Stage"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, donor: Donor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = [donor.TRANSITIONS[verb] for verb in donor.BY_HAND]
        cast(forms.ChoiceField, self.fields["stage"]).choices = [
            (move.target, DonorStage(move.target).label) for move in moves if donor.stage in move.sources
        ]

    @property
    def offers_a_choice(self) -> bool:
        return bool(cast(forms.ChoiceField, self.fields["stage"]).choices)
