"""Rows of the fund for tests, made through the operations, so that the register explains each of them."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from alliance.people.models import Organisation, User
from alliance.people.operations import register_organisation
from alliance.records.models import StoredFile
from alliance.register import operation, record
from alliance.register.models import RegisterEntry
from funds.ledger.posting import Line, account, post
from funds.models import Account, Agreement, Deposit, Donor, Fund, Payment, Pledge, Posting, Rate, Voucher, Window
from funds.operations.agreements import sign_agreement
from funds.operations.deposits import record_deposit
from funds.operations.donors import register_donor
from funds.operations.money import allocate
from funds.operations.payments import authorise_payment, pay_payment, prepare_payment
from funds.operations.pledges import acknowledge_pledge, record_pledge
from funds.operations.vouchers import authorise_voucher, prepare_voucher

D = Decimal
PLEDGED_ON = date(2008, 3, 10)
SIGNED_ON = date(2008, 4, 10)
RECEIVED_ON = date(2008, 5, 5)
PROJECT = "PRJ-2008-0001"


def make_window(code: str = "GEN") -> Window:
    return Window.objects.get(code=code)


def make_organisation(slug: str) -> Organisation:
    found = Organisation.objects.filter(slug=slug).first()
    return found or register_organisation(by=None, slug=slug, kind="government", name_en=slug.replace("-", " ").title())


def make_donor(slug: str = "sweden-mfa", donor_type: str = "state") -> Donor:
    organisation = make_organisation(slug)
    found = Donor.objects.filter(organisation=organisation).first()
    return found or register_donor(by=None, organisation=organisation, donor_type=donor_type)


def make_rate(currency: str = "SEK", on: date = PLEDGED_ON, units: str = "6.160297") -> Rate:
    """A rate beside those of the reference table, which has SEK, CHF, EUR and GBP for 2007 and 2008."""
    return Rate.objects.create(currency=currency, on=on, units_per_usd=D(units), source="test table")


def make_pledge(by: User, *, donor: Donor | None = None, acknowledged_by: User | None = None, **values: Any) -> Pledge:
    """A pledge of 10,000 US dollars, unearmarked, unless told otherwise."""
    values = {"amount": D("10000"), "currency": "USD", "pledged_on": PLEDGED_ON} | values
    pledge = record_pledge(by=by, donor=donor or make_donor(), **values)
    return acknowledge_pledge(by=acknowledged_by, pledge=pledge) if acknowledged_by else pledge


def make_agreement(by: User, *, donor: Donor | None = None, **values: Any) -> Agreement:
    values = {"amount": D("10000"), "currency": "USD", "signed_on": SIGNED_ON} | values
    pledge = values.get("pledge")
    return sign_agreement(by=by, donor=donor or (pledge.donor if pledge else make_donor()), **values)


def make_deposit(by: User, **values: Any) -> Deposit:
    values = {"amount": D("10000"), "received_on": RECEIVED_ON} | values
    if not {"agreement", "pledge"} & set(values):
        values = {"donor": make_donor(), "currency": "USD"} | values
    return record_deposit(by=by, **values)


@operation
def make_accounts(*, project: str = PROJECT, organisation: str = "iom") -> Account:
    """The accounts of a project and its partner, as a contract's first tranche makes them; returns the partner's."""
    account("project", project)
    partner = account("partner", f"{project}:{organisation}")
    record("project.funded/1", by=None, facts={"project": project})
    return partner


@operation
def pay_out(*, by: User, project: str, payee: Organisation, amount: Decimal, on: date) -> list[Posting]:
    """Post what a payment posts, of any day and without its paper: for what only reads the ledger."""
    lines = [Line(account("partner", f"{project}:{payee.slug}"), account("project", project), amount, on)]
    return post(
        lines, entry=record("payment.paid/1", by=by, facts={"payee": payee.slug, "payment": "PAY-1"}, public=True)
    )


def make_payment(by: User, *, amount: str | Decimal = "1000", payee: str = "iom", project: str = PROJECT) -> Payment:
    """A prepared payment of a project's money to its partner; money it needs is deposited and allocated before."""
    partner = make_accounts(project=project, organisation=payee)
    return prepare_payment(
        by=by,
        payee=make_organisation(payee),
        purpose="First tranche",
        amount=D(amount),
        debit=partner,
        credit=Account.objects.get(code=f"project:{project}"),
    )


