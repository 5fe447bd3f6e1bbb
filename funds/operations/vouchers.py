"""Vouchers: interest, costs, refunds, releases, transfers and corrections, prepared by one person and posted by another.

No other way posts these (D3). Nothing is set aside at preparation; everything is checked again, under the locks, when a
voucher is authorised. How a kind is posted stands in `voucher_kinds`.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock
from alliance.core.constraints import constraint_of
from alliance.core.errors import Refused
from alliance.core.references import next_reference
from alliance.core.states import advance
from alliance.people.four_eyes import require_another
from alliance.people.models import Organisation, User
from alliance.records.uploads import store_upload
from alliance.register import operation, record
from funds import permissions
from funds.models import Account, AccountKind, Consent, Donor, Fund, Period, Posting, Voucher, VoucherKind, Window
from funds.models.vouchers import ABOUT, NAMES, WITH_REASON
from funds.operations.backdating import require_held_then
from funds.operations.valuation import FUND_CURRENCY, check_not_future, worth_only
from funds.operations.voucher_kinds import WAYS, rehearsed

MISSING = {
    "window": _("Name the window."),
    "destination": _("Name the window that the money goes to."),
    "project": _("Name the project."),
    "organisation": _("Name the partner."),
    "donor": _("Name the donor."),
    "posting": _("Name the posting that is corrected."),
}


@operation
def prepare_voucher(
    *,
    by: User,
    kind: str,
    on: date,
    amount: Decimal | None = None,
    window: Window | None = None,
    destination: Window | None = None,
    project: str = "",
    organisation: Organisation | None = None,
    donor: Donor | None = None,
    posting: Posting | None = None,
    reason: str = "",
    consent: str = "",
    consenting: Collection[Donor] = (),
    file: UploadedFile | None = None,
    bank_reference: str = "",
) -> Voucher:
    """Prepare a voucher, in the fund's currency, effective on a day. It waits for another person; nothing is posted.

    Raises Refused for what its kind needs and lacks, an amount or a day that cannot be; InsufficientFunds and
    OutOfState for what could not be posted now.
    """
    require(permissions.may_record_money(by), _("Finance officers prepare vouchers."))
    if kind not in WAYS:
        raise Refused(_("“%(kind)s” is not a kind of voucher.") % {"kind": kind}, field="kind")
    Fund.objects.held().require(WAYS[kind].act, on, field="on")
    about = {
        "window": window, "destination": destination, "project": project.strip(), "organisation": organisation,
        "donor": donor, "posting": posting,
    }  # fmt: skip
    _check_about(kind, about)
    _check_day(on)
    _check_words(kind, reason.strip(), has_consent=bool(consent.strip() or consenting))
    voucher = _made(
        reference=next_reference("VCH"),
        kind=kind,
        amount=posting.amount if posting else _amount(amount),
        effective_on=on,
        reason=reason.strip(),
        consent=consent.strip(),
        document=store_upload(by=by, upload=file) if file else None,
        bank_reference=bank_reference.strip(),
        prepared_by=by,
        prepared_at=clock.now(),
        **about,
    )
    givers = sorted(set(consenting), key=lambda giver: giver.pk)
    consents = Consent.objects.bulk_create(Consent(voucher=voucher, donor=giver) for giver in givers)
    rehearsed(voucher)
    papers = [voucher.document] if voucher.document else []
    record("voucher.prepared/1", by=by, rows=[voucher, *consents, *papers], facts=_facts(voucher))
    return voucher


@operation
def authorise_voucher(*, by: User, voucher: Voucher) -> Voucher:
    """Authorise a prepared voucher and post it, in one act. Raises NotAllowed for whoever prepared it.

    Raises InsufficientFunds, OutOfState or Refused when it can no longer be posted; it then stays prepared.
    """
    require(permissions.may_authorise(by), _("A finance officer or the head authorises vouchers."))
    fund = Fund.objects.held()
    voucher = _locked(voucher)
    require_another(by, voucher.prepared_by_id)
    advance(voucher, "authorise")
    way = WAYS[voucher.kind]
    fund.require(way.act, voucher.effective_on)
    told = way.about(voucher)
    if way.by_two:
        told["prepared_by"] = voucher.prepared_by
    if voucher.kind == VoucherKind.REVERSAL:
        told["reason"] = voucher.reason
    postings = way.post(by=by, **told)
    require_held_then(postings)
    voucher.authorised_by, voucher.authorised_at, voucher.entry_id = by, clock.now(), postings[0].entry_id
    voucher.save(update_fields=["state", "authorised_by", "authorised_at", "entry"])
    record("voucher.posted/1", by=by, rows=[voucher], facts=_facts(voucher))
    return voucher


@operation
def cancel_voucher(*, by: User, voucher: Voucher, why: str) -> Voucher:
    """Cancel a voucher that was not posted, with the reason."""
    require(permissions.may_authorise(by), _("A finance officer or the head cancels vouchers."))
    voucher = _locked(voucher)
    if not why.strip():
        raise Refused(_("Say why the voucher is cancelled."), field="why")
    advance(voucher, "cancel")
    voucher.cancelled_by, voucher.cancelled_at, voucher.cancelled_why = by, clock.now(), why.strip()
    voucher.save(update_fields=["state", "cancelled_by", "cancelled_at", "cancelled_why"])
    record("voucher.cancelled/1", by=by, rows=[voucher], facts=_facts(voucher))
    return voucher


def _check_about(kind: str, about: dict[str, Any]) -> None:
    for name in ABOUT:
        if name in NAMES[kind] and not about[name]:
            raise Refused(MISSING[name], field=name)
        if name not in NAMES[kind] and about[name]:
            raise Refused(_("A voucher names what its kind needs, and nothing else."), field=name)
    if about["destination"] and about["destination"] == about["window"]:
        raise Refused(_("A transfer goes from one window to another."), field="destination")
    if about["project"]:
        _check_project(kind, about["project"], about["organisation"])


def _check_project(kind: str, project: str, organisation: Organisation | None) -> None:
    """Raise Refused unless the accounts that the money leaves exist: no account is made by a mistyped reference."""
    left, subject = AccountKind.PROJECT, project
    if organisation:
        sent = kind == VoucherKind.REFUND_SENT
        left = AccountKind.PARTNER if sent else AccountKind.REFUNDS_IN_TRANSIT
        subject = f"{project}:{organisation.slug}"
    if not Account.objects.filter(kind=left, subject=subject).exists():
        raise Refused(_("There is no money of this project there."), field="project")


def _check_words(kind: str, reason: str, *, has_consent: bool) -> None:
    if kind in WITH_REASON and not reason:
        raise Refused(_("Say why: whoever authorises has to be able to judge it."), field="reason")
    if kind != VoucherKind.WINDOW_TRANSFER and has_consent:
        raise Refused(_("Consent belongs to a transfer between windows."), field="consent")


def _check_day(on: date) -> None:
    check_not_future(on, "on")
    if not Period.objects.covering(on).filter(state=Period.State.OPEN).exists():
        raise Refused(_("This date lies in no open accounting period."), field="on")


def _amount(amount: Decimal | None) -> Decimal:
    if amount is None:
        raise Refused(_("An amount is more than zero."), field="amount")
    return worth_only(amount, FUND_CURRENCY, clock.today()).amount_usd


def _made(**columns: Any) -> Voucher:
    try:
        with transaction.atomic():
            return Voucher.objects.create(**columns)
    except IntegrityError as error:
        if constraint_of(error) != "voucher_one_live_correction":
            raise
        raise Refused(_("A correction of this posting is prepared or posted already."), field="posting") from None


def _locked(voucher: Voucher) -> Voucher:
    """Lock the row alone: few of its subjects are looked at, and joining all costs more than the act itself."""
    return Voucher.objects.select_for_update(no_key=True).get(pk=voucher.pk)


def _facts(voucher: Voucher) -> dict[str, object]:
    return {
        "voucher": voucher.reference,
        "kind": voucher.kind,
        "amount": voucher.amount,
        "on": voucher.effective_on,
        "document": voucher.document.sha256 if voucher.document else "",
    }
