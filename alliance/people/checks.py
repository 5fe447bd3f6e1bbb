"""What `verify` asks of this room: nobody may do anything but by a role or a grant that the register explains."""

from collections.abc import Iterator

from django.db import connection

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
    with connection.cursor() as cursor:
        for table in UNUSED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            if cursor.fetchone()[0]:
                yield Problem("register", table, "rights are given by roles and recorded grants, never here")


def checked() -> dict[str, int]:
    return {"people": User.objects.count()}
