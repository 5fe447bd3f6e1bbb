"""What the pages of this app share."""

from django.contrib import messages
from django.forms import BaseForm

from alliance.people.requests import Request


def say_refusals(request: Request, form: BaseForm) -> None:
    """Carry the refusals of an act done by a button over to the page that follows."""
    for message in form.non_field_errors():
        messages.error(request, str(message))
