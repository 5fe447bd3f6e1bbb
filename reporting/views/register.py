"""The register in public: every entry's number, digest and hash; the bodies that are open to everyone."""

import json
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.access import find, public
from alliance.core import clock
from alliance.register.kinds import declared
from alliance.register.models import Checkpoint, RegisterEntry, head
from funds.models import Posting
from reporting.paging import page_of
from reporting.postings import lines

ACCOUNTS = ("debit", "credit", "entry")


@public
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The newest entries first, with the head that pins the state of knowledge."""
    rows = RegisterEntry.objects.defer("body").order_by("-n")
    page = page_of(rows, request)
    n, digest = head()
    moment = clock.now()
    context = {
        "page": page,
        "entries": [(row, label(row) if is_open(row, moment) else "") for row in page.object_list],
        "n": n,
        "hash": digest,
        "checkpoint": Checkpoint.objects.order_by("-n").first(),
    }
    return render(request, "reporting/register.html", context)


@public
@require_safe
def entry(request: HttpRequest, n: int) -> HttpResponse:
    """One entry: its place in the chain for everyone; its body only once it is public, sealed ballots never before."""
    row = find(RegisterEntry.objects.all(), n=n)
    opened = is_open(row, clock.now())
    context = {
        "entry": row,
        "previous": RegisterEntry.objects.filter(n=n - 1).values_list("hash", flat=True).first(),
        "is_open": opened,
        "label": label(row) if opened else "",
        "body": readable(row.body) if opened else "",
        "postings": lines(Posting.objects.filter(entry=row).select_related(*ACCOUNTS).order_by("line"))
        if opened
        else [],
        "neighbours": list(
            RegisterEntry.objects.filter(Q(n=n - 1) | Q(n=n + 1)).order_by("n").values_list("n", flat=True)
        ),
    }
    return render(request, "reporting/entry.html", context)


def is_open(row: RegisterEntry, moment: Any) -> bool:
    """Say whether everyone may read the body: public since a moment that has come."""
    return row.public_from is not None and row.public_from <= moment


def label(row: RegisterEntry) -> str:
    kind = declared().get(row.kind)
    return str(kind.label) if kind else row.kind


def readable(body: str) -> str:
    """Return the body indented. The digest is over the exact text, which the page links."""
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
