"""Writing one section of a proposal: it saves as one types, and with a plain button."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import find, require
from alliance.core.errors import DomainError, NotAllowed
from alliance.core.numbers import counted
from alliance.core.requests import submitted
from alliance.people.requests import Request
from proposals import content
from proposals.models import Proposal
from proposals.operations import EditedElsewhere, save_section
from proposals.operations.rows import may_write
from proposals.reading import Reading, read
from proposals.sections import SECTIONS
from proposals.sections.section import Section, SectionForm
from proposals.sections.tables import Names

MOST_LINES = 20  # empty ones, beside those that a page has anyway


@require_http_methods(["GET", "POST"])
def section(request: Request, reference: str, key: str) -> HttpResponse:
    """One section of a draft: shown, saved by its button, or saved while the person types."""
    here = SECTIONS.get(key)
    if here is None or here.form is None:
        raise Http404
    row = find(
        Proposal.objects.visible_to(request.user).select_related("applicant", "call", "created_by"), reference=reference
    )
    require(may_write(request.user, row), _("Only the applicant’s people and its co-authors write a proposal."))
    if request.method == "GET" and not row.is_editable:
        return redirect(row)
    form = make_form(request, row, here, here.form)
    context: dict[str, Any] = {"proposal": row, "section": here, "form": form}
    if request.method == "POST" and "search" not in request.POST:
        saved = save(request, row, key, form, context)
        if request.htmx:
            return answer_autosave(request, saved, key, context)
        if saved:
            return after_saving(request, row, key)
    return render(request, here.template, context)


def make_form(request: Request, row: Proposal, here: Section, form: type[SectionForm]) -> SectionForm:
    return form(
        row,
        submitted(request),
        token=content.token(row, here.key),
        extra=min(counted(request.GET.get("rows", "")) or 0, MOST_LINES),
        search=request.POST.get("q", ""),
    )


def save(request: Request, row: Proposal, key: str, form: SectionForm, context: dict[str, Any]) -> Proposal | None:
    """Save what is well formed. On a clash with another tab, show both texts and let the next save decide."""
    if not form.is_valid():
        return None
    try:
        return save_section(
            by=request.user, proposal=row, section=key, values=form.values(), seen=form.cleaned_data["seen"]
        )
    except EditedElsewhere as clash:
        form.add_error(None, str(clash))
        typed = request.POST.copy()
        typed["seen"] = clash.token
        form.data = typed
        context["stored"] = stored_part(row, key)
    except NotAllowed:
        raise
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return None


def stored_part(row: Proposal, key: str) -> Reading:
    """Return the section as it is stored now, to read beside what was typed."""
    whole = content.gather(Proposal.objects.select_related("applicant", "call", "created_by").get(pk=row.pk))
    return next(reading for reading in read(whole, Names([whole])) if reading.key == key)


def answer_autosave(request: Request, saved: Proposal | None, key: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with what the save line shows, and the token that the next save starts from."""
    if saved:
        context |= {"saved_at": saved.saved_at, "token": content.token(saved, key)}
    return render(request, "proposals/section.html#saved", context)


def after_saving(request: Request, row: Proposal, key: str) -> HttpResponse:
    if "more" in request.POST:
        messages.success(request, _("Saved. Here are more empty lines."))
        return redirect(f"{request.path}?rows=3#rows")
    messages.success(request, _("Saved: %(section)s.") % {"section": SECTIONS[key].title})
    return redirect(row)
