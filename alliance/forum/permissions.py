"""Who may change what can be chosen."""

from django.contrib.auth.models import AnonymousUser

from alliance.people.models import Role, User


def may_add_area(user: User | AnonymousUser) -> bool:
    """The head of the secretariat keeps the list of areas of work."""
    return isinstance(user, User) and user.has_role(Role.HEAD)
