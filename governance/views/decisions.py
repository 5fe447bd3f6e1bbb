"""One decision: reading it, voting on it, recusing oneself, closing and deferring it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.access import find, require
from alliance.accounts.again import asked_again
from alliance.core import clock
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out, press
from alliance.people.requests import Request
from funds.models import Window
from funds.operations.earmarks import shut_windows, windows_with_objectives
from governance import permissions
from governance.forms.votes import BallotForm, ReasonForm, RecusalForm
from governance.gather import Place, decision_record, may_read_version, place_of
from governance.models import Decision
from governance.operations import cast_ballot, close_decision, declare_recusal, defer_decision
from proposals.models import Project


def load(request: Request, name: str) -> Decision:
    """Return the decision, closed first if its deadline has passed: the page never shows a vote that is over."""
    rows = Decision.objects.visible_to(request.user).with_subject()
    row = find(rows.named(name))
    if row.is_open and clock.now() >= row.closes_at:
        close_decision(by=None, decision=row)
        row = find(rows.named(name))
    return row


@require_http_methods(["GET", "POST"])
@asked_again
def decision(request: Request, name: str) -> HttpResponse:
    """What is asked, with the ballot card of whoever may vote; after the close, what was decided and how."""
    row = load(request, name)
    place = place_of(request.user, row)
    form = BallotForm(submitted(request), decision=row)
    if request.method == "POST":
        require(place.may_vote, place.why_not)
        if ballot := carry_out(request, form, cast_ballot, decision=row):
            return redirect("governance:receipt", row.name, ballot.receipt)
        row = load(request, name)
    return render(request, "governance/decision.html", page_of(request, row, place, form))


def page_of(request: Request, row: Decision, place: Place, form: BallotForm) -> dict[str, Any]:
    record = decision_record(row)
    tables = permissions.may_table(request.user)
    presides = tables or place.is_chair
    return {
        "decision": row,
        "record": record,
        "place": place,
        "form": form,
        "key": new_key(),
        "may_read_committee": permissions.may_read_committee(request.user),
        "reads_version": may_read_version(request.user, row.version),
        "may_table": tables,
        "may_close": presides and row.is_open and record.is_complete and not row.is_silent,
        "may_defer": place.is_chair and row.is_open and not record.cast,
        "shut": _shut(row),
        "project": Project.objects.filter(decision_reference=row.reference).first() if row.is_closed else None,
    }


def _shut(row: Decision) -> list[Window]:
    """Windows of the proposal's objectives that would hold the money back if the vote closed today (R14)."""
    if row.state not in ("draft", "open") or row.kind != Decision.Kind.PROPOSAL or row.version is None:
        return []
    return shut_windows(row.version.objective_percents().keys(), windows_with_objectives())


@require_http_methods(["GET", "POST"])
def recusal(request: Request, name: str) -> HttpResponse:
    """Declare an interest, and leave the vote to the alternate or to the other seats (R48)."""
    row = load(request, name)
    place = place_of(request.user, row)
    require(place.may_vote, place.why_not)
    form = RecusalForm(submitted(request))
    said = _("Your interest is recorded. You do not vote on this decision.")
    if carry_out(request, form, declare_recusal, said, decision=row):
        return redirect(row)
    return render(request, "governance/decision_recusal.html", {"decision": row, "form": form})


@require_POST
def closing(request: Request, name: str) -> HttpResponse:
    """Close a vote in which every seat has voted."""
    row = load(request, name)
    place = place_of(request.user, row)
    presides = permissions.may_table(request.user) or place.is_chair
    require(presides, _("The vote is closed by its deadline, or by the chair or the secretariat once all have voted."))
    press(request, close_decision, decision=row)
    return redirect(row)


@require_http_methods(["GET", "POST"])
def deferral(request: Request, name: str) -> HttpResponse:
    """Defer the item, before the first ballot: the chair's."""
    row = load(request, name)
    require(place_of(request.user, row).is_chair, _("Only the chair of the committee defers an item."))
    form = ReasonForm(submitted(request))
    if carry_out(request, form, defer_decision, _("The item is deferred."), decision=row):
        return redirect(row)
    return render(request, "governance/decision_deferral.html", {"decision": row, "form": form})
