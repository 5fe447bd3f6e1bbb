"""Overdue instalments by age."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from alliance.access import reader_or_404
from alliance.core import clock
from alliance.pages.lists import DOWNLOADS, wanted
from alliance.people.requests import Request
from alliance.rendering.tables import Row
from funds.contributions.ageing import BUCKETS, Overdue, by_donor, overdue, totals
from funds.forms.filters import AgeingFilter
from funds.models import Agreement

COLUMNS = (
    gettext_lazy("Donor"), gettext_lazy("Agreement"), gettext_lazy("Instalment"), gettext_lazy("Due on"),
    gettext_lazy("Days overdue"), gettext_lazy("Age"), gettext_lazy("Currency"), gettext_lazy("Overdue amount"),
    gettext_lazy("Overdue, in US dollars"),
)  # fmt: skip


def bucket_names() -> list[str]:
    starts = [1, *(last + 1 for last in BUCKETS)]
    spans = [_("%(first)s–%(last)s days") % {"first": a, "last": b} for a, b in zip(starts, BUCKETS, strict=False)]
    return [*spans, _("Over %(last)s days") % {"last": BUCKETS[-1]}]


@require_GET
def ageing(request: Request) -> HttpResponseBase:
    """Instalments overdue by 1–30, 31–60, 61–90 and over 90 days, by donor, and each of them."""
    reader_or_404(request.user.reads_all)
    form, today = AgeingFilter(request.GET), clock.today()
    rows = Agreement.objects.visible_to(request.user).running().for_list().prefetch_related("instalments", "deposits")
    lines = _narrowed(overdue(rows, today), form)
    names = bucket_names()
    if kind := wanted(request):
        return _download(kind, lines, names)
    aged = by_donor(lines)
    sums = totals(aged)
    context = {"form": form, "lines": [(line, names[line.bucket]) for line in lines], "aged": aged, "names": names}
    return render(request, "funds/ageing.html", {**context, "sums": sums, "total": sum(sums, start=0), "as_of": today})


def _narrowed(lines: list[Overdue], form: Any) -> list[Overdue]:
    if not form.is_valid():
        return lines
    donor, window = form.cleaned_data["donor"], form.cleaned_data["window"]
    return [line for line in lines if (not donor or line.agreement.donor == donor) and _is_in(line, window)]


def _is_in(line: Overdue, window: Any) -> bool:
    return window is None or line.agreement.window == (None if window.unearmarked else window)


def _download(kind: str, lines: list[Overdue], names: list[str]) -> HttpResponse | HttpResponseBase:
    rows: Iterator[Row] = (
        [
            line.agreement.donor.name, line.agreement.reference, line.instalment.number, line.instalment.due_on, line.days,
            names[line.bucket], line.agreement.currency, line.owed, line.owed_usd,
        ]
        for line in lines
    )  # fmt: skip
    return DOWNLOADS[kind](COLUMNS, rows, "ageing")
