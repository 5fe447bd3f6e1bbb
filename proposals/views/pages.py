"""What the pages of this app share."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from alliance.people.models import Membership, User


class Request(HttpRequest):
    """A request of somebody who has signed in: all pages but the calls ask for that."""

    user: User  # type: ignore[assignment]
    acting: Membership | None
    htmx: HtmxDetails


def say_refusals(request: Request, form: BaseForm) -> None:
    """Carry the refusals of an act done by a button over to the page that follows."""
    for message in form.non_field_errors():
        messages.error(request, str(message))
