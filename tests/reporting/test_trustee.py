"""Every statement names the trustee of its own day, on the page, on paper and in files."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from funds.operations.trustee import appoint_trustee
from reporting.statements import document
from reporting.statements.catalogue import KINDS, statement
from tests.funds.factories import make_organisation

CHANGE = date(2008, 9, 1)


@pytest.fixture
def changed(head):
    for slug, day in (("first-bank", date(2008, 4, 1)), ("next-bank", CHANGE)):
        appoint_trustee(
            by=head, organisation=make_organisation(slug), agreement="A", starts_on=day, fee_percent=Decimal(1)
        )


@pytest.mark.requirement("R95")
@pytest.mark.parametrize("code", KINDS)
def test_change_of_trustee_keeps_earlier_statements_under_the_former(changed, code):
    named = {day: statement(code, day).trustee for day in (date(2008, 3, 31), date(2008, 8, 31), CHANGE)}
    assert named == {date(2008, 3, 31): "", date(2008, 8, 31): "First Bank", CHANGE: "Next Bank"}


@pytest.mark.requirement("R95")
def test_page_paper_and_file_name_the_same_trustee(changed, client):
    page = client.get("/en/money/statements/funding-status/?as_of=2008-08-31").content.decode()
    paper = document.html([statement("funding-status", date(2008, 8, 31))], is_consolidated=False)
    answer = client.get("/en/money/statements/funding-status/?as_of=2008-08-31&format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert "Trustee on that day: First Bank" in page
    assert "Trustee on that day: First Bank" in paper
    assert ["Trustee", "First Bank"] in rows


def test_statement_before_any_trustee_says_so(db, client):
    page = client.get("/en/money/statements/funding-status/?as_of=2008-03-01").content.decode()
    assert "Trustee on that day: none appointed by that day" in page


def test_money_page_names_the_trustee_of_its_day(changed, client):
    page = client.get("/en/money/?as_of=2008-08-31").content.decode()
    assert "Trustee on that day: First Bank" in page
