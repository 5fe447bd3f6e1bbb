"""What notices without a public reference are about."""

import json
from collections.abc import Iterable

from alliance.records.models import Notice, StoredFile
from alliance.register.kinds import kind
from alliance.register.models import RegisterEntry


def name_files(notices: Iterable[Notice]) -> None:
    """Set `about` of the notices that tell of a file: two queries for all of them, none where there are none."""
    telling = {notice.entry_id: notice for notice in notices if kind(notice.kind).names_file and not notice.reference}
    if not telling:
        return
    bodies = RegisterEntry.objects.filter(pk__in=telling).order_by("pk").values_list("pk", "body")
    files = {pk: json.loads(body)["facts"]["file"] for pk, body in bodies}
    names = {str(uid): name for uid, name in _names(files.values())}
    for pk, file in files.items():
        telling[pk].about = names.get(file, "")


def _names(files: Iterable[str]) -> Iterable[tuple[object, str]]:
    return StoredFile.objects.filter(uid__in=files).order_by("pk").values_list("uid", "name")
