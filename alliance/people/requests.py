"""What a view of somebody signed in gets."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from alliance.people.models import Membership, User


class Request(HttpRequest):
    """A request of somebody signed in: the middleware lets nobody else reach a view that is not marked public."""

    user: User  # type: ignore[assignment]
    acting: Membership | None
    htmx: HtmxDetails
