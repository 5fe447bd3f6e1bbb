"""Sums brought forward: a reading that begins with them is the reading of every posting, to the cent, whatever came since."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from alliance.people.models import Organisation
from funds.checks import problems
from funds.ledger import snapshot_taking
from funds.ledger.movements import CUTS, Moves, moves_of_sources
from funds.ledger.snapshot_taking import carry_forward
from funds.ledger.snapshots import SPLITS, Basis, Parts
from funds.models import Carried, CarriedMove, CarriedPart, Posting, Window
from funds.operations import money
from funds.statements.funding_status import funding_status
from funds.statements.trial_balance import trial_balance, trial_balance_page
from funds.tasks import carry_sums_forward
from proposals.models import Project
from reporting.donor_area.gather import donor_area
from reporting.statements.catalogue import KINDS, statement
from tests.reporting.test_donor_area import (
    DAY,
    D,
    all_donors,
    demonstration,
    everything_moves,
    many_projects,
    person,
)
from tests.world import undone

pytestmark = pytest.mark.django_db
__all__ = ["demonstration"]


def readings(basis: Basis) -> dict[str, object]:
    """Return every reading that can begin with what was carried."""
    found: dict[str, object] = {cut: Moves(basis.day, by=cut, basis=basis).rows for cut in CUTS}
    found["from a year on"] = Moves(basis.day, by="partner", basis=basis, first_year=DAY.year).rows
    found["of sources"] = moves_of_sources(basis.day, basis=basis)
    found |= {f"of {donor}": moves_of_sources(basis.day, donor.pk, basis=basis) for donor in all_donors()}
    for cut in SPLITS:
        parts = Parts(cut, basis)
        found[f"rows by {cut}"], found[f"sums by {cut}"] = parts.rows(), parts.sums()
        found[f"together by {cut}"] = parts.rows(together=True, order="project DESC", first=1, size=2)
    return found


def shown(day: date) -> tuple[object, ...]:
    """Return what pages say of the day, apart from the register's head."""
    tables = [statement(code, day, page=page).tables for code in KINDS for page in (1, 2, None)]
    areas = [donor_area(donor, day, first=1, size=2) for donor in all_donors()]
    return tables, areas, [donor_area(donor, day) for donor in all_donors()], trial_balance_page(day, 1, 5)


def test_reading_that_begins_with_sums_carried_is_the_reading_of_every_posting(demonstration):
    with undone():
        carried_on = DAY - timedelta(days=1)
        many_projects(3, 1)
        assert carry_forward(carried_on)[-1] == carried_on
        everything_moves(Project.objects.get().reference)
        many_projects_later()
        days = {DAY, DAY + timedelta(days=1), *Posting.objects.values_list("effective_on", flat=True)}
        for day in sorted({*days, *(day - timedelta(days=1) for day in days)}):
            assert readings(Basis(day)) == readings(Basis(day, afresh=True)), day
        assert Basis(DAY).changed


def many_projects_later() -> None:
    """Enter late what took effect before: an allocation, and spending, both dated before what was carried."""
    by, general = person("finance.officer"), Window.objects.get(code="GEN")
    money.allocate(
        by=None, project=f"PRJ-2008-8001-{'X' * 40}", amounts={general: D("7.77")}, on=DAY - timedelta(days=9)
    )
    iom = Organisation.objects.get(slug="iom")
    money.post_spending(by=by, project="PRJ-2008-9000", organisation=iom, lines={"2": D("0.03")}, on=DAY - timedelta(2))


def test_pages_say_the_same_with_and_without_sums_carried(demonstration):
    with undone():
        everything_moves(Project.objects.get().reference)
        many_projects(3, 2)
        before = shown(DAY)
        carry_forward(DAY)
        assert shown(DAY) == before
        assert trial_balance(DAY)[0] == trial_balance_page(DAY, 1, 5).lines[0]


def test_sums_are_carried_to_the_end_of_each_year_and_to_the_day(demonstration):
    with undone():
        later = DAY.replace(year=DAY.year + 2)
        days = [date(DAY.year, 12, 31), date(DAY.year + 1, 12, 31), later]
        assert carry_forward(later) == days
        assert carry_forward(later) == days
        assert list(Carried.objects.order_by("until").values_list("until", "with_parts")) == [
            (days[0], False), (days[1], False), (later, True),
        ]  # fmt: skip
        assert Basis(days[1]).changed is None
        assert funding_status(days[1]).rows == funding_status(later).rows
        assert not list(problems())


def test_day_to_come_is_refused_by_the_command(demonstration):
    with undone(), pytest.raises(CommandError, match="a day to come"):
        call_command("carry_forward", until=DAY + timedelta(days=1))


def test_sums_are_carried_when_a_day_is_over_or_much_was_entered(demonstration, monkeypatch):
    with undone():
        Carried.objects.all().delete()
        assert carry_sums_forward() == 1
        assert carry_sums_forward() == 0
        Carried.objects.update(until=DAY - timedelta(days=2))
        assert carry_sums_forward() == 1
        monkeypatch.setattr(snapshot_taking, "MUCH", 3)
        assert carry_sums_forward() == 0
        many_projects(3)
        assert carry_sums_forward() == 1
        assert Carried.objects.get().with_parts


def test_nothing_posted_carries_nothing(demonstration):
    with undone():
        assert carry_forward(date(2003, 1, 1)) == []
        assert not Carried.objects.exists()


@pytest.mark.parametrize("model", [CarriedMove, CarriedPart])
def test_verification_finds_a_sum_carried_that_is_not_the_postings(demonstration, model):
    name = "amount" if model is CarriedMove else "spent"
    with undone():
        carry_forward(DAY)
        assert not list(problems())
        row = model.objects.order_by("-pk").first()
        for change in (lambda: model.objects.filter(pk=row.pk).update(**{name: D("0.01")}), row.delete):
            with undone():
                change()
                assert [problem.what for problem in problems()] == ["carried"]


def test_verification_finds_a_day_carried_without_its_sums_and_one_from_an_entry_to_come(demonstration):
    with undone():
        carry_forward(DAY)
        carried = Carried.objects.get(until=DAY)
        for day in (DAY - timedelta(days=1), date(2008, 4, 30)):
            with undone():
                Carried.objects.create(until=day, n=carried.n, with_parts=False)
                assert {(p.what, p.where) for p in problems()} == {
                    ("carried", f"funds_carried:{Carried.objects.get(until=day).pk}")
                }
        with undone():
            Carried.objects.filter(pk=carried.pk).update(n=carried.n + 1)
            assert [problem.what for problem in problems()] == ["carried"]
