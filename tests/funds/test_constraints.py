"""Every constraint of the fund's own tables, violated once: the database is the last witness."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from alliance.core import clock
from alliance.records import files
from funds.models import (
    Agreement,
    AgreementAmendment,
    AgreementDocument,
    ClosedProject,
    Consent,
    Deposit,
    Donor,
    DonorAlias,
    DueDiligence,
    Fund,
    ImportBatch,
    ImportRow,
    Instalment,
    NonCashPledge,
    Payment,
    Period,
    Pledge,
    PledgeAmendment,
    Posting,
    Prospect,
    Rate,
    Reminder,
    StageChange,
    TrusteeTerm,
    Voucher,
    Window,
)
from funds.operations.aliases import name_donor
from funds.operations.amendments import amend_agreement, amend_pledge, attach_agreement_document
from funds.operations.diligence import record_due_diligence
from funds.operations.noncash import record_non_cash_pledge
from funds.operations.pledges import acknowledge_pledge
from funds.operations.reminders import remind_due
from funds.operations.vouchers import cancel_voucher
from tests.funds.factories import (
    make_agreement,
    make_deposit,
    make_donor,
    make_payment,
    make_pledge,
    make_rate,
    make_voucher,
)
from tests.ground.scenes import scene
from tests.world import smallest_pdf

D = Decimal
DAY = date(2008, 3, 10)
ELSEWHERE = {"rate_once_a_day", "funding_request_seed_within_total", "voucher_one_live_correction", "consent_once"}
LEDGER = {"account", "posting", "source", "stake", "share", "turnover", "carriedmove", "carriedpart"}
NOW = object()

# constraint, model, columns that break it
BROKEN = [
    ("fund_status_known", Fund, {"status": "dreaming"}),
    ("fund_established_once_it_is", Fund, {"status": "proposed", "established_on": date(2008, 1, 2)}),
    ("fund_operating_once_it_does", Fund, {"status": "established", "operating_on": date(2008, 1, 2)}),
    ("fund_operating_once_it_does", Fund, {"established_on": date(2008, 1, 3), "operating_on": date(2008, 1, 2)}),
    ("window_status_known", Window, {"status": "ajar"}),
    ("window_one_unearmarked", Window, {"unearmarked": True}),
    ("period_starts_before_it_ends", Period, {"starts_on": date(2009, 1, 1), "ends_on": date(2008, 1, 1)}),
    ("period_closed_is_stamped", Period, {"state": "closed"}),
    ("period_no_overlap", Period, {"starts_on": date(2000, 1, 1), "ends_on": date(2000, 6, 30)}),
    ("trustee_term_starts_before_it_ends", TrusteeTerm, {"ends_on": date(2008, 3, 31)}),
    ("trustee_term_names_its_agreement", TrusteeTerm, {"agreement": ""}),
    ("trustee_term_fee_below_all", TrusteeTerm, {"fee_percent": D(100)}),
    ("trustee_term_no_overlap", TrusteeTerm, {"ends_on": date(2009, 1, 1)}),
    ("closed_project_is_named", ClosedProject, {"reference": ""}),
    ("rate_positive", Rate, {"units_per_usd": D(0)}),
    ("donor_type_known", Donor, {"donor_type": "martian"}),
    ("donor_stage_known", Donor, {"stage": "smitten"}),
    ("donor_one_trustee", Donor, {"donor_type": "trustee"}),
    ("donor_next_step_has_day_and_owner", Donor, {"next_step": "call"}),
    ("donor_next_step_has_day_and_owner", Donor, {"next_step_on": DAY}),
    ("prospect_positive", Prospect, {"amount_usd": D(0)}),
    ("prospect_amount_with_rate", Prospect, {"rate": None}),
    ("pledge_positive", Pledge, {"amount_usd": D(0)}),
    ("pledge_amount_with_rate", Pledge, {"rate": None}),
    ("pledge_acknowledged_is_stamped", Pledge, {"acknowledged_at": NOW}),
    ("pledge_acknowledged_is_stamped", Pledge, {"state": "acknowledged"}),
    ("pledge_cancelled_is_stamped", Pledge, {"state": "cancelled"}),
    ("pledge_cancelled_is_stamped", Pledge, {"cancelled_at": NOW}),
    ("pledge_write_off_has_its_amount", Pledge, {"written_off_on": DAY}),
    ("pledge_write_off_has_its_amount", Pledge, {"written_off_on": DAY, "written_off_usd": D("10000.01")}),
    ("pledge_written_off_is_stamped", Pledge, {"state": "written_off", "acknowledged_at": NOW}),
    ("pledge_settled_is_acknowledged", Pledge, {"settled_on": DAY}),
    ("agreement_positive", Agreement, {"amount_usd": D(0)}),
    ("agreement_amount_with_rate", Agreement, {"rate_on": None}),
    ("agreement_fee_below_all", Agreement, {"fee_percent": D(100)}),
    ("agreement_completed_is_stamped", Agreement, {"state": "completed"}),
    ("agreement_completed_is_stamped", Agreement, {"completed_on": DAY}),
    ("agreement_cancelled_is_stamped", Agreement, {"state": "cancelled"}),
    ("agreement_cancelled_is_stamped", Agreement, {"cancelled_at": NOW}),
    ("instalment_positive", Instalment, {"amount": D(0)}),
    ("instalment_number_once", Instalment, {"number": 2}),
    ("deposit_amount_with_rate", Deposit, {"amount": D(0)}),
    ("deposit_fee_below_amount", Deposit, {"fee_usd": D(100)}),
    ("deposit_fee_below_amount", Deposit, {"amount_usd": D(0)}),
    ("deposit_reversed_after_it_came", Deposit, {"reversed_on": date(2008, 1, 1)}),
    ("deposit_instalment_of_an_agreement", Deposit, {"agreement": None}),
    ("donor_alias_names_one_donor", DonorAlias, {"name": "SDC"}),
    ("donor_alias_kind_known", DonorAlias, {"kind": "nickname"}),
    ("donor_alias_is_a_name", DonorAlias, {"name": ""}),
    ("non_cash_kind_known", NonCashPledge, {"kind": "cash"}),
    ("non_cash_says_what_it_is", NonCashPledge, {"description": ""}),
    ("non_cash_worth_positive", NonCashPledge, {"worth_usd": D(0)}),
    ("non_cash_acknowledged_is_stamped", NonCashPledge, {"acknowledged_at": NOW}),
    ("non_cash_acknowledged_is_stamped", NonCashPledge, {"state": "acknowledged"}),
    ("non_cash_delivered_is_stamped", NonCashPledge, {"state": "delivered", "acknowledged_at": NOW}),
    ("non_cash_delivered_is_stamped", NonCashPledge, {"delivered_on": DAY}),
    ("non_cash_cancelled_is_stamped", NonCashPledge, {"state": "cancelled"}),
    ("non_cash_cancelled_is_stamped", NonCashPledge, {"cancelled_at": NOW}),
    ("payment_positive", Payment, {"amount": D(0)}),
    ("payment_two_accounts", Payment, {"debit": "credit"}),
    ("payment_four_eyes", Payment, {"state": "authorised", "authorised_by": "prepared_by", "authorised_at": NOW}),
    ("payment_authorised_is_stamped", Payment, {"state": "authorised"}),
    ("payment_authorised_is_stamped", Payment, {"authorised_at": NOW}),
    ("payment_paid_is_stamped", Payment, {"paid_on": DAY}),
    ("payment_acknowledged_is_stamped", Payment, {"acknowledged_at": NOW}),
    ("payment_cancelled_is_stamped", Payment, {"state": "cancelled"}),
    ("payment_cancelled_is_stamped", Payment, {"cancelled_at": NOW}),
    ("voucher_positive", Voucher, {"amount": D(0)}),
    ("voucher_names_what_its_kind_needs", Voucher, {"kind": "release"}),
    ("voucher_names_what_its_kind_needs", Voucher, {"kind": "interest_fund"}),
    ("voucher_names_what_its_kind_needs", Voucher, {"project": "PRJ-1"}),
    ("voucher_names_what_its_kind_needs", Voucher, {"destination": None}),
    ("voucher_two_windows", Voucher, {"destination": "window"}),
    ("voucher_says_why", Voucher, {"reason": ""}),
    ("voucher_consent_to_a_transfer", Voucher, {"kind": "direct_cost", "destination": None, "consent": "A letter"}),
    ("voucher_four_eyes", Voucher, {"state": "posted", "authorised_by": "prepared_by", "authorised_at": NOW}),
    ("voucher_posted_is_stamped", Voucher, {"state": "posted"}),
    ("voucher_posted_is_stamped", Voucher, {"authorised_at": NOW}),
    ("voucher_cancelled_is_stamped", Voucher, {"state": "cancelled"}),
    ("voucher_cancelled_is_stamped", Voucher, {"cancelled_at": NOW}),
    ("voucher_cancelled_is_stamped", Voucher, {"cancelled_why": "no"}),
    ("import_batch_names_its_file", ImportBatch, {"file_sha256": "none"}),
    ("import_row_became_something_or_says_why", ImportRow, {"pledge": None}),
    ("import_row_became_something_or_says_why", ImportRow, {"outcome": "refused"}),
    ("import_row_key_once", ImportRow, {"key": "K2"}),
    ("import_row_line_once", ImportRow, {"line": 2}),
]


@scene
def rows(officer, finance_officer):
    """One row of each model that has constraints, and a second where a pair is needed."""
    donor = make_donor()
    make_donor("world-bank", "trustee")
    agreement = make_agreement(
        finance_officer, donor=donor, instalments=[(date(2008, 5, 1), D(4000)), (date(2008, 9, 1), D(6000))]
    )
    deposit = make_deposit(finance_officer, agreement=agreement, amount=D(100))
    pledge = make_pledge(finance_officer, donor=donor)
    prospect = Prospect.objects.create(
        reference="PIP-1",
        donor=donor,
        amount=D(5),
        currency="USD",
        rate=D(1),
        rate_on=DAY,
        amount_usd=D(5),
        noted_on=DAY,
    )
    batch = ImportBatch.objects.create(
        reference="IMP-1", file_name="a.csv", file_sha256="0" * 64, mapping_name="a.toml", mapping_sha256="0" * 64,
        made_at=clock.now(), entry_id=deposit.entry_id,
    )  # fmt: skip
    first, second = (
        ImportRow.objects.create(batch=batch, line=n, key=f"K{n}", digest="0" * 64, outcome="imported", pledge=pledge)
        for n in (1, 2)
    )
    assert second.pk
    first_term, _second_term = (
        TrusteeTerm.objects.create(
            organisation=donor.organisation, agreement="A", starts_on=starts_on, ends_on=ends_on, fee_percent=1,
            appointed_at=clock.now(),
        )
        for starts_on, ends_on in ((date(2008, 4, 1), date(2008, 12, 31)), (date(2009, 1, 1), None))
    )  # fmt: skip
    name_donor(by=officer, donor=donor, name="SDC", kind="other_name")
    promise = record_non_cash_pledge(by=officer, donor=donor, kind="in_kind", description="Laptops", pledged_on=DAY)
    return {
        DonorAlias: name_donor(by=officer, donor=donor, name="Sida", kind="paying_agency"), NonCashPledge: promise,
        Fund: Fund.objects.the(), Window: Window.objects.get(code="W1"), Period: Period.objects.get(code="2008"),
        Rate: make_rate(), TrusteeTerm: first_term, Donor: donor, Prospect: prospect, Pledge: pledge, Agreement: agreement,
        Instalment: agreement.instalments.get(number=1), Deposit: deposit, Payment: make_payment(finance_officer),
        Voucher: make_voucher(finance_officer, "window_transfer", amount=D(1)),
        ImportBatch: batch, ImportRow: first,
        ClosedProject: ClosedProject.objects.create(reference="PRJ-1", closed_on=DAY),
    }  # fmt: skip


def meant(value, row):
    if value is NOW:
        return clock.now()
    return getattr(row, value) if value in ("credit", "prepared_by", "window") else value


@pytest.mark.parametrize(("name", "model", "columns"), BROKEN, ids=[f"{n}-{i}" for i, (n, _m, _c) in enumerate(BROKEN)])
def test_broken_row_is_refused_by_the_database(rows, name, model, columns):
    row = rows[model]
    values = {column: meant(value, row) for column, value in columns.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**values)


def test_rate_of_a_currency_is_entered_once_a_day(db):
    make_rate()
    with pytest.raises(IntegrityError, match="rate_once_a_day"), transaction.atomic():
        make_rate()


# Rows of these are never changed: what breaks a constraint is refused when it is written.
NEVER_WRITTEN = [
    ("stage_change_known", StageChange, {"stage": "smitten"}),
    ("due_diligence_finding_known", DueDiligence, {"finding": "nice"}),
    ("due_diligence_valid_after_done", DueDiligence, {"valid_until": DAY}),
    ("due_diligence_says_what_was_found", DueDiligence, {"note": ""}),
    ("pledge_amendment_number_once", PledgeAmendment, {"number": 1}),
    ("pledge_amendment_has_a_reason", PledgeAmendment, {"why": ""}),
    ("pledge_amendment_positive", PledgeAmendment, {"amount_usd": D(0)}),
    ("pledge_amendment_amount_with_rate", PledgeAmendment, {"rate": None}),
    ("agreement_amendment_number_once", AgreementAmendment, {"number": 1}),
    ("agreement_amendment_has_a_reason", AgreementAmendment, {"why": ""}),
    ("agreement_amendment_positive", AgreementAmendment, {"amount_usd": D(0)}),
    ("agreement_amendment_amount_positive", AgreementAmendment, {"amount": D(0)}),
    ("reminder_once_a_stage", Reminder, {"stage": "due"}),
    ("reminder_stage_known", Reminder, {"stage": "soon"}),
    ("agreement_document_has_a_title", AgreementDocument, {"title": ""}),
]


@pytest.mark.parametrize(
    ("name", "model", "columns"), NEVER_WRITTEN, ids=[f"{n}-{i}" for i, (n, _m, _c) in enumerate(NEVER_WRITTEN)]
)
def test_broken_row_is_never_written(officer, finance_officer, name, model, columns):
    donor, now = make_donor(), clock.now()
    by = {"recorded_by": officer, "recorded_at": now}
    amended = {"number": 1, "amount": D(5), "amount_usd": D(5), "why": "less"}
    file = files.store([b"x"], name="x.pdf", media_type="application/pdf", by=None)
    whole = {
        PledgeAmendment: amended | {
            "pledge": make_pledge(officer), "rate": D(1), "rate_on": DAY, "pledged_on": DAY, "amended_by": officer,
            "amended_at": now,
        },
        AgreementAmendment: amended | by | {"agreement": make_agreement(finance_officer), "signed_on": DAY},
        Reminder: {
            "instalment": make_agreement(finance_officer, instalments=[(date(2008, 5, 1), D(10000))]).instalments.get(),
            "stage": "due", "made_at": now,
        },
        AgreementDocument: {
            "agreement": make_agreement(finance_officer), "file": file, "title": "x", "added_by": officer, "added_at": now,
        },
        StageChange: {"donor": donor, "stage": "contacted", "at": now},
        DueDiligence: {
            "donor": donor, "finding": "clear", "note": "accounts", "done_on": DAY, "valid_until": date(2009, 3, 10),
            **by,
        },
    }  # fmt: skip
    assert model.objects.create(**whole[model]).pk
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.create(**whole[model] | ({"number": 2} if "number" in whole[model] else {}) | columns)


@pytest.mark.parametrize(
    "model", [StageChange, DueDiligence, PledgeAmendment, AgreementAmendment, AgreementDocument, Reminder]
)
def test_row_is_never_changed_or_deleted(officer, finance_officer, model):
    record_due_diligence(
        by=officer, donor=make_donor(), done_on=DAY, valid_until=date(2009, 3, 10), finding="clear", note="accounts"
    )
    amend_pledge(by=officer, pledge=make_pledge(officer), amount=D(11000), pledged_on=DAY, why="more")
    agreement = make_agreement(finance_officer)
    amend_agreement(by=finance_officer, agreement=agreement, amount=D(11000), signed_on=clock.today(), why="more")
    upload = SimpleUploadedFile("a.pdf", smallest_pdf(), content_type="application/pdf")
    attach_agreement_document(by=finance_officer, agreement=agreement, upload=upload)
    make_agreement(finance_officer, instalments=[(date(2008, 5, 1), D(10000))])
    assert len(remind_due()) == 1
    rows = model.objects.all()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.update(id=F("id") + 1000)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        rows.delete()


def test_posting_has_one_live_correction_and_a_cancelled_one_makes_room(rows, finance_officer):
    posting = Posting.objects.get(entry=rows[Deposit].entry_id, debit__kind="pool")
    first = make_voucher(finance_officer, "reversal", posting=posting)
    copy = {field.attname: field.value_from_object(first) for field in Voucher._meta.fields if field.name != "id"}
    with pytest.raises(IntegrityError, match="voucher_one_live_correction"), transaction.atomic():
        Voucher.objects.create(**copy | {"reference": "VCH-X"})
    cancel_voucher(by=finance_officer, voucher=first, why="the wrong one")
    assert Voucher.objects.create(**copy | {"reference": "VCH-X"}).posting == posting


def test_consent_of_a_donor_is_recorded_once(rows):
    Consent.objects.create(voucher=rows[Voucher], donor=rows[Donor])
    with pytest.raises(IntegrityError, match="consent_once"), transaction.atomic():
        Consent.objects.create(voucher=rows[Voucher], donor=rows[Donor])


# table, what is tried: what was prepared stays, and what was stamped stays
ORDERED = [
    ("funds_payment", "amount = amount + 1"),
    ("funds_payment", "payee_id = (SELECT max(id) FROM alliance_organisation)"),
    ("funds_payment", "purpose = 'another'"),
    ("funds_payment", "reference = 'PAY-X'"),
    ("funds_payment", "prepared_by_id = (SELECT max(id) FROM alliance_user)"),
    ("funds_voucher", "amount = amount + 1"),
    ("funds_voucher", "effective_on = '2008-01-01'"),
    ("funds_voucher", "reason = 'another'"),
    ("funds_voucher", "consent = 'another'"),
    ("funds_voucher", "prepared_at = now()"),
]


@pytest.mark.requirement("D3")
@pytest.mark.parametrize(("table", "change"), ORDERED)
def test_what_was_prepared_is_never_changed(rows, table, change):
    Consent.objects.create(voucher=rows[Voucher], donor=rows[Donor])
    with (
        pytest.raises(IntegrityError, match="stays as it was prepared"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(f"UPDATE {table} SET {change}")


@pytest.mark.parametrize("table", ["funds_payment", "funds_voucher", "funds_consent"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_prepared_is_never_deleted(rows, table, statement):
    Consent.objects.create(voucher=rows[Voucher], donor=rows[Donor])
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute("SET CONSTRAINTS ALL IMMEDIATE")
        c.execute(statement.format(table))


def test_consent_is_never_changed(rows):
    consent = Consent.objects.create(voucher=rows[Voucher], donor=rows[Donor])
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(donor=make_donor("switzerland-sdc"))


def test_stamp_is_set_once(rows, finance_officer):
    voucher = cancel_voucher(by=finance_officer, voucher=rows[Voucher], why="no")
    with pytest.raises(IntegrityError, match="stays as it was prepared"), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(cancelled_why="yes")
    with pytest.raises(IntegrityError, match="stays as it was prepared"), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(
            state="prepared", cancelled_why="", cancelled_by=None, cancelled_at=None
        )


def test_every_constraint_has_its_violation():
    own = {
        constraint.name
        for model in apps.get_app_config("funds").get_models()
        if model._meta.model_name not in LEDGER
        for constraint in model._meta.constraints
    }
    assert own == {name for name, _model, _columns in [*BROKEN, *NEVER_WRITTEN]} | ELSEWHERE


def test_every_constraint_says_in_words_what_is_wrong():
    silent = [
        constraint.name
        for model in apps.get_app_config("funds").get_models()
        if model._meta.model_name not in LEDGER
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert silent == []


def test_acknowledged_pledge_may_be_cancelled_and_keeps_its_stamp(rows, officer):
    pledge = acknowledge_pledge(by=officer, pledge=rows[Pledge])
    Pledge.objects.filter(pk=pledge.pk).update(state="cancelled", cancelled_at=clock.now())
    assert Pledge.objects.get(pk=pledge.pk).acknowledged_at
