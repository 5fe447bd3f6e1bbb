"""Changing a promise after it was made: a pledge, an agreement; with the reason, and with what was before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alliance.access import require
from alliance.core import clock, formats
from alliance.core.errors import OutOfState, Refused, Text
from alliance.people.models import User
from alliance.records.uploads import store_upload
from alliance.register import operation, record
from funds import permissions
from funds.contributions.agreements import received_in_own_currency_of
from funds.contributions.positions import received_in_own_currency
from funds.models import (
    Act,
    Agreement,
    AgreementAmendment,
    AgreementDocument,
    AgreementState,
    Fund,
    Instalment,
    Pledge,
    PledgeAmendment,
    PledgeState,
    Window,
)
from funds.operations.agreements import Due, agreement_facts, check_instalments, check_within_pledge, lock_agreement
from funds.operations.deposits import complete
from funds.operations.diligence import require_not_barred
from funds.operations.pledges import check_window, lock_pledge, pledge_facts, settle
from funds.operations.seed import require_signable
from funds.operations.valuation import Value, check_not_future, valued

ZERO = Decimal("0.00")
AMENDABLE = (PledgeState.PLEDGED, PledgeState.ACKNOWLEDGED)


@operation
def amend_pledge(
    *,
    by: User,
    pledge: Pledge,
    amount: Decimal,
    pledged_on: date,
    why: str,
    window: Window | None = None,
    conditions: str = "",
    event: str = "",
) -> PledgeAmendment:
    """Change what a pledge says, in its own currency; what it said before stays as a numbered amendment (R56).

    Not below what was agreed or received under it, and not once it is paid or written off. An amount keeps its rate
    unless the day changes: the dollar worth then moves with the promise alone. The window stays once an agreement or
    a deposit stands on the pledge. More is promised only when it could be pledged anew. Raises Refused, OutOfState,
    NotAllowed.
    """
    require(
        permissions.may_amend_pledge(by, pledge.donor.organisation_id),
        _("A pledge is amended by its donor's signatory or by the secretariat."),
    )
    fund = Fund.objects.held()
    pledge = lock_pledge(pledge.pk)
    if pledge.state not in AMENDABLE or pledge.is_settled or pledge.written_off_on:
        raise OutOfState()
    if not why.strip():
        raise Refused(_("Say why the pledge is amended."), field="why")
    texts = {"conditions": conditions.strip(), "event": event.strip()}
    before = (pledge.amount, pledge.window_id, pledge.pledged_on, pledge.conditions, pledge.event)
    if before == (amount, window.pk if window else None, pledged_on, *texts.values()):
        raise Refused(_("Nothing would change."), field="amount")
    _check_pledges_day(pledge, pledged_on)
    _check_pledges_window(pledge, window)
    value = _revalued(pledge, amount, pledged_on)
    if _is_more(pledge, value):
        fund.require(Act.PLEDGE)
        require_not_barred(pledge.donor)
        check_window(window)
    _check_not_below(pledge, value)
    amendment = _pledge_before(by, pledge, why.strip())
    for name, new in {**value.columns(), **texts, "window": window, "pledged_on": pledged_on}.items():
        setattr(pledge, name, new)
    pledge.save(update_fields=[*value.columns(), *texts, "window", "pledged_on"])
    facts = pledge_facts(pledge) | {"number": amendment.number, "amount_usd_before": amendment.amount_usd}
    record("pledge.amended/1", by=by, rows=[pledge, amendment], facts=facts, public=pledge.is_public)
    _settle_if_paid(by, pledge)
    return amendment


def _pledge_before(by: User, pledge: Pledge, why: str) -> PledgeAmendment:
    kept = ("window", "amount", "rate", "rate_on", "rate_source", "amount_usd", "pledged_on", "conditions", "event")
    return PledgeAmendment.objects.create(
        pledge=pledge,
        number=pledge.amendments.count() + 1,
        why=why,
        amended_by=by,
        amended_at=clock.now(),
        **{name: getattr(pledge, name) for name in kept},
    )


def _check_pledges_day(pledge: Pledge, day: date) -> None:
    check_not_future(day, "pledged_on")
    days = [
        *pledge.agreements.exclude(state=AgreementState.CANCELLED).values_list("signed_on", flat=True),
        *pledge.deposits.values_list("received_on", flat=True),
    ]
    if days and day > min(days):
        raise Refused(_("An agreement or a deposit under this pledge is older than this day."), field="pledged_on")


def _check_pledges_window(pledge: Pledge, window: Window | None) -> None:
    if (window.pk if window else None) == pledge.window_id:
        return
    check_window(window)
    if pledge.agreements.exclude(state=AgreementState.CANCELLED).exists() or pledge.deposits.exists():
        raise Refused(_("An agreement or a deposit stands on this pledge: its window stays."), field="window")


def _revalued(row: Pledge | Agreement, amount: Decimal, day: date | None = None) -> Value:
    """Value another amount of the row at the row's own rate; at the rate of another day where the day changes."""
    if row.rate is None or row.rate_on is None or (isinstance(row, Pledge) and day != row.pledged_on):
        return valued(amount, row.currency, day or clock.today())
    value = valued(amount, row.currency, row.rate_on, rate=row.rate, rate_source=row.rate_source or "-")
    return replace(value, rate_source=row.rate_source)


