"""What every part of the history uses: the clock moved along, windows and donors by name, vouchers and proposals at once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.core import clock
from funds.models import AccountKind, Donor, Posting, Voucher, Window
from funds.operations.vouchers import authorise_voucher, prepare_voucher
from proposals.models import ProposalVersion
from tests.history import person
from tests.proposals.factories import checked_version
from tests.world import smallest_pdf

D = Decimal
LAST_DAY = date(2008, 9, 15)  # of the demonstration: the Forum meets six weeks later
REASON = "So that it is on record."
RECUSED = "member_iom"  # where the agency applies: all the others vote


def a_day_later(days: int = 1) -> None:
    clock.set_demonstration_time(clock.now() + timedelta(days=days))


def window(code: str = "GEN") -> Window:
    return Window.objects.get(code=code)


def donor(slug: str = "sweden-mfa") -> Donor:
    return Donor.objects.get(organisation__slug=slug)


def paper(name: str = "signed.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, smallest_pdf(), content_type="application/pdf")


def posted(kind: str, **about: Any) -> Voucher:
    """Prepare a voucher of today by one finance officer, and post it by the other."""
    made = prepare_voucher(by=person("finance_officer"), kind=kind, on=clock.today(), reason=REASON, **about)
    return authorise_voucher(by=person("second_finance_officer"), voucher=made)


def posting_of(row: Any) -> Posting:
    """Return the posting of the money that a voucher, deposit or payment is of; a deposit's fee is another."""
    rows = Posting.objects.filter(entry_id=row.entry_id).exclude(debit__kind=AccountKind.FEE)
    return rows.select_related("entry", "debit", "credit").get()


def proposed(title: str, **choices: Any) -> ProposalVersion:
    return checked_version(person("agency"), person("officer"), title=title, **choices)
