"""Statements on paper: the tables and pictures of the page, set by the PDF engine."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from django.template.loader import render_to_string

from alliance.core import clock
from alliance.register.models import RegisterEntry
from alliance.rendering import charts, pdf
from reporting.statements.shape import Statement


def make_pdf(found: Sequence[Statement], *, is_consolidated: bool) -> bytes:
    """Return the PDF in the active language. The same figures make the same bytes."""
    return pdf.write_pdf(html(found, is_consolidated=is_consolidated), stamp=_read_at(found[0]))


def html(found: Sequence[Statement], *, is_consolidated: bool) -> str:
    return render_to_string("documents/statements.html", context(found, is_consolidated=is_consolidated))


def context(found: Sequence[Statement], *, is_consolidated: bool) -> dict[str, Any]:
    return {
        "statements": [(one, [(chart.title, charts.draw(chart)) for chart in one.charts]) for one in found],
        "first": found[0],
        "is_consolidated": is_consolidated,
        "is_demonstration": clock.is_demonstration(),
    }


def _read_at(one: Statement) -> datetime:
    """Return when the register entry was written that the figures rest on."""
    at = RegisterEntry.objects.filter(n=one.register_n).values_list("recorded_at", flat=True).first()
    return at or datetime.combine(one.as_of, time(), UTC)
