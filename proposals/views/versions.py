"""Versions: what was submitted, its receipt, two of them compared, and the secretariat's check."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, require
from alliance.core.numbers import counted
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out
from alliance.people.requests import Request
from proposals import permissions
from proposals.forms.proposals import CheckForm
from proposals.models import Proposal, ProposalVersion
from proposals.operations import check_version, return_proposal
from proposals.reading import compared, contributors, read_version
from proposals.similar import similar_to
from proposals.views.pages import with_reason


def load(request: Request, reference: str, number: int) -> ProposalVersion:
    rows = ProposalVersion.objects.visible_to(request.user).with_returns()
    rows = rows.select_related("proposal__applicant", "proposal__call", "submitted_by", "check_made__checked_by")
    return find(rows, proposal__reference=reference, number=number)


@require_GET
def version(request: Request, reference: str, number: int) -> HttpResponse:
    """A version as submitted: it never changes."""
    row = load(request, reference, number)
    numbers = list(row.proposal.versions.order_by("number").values_list("number", flat=True))
    context = {
        "version": row,
        "proposal": row.proposal,
        "parts": read_version(row),
        "similar": similar_to(row.parsed, user=request.user),
        "contributors": contributors(row),
        "attachments": row.attachments(),
        "numbers": numbers,
        "is_latest": number == numbers[-1],
        "may_read_proposal": Proposal.objects.visible_to(request.user).filter(pk=row.proposal_id).exists(),
        "may_check": permissions.may_check(request.user),
        "can_check": row.proposal.state in (Proposal.State.SUBMITTED, Proposal.State.ELIGIBLE),
        "yes_no": f"{_('Yes')},{_('No')}",
        "can_be_tabled": can_be_tabled(row),
    }
    return render(request, "proposals/version.html", context)


def can_be_tabled(row: ProposalVersion) -> bool:
    """Say whether the committee can take the version: checked, and not with it already."""
    states = (Proposal.State.ELIGIBLE, Proposal.State.APPROVED_IN_PRINCIPLE)
    return row.checked is not None and row.checked.allows_decision and row.proposal.state in states


@require_GET
def receipt(request: Request, reference: str, number: int) -> HttpResponse:
    """The receipt of a submission: number, moment, digest, and the way to a printable copy."""
    row = load(request, reference, number)
    context = {"version": row, "proposal": row.proposal, "parts": read_version(row), "attachments": row.attachments()}
    context |= {"similar": similar_to(row.parsed, user=request.user)}
    return render(request, "proposals/receipt.html", context)


@require_GET
def compare(request: Request, reference: str) -> HttpResponse:
    """Two versions side by side in one text: what was removed, what was added."""
    rows = ProposalVersion.objects.visible_to(request.user).filter(proposal__reference=reference)
    versions = {row.number: row for row in rows.select_related("proposal").order_by("number")}
    if not versions:
        raise Http404
    old, new = chosen(request, versions)
    changes = compared(versions[old], versions[new])
    context: dict[str, Any] = {
        "proposal": versions[new].proposal,
        "versions": versions.values(),
        "old": versions[old],
        "new": versions[new],
        "changes": changes,
        "changed": sum(change.is_changed for change in changes),
    }
    return render(request, "proposals/compare.html", context)


def chosen(request: Request, versions: dict[int, ProposalVersion]) -> tuple[int, int]:
    """Return the two numbers that were asked for, or the last two."""
    numbers = list(versions)
    old, new = (counted(request.GET.get(name, "")) for name in ("from", "to"))
    if old in versions and new in versions:
        return min(old, new), max(old, new)
    return numbers[max(0, len(numbers) - 2)], numbers[-1]


@require_http_methods(["GET", "POST"])
def check(request: Request, reference: str, number: int) -> HttpResponse:
    """The officer's check: eligible and by which route, recommendations confirmed, rights checked."""
    row = load(request, reference, number)
    require(permissions.may_check(request.user), _("Proposals are checked by the secretariat’s officers."))
    form = CheckForm(row, submitted(request))
    if carry_out(request, form, check_version, _("The check is recorded."), version=row):
        return redirect(row)
    context = {"version": row, "proposal": row.proposal, "form": form, "parts": read_version(row)}
    context |= {"similar": similar_to(row.parsed, user=request.user)}
    return render(request, "proposals/check.html", context)


@require_http_methods(["GET", "POST"])
def give_back(request: Request, reference: str, number: int) -> HttpResponse:
    """Return a version to its authors, with the reason."""
    row = load(request, reference, number)
    require(permissions.may_check(request.user), _("Proposals are checked by the secretariat’s officers."))
    return with_reason(
        request, return_proposal, row.proposal, version=row,
        title=_("Return %(reference)s to its authors") % {"reference": row.proposal.reference},
        submit=_("Return the proposal"), done=_("The proposal is returned to its authors."),
    )  # fmt: skip
