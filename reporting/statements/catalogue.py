"""Which statements there are, and gathering one of them."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from alliance.core.display import Text
from alliance.register.knowledge import checkpoint, one_state
from funds.models import Fund, TrusteeTerm
from funds.statements.funding_status import DEFINITIONS
from reporting.statements import donors, open_items, overview, partners
from reporting.statements.scope import APPROVED_ON, StatementScope
from reporting.statements.shape import Statement, Table


class StatementKind(NamedTuple):
    """A statement: its title, a line on what it answers, how it is gathered, and its pictures."""

    code: str
    title: Text
    lead: Text
    tables: Callable[..., tuple[Table, ...]]
    charts: Callable[[StatementScope], tuple[Any, ...]] | None = None
    is_public: bool = True
    in_consolidated: bool = True
    takes_whole: bool = False


KINDS: dict[str, StatementKind] = {
    kind.code: kind
    for kind in (
        StatementKind(
            "funding-status", _("Funding status"),
            _("Sources, uses and balances of the fund and of its partners, live."), overview.funding_status,
        ),
        StatementKind(
            "sources-and-uses", _("Sources and uses of funds"),
            _("What came in and went out, the year before, this year and in all, with the balance carried on."),
            overview.sources_and_uses, overview.sources_and_uses_charts,
        ),
        StatementKind(
            "commitments", _("Commitments and deposits"),
            _("What each contributor signed for, and what it paid."), donors.commitments, donors.commitments_charts,
        ),
        StatementKind("interest", _("Interest"), _("Interest earned by the fund and sent in by partners."), overview.interest),
        StatementKind(
            "transfers", _("Transfers to partners"),
            _("Transfers, refunds and the net funded amount of each partner."), partners.transfers,
        ),
        StatementKind(
            "expenditure", _("Expenditure by partner"),
            _("Approved, net funded and spent, with the delivery rate."), partners.expenditure,
        ),
        StatementKind(
            "projects", _("Expenditure by project"),
            _("Each project within its objectives, with the delivery rate."), partners.projects, partners.projects_charts,
        ),
        StatementKind(
            "categories", _("Expenditure by category"),
            _("Spending by the budget categories of the United Nations."), partners.categories,
        ),
        StatementKind(
            "cost-recovery", _("Cost recovery"),
            _("What running the fund costs: fee, direct costs, bank charges."), overview.cost_recovery,
        ),
        StatementKind(
            "windows", _("Balances by window"),
            _("What each window’s pool received, gave and holds."), overview.windows, overview.windows_charts,
        ),
        StatementKind(
            "attribution", _("Attribution to donors"),
            _("Which part of each project’s allocation is attributed to which donor."), donors.attribution,
            in_consolidated=False, takes_whole=True,
        ),
        StatementKind(
            "trial-balance", _("Trial balance"), _("Every account with its debits and credits."), overview.trial_balance,
            in_consolidated=False,
        ),
        StatementKind(
            "open-items", _("Open items"), _("Refunds in transit, instalments overdue and deposits without an agreement, by age."),
            open_items.open_items, is_public=False, in_consolidated=False,
        ),
    )
}  # fmt: skip


def statement(code: str, as_of: date, *, whole: bool = False, drawn: bool = True, page: int | None = None) -> Statement:
    """Return one statement in the active language, all of it read at one moment. KeyError for an unknown code.

    `whole` leaves nothing together that a page would; `drawn` brings its pictures; `page` asks for the rows of one page
    of a table that is long by its nature.
    """
    with one_state():
        return _gathered(KINDS[code], StatementScope(as_of, page), whole=whole, drawn=drawn)


def consolidated(as_of: date) -> list[Statement]:
    """Return the statements of the consolidated financial report, read at one moment."""
    with one_state():
        return [_gathered(kind, StatementScope(as_of), whole=True, drawn=True) for kind in _of_report()]


def _of_report() -> Iterable[StatementKind]:
    return (kind for kind in KINDS.values() if kind.in_consolidated)


def _gathered(kind: StatementKind, of: StatementScope, *, whole: bool, drawn: bool) -> Statement:
    known, fund = checkpoint(), Fund.objects.the()
    return Statement(
        code=kind.code,
        title=str(kind.title),
        as_of=of.as_of,
        year=of.year,
        currency=fund.currency,
        definitions=DEFINITIONS,
        register_n=known.n,
        register_hash=known.hash,
        begun=fund.established_on or APPROVED_ON,
        trustee=TrusteeTerm.objects.name_on(of.as_of),
        tables=kind.tables(of, whole=True) if kind.takes_whole and whole else of.once(kind.tables),
        charts=kind.charts(of) if kind.charts and drawn else (),
    )


__all__ = ["KINDS", "StatementKind", "consolidated", "statement"]
