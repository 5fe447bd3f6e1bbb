"""Who is told of finished documents: the person who asked."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.people.models import User
from alliance.records.models import StoredFile
from alliance.register import About, declare


def who_asked(body: dict[str, Any]) -> Iterable[User]:
    return User.objects.filter(uid=body["facts"]["person"])


def its_page(body: dict[str, Any]) -> str:
    return reverse("jobs:job", args=[body["facts"]["job"]])


def its_file(body: dict[str, Any], reader: User) -> About:
    names = StoredFile.objects.filter(uid=body["facts"]["file"]).order_by("pk").values_list("name", flat=True)
    return About("", names.first() or "")


declare("document.made/1", label=_("Document finished"), told=who_asked, url=its_page, names_file=True, about=its_file)
