"""The chart of accounts: whatever is derived from it holds for every kind, and a kind that leaves something unsaid stops the start."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from funds.ledger import chart
from funds.ledger.chart import CHART, LINES, AccountKind, AddsTo, Nature, code_of
from funds.ledger.closing import KINDS
from funds.ledger.export import account_name, account_of
from funds.statements.funding_status import LABELS, TOTALS, amounts
from reporting.donor_area.money import DOES
from reporting.iati.movements import OF_FUND, OF_PROJECT
from reporting.postings import FLOWS
from static import verify

K = AccountKind
EVERY = pytest.mark.parametrize("kind", list(AccountKind))
SOURCE = Path(chart.__file__).read_text()


def test_lists_of_kinds_are_those_of_the_first_release():
    assert set(chart.GIVEN) == {K.CONTRIBUTIONS, K.SEED}
    assert set(chart.GIVEN_BACK) == {K.DONOR_REFUNDS, K.SEED_REFUNDS}
    assert set(chart.ORIGINS) == {K.CONTRIBUTIONS, K.SEED, K.INTEREST_FUND, K.INTEREST_PARTNERS}
    assert set(chart.BORNE) == {K.DIRECT_COST, K.BANK_CHARGES, K.OTHER_FUNDS}
    assert set(chart.COSTS) == {K.FEE, K.DIRECT_COST, K.BANK_CHARGES, K.OTHER_FUNDS}
    assert set(chart.HELD_FOR_PROJECTS) == {K.PROJECT, K.PARTNER, K.REFUNDS_IN_TRANSIT}
    assert set(chart.OF_PROJECTS) == {K.PROJECT, K.PARTNER, K.SPENT, K.REFUNDS_IN_TRANSIT}
    assert set(chart.NUMEROUS) == {K.PARTNER, K.SPENT}


def test_guarded_kinds_are_those_that_the_checker_knows():
    assert verify.GUARDED | verify.LATER["guarded"] == chart.GUARDED


@EVERY
def test_kind_has_a_code_and_a_name_in_plain_text_accounting(kind):
    assert code_of(kind, "") == CHART[kind].prefix
    name = account_name(kind, "x-1")
    assert name.partition(":")[0] in ("Assets", "Income", "Expenses")
    assert (name.startswith("Assets:"), account_of(name)) == (kind in chart.GUARDED, (kind, "x-1"))


@EVERY
def test_balance_counts_in_one_base_line_of_the_statement(kind):
    lines = [code for code in FLOWS.keys() | {"balance_agent"} if LABELS.get(code) and _is_balance(code, kind)]
    assert lines == ["contributions" if CHART[kind].line == "seed" else CHART[kind].line]


def _is_balance(code, kind):
    line = LINES[code]
    return (kind in line.debit and not line.credit) or (kind in line.credit and not line.debit)


@EVERY
def test_cent_into_a_kind_from_a_pool_moves_its_line_by_a_cent(kind):
    if kind == K.POOL:
        return
    before = amounts(lambda debit, credit: 0)
    moved = amounts(_cent(kind, K.POOL))
    line = "contributions" if CHART[kind].line == "seed" else CHART[kind].line
    expected = 0 if line == "balance_agent" else -1 if line in ("contributions", *_interest()) else 1
    assert moved[line] - before[line] == expected


def _interest():
    return tuple(CHART[kind].line for kind in chart.EARNED)


def _cent(debit, credit):
    """Give what moved where one cent went from an account of a kind to one of another."""

    def net(asked_debit, asked_credit):
        there = asked_debit in ("", debit) and asked_credit in ("", credit)
        back = asked_debit in ("", credit) and asked_credit in ("", debit)
        return there - back

    return net


@EVERY
def test_sources_less_uses_are_what_the_agent_holds(kind):
    """Whatever a pool gives to, or takes from, the statement still balances."""
    if kind in (K.POOL, K.PARTNER, K.SPENT, K.REFUNDS_IN_TRANSIT):
        return
    found = amounts(_cent(kind, K.POOL))
    assert found["total_sources"] - found["total_uses"] == found["balance_agent"]


@EVERY
def test_kind_that_holds_money_says_what_is_left_on_it(kind):
    assert (kind in KINDS) == (kind in chart.GUARDED)


@EVERY
def test_donors_area_knows_what_a_donors_money_does_there(kind):
    fund_income_or_partners = {*chart.EARNED, *chart.OF_PROJECTS} - {K.PROJECT}
    assert (kind in DOES) == (kind not in fund_income_or_partners)


@EVERY
def test_open_data_names_what_moves_between_a_kind_and_a_pool(kind):
    known = [pair for pair in OF_FUND | OF_PROJECT if kind in pair and K.POOL in pair]
    meets_pools = kind not in (K.POOL, K.PARTNER, K.SPENT, K.REFUNDS_IN_TRANSIT)
    assert bool(known) == meets_pools or kind == K.POOL


def test_totals_are_the_lines_that_add_others_up():
    assert {
        "total_sources", "transfers_total", "total_uses", "balance_agent", "balance_partners", "total_balance",
    } == TOTALS  # fmt: skip


def test_statement_has_its_rows_in_the_order_of_its_definitions():
    assert list(LABELS) == [
        "contributions", "interest_fund", "interest_partners", "total_sources", "transfers_partners", "transfers_other_funds",
        "transfers_total", "refunds_partners", "fee", "direct_cost", "bank_charges", "total_uses", "balance_agent",
        "refunds_in_transit", "partners_received", "partners_expenditure", "partners_refunds", "balance_partners",
        "total_balance",
    ]  # fmt: skip
    assert [code for code, line in LINES.items() if line.adds_to == AddsTo.IS_TOTAL] == [
        "total_sources", "transfers_total", "total_uses", "total_balance",
    ]  # fmt: skip


def test_whole_chart_leaves_nothing_unsaid():
    assert list(chart.unsaid()) == []


@pytest.mark.parametrize(
    ("kind", "changed", "why"),
    [
        (K.FEE, {"line": "fees"}, "counts in the line fees, which no statement has"),
        (K.FEE, {"line": "total_uses"}, "counts in the line total_uses, which is not made of balances"),
        (K.FEE, {"prefix": "pool"}, "shares the prefix pool with another"),
        (K.POOL, {"left": None}, "holds money, and does not say what is left on it when the fund is closed"),
        (K.PARTNER, {"left_of_project": None}, "holds a project's money, and does not say what is left on it when the project is closed"),
        (K.FEE, {"movement": ""}, "moves money into or out of pools, and does not say what open data calls that"),
        (K.SPENT, {"nature": Nature.BORNE}, "moves money into or out of pools, and does not say what open data calls that"),
    ],
)  # fmt: skip
def test_half_said_kind_is_named(monkeypatch, kind, changed, why):
    monkeypatch.setitem(CHART, kind, replace(CHART[kind], **changed))
    assert f"the account kind {kind} {why}" in list(chart.unsaid())


def test_kind_without_a_record_stops_the_start(tmp_path):
    with_another = tmp_path / "chart.py"
    with_another.write_text(SOURCE.replace("    FEE = ", '    AUDIT_COST = "audit_cost", _("Audit")\n    FEE = ', 1))
    spec = importlib.util.spec_from_file_location("chart_with_another_kind", with_another)
    with pytest.raises(ImproperlyConfigured, match="the account kind audit_cost has no record in the chart"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
