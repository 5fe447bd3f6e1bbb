"""The figures of a made-up fund, all from one seed: how many, how much, when. Pure: no database."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

FIRST, LAST = date(2008, 2, 1), date(2014, 3, 1)
BATCH = 20
LEAST = 70  # postings a project, at least: its deposits, allocation, payments, two reports, refund and release
CENT = Decimal("0.01")
REPORTS = 3  # of a contract
ACCEPTED = 2  # of these, with their spending posted
CATEGORIES = ("1", "2", "3", "4", "5", "6", "7", "8")
COUNTRIES = ("PH", "MA", "GH", "SN", "MX", "EC", "BD", "NP", "KE", "TN", "PE", "LK", "ET", "EG", "ID", "VN")
SUBJECTS = ("Cheaper remittances", "Fair recruitment", "Recognised skills", "Diaspora investment", "Safe return", "Migration in national plans", "Data on migrants", "Health of migrant workers", "Schooling of children left behind", "Labour arrangements")  # fmt: skip
PLACES = ("between two regions", "for young workers", "in border towns", "for women who migrate", "in five ministries", "with employers", "through consulates", "in rural districts")  # fmt: skip


@dataclass(frozen=True)
class Size:
    """What was asked for."""

    projects: int
    postings: int
    donors: int = 50
    seed: int = 1

    def wrong(self) -> str:
        """Say in one line why this cannot be made, or nothing."""
        if self.projects < 1 or self.donors < 2:
            return "a fund has at least one project and two donors"
        if self.postings < LEAST * self.projects:
            return f"{self.projects} projects need at least {LEAST * self.projects} postings"
        return ""


@dataclass
class Planned:
    """One project to be: its number, days, money by window code, parties, and how it ends."""

    number: int
    title: str
    approved_on: date
    lead: str
    second: str
    amounts: dict[str, Decimal]
    recommendations: tuple[str, ...]
    objectives: dict[str, int]
    countries: list[str]
    marker: int
    end: str  # closed, completed, active, approved

    @property
    def amount(self) -> Decimal:
        return sum(self.amounts.values(), Decimal("0.00"))

    @property
    def starts_on(self) -> date:
        return self.approved_on + timedelta(days=30)

    @property
    def ends_on(self) -> date:
        return self.starts_on + timedelta(days=540)

    def shares(self) -> dict[str, Decimal]:
        """Return each partner's part of the amount; the lead's first."""
        if not self.second:
            return {self.lead: self.amount}
        part = (self.amount * 3 / 10).quantize(CENT)
        return {self.lead: self.amount - part, self.second: part}


def batches(size: Size, partners: list[str], recommendations: list[str]) -> Iterator[list[Planned]]:
    """Yield the projects in the order they are approved, some at a time."""
    chance = random.Random(size.seed)  # noqa: S311 - made up, and the same for the same seed
    days = (LAST - FIRST).days
    planned: list[Planned] = []
    for number in range(size.projects):
        on = FIRST + timedelta(days=days * number // size.projects)
        planned.append(_planned(number, size, on, partners, recommendations, chance))
        if len(planned) == BATCH or number == size.projects - 1:
            yield planned
            planned = []


def _planned(
    number: int, size: Size, on: date, partners: list[str], recommendations: list[str], chance: random.Random
) -> Planned:
    amount = Decimal(chance.randrange(150_000_00, 900_000_00)) / 100
    window = chance.choice(("W1", "W2", "W3"))
    own = amount if chance.random() < 0.6 else (amount / 2).quantize(CENT)
    amounts = {window: own} if own == amount else {window: own, "GEN": amount - own}
    lead = chance.choices(partners, weights=[6, 4, *[1] * (len(partners) - 2)])[0]
    second = chance.choice(partners) if chance.random() < 0.4 else ""
    main = f"O{window[1]}"
    other = chance.choice([code for code in ("O1", "O2", "O3") if code != main])
    return Planned(
        number=number,
        title=f"{chance.choice(SUBJECTS)} {chance.choice(PLACES)} ({number + 1})",
        approved_on=on,
        lead=lead,
        second="" if second == lead else second,
        amounts=amounts,
        recommendations=tuple(sorted(chance.sample(recommendations, chance.choice((1, 1, 2))))),
        objectives={main: 70, other: 30},
        countries=sorted(chance.sample(COUNTRIES, 2)),
        marker=chance.choice((1, 2)),
        end=_end(number, size, chance),
    )


def _end(number: int, size: Size, chance: random.Random) -> str:
    """The older half is over; of the others, some have no contract yet."""
    if number > size.projects // 2:
        return "approved" if number % 25 == 10 and number < size.projects - 1 else "active"
    return chance.choice(("closed", "closed", "completed"))


def parts_of(amount: Decimal, count: int, chance: random.Random) -> list[Decimal]:
    """Return this many uneven parts that add up to the amount, each above zero."""
    cents = int(amount * 100)
    base = cents // count
    parts = [base - base // 3 + chance.randrange(max(1, base // 3 * 2)) for _ in range(count - 1)]
    left = cents - sum(parts)
    while left <= 0:
        largest = max(range(len(parts)), key=parts.__getitem__)
        cut = parts[largest] // 2
        parts[largest] -= cut
        left += cut
    return [Decimal(part) / 100 for part in (*parts, left)]


def at(day: date, hour: int = 9) -> datetime:
    """Return the moment of a day at which something was done."""
    return datetime.combine(day, time(hour), tzinfo=UTC)
