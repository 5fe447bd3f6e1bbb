"""What `verify` recomputes here: the digests of versions and contracts, and the sums that hold contracts together."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum

from alliance.register.canonical import digest_of
from alliance.register.verification import Problem
from proposals.models import Contract, Project, ProposalVersion
from proposals.operations.contracts import text_of


def checked() -> dict[str, int]:
    """Return how many rows this app's checks look at."""
    return {
        "versions": ProposalVersion.objects.count(),
        "contracts": Contract.registered_rows().count(),
    }


def problems() -> Iterator[Problem]:
    yield from versions()
    yield from contracts()
    yield from sums()


def versions() -> Iterator[Problem]:
    """A version's digest is that of its text, and its links are what the text names."""
    rows = ProposalVersion.objects.select_related("proposal").order_by("pk")
    rows = rows.prefetch_related("recommendation_links__recommendation", "objective_links__objective")
    for row in rows.iterator(chunk_size=200):
        where = f"{row.proposal.reference}/{row.number}"
        if digest_of(row.content) != row.digest:
            yield Problem("version", where, "the text is not what its digest says")
        elif _linked(row) != (sorted(row.parsed["recommendations"]), row.objective_percents()):
            yield Problem("version", where, "its links are not what the text names")


def _linked(version: ProposalVersion) -> tuple[list[str], dict[str, int]]:
    named = sorted(link.recommendation.code for link in version.recommendation_links.all())
    return named, {link.objective.code: link.percent for link in version.objective_links.all()}


def contracts() -> Iterator[Problem]:
    """An offered contract's digest is that of its parties, parts, amount, dates, reports and tranches."""
    rows = Contract.registered_rows().select_related("project", "partner").order_by("pk")
    for row in rows.iterator(chunk_size=200):
        if digest_of(text_of(row)) != row.digest:
            yield Problem("contract", row.reference, "the text is not what its digest says")


def sums() -> Iterator[Problem]:
    """Tranches stay within their contract, and contracts within their project."""
    standing = Contract.objects.exclude(state=Contract.State.CANCELLED)
    over = standing.annotate(total=Sum("tranches__amount")).filter(total__gt=F("amount"))
    for row in over.order_by("pk"):
        yield Problem("contract", row.reference, "the tranches add up to more than the contract")
    kept = ~Q(contracts__state=Contract.State.CANCELLED)
    overdone = Project.objects.annotate(total=Sum("contracts__amount", filter=kept)).filter(total__gt=F("amount"))
    for project in overdone.order_by("pk"):
        yield Problem("contract", project.reference, "the contracts add up to more than the project")
