"""Vouchers: two people for each, posted once and as it was prepared, refused in words when it cannot be."""

import ast
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from alliance.core import clock
from alliance.core.errors import InsufficientFunds, KeyReused, NotAllowed, OutOfState, Refused
from alliance.register import operation, record
from alliance.register.models import RegisterEntry
from funds import checks
from funds.ledger.posting import Line, account, post
from funds.ledger.refunds_in_transit import refunds_in_transit
from funds.models import Account, Period, Posting, Share, Source, Stake, Voucher, VoucherKind, Window
from funds.models.vouchers import WITH_REASON
from funds.operations.backdating import lowest_stakes
from funds.operations.fund import close_period
from funds.operations.voucher_kinds import preview_voucher
from funds.operations.vouchers import authorise_voucher, cancel_voucher, prepare_voucher
from funds.statements.direct_costs import cost_share
from funds.statements.funding_status import funding_status
from tests.funds.factories import (
    PROJECT,
    RECEIVED_ON,
    fund_in,
    make_books,
    make_donor,
    make_paid,
    make_voucher,
    make_window,
    names_file,
    post_cost,
    post_voucher,
)
from tests.funds.test_ledger import allocate, deposit
from tests.ground.scenes import scene
from tests.world import smallest_pdf

D = Decimal
ROOT = Path(__file__).parents[2]
# kind → debit, credit, of 100 US dollars
MOVES = {
    "interest_fund": ("pool:GEN", "interest-fund"),
    "interest_partners": ("pool:GEN", "interest-partners"),
    "direct_cost": ("direct-cost", "pool:GEN"),
    "bank_charges": ("bank-charges", "pool:GEN"),
    "other_fund": ("other-funds", "pool:GEN"),
    "refund_sent": (f"refunds-in-transit:{PROJECT}:iom", f"partner:{PROJECT}:iom"),
    "refund_received": (f"project:{PROJECT}", f"refunds-in-transit:{PROJECT}:iom"),
    "donor_refund": ("donor-refunds:sweden-mfa", "pool:GEN"),
    "release": ("pool:GEN", f"project:{PROJECT}"),
    "window_transfer": ("pool:W2", "pool:GEN"),
}
TWO = ("finance_officer", "second_finance_officer")


@scene
def books(finance_officer, second_finance_officer):
    make_books(finance_officer, second_finance_officer)
    return {"by": finance_officer, "other": second_finance_officer}


def stakes(code):
    rows = Stake.objects.filter(pool__code=f"pool:{code}", amount__gt=0).order_by("source__since", "source_id")
    return [stake.amount for stake in rows]


def balances():
    return {account.code: account.balance for account in Account.objects.all() if account.balance}


@pytest.mark.requirement("D3", "R52")
@pytest.mark.parametrize("kind", MOVES)
def test_voucher_is_posted_when_authorised_and_not_before(books, kind):
    posted = Posting.objects.count()
    voucher = make_voucher(books["by"], kind)
    assert Posting.objects.count() == posted
    voucher = authorise_voucher(by=books["other"], voucher=voucher)
    (posting,) = Posting.objects.filter(entry_id=voucher.entry_id).select_related("debit", "credit")
    assert (posting.debit.code, posting.credit.code, posting.amount) == (*MOVES[kind], D("100.00"))
    assert (posting.effective_on, voucher.state) == (RECEIVED_ON, "posted")
    assert list(checks.problems()) == []


def test_correction_mirrors_its_posting_and_its_shares(books):
    posting = post_cost(books["by"], books["other"])
    voucher = post_voucher(books["by"], books["other"], "reversal", posting=posting)
    (mirror,) = Posting.objects.filter(entry_id=voucher.entry_id)
    assert (mirror.reverses, mirror.debit_id, mirror.credit_id) == (posting, posting.credit_id, posting.debit_id)
    assert (voucher.amount, stakes("W1")) == (D("50.00"), [D("4950.00")])


EVERY_KIND = [*MOVES, "reversal"]


def test_every_kind_is_tried():
    assert set(EVERY_KIND) == set(VoucherKind.values)


