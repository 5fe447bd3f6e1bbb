"""What `verify` asks of this room: nobody may do anything but by a role or a grant that the register explains."""

from collections.abc import Iterator

from django.db import connection

from alliance.people import credentials
from alliance.people.models import User
from alliance.register.verification import Problem

# Django and guardian bring these; the Alliance gives no right through them.
UNUSED = (
    "auth_group",
    "auth_group_permissions",
    "alliance_user_groups",
    "alliance_user_user_permissions",
    "guardian_userobjectpermission",
    "guardian_groupobjectpermission",
)


def problems() -> Iterator[Problem]:
    """Yield rights that come from neither a role nor a recorded grant."""
    for user in User.objects.filter(is_superuser=True).order_by("pk"):
        yield Problem("register", f"alliance_user:{user.pk}.is_superuser", "nobody holds every right")
    yield from _addresses()
    yield from credentials.problems()
    with connection.cursor() as cursor:
        for table in UNUSED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            if cursor.fetchone()[0]:
                yield Problem("register", table, "rights are given by roles and recorded grants, never here")


def _addresses() -> Iterator[Problem]:
    """Yield whoever could sign in by another address than their own, or by none."""
    for user in User.objects.prefetch_related("emailaddress_set").order_by("pk"):
        held = [(row.email, row.verified, row.primary) for row in user.addresses.all()]
        if held != [(user.email.lower(), True, True)]:
            yield Problem("register", f"alliance_user:{user.pk}.email", "not the one address to sign in by")


def checked() -> dict[str, int]:
    return {"people": User.objects.count()}
