"""A donor's desk officer finds in one minute where her money went."""

import re
import time
from datetime import date

import pytest
from django.utils.translation import override

from alliance.core import formats
from alliance.jobs.models import Job
from funds.models import Donor
from reporting.donor_area.gather import donor_area
from tests.browser.test_journey import MINUTE, left_in_english

DAY = date(2008, 9, 15)


@pytest.mark.requirement("R54", "R56")
@pytest.mark.parametrize("language", ["fr", "es"])
def test_donor_finds_what_was_spent_of_her_money_and_takes_the_statement_away(language, visitor, worker):
    one = visitor(language)
    with override(language):
        area = donor_area(Donor.objects.select_related("organisation").get(organisation__slug="sweden-mfa"), DAY)
        spent = plain(formats.money(area.spent))
    one.become("donor")
    one.go("my-contributions/")
    figures = one.page.locator("#figures .summary", has=one.page.locator('a[href="#projects"]'))
    assert plain(figures.last.locator(".summary-value").inner_text()) == spent
    figures.last.locator("a").click()
    row = area.projects[0]
    result = one.page.locator(f'#projects a[href$="/projects/{row.reference}/#results"]')
    assert formats.figure(row.reached) in result.inner_text()
    result.click()
    one.look()
    assert row.indicators[0].statement in one.text()
    one.go("my-contributions/")
    one.act("/donors/sweden-mfa/statement/pdf/")
    job = finished()
    assert (job.state, job.language, job.error) == ("done", language, "")
    one.go(f"documents/{job.uid}/")
    file = one.page.locator('main a[href$="/file/"]').first.get_attribute("href")
    assert one.context.request.get(one.address + file).body().startswith(b"%PDF")
    book = one.context.request.get(one.path("donors/sweden-mfa/statement/xlsx/?as_of=2008-09-15"))
    assert (book.status, book.body()[:2]) == (200, b"PK")
    assert one.violations == []
    assert one.errors == []
    assert left_in_english(one) == {}


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def finished() -> Job:
    """Wait for the worker."""
    end = time.monotonic() + 3 * MINUTE
    while Job.objects.exclude(state__in=("done", "failed")).exists():
        assert time.monotonic() < end, list(Job.objects.values_list("state", "error"))
        time.sleep(0.5)
    return Job.objects.get()