@pytest.mark.requirement("D3")
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_whoever_prepares_cannot_authorise(books, kind):
    values = {"posting": post_cost(books["by"], books["other"])} if kind == "reversal" else {}
    voucher = make_voucher(books["by"], kind, **values)
    with pytest.raises(NotAllowed, match="another person"):
        authorise_voucher(by=books["by"], voucher=voucher)
    assert Voucher.objects.get(pk=voucher.pk).state == "prepared"
    assert authorise_voucher(by=books["other"], voucher=voucher).authorised_by == books["other"]


@pytest.mark.requirement("D3")
def test_database_refuses_one_person_behind_every_door(books):
    voucher = make_voucher(books["by"])
    with pytest.raises(IntegrityError, match="voucher_four_eyes"), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(
            state="posted", authorised_by=books["by"], authorised_at=clock.now(), entry=RegisterEntry.objects.first()
        )


@pytest.mark.requirement("D3")
def test_nothing_but_a_voucher_posts_what_needs_two_people():
    """The acts of `money` that vouchers post are named by no other module of the portal."""
    posted_by_vouchers = {
        "post_interest", "post_cost", "return_money", "receive_refund", "refund_donor", "release",
        "move_between_windows", "reverse", "interest_lines", "cost_lines", "return_lines", "arrival_lines",
        "donor_refund_lines", "release_lines", "window_lines", "reversal_lines",
    }  # fmt: skip
    callers = set()
    for app in ("funds", "proposals", "governance", "reporting"):
        for path in (ROOT / app).rglob("*.py"):
            if path.name == "money.py" and path.parent.name == "operations":
                continue
            names = _names_of_money(ast.parse(path.read_text()))
            if names & posted_by_vouchers:
                callers.add(str(path.relative_to(ROOT)))
    assert callers == {"funds/operations/voucher_kinds.py"}


