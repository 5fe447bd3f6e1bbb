"""One act of a page: by a button, by a form, or by a page that holds nothing but the form."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import DomainError, NotAllowed, Refused, Text
from alliance.core.forms import KeyedForm, attempt
from alliance.people.requests import Request


@contextmanager
def refusals_said(request: Request) -> Iterator[None]:
    """Carry a refusal over to the page that follows. NotAllowed goes on, and becomes a 403."""
    try:
        yield
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal.message))


def press[T](request: Request, operation: Callable[..., T], said: Text = "", **arguments: Any) -> T | None:
    """Do the one act that a button asked for, and say what came of it on the page that follows. None: it was refused.

    Every button sends a key, so that two presses are one act. Without one nothing is done.
    """
    with refusals_said(request):
        if not (key := request.POST.get("key")):
            raise Refused(_("Nothing was done: open the page again, and press its button once."))
        result = operation(by=request.user, key=key, **arguments)
        if said:
            messages.success(request, str(said))
        return result
    return None


def carry_out[T](
    request: Request, form: KeyedForm, operation: Callable[..., T], said: Text = "", **arguments: Any
) -> T | None:
    """Do the act that a form asks for, once it was sent and is well formed. None: there is something to show in the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    result = attempt(form, operation, by=request.user, **form.arguments(), **arguments)
    if result is not None and said:
        messages.success(request, str(said))
    return result


def form_act(
    request: Request,
    form: KeyedForm,
    operation: Callable[..., Any],
    *,
    title: Text,
    submit: Text,
    said: Text,
    back: str,
    lead: Text = "",
    crumbs: Sequence[tuple[Text, str]] = (),
    template: str = "alliance/act_form.html",
    **arguments: Any,
) -> HttpResponse:
    """Show a form for one act, or do the act with what it holds and go on to the result's page.

    Without words for its button there is nothing to do now: the page says why in its `lead`.
    """
    if carry_out(request, form, operation, said, **arguments) is not None:
        return redirect(back)
    context = {"form": form, "title": title, "submit": submit, "back": back, "lead": lead, "crumbs": crumbs}
    return render(request, template, context)
