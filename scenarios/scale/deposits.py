"""Money coming in before it is given out: pledges, agreements, deposits with fees, interest, costs, refunds to donors."""

from datetime import date, timedelta
from decimal import Decimal

from alliance.core.references import next_references
from alliance.register import Draft, record
from funds.contributions.amounts import fee_on, to_usd
from funds.ledger.attribution import Holding, split
from funds.ledger.posting import Line, account
from funds.models import Account, Agreement, Deposit, Donor, DonorStage, Instalment, Pledge, Source, SourceKind
from scenarios.scale.plan import Planned, at
from scenarios.scale.world import World

type Batch = tuple[Draft, list[Line]]

EURO = Decimal("0.75")
EURO_SOURCE = "Made-up rate"
FEE = Decimal("1.00")
ZERO = Decimal("0.00")
A_YEAR_OF_COSTS = 10  # every so many batches: costs, interest from partners, a refund, a move between windows


def fill_pools(world: World, plans: list[Planned], number: int) -> list[Batch]:
    """Return what brings in the money that these projects will take, and some of what pools also bear."""
    on = plans[0].approved_on - timedelta(days=10)
    needed: dict[str, Decimal] = {}
    for plan in plans:
        for code, amount in plan.amounts.items():
            needed[code] = needed.get(code, ZERO) + amount
    batches: list[Batch] = []
    for code, amount in sorted(needed.items()):
        held = sum(world.stakes[world.pools[code].pk].values(), ZERO)
        for part in _gifts(amount * 11 / 10 - held):
            batches.append(_deposit(world, code, part, on))
    batches.append(_interest(world, on, from_partners=number % A_YEAR_OF_COSTS == 0))
    if number % A_YEAR_OF_COSTS == 0:
        batches += _costs(world, on)
    return batches


def _gifts(wanted: Decimal) -> list[Decimal]:
    """Return two deposits, in whole thousands of dollars, that are worth a little more than what is wanted."""
    if wanted <= ZERO:
        return []
    half = (wanted * 102 / 100 / 2000).to_integral_value() * 1000 + 1000
    return [half, half]


def _deposit(world: World, code: str, amount_usd: Decimal, on: date) -> Batch:
    """Write a pledge, its agreement with one instalment, and the deposit that pays it; return its postings."""
    world.gave += 1
    donor = world.donors[world.gave % len(world.donors)]
    finance, window = world.people["finance_officer"], world.windows[code]
    is_euro = world.gave % 4 == 0
    amount, rate = (amount_usd * EURO, EURO) if is_euro else (amount_usd, Decimal(1))
    value = {
        "amount": amount, "currency": "EUR" if is_euro else "USD", "rate": rate, "rate_on": on,
        "rate_source": EURO_SOURCE if is_euro else "", "amount_usd": to_usd(amount, rate),
    }  # fmt: skip
    (plg,), (agr,), (dep,) = (next_references(prefix, 1, year=on.year) for prefix in ("PLG", "AGR", "DEP"))
    pledge = Pledge.objects.create(
        reference=plg, donor=donor, window=window, pledged_on=on - timedelta(days=120), state="acknowledged",
        noted_by=finance, noted_at=at(on - timedelta(days=119)), acknowledged_at=at(on - timedelta(days=110)),
        acknowledged_by=world.people["officer"], settled_on=on, **value,
    )  # fmt: skip
    agreement = Agreement.objects.create(
        reference=agr, pledge=pledge, donor=donor, window=window, signed_on=on - timedelta(days=60), fee_percent=FEE,
        state="completed", recorded_by=finance, recorded_at=at(on - timedelta(days=59)), completed_on=on, **value,
    )  # fmt: skip
    instalment = Instalment.objects.create(agreement=agreement, number=1, due_on=on, amount=amount)
    named = {"donor": donor.organisation.slug, "currency": value["currency"], "amount_usd": value["amount_usd"]}
    record(
        "pledge.acknowledged/1", by=pledge.acknowledged_by, rows=[pledge], facts=named | {"pledge": plg}, public=True
    )
    record(
        "agreement.signed/1", by=finance, rows=[agreement, instalment], facts=named | {"agreement": agr}, public=True
    )
    fee = fee_on(pledge.amount_usd, FEE)
    facts = named | {"deposit": dep, "window": code, "fee_usd": fee}
    entry = record("deposit.recorded/1", by=finance, facts=facts, public=True)
    entry.rows.append(
        Deposit.objects.create(
            reference=dep, donor=donor, pledge=pledge, agreement=agreement, instalment=instalment, window=window,
            received_on=on, bank_reference=f"MADE-UP-{world.gave}", fee_percent=FEE, fee_usd=fee, recorded_by=finance,
            recorded_at=at(on), entry_id=entry.id, **value,
        )
    )  # fmt: skip
    source = _source(world, donor, on, entry)
    pool = world.pools[code]
    origin = account("contributions", donor.organisation.slug)
    put(world, pool, {source: pledge.amount_usd - fee})
    return entry, [
        Line(pool, origin, pledge.amount_usd, on, {source: pledge.amount_usd}),
        Line(account("fee"), pool, fee, on, {source: fee}),
    ]