def _names_of_money(tree):
    """Return what a module takes from `funds.operations.money`: imported names, and attributes of the module."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named = {a.name for node in imports if node.module == "funds.operations.money" for a in node.names}
    modules = {
        a.asname or a.name
        for node in imports
        if node.module == "funds.operations"
        for a in node.names
        if a.name == "money"
    }
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return named | {n.attr for n in attributes if isinstance(n.value, ast.Name) and n.value.id in modules}


WHO = ["donor", "agency", "officer", "auditor", "member", "head"]


@pytest.mark.parametrize("key", WHO)
def test_only_finance_officers_prepare(people, key):
    with pytest.raises(NotAllowed):
        make_voucher(people[key], "interest_fund")


@pytest.mark.parametrize("key", [key for key in WHO if key != "head"])
def test_only_finance_officers_and_the_head_authorise_and_cancel(people, finance_officer, key):
    voucher = make_voucher(finance_officer, "interest_fund")
    with pytest.raises(NotAllowed):
        authorise_voucher(by=people[key], voucher=voucher)
    with pytest.raises(NotAllowed):
        cancel_voucher(by=people[key], voucher=voucher, why="no")


def test_head_authorises(finance_officer, head):
    assert post_voucher(finance_officer, head, "interest_fund").state == "posted"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "100.005", "1000000000000", "NaN", "Infinity"])
def test_amount_that_cannot_be_is_refused(finance_officer, amount):
    with pytest.raises(Refused) as refusal:
        make_voucher(finance_officer, "interest_fund", amount=D(amount))
    assert (refusal.value.field, Voucher.objects.count()) == ("amount", 0)


def test_amount_is_needed(finance_officer):
    with pytest.raises(Refused, match="more than zero"):
        make_voucher(finance_officer, "interest_fund", amount=None)


def test_day_in_the_future_or_outside_the_periods_is_refused(finance_officer):
    for day, why in [(clock.today() + timedelta(days=1), "future"), (date(1999, 1, 1), "no open accounting period")]:
        with pytest.raises(Refused, match=why):
            make_voucher(finance_officer, "interest_fund", on=day)


def test_period_closed_after_preparation_refuses_the_posting(finance_officer, second_finance_officer):
    voucher = make_voucher(finance_officer, "interest_fund", on=date(2007, 12, 31))
    close_period(by=finance_officer, period=Period.objects.get(code="2007"))
    with pytest.raises(Refused, match="no open accounting period"):
        authorise_voucher(by=second_finance_officer, voucher=voucher)
    assert Voucher.objects.get(pk=voucher.pk).state == "prepared"
    with pytest.raises(Refused, match="no open accounting period"):
        make_voucher(finance_officer, "interest_fund", on=date(2007, 12, 31))


@pytest.mark.parametrize("kind", ["direct_cost", "refund_sent", "refund_received", "donor_refund", "release"])
def test_more_than_there_is_is_refused_at_preparation(books, kind):
    with pytest.raises(InsufficientFunds):
        make_voucher(books["by"], kind, amount=D(900000))
    assert not Voucher.objects.filter(kind=kind, amount=D(900000)).exists()


def test_what_is_gone_when_it_is_authorised_is_refused_and_stays_prepared(books):
    first = make_voucher(books["by"], "refund_received", amount=D(400))
    second = make_voucher(books["by"], "refund_received", amount=D(400))
    authorise_voucher(by=books["other"], voucher=first)
    before = balances()
    with pytest.raises(InsufficientFunds):
        authorise_voucher(by=books["other"], voucher=second)
    assert (Voucher.objects.get(pk=second.pk).state, balances()) == ("prepared", before)


@pytest.mark.parametrize("kind", WITH_REASON)
def test_reason_is_needed_to_judge(books, kind):
    with pytest.raises(Refused, match="Say why"):
        make_voucher(books["by"], kind, reason=" ")


NEEDED = [
    ("bank_charges", "window"), ("refund_sent", "project"), ("refund_sent", "organisation"),
    ("donor_refund", "donor"), ("window_transfer", "destination"), ("reversal", "posting"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), NEEDED)
def test_what_a_kind_needs_is_asked_for(books, kind, name):
    with pytest.raises(Refused) as refusal:
        make_voucher(books["by"], kind, **{name: "" if name == "project" else None, "amount": D(1)})
    assert refusal.value.field == name


def test_what_a_kind_does_not_need_is_refused(books):
    with pytest.raises(Refused, match="nothing else"):
        make_voucher(books["by"], donor=make_donor())
    with pytest.raises(Refused, match="Consent belongs"):
        make_voucher(books["by"], consent="A letter")
    with pytest.raises(Refused, match="not a kind"):
        prepare_voucher(by=books["by"], kind="gift", on=RECEIVED_ON, amount=D(1))


def test_project_that_is_not_there_is_refused_and_no_account_made(books):
    accounts = Account.objects.count()
    for kind in ("release", "refund_sent", "refund_received"):
        with pytest.raises(Refused, match="no money of this project"):
            make_voucher(books["by"], kind, project="PRJ-2008-9999")
    assert Account.objects.count() == accounts


def test_transfer_goes_to_another_window(books):
    with pytest.raises(Refused, match="to another"):
        make_voucher(books["by"], "window_transfer", destination=make_window("GEN"))


@pytest.mark.requirement("R14")
def test_closed_window_takes_no_more_money_and_gives_what_it_has(books):
    Window.objects.filter(code="W1").update(status="closed")
    closed = make_window("W1")
    for kind, named in (("window_transfer", {"destination": closed}), ("interest_fund", {"window": closed})):
        with pytest.raises(OutOfState, match="window is closed"):
            make_voucher(books["by"], kind, **named)
    out = {"window": closed, "destination": make_window("W2"), "consent": "A letter"}
    assert post_voucher(books["by"], books["other"], "window_transfer", **out).state == "posted"


def test_document_of_a_voucher_is_of_record(books):
    file = SimpleUploadedFile("letter.pdf", smallest_pdf())
    voucher = make_voucher(books["by"], file=file)
    assert names_file(
        RegisterEntry.objects.get(kind="voucher.prepared/1", body__contains=voucher.reference), voucher.document
    )


@pytest.mark.requirement("R14")
def test_earmarked_money_needs_consent_and_named_donors_move_alone(books):
    from tests.funds.factories import make_deposit

    make_deposit(books["by"], window=make_window("W1"), amount=D(1000))
    out = {"window": make_window("W1"), "destination": make_window("W2")}
    with pytest.raises(Refused, match="consent"):
        make_voucher(books["by"], "window_transfer", **out)
    swiss = make_donor("switzerland-sdc")
    voucher = make_voucher(books["by"], "window_transfer", **out, consenting=[swiss, swiss])
    authorise_voucher(by=books["other"], voucher=voucher)
    assert (stakes("W1"), stakes("W2")) == ([D("990.00"), D("4850.00")], [D("100.00")])
    with pytest.raises(InsufficientFunds):
        make_voucher(books["by"], "window_transfer", **out, consenting=[make_donor()], amount=D("990.01"))
    post_voucher(books["by"], books["other"], "window_transfer", **out, consent="Letters of 2 May 2008", amount=D(584))
    assert stakes("W1") == [D("891.00"), D("4365.00")]


def test_document_alone_is_a_recorded_consent(books):
    file = SimpleUploadedFile("letter.pdf", smallest_pdf())
    voucher = make_voucher(
        books["by"], "window_transfer", window=make_window("W1"), destination=make_window("W2"), file=file
    )
    assert (voucher.document.name, authorise_voucher(by=books["other"], voucher=voucher).state) == (
        "letter.pdf",
        "posted",
    )


def test_file_that_is_no_document_is_refused(books):
    with pytest.raises(Refused) as refusal:
        make_voucher(books["by"], file=SimpleUploadedFile("letter.pdf", b"MZ not a document"))
    assert refusal.value.field == "file"


def test_posting_is_corrected_once(books):
    posting = post_cost(books["by"], books["other"])
    voucher = make_voucher(books["by"], "reversal", posting=posting)
    with pytest.raises(Refused, match="prepared or posted already"):
        make_voucher(books["by"], "reversal", posting=posting)
    authorise_voucher(by=books["other"], voucher=voucher)
    mirror = Posting.objects.get(entry_id=voucher.entry_id or Voucher.objects.get(pk=voucher.pk).entry_id)
    for again in (posting, mirror):
        with pytest.raises(Refused):
            make_voucher(books["by"], "reversal", posting=again)


def test_cancelled_voucher_says_why_and_is_not_posted(books):
    voucher = make_voucher(books["by"])
    with pytest.raises(Refused, match="why"):
        cancel_voucher(by=books["by"], voucher=voucher, why=" ")
    cancel_voucher(by=books["by"], voucher=voucher, why="twice")
    for act in (
        lambda: authorise_voucher(by=books["other"], voucher=voucher),
        lambda: cancel_voucher(by=books["by"], voucher=voucher, why="again"),
    ):
        with pytest.raises(OutOfState):
            act()


def test_voucher_is_posted_once(books):
    voucher = post_voucher(books["by"], books["other"])
    for act in (
        lambda: authorise_voucher(by=books["other"], voucher=voucher),
        lambda: cancel_voucher(by=books["other"], voucher=voucher, why="late"),
    ):
        with pytest.raises(OutOfState):
            act()


@pytest.mark.requirement("D8")
def test_same_key_prepares_and_posts_once(books):
    values = {"by": books["by"], "kind": "bank_charges", "on": RECEIVED_ON, "window": make_window(), "key": "k"}
    voucher = prepare_voucher(amount=D(5), **values)
    assert prepare_voucher(amount=D(5), **values) == voucher
    with pytest.raises(KeyReused):
        prepare_voucher(amount=D(6), **values)
    for _ in range(2):
        assert authorise_voucher(by=books["other"], voucher=voucher, key="a").state == "posted"
    assert Posting.objects.filter(debit__code="bank-charges").count() == 1


STATUSES = {
    "closing": {"other_fund": True, "donor_refund": True, "window_transfer": False},
    "established": {"other_fund": False, "bank_charges": True, "donor_refund": False},
    "closed": {"interest_fund": False, "bank_charges": False, "release": False},
}


@pytest.mark.requirement("R103")
@pytest.mark.parametrize("status", STATUSES)
def test_status_of_the_fund_allows_certain_vouchers(books, status):
    prepared = {kind: make_voucher(books["by"], kind) for kind in STATUSES[status]}
    fund_in(status)
    for kind, allowed in STATUSES[status].items():
        if allowed:
            authorise_voucher(by=books["other"], voucher=prepared[kind])
            continue
        with pytest.raises(OutOfState, match="The fund is"):
            make_voucher(books["by"], kind)
        with pytest.raises(OutOfState, match="The fund is"):
            authorise_voucher(by=books["other"], voucher=prepared[kind])


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_preview_is_what_is_posted_and_leaves_nothing(books, kind):
    values = {"posting": post_cost(books["by"], books["other"])} if kind == "reversal" else {}
    voucher = make_voucher(books["by"], kind, **values)
    before, entries, accounts = balances(), RegisterEntry.objects.count(), Account.objects.count()
    preview = preview_voucher(voucher)
    assert (balances(), RegisterEntry.objects.count(), Account.objects.count()) == (before, entries, accounts)
    authorise_voucher(by=books["other"], voucher=voucher)
    after = balances()
    assert {row.name: row.after for row in preview.accounts} == {
        row.name: after.get(row.name, D(0)) for row in preview.accounts
    }
    held = {(s.pool.subject, s.source.label): s.amount for s in Stake.objects.select_related("pool", "source__donor")}
    assert {(row.name, str(row.source)): row.after for row in preview.stakes} == {
        (row.name, str(row.source)): held[row.name, str(row.source)] for row in preview.stakes
    }


def test_preview_says_why_it_would_be_refused(books):
    voucher = make_voucher(books["by"], "refund_received", amount=D(500))
    post_voucher(books["by"], books["other"], "refund_received", amount=D(1))
    assert "not enough money" in str(preview_voucher(voucher).refusal)


def test_refund_in_transit_ages_from_the_oldest_that_has_not_arrived(books):
    first = clock.today() - timedelta(days=40)
    post_voucher(books["by"], books["other"], "refund_received", amount=D(500))
    assert refunds_in_transit() == []
    post_voucher(books["by"], books["other"], "refund_sent", amount=D(100), on=first)
    post_voucher(books["by"], books["other"], "refund_sent", amount=D(50), on=clock.today() - timedelta(days=3))
    (transit,) = refunds_in_transit()
    assert (transit.amount, transit.days, transit.is_late, transit.organisation) == (
        D("150.00"), 40, True, "International Organization for Migration",
    )  # fmt: skip
    post_voucher(books["by"], books["other"], "refund_received", amount=D(100), on=clock.today())
    (transit,) = refunds_in_transit()
    assert (transit.amount, transit.days, transit.is_late) == (D("50.00"), 3, False)


@pytest.mark.requirement("R66")
def test_direct_costs_are_measured_against_the_ceiling(books, settings):
    """3,000 paid to the partner and nothing come back: 157.89 of 3,157.89 is within five per cent, a cent more not."""
    status = funding_status()
    assert not cost_share(status, D("157.89")).is_above
    assert cost_share(status, D("157.90")).is_above
    settings.ALLIANCE_RULES = settings.ALLIANCE_RULES | {"direct_cost_ceiling_percent": "6"}
    assert not cost_share(status, D("157.90")).is_above
    post_voucher(books["by"], books["other"], "direct_cost", amount=D("300.00"))
    share = cost_share(funding_status())
    assert (share.cost, share.spending, share.percent, share.is_above) == (D("300.00"), D("3300.00"), D("9.1"), True)


def test_voucher_of_another_amount_than_was_posted_is_found(books):
    from django.db import connection

    voucher = post_voucher(books["by"], books["other"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE funds_voucher SET amount = amount + 1 WHERE id = %s", [voucher.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [(p.what, p.where) for p in checks.problems()] == [("posting", f"funds_voucher:{voucher.pk}")]


def test_windows_that_no_money_was_allocated_from_take_part(books):
    Window.objects.filter(code="W2").update(status="suspended")
    assert post_voucher(books["by"], books["other"], "window_transfer").state == "posted"


@pytest.mark.requirement("R52")
def test_pool_holds_nothing_less_than_nothing_on_any_day(finance_officer, second_finance_officer):
    today, window = clock.today(), Window.objects.get(code="W2")
    first, between, last = (today - timedelta(days=days) for days in (20, 15, 10))
    deposit(by=finance_officer, slug="sweden-mfa", code="W2", amount="1000.00", on=first)
    allocate(None, "PRJ-9", on=last, W2="990.00")
    deposit(by=finance_officer, slug="sweden-mfa", code="W2", amount="1000.00", on=today)
    before = Posting.objects.count()
    for on, amount in ((first - timedelta(days=1), "1.00"), (between, "10.01"), (last, "10.01")):
        with pytest.raises(Refused, match="on that day") as refused:
            make_voucher(finance_officer, "bank_charges", window=window, amount=D(amount), on=on)
        assert refused.value.field == "on"
    assert Posting.objects.count() == before
    prepared = [
        make_voucher(finance_officer, "bank_charges", window=window, amount=D(amount), on=on)
        for on, amount in ((between, "10.00"), (last, "10.00"), (today, "1000.01"))
    ]
    authorise_voucher(by=second_finance_officer, voucher=prepared[0])
    with pytest.raises(Refused, match="on that day"):
        authorise_voucher(by=second_finance_officer, voucher=prepared[1])
    with pytest.raises(InsufficientFunds):
        authorise_voucher(by=second_finance_officer, voucher=prepared[2])


@pytest.mark.requirement("R52")
def test_no_account_of_a_project_holds_less_than_nothing_on_any_day(finance_officer, second_finance_officer):
    today = clock.today()
    first, between, allocated_on = (today - timedelta(days=days) for days in (30, 20, 10))
    deposit(by=finance_officer, slug="sweden-mfa", code="GEN", amount="5000.00", on=first)
    allocate(None, PROJECT, on=allocated_on, GEN="500.00")
    make_paid(finance_officer, second_finance_officer, on=today, amount=D("300"))
    for kind, on in (("release", between), ("refund_sent", today - timedelta(days=1))):
        with pytest.raises(Refused, match="on that day"):
            make_voucher(finance_officer, kind, amount=D(1), on=on)
    post_voucher(finance_officer, second_finance_officer, "refund_sent", amount=D(100), on=today)
    with pytest.raises(Refused, match="on that day"):
        make_voucher(finance_officer, "refund_received", amount=D(1), on=today - timedelta(days=1))
    assert make_voucher(finance_officer, "release", amount=D(1), on=allocated_on).state == "prepared"


@pytest.mark.requirement("R52", "R54")
def test_no_stake_is_less_than_nothing_on_any_day(finance_officer, second_finance_officer):
    today = clock.today()
    first, between, second = (today - timedelta(days=days) for days in (30, 20, 10))
    for slug, on in (("sweden-mfa", first), ("switzerland-sdc", second)):
        deposit(by=finance_officer, slug=slug, code="GEN", amount="1000.00", on=on)
    switzerland = {"donor": make_donor("switzerland-sdc"), "amount": D(990)}
    with pytest.raises(Refused, match="on that day"):
        make_voucher(finance_officer, "donor_refund", **switzerland, on=between)
    assert make_voucher(finance_officer, "donor_refund", **switzerland, on=second).state == "prepared"
    post_voucher(finance_officer, second_finance_officer, "donor_refund", **switzerland, on=today)
    with pytest.raises(InsufficientFunds):
        make_voucher(finance_officer, "donor_refund", **switzerland, on=second)


@scene
def later_source(finance_officer):
    """Sweden's 1,000,000 of 30 days ago and Switzerland's 1,000 of 10 days ago, in one pool."""
    for slug, amount, days in (("sweden-mfa", "1000000.00", 30), ("switzerland-sdc", "1000.00", 10)):
        deposit(by=finance_officer, slug=slug, amount=amount, code="GEN", on=clock.today() - timedelta(days=days))


def borne(voucher):
    return {
        s.source.donor.organisation.slug: s.amount for s in Share.objects.filter(posting__entry_id=voucher.entry_id)
    }


@pytest.mark.requirement("R54")
def test_cost_of_a_past_day_is_borne_by_who_was_there_then(later_source, finance_officer, second_finance_officer):
    two, ago = (finance_officer, second_finance_officer), clock.today() - timedelta(days=20)
    for kind in ("bank_charges", "direct_cost", "other_fund", "window_transfer"):
        more = {"consent": "LET-1"} if kind == "window_transfer" else {}
        assert borne(post_voucher(*two, kind, amount=D(1001), on=ago, **more)) == {"sweden-mfa": D(1001)}
    today = borne(post_voucher(*two, "bank_charges", amount=D(100), on=clock.today()))
    assert sorted(today) == ["sweden-mfa", "switzerland-sdc"]


@pytest.mark.requirement("R52")
def test_income_that_came_later_bears_nothing_of_a_past_day(finance_officer, second_finance_officer):
    two, today = (finance_officer, second_finance_officer), clock.today()
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", code="GEN", on=today - timedelta(days=30))
    post_voucher(*two, "interest_fund", amount=D(1250), on=today - timedelta(days=10))
    ago = today - timedelta(days=20)
    with pytest.raises(Refused, match="on that day") as refused:
        make_voucher(finance_officer, "direct_cost", amount=D("1000.01"), on=ago)
    assert refused.value.field == "on"
    assert borne(post_voucher(*two, "direct_cost", amount=D(1000), on=ago)) == {"sweden-mfa": D(1000)}


def test_what_a_new_source_brings_meanwhile_does_not_hinder_an_authorisation(
    finance_officer, second_finance_officer, set_clock
):
    deposit(by=finance_officer, slug="sweden-mfa", amount="1000.00", code="GEN", on=clock.today() - timedelta(days=3))
    voucher = make_voucher(finance_officer, "bank_charges", amount=D(45), on=clock.today())
    set_clock(clock.now() + timedelta(days=1))
    deposit(by=finance_officer, slug="switzerland-sdc", amount="1000.00", code="GEN", on=clock.today())
    assert borne(authorise_voucher(by=second_finance_officer, voucher=voucher)) == {"sweden-mfa": D(45)}


def test_looking_back_costs_the_same_for_one_source_and_for_many(finance_officer, django_assert_num_queries):
    pool, ago = Account.objects.get(code="pool:GEN"), clock.today() - timedelta(days=20)
    for slug in ("sweden-mfa", "switzerland-sdc", "meridian-foundation"):
        deposit(by=finance_officer, slug=slug, amount="1000.00", code="GEN", on=clock.today() - timedelta(days=10))
        with django_assert_num_queries(2):
            assert set(lowest_stakes(pool, ago).values()) == {D(0)}


@pytest.mark.requirement("R52", "R54")
def test_stake_that_was_below_zero_once_bears_nothing_and_hinders_nobody_else(
    later_source, finance_officer, second_finance_officer
):
    """As in books from before past days were looked at: a cost of 20 days ago that Switzerland bore in part."""
    two, today = (finance_officer, second_finance_officer), clock.today()
    switzerland = Source.objects.get(donor__organisation__slug="switzerland-sdc")
    with transaction.atomic():
        take(by=finance_officer, source=switzerland, amount=D(45), on=today - timedelta(days=20))
    ago = today - timedelta(days=15)
    assert borne(post_voucher(*two, "bank_charges", amount=D(10000), on=ago)) == {"sweden-mfa": D(10000)}
    refund = post_voucher(*two, "donor_refund", donor=make_donor(), amount=D(10), on=ago)
    assert borne(refund) == {"sweden-mfa": D(10)}


@operation
def take(*, by, source, amount, on):
    lines = [Line(account("bank_charges"), Account.objects.get(code="pool:GEN"), amount, on, {source: amount})]
    post(lines, entry=record("cost.posted/1", by=by))


def test_amount_above_all_there_is_is_refused_with_what_there_is_today(later_source, finance_officer):
    with pytest.raises(InsufficientFunds, match=r"holds USD\s1,001,000.00 for this: USD\s1.00 is missing"):
        make_voucher(finance_officer, "bank_charges", amount=D(1001001), on=clock.today() - timedelta(days=20))
