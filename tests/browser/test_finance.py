"""A finance officer's day: a rate, a deposit, a cost with its second person, a payment, and the fund's statements."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from alliance.core import clock, formats
from alliance.jobs.models import Job
from funds.models import Account, Rate, Voucher, VoucherState
from reporting.verification.everything import verify
from tests.browser import journey
from tests.browser.journey import pools_total
from tests.browser.test_donor import finished, plain
from tests.browser.test_journey import left_in_english

DAY = "2008-09-15"
CUT = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent.slice(0, 80))"


@pytest.mark.requirement("R52", "R56", "R57", "R66", "D3")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_finance_officers_day_goes_from_the_bank_to_the_statements(language, visitor, worker):
    one = visitor(language)
    reference = journey.pledge(one)
    one.become("finance_officer")
    enter_a_rate(one)
    journey.money(one, reference)
    one.become("finance_officer")
    bear_a_cost(one)
    correct_the_cost(one)
    look_at_the_accounts(one)
    take_the_statements_away(one)
    assert one.violations == []
    assert one.errors == []
    assert left_in_english(one) == {}
    assert verify().problems == []


def enter_a_rate(one):
    """A rate with a separator that could mean two things is refused, keeps what was typed, and then stands."""
    one.go("funds/")
    one.go("funds/rates/new/")
    one.fill(currency="NOK", on=DAY, units_per_usd="5,712", source="Central bank of Norway")
    one.press()
    assert not Rate.objects.filter(currency="NOK", on=DAY).exists()
    assert one.page.locator('main [name="units_per_usd"]').input_value() == "5,712"
    one.fill(units_per_usd="5.7125")
    one.press()
    assert Rate.objects.get(currency="NOK", on=DAY).units_per_usd == Decimal("5.7125")


def bear_a_cost(one):
    """A direct cost is previewed; who prepared it cannot authorise it, and another person does."""
    before = pools_total()
    one.go("funds/ageing/")
    one.go("funds/vouchers/new/")
    one.open("/vouchers/new/direct_cost/")
    one.page.locator('main [name="window"]').select_option(index=1)
    one.fill(amount="250.00", on=DAY, bank_reference="OUT-0915-2", reason="Audit of the accounts of 2007")
    one.press()
    voucher = Voucher.objects.latest("pk")
    assert one.page.locator('main form[action$="/authorise/"]').count() == 0
    one.become("second_finance_officer")
    one.go(f"funds/vouchers/{voucher.reference}/")
    one.act("/authorise/")
    voucher.refresh_from_db()
    assert (voucher.state, before - pools_total()) == (VoucherState.POSTED, Decimal("250.00"))


def correct_the_cost(one):
    """The cost was not the fund's: its mirror image is posted with a reason, again by two people."""
    cost, before = Voucher.objects.latest("pk"), pools_total()
    one.go(f"funds/vouchers/new/reversal/?posting={cost.entry.n}/1")
    one.fill(on=DAY, reason="Borne by the secretariat's own budget")
    one.press()
    correction = Voucher.objects.latest("pk")
    one.become("finance_officer")
    one.go(f"funds/vouchers/{correction.reference}/")
    one.act("/authorise/")
    assert pools_total() - before == cost.amount
    one.go("funds/vouchers/")


def look_at_the_accounts(one):
    """The statement's balance is that of the pools, and a figure of it leads to its postings."""
    one.go("funds/accounts/")
    one.go(f"funds/accounts/{Account.objects.filter(kind='pool').earliest('pk').code}/")
    one.go("funds/periods/")
    one.go("money/statements/")
    one.go(f"money/statements/windows/?as_of={DAY}")
    assert one.page.locator("main .table-wrap").evaluate_all(CUT) == [], "columns of the statement are cut"
    total = plain(one.page.locator("main tr.total td").last.inner_text())
    with override(one.language):
        assert total == plain(formats.figure(pools_total()))
    one.go(f"money/statements/funding-status/?as_of={DAY}")
    one.page.locator('main table a[href*="/money/postings/"]').first.click()
    one.look()


def take_the_statements_away(one):
    """The consolidated report is made by the worker while the officer waits, and the workbook at once."""
    one.go("money/statements/")
    one.act("/pdf/")
    job = finished()
    assert (job.state, job.language, job.error) == ("done", one.language, "")
    assert Job.objects.count() == 1
    one.go(f"documents/{job.uid}/")
    file = one.page.locator('main a[href$="/file/"]').first.get_attribute("href")
    assert one.context.request.get(one.address + file).body().startswith(b"%PDF")
    book = one.context.request.get(one.path(f"money/statements/trial-balance/?format=xlsx&as_of={DAY}"))
    assert (book.status, book.body()[:2]) == (200, b"PK")
    assert clock.today().isoformat() == DAY
