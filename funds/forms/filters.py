"""What lists are narrowed by, in their addresses: windows, days, states, people."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.pages.filters import with_all
from alliance.people.models import User
from funds.forms.donors import secretariat
from funds.forms.fields import DateField, DonorField, NamedChoice
from funds.models import (
    AgreementState,
    Donor,
    DonorStage,
    DonorType,
    NonCashKind,
    NonCashState,
    PaymentState,
    PledgeState,
    VoucherKind,
    VoucherState,
    Window,
)


class ContributionFilter(forms.Form):
    """What every list of contributions filters by, in its address."""

    window = NamedChoice(
        label=_("Window"),
        queryset=Window.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("To"), required=False)


class PledgeFilter(ContributionFilter):
    state = forms.ChoiceField(label=_("State"), choices=lambda: with_all(PledgeState), required=False)


class AgreementFilter(ContributionFilter):
    state = forms.ChoiceField(label=_("State"), choices=lambda: with_all(AgreementState), required=False)


class PaymentFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=lambda: with_all(PaymentState), required=False)
    since = DateField(label=_("Paid from"), required=False)
    until = DateField(label=_("Paid until"), required=False)


class DonorFilter(forms.Form):
    called = forms.CharField(label=_("Name"), max_length=200, required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=lambda: with_all(DonorStage), required=False)
    donor_type = forms.ChoiceField(label=_("Type"), choices=lambda: with_all(DonorType), required=False)


class NonCashFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: with_all(NonCashKind), required=False)
    state = forms.ChoiceField(label=_("State"), choices=lambda: with_all(NonCashState), required=False)


class AgeingFilter(forms.Form):
    donor = DonorField(label=_("Donor"), queryset=Donor.objects.none(), required=False, empty_label=_("All"))
    window = NamedChoice(
        label=_("Window"),
        queryset=Window.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(DonorField, self.fields["donor"]).queryset = Donor.objects.for_list()


class PipelineFilter(DonorFilter):
    owner = forms.ModelChoiceField(
        label=_("Followed up by"), queryset=User.objects.none(), required=False, empty_label=_("All")
    )
    overdue = forms.ChoiceField(label=_("Next step"), choices=[("", _("All")), ("on", _("Overdue"))], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = secretariat()


class VoucherFilter(ContributionFilter):
    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: with_all(VoucherKind), required=False)
    state = forms.ChoiceField(label=_("State"), choices=lambda: with_all(VoucherState), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["kind", "state", *self.fields])
        cast(forms.DateField, self.fields["since"]).label = _("Effective from")
        cast(forms.DateField, self.fields["until"]).label = _("Effective until")