def _is_more(row: Pledge | Agreement, value: Value) -> bool:
    """Say whether more is promised than before: that is a promise like a first one."""
    if row.amount is None or value.amount is None:
        return value.amount_usd > row.amount_usd
    return value.amount > row.amount


def _check_not_below(pledge: Pledge, value: Value) -> None:
    agreements = list(pledge.agreements.exclude(state=AgreementState.CANCELLED))
    deposits = list(pledge.deposits.all())
    is_known = all(row.amount is not None for row in agreements)
    agreed = sum((row.amount if is_known else row.amount_usd for row in agreements), ZERO)
    _refuse_below(value, agreed, is_known, _("Agreements of %(sum)s stand on this pledge: it cannot be less."))
    received = received_in_own_currency(pledge, deposits)
    if received is None:
        received, is_known = sum((row.amount_usd for row in deposits), ZERO), False
    else:
        is_known = True
    _refuse_below(value, received, is_known, _("%(sum)s came in under this pledge: it cannot be less."))


def _refuse_below(value: Value, floor: Decimal, in_own_currency: bool, message: Text) -> None:
    offered = value.amount if in_own_currency else value.amount_usd
    if offered is not None and offered < floor:
        said = formats.money(floor, value.currency) if in_own_currency else formats.money(floor)
        raise Refused(str(message) % {"sum": said}, field="amount")


def _settle_if_paid(by: User, pledge: Pledge) -> None:
    deposits = list(pledge.deposits.order_by("received_on", "pk"))
    received = received_in_own_currency(pledge, deposits)
    if not deposits or pledge.state != PledgeState.ACKNOWLEDGED or pledge.amount is None:
        return
    if received is not None and received >= pledge.amount:
        settle(by, pledge, deposits[-1].received_on)