def fund_project(by: User, *, amount: str = "5000", project: str = PROJECT, window: str = "GEN") -> None:
    """Deposit what is needed and allocate `amount` to the project."""
    make_deposit(by, amount=D(amount) * 2, window=make_window(window))
    allocate(by=by, project=project, amounts={make_window(window): D(amount)}, on=RECEIVED_ON)


def make_paid(preparer: User, authoriser: User, *, on: date, **values: Any) -> Payment:
    payment = authorise_payment(by=authoriser, payment=make_payment(preparer, **values))
    return pay_payment(by=preparer, payment=payment, on=on)


def fund_in(status: str) -> Fund:
    """The fund, put into a status without a word to anyone: for what a status forbids."""
    Fund.objects.update(status=status)
    return Fund.objects.the()


def make_books(preparer: User, authoriser: User) -> None:
    """Money of two donors in two pools, some of it allocated to a project, paid to its partner, and on its way back."""
    make_deposit(preparer)
    make_deposit(preparer, donor=make_donor("switzerland-sdc"), window=make_window("W1"), amount=D(5000))
    fund_project(preparer)
    make_accounts(project=PROJECT, organisation="iom")
    pay_out(by=preparer, project=PROJECT, payee=make_organisation("iom"), amount=D(3000), on=RECEIVED_ON)
    post_voucher(preparer, authoriser, kind="refund_sent", amount=D(500))


ABOUT: dict[str, Callable[[], dict[str, Any]]] = {
    **dict.fromkeys(
        ("interest_fund", "interest_partners", "direct_cost", "bank_charges", "other_fund"),
        lambda: {"window": make_window("GEN")},
    ),
    **dict.fromkeys(
        ("refund_sent", "refund_received"), lambda: {"project": PROJECT, "organisation": make_organisation("iom")}
    ),
    "donor_refund": lambda: {"window": make_window("GEN"), "donor": make_donor()},
    "release": lambda: {"project": PROJECT},
    "window_transfer": lambda: {"window": make_window("GEN"), "destination": make_window("W2")},
    "reversal": lambda: {"posting": Posting.objects.filter(debit__kind="project", credit__kind="pool").first()},
}


def make_voucher(by: User, kind: str = "bank_charges", **values: Any) -> Voucher:
    """A prepared voucher of a kind, of 100 US dollars, about what `make_books` makes, unless told otherwise."""
    filled = {"amount": None if kind == "reversal" else D(100), "on": RECEIVED_ON, "reason": "The test says so"}
    return prepare_voucher(by=by, kind=kind, **{**filled, **ABOUT[kind](), **values})


def post_voucher(preparer: User, authoriser: User, kind: str = "bank_charges", **values: Any) -> Voucher:
    return authorise_voucher(by=authoriser, voucher=make_voucher(preparer, kind, **values))


def post_cost(preparer: User, authoriser: User) -> Posting:
    """Bank charges of 50 US dollars borne by a window's pool: a posting that can be corrected."""
    voucher = post_voucher(preparer, authoriser, window=make_window("W1"), amount=D(50))
    return Posting.objects.select_related("entry", "debit", "credit").get(entry_id=voucher.entry_id)


def names_file(entry: RegisterEntry, file: StoredFile) -> bool:
    """Say whether an entry holds the row of a stored file, so that `verify` finds it changed."""
    return ("alliance.storedfile", file.pk) in [(row["model"], row["pk"]) for row in json.loads(entry.body)["rows"]]
