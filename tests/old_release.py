"""Takes a database of an earlier release up as an administrator would, acts in it, and says what was found.

In the empty database of DATABASE_URL: `restore`, `migrate`, `verify`, the totals, the public register as it then is,
new acts on what the earlier release left half done, and `verify` and the register again. Writes `report.json` and the
two registers. `tests/test_old_releases.py` runs it in a process of its own, and judges.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.urls import get_resolver

from alliance.core import clock
from alliance.jobs.kinds import job_kind
from alliance.jobs.models import Job, JobState
from alliance.jobs.tasks import run_job
from alliance.register.acts import entries_written
from funds.models import Agreement, Deposit, Payment, Pledge, Posting, Voucher, Window
from funds.operations.deposits import record_deposit
from funds.operations.payments import authorise_payment, pay_payment
from funds.operations.pledges import acknowledge_pledge, record_pledge
from funds.operations.vouchers import authorise_voucher, prepare_voucher
from governance.models import Decision
from governance.operations import close_decision, open_decision
from proposals.models import Project, WaitingApproval
from proposals.operations import fund_waiting, prepare_waiting
from reporting.verification.everything import verify
from tests.campaigns.release_fixture import totals
from tests.every_act.ground import D, donor, posted, posting_of, window
from tests.governance.factories import all_but, vote
from tests.history import person


def take_up(folder: Path, out: Path) -> None:
    """Do it all for the release in `folder`, and write `report.json`, `taken_up.jsonl` and `grown.jsonl` into `out`."""
    was = json.loads((folder / "totals.json").read_text(encoding="utf-8"))
    entries_written.disconnect(dispatch_uid="records.relay")  # there is no broker here
    get_resolver().url_patterns  # noqa: B018 - loads what declares kinds of documents
    call_command("restore", str(folder / "backup"), stdout=(said := StringIO()))
    call_command("migrate", verbosity=0)
    clock.set_demonstration_time(datetime.fromisoformat(was["now"]))
    report: dict[str, Any] = {"restored": said.getvalue(), "problems": problems(), "was": was}
    report["totals"] = totals(tuple(was["days"]))
    call_command("public_register", str(out / "taken_up.jsonl"))
    report["jobs"] = [job_kind(job.kind).name for job in Job.objects.order_by("pk")]
    report["acts"] = {act.__name__: act() for act in ACTS}
    report["problems_after"] = problems()
    call_command("public_register", str(out / "grown.jsonl"))
    (out / "report.json").write_text(json.dumps(report, default=str))


def problems() -> list[str]:
    return [f"{problem.what} {problem.where}: {problem.why}" for problem in verify().problems]


def receives() -> Decimal:
    """Money under an agreement that the earlier release signed."""
    agreement = Agreement.objects.filter(state="signed", currency="USD").order_by("pk")[0]
    deposit = record_deposit(
        by=person("finance_officer"), agreement=agreement, amount=D("10.00"), received_on=clock.today()
    )
    return deposit.amount_usd


def receives_much() -> Decimal:
    """A new pledge, and enough money for all that waits."""
    pledge = record_pledge(
        by=person("officer"), donor=donor(), amount=D("20000000.00"), currency="USD", pledged_on=clock.today()
    )
    acknowledge_pledge(by=person("officer"), pledge=pledge)
    record_deposit(by=person("finance_officer"), pledge=pledge, amount=D("20000000.00"), received_on=clock.today())
    return Pledge.objects.get(pk=pledge.pk).amount_usd or D(0)


def funds_what_waited() -> str:
    waiting = WaitingApproval.objects.standing(clock.today()).in_rank()[0]
    prepare_waiting(by=person("finance_officer"), waiting=waiting)
    return fund_waiting(by=person("second_finance_officer"), waiting=waiting).state


def closes_the_sealed_vote() -> str:
    """More ballots beside those that were cast under seal, and the close."""
    decision = Decision.objects.get(title="Under way", state="open")
    vote(decision, "approve", *all_but("member_iom", "member_sweden", "member_ghana", "member_network"))
    clock.set_demonstration_time(decision.closes_at + timedelta(minutes=1))
    return close_decision(by=None, decision=decision).money


def hears_the_silence() -> str:
    decision = Decision.objects.get(title="Still silent", state="open")
    clock.set_demonstration_time(decision.closes_at + timedelta(minutes=1))
    return close_decision(by=None, decision=decision).result


def allocates_by_decision() -> str:
    """A vote on what stood on the agenda, from its opening to the money."""
    decision = Decision.objects.get(title="On the agenda", state="draft")
    opened = open_decision(by=person("officer"), decision=decision)
    vote(opened, "approve", *all_but("member_iom", "member_network"))
    close_decision(by=person("member_ghana"), decision=opened)
    return Project.objects.get(decision_reference=opened.reference).state


def pays_what_was_authorised() -> str:
    payment = Payment.objects.filter(state="authorised").order_by("pk")[0]
    pay_payment(by=person("finance_officer"), payment=payment, on=clock.today())
    waiting = Payment.objects.filter(state="prepared").order_by("pk")[0]
    return authorise_payment(by=person("second_finance_officer"), payment=waiting).state


def posts_a_prepared_voucher() -> str:
    voucher = Voucher.objects.filter(state="prepared", kind="bank_charges").order_by("pk")[0]
    return authorise_voucher(by=person("second_finance_officer"), voucher=voucher).state


def spends() -> str:
    return posted("direct_cost", window=Window.objects.unearmarked(), amount=D("5.00")).state


def reverses_an_old_posting() -> date | None:
    """A correction of what the earlier release posted: its shares are mirrored."""
    old = Deposit.objects.filter(agreement=None, pledge=None, window=window()).order_by("pk")[0]
    posted("reversal", posting=posting_of(old))
    return Deposit.ever.get(pk=old.pk).reversed_on


def reverses_a_cost() -> int:
    cost = Posting.objects.filter(debit__kind="other_funds", reversed_by=None).select_related("debit", "credit")[0]
    voucher = prepare_voucher(
        by=person("finance_officer"), kind="reversal", on=clock.today(), posting=cost, reason="Posted twice."
    )
    authorise_voucher(by=person("second_finance_officer"), voucher=voucher)
    return Posting.objects.filter(reverses=cost).count()


def makes_what_was_asked_for() -> str:
    """The import that the earlier release's queue has lost: its row is the request."""
    job = Job.objects.get(kind="contributions", state=JobState.WAITING)
    run_job(str(job.uid))
    job.refresh_from_db()
    return f"{job.state} {job.facts.get('imported', job.error)}"


ACTS: tuple[Callable[[], Any], ...] = (
    receives, receives_much, funds_what_waited, posts_a_prepared_voucher, pays_what_was_authorised, spends,
    reverses_a_cost, reverses_an_old_posting, allocates_by_decision, closes_the_sealed_vote, hears_the_silence,
    makes_what_was_asked_for,
)  # fmt: skip