@operation
def amend_agreement(
    *, by: User, agreement: Agreement, amount: Decimal, signed_on: date, why: str, instalments: Sequence[Due] = ()
) -> AgreementAmendment:
    """Record a signed amendment: another amount, other instalments, or both. Earlier ones stay, and are shown.

    The instalments are all of the agreement, paid ones too. The amount is not below what came in, keeps the agreement's
    rate, and fits the pledge beside other agreements. More is agreed only when it could be signed for anew: by the
    fund's status, its window's, due diligence, and the ceiling on seed capital (R98). Raises Refused, OutOfState, NotAllowed.
    """
    require(permissions.may_record_money(by), _("Finance officers record agreements."))
    fund = Fund.objects.held()
    agreement = lock_agreement(agreement.pk)
    if agreement.state != AgreementState.SIGNED:
        raise OutOfState()
    if agreement.amount is None:
        raise Refused(_("The amount of this agreement is not known in its own currency: it cannot be amended."))
    if not why.strip():
        raise Refused(_("Say why the agreement is amended."), field="why")
    _check_amendments_day(agreement, signed_on)
    check_instalments(instalments, amount, agreement.currency, agreement.signed_on)
    value = _revalued(agreement, amount)
    received = received_in_own_currency_of(agreement)
    came = sum((row.amount_usd for row in agreement.deposits.all()), ZERO) if received is None else received
    _refuse_below(value, came, received is not None, _("%(sum)s came in under this agreement: it cannot be less."))
    if agreement.pledge is not None:
        check_within_pledge(lock_pledge(agreement.pledge.pk), amount, beside=agreement)
    if _is_more(agreement, value):
        fund.require(Act.AGREE)
        require_not_barred(agreement.donor)
        check_window(agreement.window)
        require_signable(agreement.donor, value.amount_usd - agreement.amount_usd)
    old = list(agreement.instalments.order_by("number"))
    if amount == agreement.amount and [(row.due_on, row.amount) for row in old] == list(instalments):
        raise Refused(_("Nothing would change."), field="amount")
    amendment = _agreement_before(by, agreement, signed_on, why.strip())
    rows = _replaced(agreement, amendment, old, instalments)
    agreement.amount, agreement.amount_usd = value.amount, value.amount_usd
    agreement.save(update_fields=["amount", "amount_usd"])
    facts = agreement_facts(agreement) | {"number": amendment.number, "amount_usd_before": amendment.amount_usd}
    record("agreement.amended/1", by=by, rows=[agreement, amendment, *rows], facts=facts, public=True)
    if received is not None and received >= amount:
        complete(by, agreement, signed_on)
    return amendment


def _agreement_before(by: User, agreement: Agreement, signed_on: date, why: str) -> AgreementAmendment:
    return AgreementAmendment.objects.create(
        agreement=agreement,
        number=agreement.amendments.count() + 1,
        signed_on=signed_on,
        why=why,
        recorded_by=by,
        recorded_at=clock.now(),
        **{name: getattr(agreement, name) for name in ("amount", "amount_usd")},
    )


def _check_amendments_day(agreement: Agreement, signed_on: date) -> None:
    check_not_future(signed_on, "signed_on")
    last = agreement.amendments.order_by("-number").values_list("signed_on", flat=True).first()
    if signed_on < (last or agreement.signed_on):
        raise Refused(_("This is before the agreement, or its last amendment, was signed."), field="signed_on")


def _replaced(
    agreement: Agreement, amendment: AgreementAmendment, old: Sequence[Instalment], new: Sequence[Due]
) -> list[Instalment]:
    for row in old:
        row.replaced_by = amendment
        row.save(update_fields=["replaced_by"])
    made = Instalment.objects.bulk_create(
        Instalment(agreement=agreement, number=number, due_on=due_on, amount=part)
        for number, (due_on, part) in enumerate(new, start=1)
    )
    return [*old, *made]


@operation
def attach_agreement_document(
    *, by: User, agreement: Agreement, upload: UploadedFile, title: str = ""
) -> AgreementDocument:
    """Keep a paper of an agreement: signed text, annex, letter. Raises Refused for a file that is none, or is here."""
    require(permissions.may_record_money(by), _("Finance officers record agreements."))
    agreement = lock_agreement(agreement.pk)
    try:
        file = store_upload(by=by, upload=upload)
    except Refused as refusal:
        raise Refused(refusal.message, field="upload") from refusal
    if agreement.documents.filter(file__sha256=file.sha256).exists():
        raise Refused(_("This document is attached already."), field="upload")
    document = AgreementDocument.objects.create(
        agreement=agreement, file=file, title=title.strip() or file.name, added_by=by, added_at=clock.now()
    )
    facts = {"agreement": agreement.reference, "donor": agreement.donor.organisation.slug, "sha256": file.sha256}
    record("agreement.document_added/1", by=by, rows=[document, file], facts=facts)
    return document
