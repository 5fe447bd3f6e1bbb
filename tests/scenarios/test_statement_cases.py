"""Two real cases, played as scenarios: a global fund to the dollar, a country fund to the last printed digit."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from alliance.core.clock import Clock
from funds.statements.funding_status import funding_status
from reporting.statements.catalogue import statement
from reporting.verification.everything import verify
from scenarios.play.player import play
from scenarios.play.scenario import read
from tests.ground.scenes import scene

SHIPPED = Path(__file__).parents[2] / "scenarios" / "stories"

# As published, in US dollars.
CASE_A = {
    "contributions": 756821732, "interest_fund": 20006220, "interest_partners": 3122214, "total_sources": 779950166,
    "transfers_partners": 693135684, "transfers_other_funds": 13792503, "transfers_total": 706928187,
    "refunds_partners": 48030831, "fee": 7484571, "direct_cost": 22638221, "bank_charges": 29699,
    "total_uses": 689049847, "balance_agent": 90900319, "refunds_in_transit": 0, "partners_received": 693135684,
    "partners_expenditure": 535464931, "partners_refunds": 48030831, "balance_partners": 109639922,
    "total_balance": 200540241,
}  # fmt: skip
PERCENT_A = {"balance_agent": "12.0", "balance_partners": "15.8", "total_balance": "26.5"}

# As published, in thousands of US dollars: 2012, 2013, cumulative.
CASE_B = {
    "contributions": (1716, 1099, 28460), "interest_fund": (11, 4, 267), "interest_partners": (30, 1, 117),
    "total_sources": (1757, 1104, 28845), "transfers_partners": (6010, 3046, 31315),
    "refunds_partners": (-2771, 0, -2771), "net_funded": (3239, 3046, 28544), "fee": (17, 11, 285),
    "bank_charges": (0, 0, 1), "total_uses": (3256, 3057, 28829), "change": (-1500, -1953, 16),
    "opening": (3469, 1969, None), "closing": (1969, 16, 16), "expenditure_direct": (4142, 2137, 25496),
}  # fmt: skip
# As published, in thousands, from the beginning to the end of 2012 and of 2013.
CUMULATIVE_B = {
    "contributions": (27361, 28460), "total_sources": (27741, 28845), "refunds_partners": (2771, 2771),
    "transfers_partners": (28269, 31315), "fee": (274, 285), "total_uses": (25772, 28829), "balance_agent": (1969, 16),
    "partners_expenditure": (23359, 25496),
}  # fmt: skip
# Published rows that do not add up from the published rows above them: by how much.
LOOSE_B = {"total_sources": (0, 0, 1), "total_uses": (0, 0, -1), "change": (-1, 0, 0)}


def played(name):
    Clock.objects.update(is_demonstration=True)
    play(read(SHIPPED / f"statement_{name}.toml"))
    assert verify().problems == []


@scene
def global_fund():
    played("a")


@scene
def country_fund():
    played("b")


@pytest.mark.requirement("R57")
@pytest.mark.requirement("R52")
def test_global_fund_is_reproduced_to_the_dollar(global_fund):
    (table,) = statement("funding-status", date(2010, 12, 31)).tables
    assert {code: table.figure(code) for code in CASE_A} == {code: Decimal(n) for code, n in CASE_A.items()}
    assert {code: str(table.figure(code, 1)) for code in PERCENT_A} == PERCENT_A
    live = funding_status()
    assert {row.code: row.amount for row in live.rows} == CASE_A
    assert {row.code: str(row.percent) for row in live.rows if row.percent is not None} == PERCENT_A


@pytest.mark.requirement("R57")
def test_country_fund_is_reproduced_to_the_last_printed_digit(country_fund):
    (table,) = statement("sources-and-uses", date(2013, 12, 31)).tables
    found = {code: tuple(thousands(table.figure(code, place)) for place in range(3)) for code in CASE_B}
    off = {
        code: [abs(ours - theirs) for ours, theirs in zip(found[code], CASE_B[code], strict=True) if theirs is not None]
        for code in CASE_B
    }
    assert max(max(row) for row in off.values()) <= 1
    assert str(table.figure("delivery", 2)) == "89.3"
    assert table.figure("contributions", 2) == Decimal("28460478.00")
    assert abs(table.figure("fee", 2) - 284604) < 1
    live = [funding_status(date(year, 12, 31)) for year in (2012, 2013)]
    off = [
        abs(at.amount(code) / 1000 - n) for code, row in CUMULATIVE_B.items() for at, n in zip(live, row, strict=True)
    ]
    assert max(off) <= 1


@pytest.mark.requirement("R57")
def test_closing_balance_opens_the_next_year(country_fund):
    for year in (2011, 2012, 2013):
        (before,) = statement("sources-and-uses", date(year - 1, 12, 31)).tables
        (after,) = statement("sources-and-uses", date(year, 12, 31)).tables
        assert before.figure("closing", 1) == after.figure("opening", 1)
        assert after.figure("closing", 1) == after.figure("closing", 2)


def test_published_rows_that_do_not_add_up_are_known():
    """The source's own arithmetic, so that nobody takes its rounding for our error."""
    parts = {
        "total_sources": ("contributions", "interest_fund", "interest_partners"),
        "total_uses": ("net_funded", "fee", "bank_charges"),
    }
    found = {
        code: tuple(CASE_B[code][n] - sum(CASE_B[part][n] for part in rows) for n in range(3))
        for code, rows in parts.items()
    }
    found["change"] = tuple(
        CASE_B["change"][n] - CASE_B["total_sources"][n] + CASE_B["total_uses"][n] for n in range(3)
    )
    assert found == LOOSE_B


def thousands(amount):
    return None if amount is None else int((amount / 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