def _source(world: World, donor: Donor, on: date, entry: Draft) -> Source:
    if donor.pk not in world.sources:
        world.sources[donor.pk] = Source.objects.create(kind=SourceKind.DONOR, donor=donor, since=on)
        donor.stage = DonorStage.RECEIVED
        donor.save(update_fields=["stage"])
        entry.rows += [world.sources[donor.pk], donor]
    return world.sources[donor.pk]


def _interest(world: World, on: date, *, from_partners: bool) -> Batch:
    facts = {"window": "GEN", "amount": Decimal("1250.00"), "partners": from_partners}
    entry = record("interest.posted/1", by=world.people["finance_officer"], facts=facts, public=True)
    if world.income is None:
        world.income = Source.objects.create(kind=SourceKind.INCOME, donor=None, since=on)
        entry.rows.append(world.income)
    origin = account("interest_partners" if from_partners else "interest_fund")
    amount = Decimal("1250.00")
    put(world, world.pools["GEN"], {world.income: amount})
    return entry, [Line(world.pools["GEN"], origin, amount, on, {world.income: amount})]


def _costs(world: World, on: date) -> list[Batch]:
    """Costs borne by a pool, a donor's refund and a move to another window: each by two people where rules ask it."""
    finance, general, other = world.people["finance_officer"], world.pools["GEN"], world.pools["W1"]
    batches: list[Batch] = []
    for kind, said in (("direct_cost", "9000.00"), ("bank_charges", "120.50"), ("other_funds", "2500.00")):
        cost = Decimal(said)
        entry = record("cost.posted/1", by=finance, facts={"kind": kind, "window": "GEN", "amount": cost}, public=True)
        batches.append((entry, [Line(account(kind), general, cost, on, take(world, general, cost))]))
    amount = Decimal("4000.00")
    entry = record("window.moved/1", by=finance, facts={"from": "GEN", "to": "W1", "amount": amount}, public=True)
    shares = take(world, general, amount)
    put(world, other, shares)
    batches.append((entry, [Line(other, general, amount, on, shares)]))
    source, held = max(world.stakes[general.pk].items(), key=lambda item: (item[1], item[0].pk))
    if source.donor is not None and held > 100:
        slug, amount = source.donor.organisation.slug, Decimal("100.00")
        facts = {"donor": slug, "window": "GEN", "amount": amount}
        entry = record("donor.refunded/1", by=finance, facts=facts, public=True)
        put(world, general, {source: -amount})
        batches.append((entry, [Line(account("donor_refunds", slug), general, amount, on, {source: amount})]))
    return batches


def put(world: World, pool: Account, shares: dict[Source, Decimal]) -> None:
    """Note what the database's trigger will add to the pool's stakes."""
    stakes = world.stakes[pool.pk]
    for source, amount in shares.items():
        stakes[source] = stakes.get(source, ZERO) + amount


def take(world: World, pool: Account, amount: Decimal) -> dict[Source, Decimal]:
    """Split an outflow by the ledger's rule, and note it."""
    stakes = world.stakes[pool.pk]
    oldest = sorted(stakes, key=lambda source: (source.since, source.pk))
    shares = split(amount, [Holding(source, stakes[source], rank) for rank, source in enumerate(oldest)])
    for source, part in shares.items():
        stakes[source] -= part
    return shares


__all__ = ["Batch", "fill_pools", "put", "take"]
