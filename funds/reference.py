"""The fund's reference data: the fund itself, its windows with their pools, the periods, a table of rates."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import Refused
from alliance.core.translated import given
from alliance.forum.models import Objective
from alliance.reference import Loaded, bring_in_line
from alliance.register import operation, record
from funds.ledger.posting import open_pool
from funds.models import Fund, FundStatus, Period, Rate, Window


def load(read_json: Callable[[str], Any], *, fund_status: str = FundStatus.OPERATING) -> dict[str, Loaded]:
    """Bring the fund's reference rows into the database. Loading twice changes nothing."""
    if fund_status not in FundStatus.values:
        raise Refused(_("“%(status)s” is not a status of the fund.") % {"status": fund_status})
    source, rates = read_json("windows"), read_json("rates")
    if Fund.objects.exists():
        return {
            "windows": Loaded(len(source["windows"]), 0, 0),
            "periods": Loaded(len(_years(source)), 0, 0),
            "rates": _load_rates(rates),
        }
    found_fund(source=source, fund_status=fund_status)
    return {
        "windows": Loaded(len(source["windows"]), len(source["windows"]), 0),
        "periods": Loaded(len(_years(source)), len(_years(source)), 0),
        "rates": _load_rates(rates),
    }


@operation
def found_fund(*, source: dict[str, Any], fund_status: str) -> Fund:
    """Make the fund, its windows with their pools, and its accounting periods, once."""
    today = clock.today()
    fund = Fund.objects.create(**source["fund"], status=fund_status, status_on=today)
    windows = [_window(fund, row, today) for row in source["windows"]]
    pools = [open_pool(window) for window in windows]
    periods = Period.objects.bulk_create(
        Period(code=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)) for year in _years(source)
    )
    facts = {"fund": fund.code, "status": fund_status, "windows": [window.code for window in windows]}
    record("windows.loaded/1", by=None, rows=[fund, *windows, *pools, *periods], facts=facts, public=True)
    return fund


def _window(fund: Fund, row: dict[str, Any], today: date) -> Window:
    window = Window.objects.create(
        fund=fund,
        code=row["code"],
        unearmarked=row["unearmarked"],
        status=row["status"],
        status_on=today,
        **given(row, "name", "purpose"),
    )
    window.objectives.set(Objective.objects.filter(code__in=row["objectives"]))
    return window


def _load_rates(source: dict[str, Any]) -> Loaded:
    known = set(Rate.objects.values_list("currency", "on"))
    rates = [
        Rate(currency=currency, on=date.fromisoformat(on), units_per_usd=units, source=source["source"])
        for currency, on, units in source["rates"]
    ]
    new = [rate for rate in rates if (rate.currency, rate.on) not in known]
    if new:
        bring_in_line(model=Rate, new=new, differing=[])
    return Loaded(len(rates), len(new), 0)


def _years(source: dict[str, Any]) -> range:
    return range(source["periods"]["first"], source["periods"]["last"] + 1)
