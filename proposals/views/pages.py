"""What the pages of this app share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render

from alliance.core.forms import KeyedForm, attempt
from alliance.core.requests import submitted
from alliance.people.requests import Request
from proposals.forms.fields import ReasonForm
from proposals.models import Contract, OutsideActivity, PartnerReport, Proposal

type Parent = Proposal | Contract | PartnerReport | OutsideActivity


def say_refusals(request: Request, form: BaseForm) -> None:
    """Carry the refusals of an act done by a button over to the page that follows."""
    for message in form.non_field_errors():
        messages.error(request, str(message))


def press[T](request: Request, operation: Callable[..., T], done: str = "", **arguments: Any) -> T | None:
    """Do one act by its button, and say what came of it on the page that follows."""
    form = KeyedForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else None
    result = attempt(form, operation, by=request.user, key=key, **arguments) if key else None
    if result is not None and done:
        messages.success(request, done)
    say_refusals(request, form)
    return result


def with_reason(
    request: Request, operation: Callable[..., Any], parent: Parent, *, title: str, submit: str, done: str, **row: Any
) -> HttpResponse:
    """Ask for the reason of an act on a row, do the act, and go back to the page of what it belongs to."""
    form = ReasonForm(submitted(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, operation, by=request.user, **row, **form.cleaned_data) is not None
    ):
        messages.success(request, done)
        return redirect(parent)
    context = {"title": title, "form": form, "parent": parent, "submit": submit}
    return render(request, "proposals/reason.html", context)
