"""Fields of the fund's forms: amounts, days, currencies, and the choice of a window, a donor, an instalment."""

from decimal import Decimal
from typing import Any

from babel.core import get_global
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.numbers import FigureField, Unreadable
from alliance.core.widgets import DateInput, MoneyInput
from funds.contributions import amounts
from funds.models import Donor, DonorAlias, Instalment, Window


class AmountField(forms.CharField):
    """An amount as people type it: a point or a comma as decimal sign, spaces between groups; nothing is guessed at."""

    widget = MoneyInput

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            amount = amounts.read_amount(text)
        except Unreadable as error:
            raise forms.ValidationError(error.said, code="unreadable") from None
        if amount <= 0:
            raise forms.ValidationError(_("An amount is more than zero."), code="zero")
        if amount > amounts.LARGEST:
            raise forms.ValidationError(_("This amount is larger than the accounts can hold."), code="large")
        return amount


class PercentField(FigureField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=Decimal("99.99"), max_digits=5, decimal_places=2, **kwargs)


class DateField(forms.DateField):
    widget = DateInput


def currency_choices() -> list[tuple[str, str]]:
    """Return today's currencies, by code, with their names in the reader's language."""
    in_use = {
        item[0]
        for items in get_global("territory_currencies").values()
        for item in items
        if item[2] is None and item[3]
    } & amounts.currencies()
    return [("", "—"), *((code, f"{code} – {formats.currency_name(code)}") for code in sorted(in_use))]


class CurrencyField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=currency_choices, **kwargs)


class NamedChoice(forms.ModelChoiceField):
    """A choice of rows by their code and name."""

    def label_from_instance(self, row: Any) -> str:
        return f"{row.code} – {row.name}"


class WindowField(NamedChoice):
    """A window, or nothing for unearmarked money."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Window.objects.filter(unearmarked=False).taking_contributions(),
            required=False,
            empty_label=_("Unearmarked: the general pool"),
            **kwargs,
        )


class DonorField(forms.ModelChoiceField):
    def label_from_instance(self, row: Donor) -> str:
        return row.name


def check_precision(form: forms.Form, field: str, currency: str | None) -> None:
    """Put an error on an amount that has more decimals than its currency."""
    amount = form.cleaned_data.get(field)
    if amount is None or not currency:
        return
    try:
        amounts.check_precision(amount, currency)
    except amounts.TooPrecise:
        told = {"currency": currency, "digits": amounts.minor_digits(currency)}
        form.add_error(field, _("%(currency)s has %(digits)s decimals at most.") % told)


class InstalmentField(forms.ModelChoiceField):
    """An instalment of an agreement, or the next one."""

    def label_from_instance(self, row: Instalment) -> str:
        told = {
            "number": row.number,
            "day": formats.long_date(row.due_on),
            "amount": formats.money(row.amount, row.agreement.currency),
        }
        return gettext("Instalment %(number)s, due on %(day)s: %(amount)s") % told


class AgencyField(forms.ModelChoiceField):
    def label_from_instance(self, row: DonorAlias) -> str:
        return f"{row.name} ({row.donor.name})"
