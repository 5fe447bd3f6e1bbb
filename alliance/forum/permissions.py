"""Who may change what can be chosen."""

from alliance.people.models import Role, User


def may_add_area(user: User) -> bool:
    """The head of the secretariat keeps the list of areas of work."""
    return user.is_authenticated and user.has_role(Role.HEAD)
