"""Forms of vouchers: one for each kind, whose choices show what can be moved now."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.forms import KeyedForm
from alliance.pages.fields import reason_field, upload_field
from alliance.people.models import Organisation
from funds.forms.fields import AmountField, DateField, check_precision
from funds.models import Account, AccountKind, Donor, Posting, SourceKind, Stake, VoucherKind, Window
from funds.models.vouchers import PARTNER_KINDS, POOL_KINDS, WITH_REASON

ZERO = Decimal("0.00")
POSTING_NUMBER = re.compile(r"([0-9]{1,15})/([0-9]{1,6})")
BANKED = (*POOL_KINDS, *PARTNER_KINDS, VoucherKind.DONOR_REFUND)


def holding(label: str, amount: Decimal) -> str:
    """Return a choice with what it holds now."""
    return f"{label} – {formats.money(amount)}"


class PoolField(forms.ModelChoiceField):
    """A window, with what its pool holds now."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Window.objects.select_related("pool").order_by("-unearmarked", "code")
        super().__init__(queryset=rows, to_field_name="code", **kwargs)

    def label_from_instance(self, row: Any) -> str:
        return holding(f"{row.code} – {row.name}", row.pool.balance)


class AccountChoice(forms.ModelChoiceField):
    """A project's account of one kind that holds money, with how much."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        rows = Account.objects.filter(kind=kind, debits__gt=F("credits")).order_by("subject")
        super().__init__(queryset=rows, to_field_name="subject", **kwargs)

    def label_from_instance(self, row: Any) -> str:
        return holding(row.subject.replace(":", " – "), row.balance)


class StakeChoice(forms.ModelChoiceField):
    """A donor's stake in a window's pool, or the trustee's of seed capital."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Stake.objects.filter(amount__gt=ZERO, source__kind__in=(SourceKind.DONOR, SourceKind.SEED))
        rows = rows.select_related("source__donor__organisation", "pool__window")
        super().__init__(queryset=rows.order_by("source__donor__organisation__name_en", "pool__code"), **kwargs)

    def label_from_instance(self, row: Any) -> str:
        name = row.source.donor.name
        if row.source.kind == SourceKind.SEED:
            name = _("%(name)s (seed capital)") % {"name": name}
        return holding(f"{name} – {row.pool.subject}", row.amount)


class DonorsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: Any) -> str:
        return row.name


class VoucherForm(KeyedForm):
    """A voucher of one kind. When it is valid, `cleaned_data` is what the operation takes."""

    amount = AmountField(label=_("Amount in US dollars"))
    on = DateField(
        label=_("Effective on"), help_text=_("The accounting date, today or earlier, in a period that is open.")
    )
    bank_reference = forms.CharField(label=_("Bank's reference"), max_length=80, required=False)
    reason = reason_field(hint=_("What whoever authorises needs to judge it."))
    file = upload_field(_("Document"), hint=_("PDF, Word, Excel or a picture, at most 10 MB."), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["reason"].required = kind in WITH_REASON
        if kind not in BANKED:
            del self.fields["bank_reference"]
        about = self._about()
        self.fields.update(about)
        self.order_fields([*about, *self.fields])

    def _about(self) -> dict[str, forms.Field]:
        match self.kind:
            case VoucherKind.REFUND_SENT:
                return {"partner": AccountChoice(AccountKind.PARTNER, label=_("From project and partner"))}
            case VoucherKind.REFUND_RECEIVED:
                return {"partner": AccountChoice(AccountKind.REFUNDS_IN_TRANSIT, label=_("Refund in transit"))}
            case VoucherKind.DONOR_REFUND:
                return {"stake": StakeChoice(label=_("Out of the stake"))}
            case VoucherKind.RELEASE:
                return {"account": AccountChoice(AccountKind.PROJECT, label=_("From project"))}
            case VoucherKind.WINDOW_TRANSFER:
                return self._transfer()
            case VoucherKind.REVERSAL:
                del self.fields["amount"]
                help_text = _("Number of the register entry and of its line, for example 57/1.")
                return {"posting": forms.CharField(label=_("Posting"), help_text=help_text, max_length=30)}
        return {"window": PoolField(label=_("Window"))}

    def _transfer(self) -> dict[str, forms.Field]:
        return {
            "window": PoolField(label=_("From window")),
            "destination": PoolField(label=_("To window")),
            "consent": forms.CharField(
                label=_("Document of the donors’ consent"),
                help_text=_(
                    "Earmarked money moves only with its donors’ consent: name the letter, or name the donors."
                ),
                max_length=200,
                required=False,
            ),
            "consenting": DonorsField(
                label=_("Donors that consented"),
                help_text=_("With donors named, their stakes alone are moved; with none, all stakes in proportion."),
                queryset=Donor.objects.filter(sources__stakes__amount__gt=ZERO).distinct().for_list(),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
        }

    def clean(self) -> dict[str, Any]:
        check_precision(self, "amount", "USD")
        asked = dict(self.cleaned_data)
        if partner := asked.pop("partner", None):
            asked["project"], _colon, slug = partner.subject.rpartition(":")
            asked["organisation"] = Organisation.objects.get(slug=slug)
        if stake := asked.pop("stake", None):
            asked["donor"], asked["window"] = stake.source.donor, stake.pool.window
        if account := asked.pop("account", None):
            asked["project"] = account.subject
        return {**asked, "kind": self.kind}

    def clean_posting(self) -> Posting:
        number = POSTING_NUMBER.fullmatch(self.cleaned_data["posting"].strip())
        found = Posting.objects.filter(entry__n=number[1], line=number[2]).first() if number else None
        if found is None:
            raise forms.ValidationError(_("There is no posting with this number."), code="unknown")
        return found

    def clean_consenting(self) -> list[Donor]:
        return list(self.cleaned_data["consenting"])
