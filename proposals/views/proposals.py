"""A person's proposals: the list, starting one, its task list, submitting and withdrawing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, require
from alliance.core import clock
from alliance.core.display import Event, Step
from alliance.core.forms import new_key
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out, press
from alliance.pages.filters import ListFilter
from alliance.pages.lists import paged
from alliance.people.requests import Request
from proposals import permissions
from proposals.completeness import state_of
from proposals.content import all_parts, contributors, gather
from proposals.forms.proposals import StartForm, SubmitForm
from proposals.models import Proposal, Return, WaitingApproval
from proposals.operations import start_proposal, submit_proposal, withdraw_proposal
from proposals.operations.rows import may_write
from proposals.operations.submission import missing_from
from proposals.sections import SECTIONS
from proposals.sections.budget import requested
from proposals.similar import similar_to


@require_GET
def proposal_list(request: Request) -> HttpResponse:
    """Proposals that the person may see, newest work first."""
    form = ListFilter(request.GET, Proposal.State.choices)
    rows = form.chosen(Proposal.objects.visible_to(request.user), "title", "reference")
    page = paged(request, rows.with_totals().for_list())
    context = {
        "page": page,
        "form": form,
        "may_start": permissions.may_start(request.user),
        "may_publish": permissions.may_publish_calls(request.user),
    }
    return render(request, "proposals/proposal_list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Start a proposal for an organisation of one's own."""
    require(permissions.may_start(request.user), _("Proposals are started by the people of a partner organisation."))
    form = StartForm(request.user, clock.now(), submitted(request), initial=_wished(request))
    if proposal := carry_out(request, form, start_proposal):
        return redirect(proposal)
    return render(request, "proposals/proposal_new.html", {"form": form})


def _wished(request: Request) -> dict[str, Any]:
    """Return the call that a link named, and the organisation that the person acts for."""
    wished: dict[str, Any] = {"call": request.GET.get("call", ""), "kind": Proposal.Kind.PROJECT}
    if request.acting and request.acting.organisation_id in request.user.organisation_ids(request.acting.role):
        wished["applicant"] = request.acting.organisation.slug
    return wished


@require_GET
def proposal(request: Request, reference: str) -> HttpResponse:
    """A proposal: its sections with their state for its authors, its versions and history for every reader."""
    rows = Proposal.objects.visible_to(request.user).select_related("applicant", "call", "created_by", "project")
    row = find(rows, reference=reference)
    writes = may_write(request.user, row)
    frozen = row.versions.with_returns().order_by("-number").defer("content")
    versions = list(frozen.select_related("submitted_by", "check_made"))
    returns = list(Return.objects.filter(version__in=versions).select_related("version", "returned_by").order_by("-pk"))
    context: dict[str, Any] = {
        "proposal": row,
        "versions": versions,
        "latest": versions[0] if versions else None,
        "last_return": returns[0] if returns else None,
        "events": history(row, versions, returns),
        "writes": writes,
        "may_act_for_applicant": permissions.may_act_for_applicant(request.user, row),
        "may_check": permissions.may_check(request.user),
        "project": getattr(row, "project", None),
        "key": new_key(),
        "is_in_principle": is_in_principle(row, versions),
        "lapsed": lapsed(row),
        "can_check": row.state in (Proposal.State.SUBMITTED, Proposal.State.ELIGIBLE),
    }
    if writes and row.is_editable:
        parts = all_parts(row)
        content = gather(row, parts)
        missing = missing_from(content)
        context |= {
            "steps": sections_with_state(row, parts, missing),
            "missing": missing,
            "requested": requested(content),
            "contributors": contributors(row),
            "similar": similar_to(content, user=request.user),
        }
    return render(request, "proposals/proposal.html", context)


def is_in_principle(row: Proposal, versions: list[Any]) -> bool:
    """Say whether an approval in principle of the newest version is what stands, alone or before the full one."""
    awaited = row.state in (Proposal.State.APPROVED_IN_PRINCIPLE, Proposal.State.TABLED)
    return awaited and bool(versions) and row.principle_version == versions[0].number


