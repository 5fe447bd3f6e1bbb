"""What the pages of this app share beyond the kit of all pages: the form that asks for a reason."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from alliance.core.requests import submitted
from alliance.pages.acts import form_act
from alliance.people.requests import Request
from proposals.forms.fields import ReasonForm
from proposals.models import Contract, OutsideActivity, PartnerReport, Proposal

type Parent = Proposal | Contract | PartnerReport | OutsideActivity


def with_reason(
    request: Request, operation: Callable[..., Any], parent: Parent, *, title: str, submit: str, done: str, **row: Any
) -> HttpResponse:
    """Ask for the reason of an act on a row, do the act, and go back to the page of what it belongs to."""
    home = parent.get_absolute_url()
    return form_act(
        request, ReasonForm(submitted(request)), operation,
        title=title, submit=submit, said=done, back=home, crumbs=[(parent.reference, home)], **row,
    )  # fmt: skip
