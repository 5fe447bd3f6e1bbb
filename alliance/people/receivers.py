"""Who is told of changes to people and organisations."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.people.models import User
from alliance.register import declare


def who_got_it(body: dict[str, Any]) -> Iterable[User]:
    """The person who holds the role now, where somebody gave it: what setup gives is no news to anyone."""
    if body["by"] == "system":
        return ()
    return User.objects.filter(uid=body["facts"]["person"], is_active=True)


declare("organisation.registered/1", label=_("Organisation registered"))
declare("organisation.confirmed/1", label=_("Organisation confirmed"))
declare("membership.started/1", label=_("Role given"), told=who_got_it)
declare("membership.ended/1", label=_("Role ended"))
