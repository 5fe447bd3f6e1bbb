"""The one access module: roles through predicates, rows through filters, single grants through django-guardian.

A visitor is sent to sign in; a signed-in stranger gets 404; a reader who may not act gets 403 with the reason.
"""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from guardian.shortcuts import (  # noqa: TID251 - the one wrapper
    assign_perm,
    get_objects_for_user,
    get_users_with_perms,
    remove_perm,
)
from guardian.utils import get_user_obj_perms_model

from alliance.core.errors import NotAllowed, Text
from alliance.people.models import User
from alliance.people.security import note
from alliance.register import explain, forget

public = login_not_required


def require(allowed: bool, why: Text = "") -> None:
    """Raise NotAllowed, answered with 403 and the reason, unless allowed."""
    if not allowed:
        raise NotAllowed(why)


def reader_or_404(allowed: bool) -> None:
    """Raise 404 for whom this kind of page does not exist."""
    if not allowed:
        raise Http404


def find[M: models.Model](rows: models.QuerySet[M], **lookup: Any) -> M:
    """Return the one row, or 404: what a person may not see does not exist for them."""
    try:
        return rows.get(**lookup)
    except (ObjectDoesNotExist, ValueError, ValidationError):
        raise Http404 from None


def grant(user: User, permission: str, row: models.Model) -> None:
    """Give this person this permission on this row alone."""
    assign_perm(permission, user, row)
    for held in _grants(user, permission, row):
        explain(held)


def withdraw(user: User, permission: str, row: models.Model) -> None:
    for held in _grants(user, permission, row):
        forget(held)
    remove_perm(permission, user, row)


def _grants(user: User, permission: str, row: models.Model) -> models.QuerySet:
    held = get_user_obj_perms_model(row)._default_manager
    return held.filter(user=user, content_object=row, permission__codename=permission.rpartition(".")[2])


def has_grant(user: User, permission: str, row: models.Model) -> bool:
    return granted(user, permission, type(row)._default_manager.all()).filter(pk=row.pk).exists()


def granted[M: models.Model](user: User, permission: str, rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Return the rows on which this person holds the permission by a grant of its own, never by a global one."""
    return get_objects_for_user(
        user, permission, rows, use_groups=False, with_superuser=False, accept_global_perms=False
    )


def holders(row: models.Model, permission: str) -> models.QuerySet[User]:
    """Return the people who hold this permission on this row."""
    people = get_users_with_perms(row, only_with_perms_in=[permission], with_superusers=False, with_group_users=False)
    return cast("models.QuerySet[User]", people)


class NotAllowedMiddleware:
    """Answer NotAllowed with 403 and its reason, and note it in the security log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, NotAllowed):
            return None
        user = request.user if request.user.is_authenticated else None
        note("not_allowed", request, user=user, why=str(error))
        return render(request, "403.html", {"reason": error.message}, status=403)
