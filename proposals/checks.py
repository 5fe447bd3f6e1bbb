"""What `verify` recomputes here: the digests of versions and contracts, and the sums that hold contracts together."""

import json
from collections.abc import Iterator

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Sum

from alliance.register.canonical import digest_of
from alliance.register.models import RegisterEntry
from alliance.register.verification import Problem
from proposals.content import gather
from proposals.models import (
    Check,
    Contract,
    Project,
    Proposal,
    ProposalRecommendation,
    ProposalUserObjectPermission,
    ProposalVersion,
    ProposalVersionUserObjectPermission,
)
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
    yield from texts()
    yield from confirmations()
    yield from grants()


def versions() -> Iterator[Problem]:
    """A version's digest is that of its text, and its links are what the text names."""
    rows = ProposalVersion.objects.select_related("proposal").order_by("pk")
    rows = rows.prefetch_related("recommendation_links__recommendation", "objective_links__objective")
    for row in rows.iterator(chunk_size=200):
        where = f"{row.proposal.reference}/{row.number}"
        if digest_of(row.content) != row.digest:
            yield Problem("version", where, "the text is not what its digest says")
        elif not _stand(row):
            yield Problem("version", where, "a link leads nowhere")
        elif _linked(row) != (sorted(row.parsed["recommendations"]), sorted(row.objective_percents().items())):
            yield Problem("version", where, "its links are not what the text names")


def _stand(version: ProposalVersion) -> bool:
    """Say whether every link of the version leads to a row that is there."""
    try:
        _linked(version)
    except ObjectDoesNotExist:
        return False
    return True


def _linked(version: ProposalVersion) -> tuple[list[str], list[tuple[str, int]]]:
    named = sorted(link.recommendation.code for link in version.recommendation_links.all())
    return named, sorted((link.objective.code, link.percent) for link in version.objective_links.all())


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


def texts() -> Iterator[Problem]:
    """A proposal that nobody may write on holds what its newest version froze, but for who writes it now."""
    for proposal in Proposal.registered_rows().exclude(state__in=Proposal.EDITABLE).order_by("pk"):
        version = proposal.versions.order_by("-number").first()
        if version is None or proposal.state == Proposal.State.WITHDRAWN:
            continue
        now, frozen = gather(proposal), version.parsed
        wrong = sorted(name for name in {*now, *frozen} - WRITERS if now.get(name) != frozen.get(name))
        if wrong:
            yield Problem("version", f"{proposal.reference}.{','.join(wrong)}", "the text is not what was submitted")


WRITERS = {"contributors", "applicant_kind"}  # people come and go; an organisation may be described anew


def confirmations() -> Iterator[Problem]:
    """The recommendations that stand confirmed are those that the newest check says."""
    said = _confirmed_by_register()
    newer = ProposalVersion.objects.filter(
        proposal=OuterRef("version__proposal"), number__gt=OuterRef("version__number")
    )
    checks = Check.objects.filter(~Exists(newer)).select_related("version__proposal").order_by("pk")
    links = Prefetch(
        "version__proposal__recommendations",
        ProposalRecommendation.objects.exclude(confirmed_at=None).select_related("recommendation"),
        to_attr="confirmed",
    )
    for check in checks.defer("version__content").prefetch_related(links).iterator(chunk_size=500):
        proposal = check.version.proposal
        if proposal.is_editable:
            continue
        standing = sorted(row.recommendation.code for row in proposal.confirmed)  # type: ignore[attr-defined]
        stamps = {(row.confirmed_at, row.confirmed_by_id) for row in proposal.confirmed}  # type: ignore[attr-defined]
        if standing != said.get((proposal.reference, check.version.number), []) or stamps - {
            (check.checked_at, check.checked_by_id)
        }:
            yield Problem("version", proposal.reference, "the confirmed recommendations are not those of the check")


def _confirmed_by_register() -> dict[tuple[str, int], list[str]]:
    """Return, by proposal and version, the recommendations that its newest check confirmed."""
    bodies = RegisterEntry.objects.filter(kind="proposal.checked/1").order_by("n").values_list("body", flat=True)
    facts = (json.loads(body)["facts"] for body in bodies.iterator(chunk_size=500))
    return {(fact["proposal"], fact["version"]): sorted(fact["recommendations"]) for fact in facts}


def grants() -> Iterator[Problem]:
    """Two permissions are given on single rows: to write a proposal, and to read a version."""
    for model, codename in GRANTED.items():
        kind = (model._meta.app_label, codename.partition("_")[2])
        rows = model._default_manager.select_related("permission__content_type").order_by("pk")
        for row in rows:
            named = row.permission.content_type
            if (row.permission.codename, named.app_label, named.model) != (codename, *kind):
                yield Problem("register", f"{model._meta.db_table}:{row.pk}", "a permission that is never given")


GRANTED = {
    ProposalUserObjectPermission: "change_proposal",
    ProposalVersionUserObjectPermission: "view_proposalversion",
}
