"""What mail says of this app's entries: reference, name, amount and day, as their reader may see the rows now."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from alliance.core import clock, formats
from alliance.people.models import Organisation, User
from alliance.register import About
from alliance.register.kinds import Body
from funds.models import (
    Agreement,
    Deposit,
    Donor,
    Fund,
    FundStatus,
    ImportBatch,
    NonCashPledge,
    Payment,
    Pledge,
    Voucher,
    Window,
    WindowStatus,
)
from funds.models.valued import Valued

type Said = Callable[[Body, User], About | None]


def row(rows: Any, body: Body, reader: User, fact: str, *related: str) -> Any:
    """Return the row whose reference a fact gives, if its reader may see it."""
    seen = rows.visible_to(reader)
    seen = seen.select_related(*related) if related else seen
    return seen.filter(reference=body["facts"].get(fact, "")).first()


def worth(of: Valued) -> str:
    """Return an amount in its own currency, where it is known."""
    return formats.brief_money(of.amount_usd) if of.amount is None else formats.brief_money(of.amount, of.currency)


def contribution(rows: Any, fact: str) -> Said:
    """Tell of a pledge, an agreement or a deposit: its donor and its amount."""

    def about(body: Body, reader: User) -> About | None:
        found = row(rows, body, reader, fact, "donor__organisation")
        return found and About(found.reference, found.donor.name, worth(found))

    return about


pledge = contribution(Pledge.objects, "pledge")
agreement = contribution(Agreement.objects, "agreement")
deposit = contribution(Deposit.ever, "deposit")


def instalment(body: Body, reader: User) -> About | None:
    """Tell what is owed of an instalment, and since when or until when."""
    found = row(Agreement.objects, body, reader, "agreement", "donor__organisation")
    owed = formats.brief_money(Decimal(body["facts"]["owed"]), body["facts"]["currency"])
    return found and About(found.reference, found.donor.name, owed, due(date.fromisoformat(body["facts"]["due_on"])))


def due(day: date) -> str:
    return _("due %(day)s") % {"day": formats.brief_date(day, clock.today())}


def non_cash(body: Body, reader: User) -> About | None:
    found = row(NonCashPledge.objects, body, reader, "pledge", "donor__organisation")
    return found and About(
        found.reference, found.donor.name, formats.brief_money(found.worth_usd) if found.worth_usd else ""
    )


def payment(body: Body, reader: User) -> About | None:
    found = row(Payment.objects, body, reader, "payment", "payee")
    return found and About(found.reference, found.payee.name, formats.brief_money(found.amount))


def voucher(body: Body, reader: User) -> About | None:
    found = row(Voucher.objects, body, reader, "voucher")
    return found and About(found.reference, str(found.get_kind_display()), formats.brief_money(found.amount))


def reversed_row(body: Body, reader: User) -> About | None:
    """Tell which deposit or payment was reversed."""
    return deposit(body, reader) if "deposit" in body["facts"] else payment(body, reader)


def donor(body: Body, reader: User) -> Donor | None:
    rows = Donor.objects.visible_to(reader).select_related("organisation")
    found: Donor | None = rows.filter(organisation__slug=body["facts"]["donor"]).first()
    return found


def next_step(body: Body, reader: User) -> About | None:
    found = donor(body, reader)
    return About("", found.name, "", due(found.next_step_on) if found.next_step_on else "") if found else None


def diligence(body: Body, reader: User) -> About | None:
    found = donor(body, reader)
    return About("", found.name) if found else None


def refund_to_donor(body: Body, reader: User) -> About | None:
    found = donor(body, reader)
    return About("", found.name, formats.brief_money(Decimal(body["facts"]["amount"]))) if found else None


def refund_of_partner(body: Body, reader: User) -> About:
    facts = body["facts"]
    return About(facts["project"], organisation(facts["organisation"]), formats.brief_money(Decimal(facts["amount"])))


def organisation(slug: str) -> str:
    found = Organisation.objects.filter(slug=slug).first()
    return found.name if found else ""


def fund(body: Body, reader: User) -> About:
    facts, found = body["facts"], Fund.objects.the()
    return About("", found.name if found else "", "", str(FundStatus(facts["status"]).label))


def window(body: Body, reader: User) -> About:
    facts = body["facts"]
    found = Window.objects.filter(code=facts["window"]).first()
    return About("", found.name if found else "", "", str(WindowStatus(facts["status"]).label))


def period(body: Body, reader: User) -> About:
    return About("", body["facts"]["period"])


def closed_project(body: Body, reader: User) -> About:
    return About(body["facts"]["project"])


def rates(body: Body, reader: User) -> About:
    first, last = (formats.long_date(date.fromisoformat(body["facts"][name])) for name in ("first", "last"))
    return About("", first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last})


def funding_request(body: Body, reader: User) -> About:
    facts = body["facts"]
    return About(facts["request"], "", formats.brief_money(Decimal(facts["total"])))


def trustee(body: Body, reader: User) -> About:
    day = formats.brief_date(date.fromisoformat(body["facts"]["from"]), clock.today())
    return About("", organisation(body["facts"]["trustee"]), "", _("from %(day)s") % {"day": day})


def batch(body: Body, reader: User) -> About | None:
    found = row(ImportBatch.objects, body, reader, "batch")
    return found and About(found.reference, found.file_name)
