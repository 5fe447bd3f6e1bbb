"""What the demonstration and `tests.history` leave out: every kind of entry, account and voucher, through the operations.

A release's fixture is made of it (`tests.campaigns.release_fixture`), so that later releases prove what each kind left
behind. All of it happens after the demonstration's last day, the clock moving along. `missing` says what a new kind
still needs here.
"""

from collections.abc import Iterator

from alliance.jobs import kinds
from alliance.jobs.models import Job
from alliance.register.kinds import declared
from alliance.register.models import RegisterEntry
from funds.models import AccountKind, Agreement, Payment, Posting, Voucher, VoucherKind
from governance.models import Decision
from proposals.models import Project, Proposal
from tests.every_act.committee import committee, votes
from tests.every_act.documents import documents
from tests.every_act.money import books, corrections, promises, vouchers
from tests.every_act.people import accounts, gifts, names_and_rates, people
from tests.every_act.projects import project, proposals, waiting


def enact() -> None:
    """Do everything, in an order in which each act finds what it needs."""
    people()
    accounts()
    names_and_rates()
    gifts()
    promises()
    committee()
    proposals()
    waiting()
    project()
    vouchers()
    corrections()
    votes()
    documents()
    books()


def missing() -> Iterator[str]:
    """Yield what a release declares and this database has no case of."""
    written = set(RegisterEntry.objects.values_list("kind", flat=True).distinct())
    yield from (f"entry kind {kind}" for kind in sorted(set(declared()) - written))
    used = set(Posting.objects.values_list("debit__kind", flat=True)) | set(
        Posting.objects.values_list("credit__kind", flat=True)
    )
    yield from (f"account kind {kind}" for kind in AccountKind.values if kind not in used)
    posted = set(Voucher.objects.filter(state="posted").values_list("kind", flat=True))
    yield from (f"voucher kind {kind}" for kind in VoucherKind.values if kind not in posted)
    asked = set(Job.objects.values_list("kind", flat=True))
    ours = {kind for kind in kinds.declared() if not kind.startswith("test.")}  # the suite declares some of its own
    yield from (f"job kind {kind}" for kind in sorted(ours - asked))
    for model in (Agreement, Decision, Payment, Project, Proposal, Voucher):
        states = set(model._default_manager.values_list("state", flat=True))
        choices = [value for value, _label in model._meta.get_field("state").flatchoices]
        yield from (f"{model._meta.label} {state}" for state in choices if state not in states)
