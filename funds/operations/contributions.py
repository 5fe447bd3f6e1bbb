"""A contribution as one line of a file tells it: a pipeline entry, or a pledge with the agreement and deposit that followed."""

from typing import Any

from django.utils.text import slugify

from alliance.core.references import next_reference
from alliance.people.models import Organisation, User
from alliance.people.operations import register_organisation
from alliance.register import operation
from alliance.register.canonical import digest_of
from funds.contributions.fees import default_fee_percent
from funds.imports.contribution_file import Contribution, Money, RowRefused
from funds.imports.mapping import Mapping
from funds.imports.reasons import reason
from funds.models import Act, Agreement, Deposit, Donor, DonorAlias, Fund, Pledge, Prospect
from funds.operations.agreements import write_agreement
from funds.operations.deposits import complete, write_deposit
from funds.operations.donors import register_donor, write_prospect
from funds.operations.pledges import accept_as_paid, acknowledge_pledge, withdraw, write_off_pledge, write_pledge
from funds.operations.valuation import Value, valued, worth_only

KINDS = {
    "state": "government",
    "institution": "international",
    "trustee": "international",
    "private": "private",
    "other": "other",
}


@operation
def write_contribution(
    *, by: User | None, contribution: Contribution, mapping: Mapping, donors: dict[str, Donor]
) -> dict[str, Prospect | Pledge | Agreement | Deposit]:
    """Write one line: a pipeline entry, or a pledge with what followed it. All of it or nothing."""
    donor = donors.get(contribution.donor) or _donor(contribution)
    if donor.donor_type != contribution.donor_type:
        raise RowRefused(reason("other_donor", name=contribution.donor))
    worth = _Worth(mapping)
    fund = Fund.objects.held()
    written: dict[str, Prospect | Pledge | Agreement | Deposit]
    if contribution.stage == "pipeline" and contribution.pledge:
        fund.require(Act.PLEDGE)
        written = {"prospect": _prospect(by, donor, contribution.pledge, worth)}
    else:
        written = _chain(by, donor, contribution, worth, fund)
    donors[contribution.donor] = donor
    return written


def _chain(by: User | None, donor: Donor, row: Contribution, worth: "_Worth", fund: Fund) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if row.pledge:
        fund.require(Act.PLEDGE)
        pledge = write_pledge(by=by, donor=donor, window=None, value=worth.of(row.pledge), pledged_on=row.pledge.on)
        written["pledge"] = acknowledge_pledge(by=None, pledge=pledge)
    if row.agreement:
        fund.require(Act.AGREE, row.agreement.on)
        written["agreement"] = _agreement(by, donor, row.agreement, row.agreement_kind, worth, written.get("pledge"))
    if row.deposit:
        fund.require(Act.RECEIVE, row.deposit.on)
        written["deposit"] = _deposit(by, donor, row.deposit, worth, written)
    _finish(by, row, written)
    return written


def _finish(by: User | None, row: Contribution, written: dict[str, Any]) -> None:
    """Carry the pledge and the agreement to where the file says they stand."""
    pledge, agreement = written.get("pledge"), written.get("agreement")
    if pledge:
        pledge.refresh_from_db()
        if row.stage == "paid" and row.deposit and not pledge.is_settled:
            accept_as_paid(by=None, pledge=pledge, on=row.deposit.on)
        elif row.stage == "cancelled":
            withdraw(by, pledge, "")
        elif row.writeoff:
            write_off_pledge(by=None, pledge=pledge, on=row.writeoff.on, amount_usd=row.writeoff.amount)
    if agreement and row.deposit and row.stage == "paid":
        agreement.refresh_from_db()
        if agreement.state == "signed":
            complete(by, agreement, row.deposit.on)


class _Worth:
    """Values amounts as the mapping says they are meant: in the fund's currency, or in their own."""

    def __init__(self, mapping: Mapping) -> None:
        self.in_fund_currency = mapping.amounts == "fund"

    def of(self, money: Money) -> Value:
        if self.in_fund_currency:
            return worth_only(money.amount, money.currency, money.on)
        return valued(money.amount, money.currency, money.on)


def _prospect(by: User | None, donor: Donor, money: Money, worth: _Worth) -> Prospect:
    return write_prospect(
        by=by,
        donor=donor,
        window=None,
        value=worth.of(money),
        noted_on=money.on,
        reference=next_reference("PIP"),
    )


def _agreement(
    by: User | None, donor: Donor, money: Money, kind: str, worth: _Worth, pledge: Pledge | None
) -> Agreement:
    return write_agreement(
        by=by,
        donor=donor,
        window=None,
        pledge=pledge,
        value=worth.of(money),
        signed_on=money.on,
        fee_percent=default_fee_percent(money.on),
        kind=kind,
    )


def _deposit(by: User | None, donor: Donor, money: Money, worth: _Worth, written: dict[str, Any]) -> Deposit:
    return write_deposit(
        by=by,
        donor=donor,
        window=None,
        agreement=written.get("agreement"),
        pledge=written.get("pledge"),
        value=worth.of(money),
        received_on=money.on,
        fee_percent=default_fee_percent(money.on),
    )


def _donor(row: Contribution) -> Donor:
    """Return the donor that this name means, registered by the import if it is new to the fund or the directory."""
    alias = DonorAlias.objects.meaning(row.donor).select_related("donor__organisation").first()
    if alias is not None:
        return alias.donor
    organisation = Organisation.objects.filter(name_en__iexact=row.donor).order_by("pk").first()
    if organisation is None:
        organisation = register_organisation(
            by=None, slug=_free_slug(row.donor), kind=KINDS[row.donor_type], name_en=row.donor, country=row.country
        )
    donor = Donor.objects.select_related("organisation").filter(organisation=organisation).first()
    return donor or register_donor(by=None, organisation=organisation, donor_type=row.donor_type)


def _free_slug(name: str) -> str:
    base = slugify(name)[:60] or f"donor-{digest_of(name)[:8]}"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug
