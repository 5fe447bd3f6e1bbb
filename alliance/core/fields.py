"""Model fields with the precision that money needs; never a float."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models


class MoneyField(models.DecimalField):
    """An amount in the fund's currency, to the cent: numeric(18,2)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=18, decimal_places=2)
        super().__init__(*args, **kwargs)


class OriginalAmountField(models.DecimalField):
    """An amount in a currency of its own, up to three minor digits (KWD, BHD): numeric(18,3)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=18, decimal_places=3)
        super().__init__(*args, **kwargs)


class RateField(models.DecimalField):
    """Units of a currency for one unit of the fund's, at full precision: numeric(24,12)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=24, decimal_places=12)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        kwargs.setdefault("validators", [RegexValidator(r"^[A-Z]{3}$")])
        super().__init__(*args, **kwargs)


class CountryField(models.CharField):
    """An ISO 3166-1 alpha-2 code; empty where no country applies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 2
        kwargs.setdefault("validators", [RegexValidator(r"^[A-Z]{2}$")])
        super().__init__(*args, **kwargs)
