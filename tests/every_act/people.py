"""Organisations, donors' people and names, rates of exchange, and contributions that are not cash."""

from allauth.mfa.models import Authenticator

from alliance.accounts.operations import remove_factors
from alliance.core import clock
from alliance.forum.operations import add_area_of_work
from alliance.people.models import User
from alliance.people.operations import (
    accept_invitation,
    begin_account,
    confirm_organisation,
    end_membership,
    invite,
    register_organisation,
    send_again,
    withdraw_invitation,
)
from alliance.people.operations.credentials import change_address, change_factors, change_password, note_credentials
from alliance.records import files
from funds.operations.aliases import name_donor, withdraw_alias
from funds.operations.deposits import record_deposit
from funds.operations.fund import record_rate
from funds.operations.noncash import (
    acknowledge_non_cash_pledge,
    cancel_non_cash_pledge,
    deliver_non_cash_pledge,
    record_non_cash_pledge,
)
from funds.operations.rates import import_rates
from tests.every_act.ground import REASON, D, a_day_later, donor, window
from tests.history import person


def people() -> None:
    """An organisation entered and then confirmed; people invited who come and go; another area of work."""
    made = register_organisation(
        by=person("officer"), slug="made-up-union", kind="civil_society", confirmed=False,
        name_en="Made-up Union", name_fr="Syndicat fictif", name_es="Sindicato ficticio",
    )  # fmt: skip
    confirm_organisation(by=person("officer"), organisation=made)
    offer = {"organisation": donor().organisation, "role": "donor_viewer"}
    invitation = invite(by=person("head"), email=person("reviewer").email, **offer)
    viewer = accept_invitation(by=person("reviewer"), invitation=invitation)
    end_membership(by=person("head"), membership=viewer, last_day=clock.today())
    a_day_later()
    withdrawn = invite(by=person("donor"), email="nobody@demo.example", **offer)
    withdraw_invitation(by=person("donor"), invitation=send_again(by=person("donor"), invitation=withdrawn))
    newcomer = invite(by=person("head"), email="newcomer@demo.example", organisation=made, role="reviewer")
    begun = begin_account(
        by=None, invitation=newcomer, name="New Comer", language="es", password="made-up words of a newcomer"
    )
    end_membership(by=person("head"), membership=begun)
    add_area_of_work(
        by=person("head"), code="AW3", name_en="Made-up work", name_fr="Travaux fictifs",
        name_es="Trabajos ficticios", valid_from=clock.today(),
    )  # fmt: skip


def accounts() -> None:
    """Somebody who comes to the register's notice, chooses a password, moves, and has and loses a second factor."""
    someone = User.objects.create_user("someone@demo.example", "made-up words", name="Someone")
    note_credentials(by=None)
    change_password(by=someone, user=someone, password="other made-up words")
    change_address(by=someone, user=someone, email="someone.else@demo.example")
    app = {"user": someone, "type": Authenticator.Type.TOTP, "data": {"secret": "made up"}}
    change_factors(by=someone, user=someone, change=lambda: Authenticator.objects.create(**app))
    remove_factors(by=person("head"), user=someone, why=REASON)


def names_and_rates() -> None:
    """A donor's agency that pays, a name withdrawn, a rate by hand and rates from a file."""
    agency = name_donor(by=person("officer"), donor=donor(), name="Sida", kind="paying_agency")
    record_deposit(
        by=person("finance_officer"), donor=donor(), window=window(), amount=D("40000.00"), currency="USD",
        received_on=clock.today(), paying_agency=agency, bank_reference="SE-AGENCY",
    )  # fmt: skip
    name = name_donor(by=person("officer"), donor=donor(), name="Svenska UD", kind="other_name")
    withdraw_alias(by=person("officer"), alias=name)
    today = clock.today()
    record_rate(
        by=person("finance_officer"), currency="NOK", on=today, units_per_usd=D("5.712345"), source="Made-up table"
    )
    table = f"effective_date,currency,units_per_usd,source\n{today},DKK,5.2601,Made-up table\n{today},JPY,104.7,Made-up table\n"
    kept = files.store([table.encode()], name="rates.csv", media_type="text/csv", by=person("finance_officer"))
    import_rates(by=person("finance_officer"), file=kept)


def gifts() -> None:
    """A person seconded who comes, and a room that is withdrawn."""
    said = {"by": person("officer"), "donor": donor(), "pledged_on": clock.today()}
    seconded = record_non_cash_pledge(kind="secondment", description="A statistician", worth_usd=D("90000"), **said)
    acknowledge_non_cash_pledge(by=person("officer"), pledge=seconded)
    deliver_non_cash_pledge(by=person("officer"), pledge=seconded, on=clock.today())
    room = record_non_cash_pledge(kind="in_kind", description="A room", **said)
    cancel_non_cash_pledge(by=person("officer"), pledge=room, why=REASON)
