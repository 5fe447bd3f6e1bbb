"""What a contract says, as plain values: a form gathers them, an operation writes them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class ReportTerms:
    """A report that the contract asks for: its period and when it is due."""

    period_from: date
    period_to: date
    due_on: date


@dataclass(frozen=True)
class TrancheTerms:
    """A tranche: its amount in the fund's currency, when it is due, and the number of the report it waits for."""

    amount: Decimal
    due_on: date
    report: int | None = None


@dataclass(frozen=True)
class Terms:
    """What a contract says (R63): its three parts, amount, dates, reports due, tranches."""

    objectives: str
    tasks: str
    expected_results: str
    amount: Decimal
    starts_on: date
    ends_on: date
    reports: Sequence[ReportTerms] = ()
    tranches: Sequence[TrancheTerms] = ()
