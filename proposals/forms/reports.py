"""A partner's report: results, indicators with their breakdown, rights follow-up, spending by category."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.core.numbers import FigureField
from proposals.breakdowns import CATEGORIES
from proposals.forms.fields import DraftForm, current_categories, long_text
from proposals.models import Indicator, PartnerReport

ZERO = Decimal("0.00")


class ReportForm(DraftForm, KeyedForm):
    results = long_text(
        _("Results"), hint=_("What has been achieved in the period, in words that anyone understands."), words=600
    )
    narrative = long_text(_("Progress"), hint=_("What was done, what was not, and why."), rows=10, words=1000)
    rights_follow_up = long_text(
        _("Rights and welfare follow-up"),
        hint=_("How were migrants’ rights and welfare looked after in this period? Every report answers this."),
        rows=6,
        words=300,
    )

    def __init__(self, report: PartnerReport, data: QueryDict | None = None) -> None:
        self.report = report
        super().__init__(
            data, initial={name: getattr(report, name) for name in ("results", "narrative", "rights_follow_up")}
        )
        self.indicators = list(report.contract.project.proposal.indicators.order_by("position"))
        self.categories = current_categories()
        reported = {row.indicator_id: row for row in report.indicators.prefetch_related("cells")}
        for indicator in self.indicators:
            self._add_indicator(indicator, reported.get(indicator.pk))
        spent = dict(report.expenditures.values_list("category_id", "amount"))
        for category in self.categories:
            self.fields[f"spent_{category.code}"] = FigureField(
                label=str(category),
                required=False,
                min_value=ZERO,
                max_digits=18,
                initial=spent.get(category.pk) or None,
            )

    def _add_indicator(self, indicator: Indicator, row: Any) -> None:
        number = indicator.position
        cells = {(cell.variable, cell.category): cell.value for cell in row.cells.all()} if row else {}
        self.fields[f"actual_{number}"] = FigureField(label=_("Actual value"), initial=row.actual if row else None)
        for variable, category, label in cells_of(indicator):
            self.fields[f"cell_{number}_{variable}_{category}"] = FigureField(
                label=label, required=False, min_value=ZERO, initial=cells.get((variable, category))
            )
        self.fields[f"remark_{number}"] = forms.CharField(
            label=_("Remark"),
            help_text=_("Why there is no value, or why the breakdown does not add up to it."),
            required=False,
            max_length=2000,
            initial=row.remark if row else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def indicator_groups(self) -> list[dict[str, Any]]:
        """Return, for each indicator, its fields in the order in which they are asked."""
        groups = []
        for indicator in self.indicators:
            number = indicator.position
            cells = [self[f"cell_{number}_{variable}_{category}"] for variable, category, _label in cells_of(indicator)]
            groups.append(
                {
                    "indicator": indicator,
                    "actual": self[f"actual_{number}"],
                    "cells": cells,
                    "remark": self[f"remark_{number}"],
                }
            )
        return groups

    def spending_fields(self) -> list[forms.BoundField]:
        return [self[f"spent_{category.code}"] for category in self.categories]

    def values(self) -> dict[str, Any]:
        """Return what `save_report` takes."""
        given = self.cleaned_data
        return {
            "texts": {name: given[name] for name in ("results", "narrative", "rights_follow_up")},
            "actuals": {
                row: (given[f"actual_{row.position}"], given[f"remark_{row.position}"]) for row in self.indicators
            },
            "cells": {
                (row, variable, category): given[f"cell_{row.position}_{variable}_{category}"]
                for row in self.indicators
                for variable, category, _label in cells_of(row)
            },
            "spending": {row: given[f"spent_{row.code}"] or ZERO for row in self.categories},
        }


def cells_of(indicator: Indicator) -> list[tuple[str, str, Any]]:
    """Return variable, category and label of each cell that the indicator asks for."""
    return [
        (variable, category, label)
        for variable in indicator.disaggregation
        for category, label in CATEGORIES.get(variable, ())
    ]
