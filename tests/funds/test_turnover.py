"""Turnover: what the trigger keeps equals the postings, a cut year included, and nobody else moves it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from funds.ledger.movements import Moves
from funds.models import Posting, Turnover
from funds.statements.funding_status import funding_status
from reporting.postings import FLOWS
from tests.funds.test_ledger import allocate, deposit


def test_cut_year_reads_the_postings_of_its_days(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    allocate(None, "PRJ-1", GEN="100.00")
    days = sorted(set(Posting.objects.values_list("effective_on", flat=True)))
    for day in days:
        status = funding_status(day)
        for code, flow in FLOWS.items():
            if code in ("seed", "allocated", "available"):
                continue
            total = sum(
                (
                    (p.amount if flow_matches(flow, p, True) else 0) - (p.amount if flow_matches(flow, p, False) else 0)
                    for p in Posting.objects.filter(effective_on__lte=day).select_related("debit", "credit")
                ),
                Decimal(0),
            )
            assert status.amount(code) == total, (day, code)


def flow_matches(flow, posting, forward):
    debit, credit = posting.debit.kind, posting.credit.kind
    if not forward:
        debit, credit = credit, debit
    return (not flow.debit or debit in flow.debit) and (not flow.credit or credit in flow.credit)


def test_turnover_is_the_sum_of_the_postings_and_nothing_else_moves_it(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    deposit(by=finance_officer, slug="sweden-mfa", amount="500.00", fee="5.00")
    kept = {(row.debit.code, row.credit.code): row.amount for row in Turnover.objects.select_related("debit", "credit")}
    assert kept == {("pool:GEN", "donor:sweden-mfa"): Decimal("1500.00"), ("fee", "pool:GEN"): Decimal("15.00")}
    for statement_ in ("UPDATE funds_turnover SET amount = amount + 1", "DELETE FROM funds_turnover"):
        with (
            pytest.raises(Exception, match="turnover is moved|never changed or deleted"),
            connection.cursor() as cursor,
        ):
            cursor.execute("SAVEPOINT before")
            try:
                cursor.execute(statement_)
            finally:
                cursor.execute("ROLLBACK TO before")


def test_movements_of_few_accounts_are_those_among_all(finance_officer):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", fee="10.00")
    allocate(None, "PRJ-1", GEN="100.00")
    first = min(Posting.objects.values_list("effective_on", flat=True))
    for day in (first, first + timedelta(1), date(first.year, 12, 31), date(first.year + 1, 6, 1)):
        among_all = [row for row in Moves(day, by="pools").rows if "pool" in (row.debit, row.credit)]
        assert Moves(day, by="pools", kinds=("pool",)).rows == among_all