def lapsed(row: Proposal) -> WaitingApproval | None:
    """Return the approval that waited for money for too long, where that is how the proposal stands."""
    if row.state != Proposal.State.APPROVED_WAITING:
        return None
    waiting = WaitingApproval.objects.get(decision_reference=row.decision_reference)
    return waiting if waiting.has_lapsed(clock.today()) else None


def sections_with_state(row: Proposal, parts: dict[str, Any], missing: list[Any]) -> list[Step]:
    """Return the sections as a task list; what is missing stands beside a section that was begun."""
    steps = []
    for key, section in SECTIONS.items():
        state = state_of(key, parts[key], missing)
        notes = [gap.message for gap in missing if gap.section == key] if state == "current" else []
        optional = _("optional") if section.is_optional and state == "todo" else ""
        steps.append(Step(section.title, state, section_url(row, key), " ".join(notes) or optional))
    return steps


def section_url(row: Proposal, key: str) -> str:
    return f"{row.get_absolute_url()}sections/{key}/"


def history(row: Proposal, versions: list[Any], returns: list[Return]) -> list[Event]:
    """Return what happened to a proposal, newest first."""
    events = [Event(row.created_at, _("Started"), by=row.created_by.name)]
    for version in versions:
        label = _("Version %(number)s submitted") % {"number": version.number}
        events.append(
            Event(version.submitted_at, label, version.receipt, version.get_absolute_url(), version.submitted_by.name)
        )
        if version.checked:
            found = _("Found eligible") if version.checked.is_eligible else _("Checked, not yet eligible")
            events.append(Event(version.checked.checked_at, found, version.checked.note))
    events += [Event(given.returned_at, _("Returned"), given.reason) for given in returns]
    if row.tabled_at:
        events.append(Event(row.tabled_at, _("Put before the committee")))
    if row.decided_at:
        events.append(Event(row.decided_at, row.get_state_display(), row.decision_reference))
    if row.principle_at and row.principle_reference != row.decision_reference:
        events.append(Event(row.principle_at, Proposal.State.APPROVED_IN_PRINCIPLE.label, row.principle_reference))
    if row.withdrawn_at:
        events.append(Event(row.withdrawn_at, _("Withdrawn")))
    return sorted(events, key=lambda event: event.at, reverse=True)


@require_http_methods(["GET", "POST"])
def submit(request: Request, reference: str) -> HttpResponse:
    """Check what is missing, and submit: the answer is the receipt."""
    row = find(Proposal.objects.visible_to(request.user).select_related("applicant", "call"), reference=reference)
    require(
        permissions.may_act_for_applicant(request.user, row),
        _("A proposal is submitted by the applicant’s own people."),
    )
    if not row.is_editable and request.method == "GET":
        return redirect(row)
    form = SubmitForm(submitted(request))
    content = gather(row)
    missing = missing_from(content) if row.is_editable else []
    if version := carry_out(request, form, submit_proposal, proposal=row):
        messages.success(request, _("Submitted. Your receipt number is %(receipt)s.") % {"receipt": version.receipt})
        return redirect("proposals:receipt", row.reference, version.number)
    gaps = [(SECTIONS[gap.section].title, gap.message, section_url(row, gap.section)) for gap in missing]
    context = {"proposal": row, "form": form, "gaps": gaps, "similar": similar_to(content, user=request.user)}
    return render(request, "proposals/proposal_submit.html", context)


@require_POST
def withdraw(request: Request, reference: str) -> HttpResponse:
    """Withdraw a proposal that is not with the committee yet."""
    row = find(Proposal.objects.visible_to(request.user), reference=reference)
    require(
        permissions.may_act_for_applicant(request.user, row),
        _("A proposal is withdrawn by the applicant’s own people."),
    )
    press(request, withdraw_proposal, proposal=row)
    return redirect(row)
