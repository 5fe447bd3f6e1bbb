"""The report as a document: figures and charts in, HTML and PDF out."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.rendering import charts, pdf
from reporting.forum_report.figures import ProjectFigures, ReportFigures

WITH_AGENT = 15  # rows of the statement that lie with the administrative agent, seed capital included
MEDIA_TYPE = "application/pdf"


def report_name(figures: ReportFigures, *, is_final: bool) -> str:
    """Return the file's name: forum-report-MNL2008-fr.pdf, with the objective and "draft" where they apply."""
    parts = ["forum-report", figures.meeting.code, figures.objective, figures.language, "" if is_final else "draft"]
    return "-".join(part for part in parts if part) + ".pdf"


def make_pdf(figures: ReportFigures, *, is_final: bool) -> bytes:
    """Return the report's PDF, with the figures inside as a data file. The same figures make the same bytes."""
    attached = pdf.Attachment("figures.json", figures.text().encode(), _("The figures of this report, as JSON"))
    return pdf.write_pdf(html(figures, is_final=is_final), stamp=figures.register_at, attachments=[attached])


def html(figures: ReportFigures, *, is_final: bool) -> str:
    """Return the report's HTML, in the figures' language."""
    with translation.override(figures.language):
        return render_to_string("documents/forum_report.html", context(figures, is_final=is_final))


def context(figures: ReportFigures, *, is_final: bool) -> dict[str, Any]:
    """Return what the document and the page show."""
    return {
        "report": figures,
        "is_final": is_final,
        "agent_rows": figures.statement[:WITH_AGENT],
        "partner_rows": figures.statement[WITH_AGENT:],
        "objectives_chart": objectives_chart(figures),
        "donors_chart": donors_chart(figures),
        "flow_chart": charts.draw(figures.flow) if figures.flow and figures.flow.links else None,
        "delivery_chart": delivery_chart(figures.projects),
    }


def objectives_chart(figures: ReportFigures) -> Any:
    """Return allocations and spending by objective as a picture; None when there is nothing to draw."""
    if not figures.allocated:
        return None
    rows = tuple(charts.Group(f"{row.code} – {row.name}", (row.allocated, row.spent)) for row in figures.by_objective)
    return charts.draw(
        charts.Grouped(
            title=_("Allocated and spent by objective"),
            description=_("Bars of the amounts in the table of allocations by objective."),
            series=((_("Allocated"), "accent"), (_("Spent"), "warm")),
            rows=rows,
        )
    )


def donors_chart(figures: ReportFigures) -> Any:
    """Return what donors signed for and what came in; None without donors."""
    if not figures.donors:
        return None
    rows = tuple(charts.Group(row.name, (row.committed, row.deposited)) for row in figures.donors)
    return charts.draw(
        charts.Grouped(
            title=_("Committed and deposited by donor"),
            description=_("Bars of the amounts in the table of donors."),
            series=((_("Committed"), "gen"), (_("Deposited"), "accent")),
            rows=rows,
        )
    )


def delivery_chart(projects: Sequence[ProjectFigures]) -> Any:
    """Return spending against the net funded amount by project; None before money has gone out."""
    funded = [project for project in projects if project.net_funded]
    if not funded:
        return None
    zero = Decimal(0)
    rows = tuple(charts.Target(one.title, zero, one.net_funded, one.spent, "USD") for one in funded)
    return charts.draw(
        charts.Targets(
            title=_("Spent, of the net funded amount, by project"),
            description=_("For each project, accepted expenditure against what was transferred less refunds."),
            rows=rows,
            is_delivery=True,
        )
    )
