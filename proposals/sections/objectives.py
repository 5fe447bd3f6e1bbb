"""The Alliance's objectives that the proposal serves, in percent, and its themes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import formats
from alliance.core.errors import Text
from alliance.forum.models import Objective
from proposals.forms.fields import ThemesField
from proposals.models import Proposal
from proposals.sections.section import Content, Section, SectionForm
from proposals.sections.tables import Names, Rows


class ObjectivesForm(SectionForm):
    """A percentage for each objective, and the main one."""

    main = forms.ModelChoiceField(
        label=_("Main objective"),
        queryset=Objective.objects.order_by("number"),
        to_field_name="code",
        empty_label=None,
        required=True,
        widget=forms.RadioSelect,
    )
    themes = ThemesField(
        label=_("Themes"),
        help_text=_("By them, with country and dates, work that resembles yours is found."),
        required=False,
    )

    def __init__(self, proposal: Proposal, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(proposal, data, **options)
        cast(ThemesField, self.fields["themes"]).keep(proposal.themes)
        self.objectives = list(self.fields["main"].queryset)  # type: ignore[attr-defined]
        held = {row.objective_id: row for row in proposal.objectives.all()}
        percents = {}
        for objective in self.objectives:
            row = held.get(objective.pk)
            percents[f"percent_{objective.code}"] = forms.IntegerField(
                label=_("%(objective)s, in percent") % {"objective": objective},
                min_value=0,
                max_value=100,
                required=False,
                initial=row.percent if row else None,
                widget=forms.NumberInput(attrs={"class": "amount"}),
            )
            if row and row.is_main:
                self.initial["main"] = objective.code
        self.fields = {
            "seen": self.fields["seen"],
            **percents,
            "main": self.fields["main"],
            "themes": self.fields["themes"],
        }

    def values(self) -> dict[str, Any]:
        percents = {row: self.cleaned_data.get(f"percent_{row.code}") or 0 for row in self.objectives}
        return {"percents": percents, "main": self.cleaned_data["main"], "themes": self.cleaned_data["themes"]}


def content(proposal: Proposal) -> Content:
    rows = proposal.objectives.order_by("objective__code").values_list("objective__code", "percent", "is_main")
    served = {"objectives": [{"code": code, "percent": percent, "is_main": main} for code, percent, main in rows]}
    return served | (
        {"themes": list(proposal.themes)} if proposal.themes else {}
    )  # absent, as from before there were any


def gaps(content: Content) -> list[Text]:
    rows = content["objectives"]
    if not rows:
        return [_("Say which objectives the proposal serves, in percent.")]
    missing: list[Text] = []
    if sum(item["percent"] for item in rows) != 100:
        missing.append(_("The percentages of the objectives add up to 100."))
    if sum(item["is_main"] for item in rows) != 1:
        missing.append(_("Choose the main objective."))
    return missing


def paragraphs(content: Content, names: Names) -> Iterator[str]:
    yield from (names.themes.get(code, code) for code in content.get("themes", ()))


def tables(content: Content, names: Names) -> Iterator[Rows]:
    lines = [
        [
            f"{item['code']} {names.objectives.get(item['code'], '')}",
            formats.percent(Decimal(item["percent"]) / 100),
            gettext("Main objective") if item["is_main"] else "",
        ]
        for item in content["objectives"]
    ]
    headers = [gettext("Objective"), gettext("Share"), gettext("Main")]
    if lines:
        yield Rows(gettext("Objectives"), headers, lines, numbers=frozenset({1}))


OBJECTIVES = Section(
    key="objectives",
    title=_("Objectives"),
    purpose=_("Which of the Alliance’s objectives it serves, in percent; one is the main one."),
    form=ObjectivesForm,
    columns=(),
    content=content,
    gaps=gaps,
    paragraphs=paragraphs,
    tables=tables,
)
