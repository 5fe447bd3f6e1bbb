"""Forms of the donors' side: the pipeline, due diligence, amendments, documents."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock, formats
from alliance.core.forms import KeyedForm
from alliance.pages.fields import reason_field, title_field, upload_field
from alliance.people.models import SECRETARIAT_ROLES, Membership, User
from funds.forms.contributions import DonorsForm
from funds.forms.fields import AmountField, DateField, WindowField, check_precision
from funds.models import Agreement, AliasKind, Finding, NonCashKind, Pledge


def secretariat() -> Any:
    """The people who may follow a donor up."""
    held = Membership.objects.on(clock.today()).filter(role__in=SECRETARIAT_ROLES)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


class NextStepForm(KeyedForm):
    """Who follows a donor up, what comes next, and by when."""

    owner = forms.ModelChoiceField(
        label=_("Followed up by"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    next_step = forms.CharField(
        label=_("Next step"), help_text=_("Leave it empty when nothing is planned."), max_length=200, required=False
    )
    next_step_on = DateField(label=_("Due on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = secretariat()


class DueDiligenceForm(KeyedForm):
    """What due diligence found about a donor."""

    finding = forms.ChoiceField(label=_("Finding"), choices=Finding, widget=forms.RadioSelect)
    done_on = DateField(label=_("Done on"))
    valid_until = DateField(label=_("Valid until"), help_text=_("After this day it is done anew."))
    note = forms.CharField(
        label=_("What was looked at and found"),
        help_text=_("Only the secretariat and the auditor read this. Name the measures, if there are any."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    upload = upload_field(_("Document"), required=False)


class PledgeAmendmentForm(KeyedForm):
    """What a pledge says from now on, and why."""

    amount = AmountField(label=_("Amount"))
    window = WindowField(label=_("Window"))
    pledged_on = DateField(label=_("Date of the pledge"))
    conditions = forms.CharField(
        label=_("Conditions"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    event = forms.CharField(label=_("Event"), required=False, max_length=200)
    why = reason_field()

    def __init__(self, *args: Any, pledge: Pledge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = pledge.currency
        self.fields["amount"].help_text = _("In %(currency)s: a pledge is settled in its own currency.") % {
            "currency": pledge.currency
        }

    def clean(self) -> dict[str, Any]:
        check_precision(self, "amount", self.currency)
        return self.cleaned_data


class AgreementAmendmentForm(KeyedForm):
    """What an agreement says from the day of its amendment on. Its instalments are a formset beside it."""

    amount = AmountField(label=_("Amount"))
    signed_on = DateField(label=_("Amendment signed on"))
    why = reason_field()

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = agreement.currency
        self.fields["amount"].help_text = _("In %(currency)s, for the whole agreement.") % {
            "currency": agreement.currency
        }

    def clean(self) -> dict[str, Any]:
        check_precision(self, "amount", self.currency)
        return self.cleaned_data


class DocumentForm(KeyedForm):
    title = title_field()
    upload = upload_field(_("File"))


class AliasForm(KeyedForm):
    """Another name that means a donor."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=AliasKind, widget=forms.RadioSelect)


class NonCashForm(DonorsForm):
    """A thing or a person that a donor promises."""

    kind = forms.ChoiceField(label=_("Kind"), choices=NonCashKind, widget=forms.RadioSelect)
    description = forms.CharField(
        label=_("Description"),
        help_text=_("What it is, how much of it, where and for how long."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    worth_usd = AmountField(label=_("Estimated worth, in US dollars"), required=False)
    pledged_on = DateField(label=_("Date of the pledge"))
    event = forms.CharField(label=_("Event"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        check_precision(self, "worth_usd", formats.FUND_CURRENCY)
        return self.cleaned_data
