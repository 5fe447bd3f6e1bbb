"""One form for each section of a proposal. A draft may be incomplete: what is missing is said before submission."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance.core.countries import country_choices
from alliance.core.numbers import FigureField
from alliance.core.widgets import DateInput
from alliance.forum.models import Objective, Recommendation
from alliance.people.models import Organisation
from proposals.forms.fields import DraftForm, ThemesField, long_text
from proposals.models import YEARS, BudgetCategory, Disaggregation, Indicator, Proposal, RightsMarker

EXTRA_ROWS = 2


class SectionForm(DraftForm):
    """A section's fields. `seen` is the token of the text that the person started from."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    rows: Any = None

    def __init__(self, proposal: Proposal, data: QueryDict | None = None, *, token: str = "", extra: int = 0) -> None:
        self.proposal = proposal
        super().__init__(data, initial={**self.stored(), "seen": token})
        self.rows = self.make_rows(data, EXTRA_ROWS + extra)

    def stored(self) -> dict[str, Any]:
        """Return what the draft holds for these fields."""
        return {name: getattr(self.proposal, name) for name in self.base_fields if hasattr(self.proposal, name)}

    def make_rows(self, data: QueryDict | None, extra: int) -> "RowSet | None":
        return None

    def is_valid(self) -> bool:
        rows_valid = self.rows is None or self.rows.is_valid()
        if not rows_valid and self.is_bound and not self.non_field_errors():
            self.add_error(None, _("Some lines need attention: see below."))
        return super().is_valid() and rows_valid

    def values(self) -> dict[str, Any]:
        """Return what the operation saves."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class RowForm(forms.Form):
    """A line of a table of lines."""


class RowSet(forms.BaseFormSet):
    """Lines with a box to remove each. Lines left empty are left out."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")

    def kept(self) -> list[dict[str, Any]]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [{k: v for k, v in row.items() if k != "DELETE"} for row in rows if not row.get("DELETE")]


def row_set(
    form: type[RowForm], data: QueryDict | None, initial: list[dict[str, Any]], extra: int, **choices: Any
) -> RowSet:
    made = forms.formset_factory(form, formset=RowSet, extra=extra, can_delete=True, max_num=200, validate_max=True)
    return made(data, initial=initial, prefix="rows", form_kwargs={"choices": choices})  # type: ignore[return-value]


class SummaryForm(SectionForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    summary = long_text(_("Summary"), hint=_("At most 300 words. It is what most readers will read."), words=300)


class RouteForm(SectionForm):
    """Recommendations chosen among all, narrowed by a search that keeps what is ticked."""

    recommendations = forms.ModelMultipleChoiceField(
        label=_("Recommendations"),
        help_text=_("In our paraphrase, not official. Choosing one implies no endorsement by the Forum."),
        queryset=Recommendation.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    coherence_justification = long_text(
        _("Justification under objective 2 or 3"),
        hint=_("For a proposal that follows no recommendation: how it serves policy coherence or capacity."),
        rows=6,
        required=False,
    )

    def __init__(self, proposal: Proposal, data: QueryDict | None = None, *, search: str = "", **options: Any) -> None:
        super().__init__(proposal, data, **options)
        self.search = search.strip()
        everything = Recommendation.objects.for_list()
        chosen = set(data.getlist("recommendations")) if data is not None else set(self.initial["recommendations"])
        field = self.fields["recommendations"]
        field.queryset = everything  # type: ignore[attr-defined]
        self.found = (
            set(Recommendation.objects.search(self.search).values_list("code", flat=True)) if self.search else None
        )
        shown = [row for row in everything if self.found is None or row.code in self.found or row.code in chosen]
        field.choices = [(row.code, f"{row.code} · {row.summit.name} · {row.text}") for row in shown]  # type: ignore[attr-defined]

    def stored(self) -> dict[str, Any]:
        codes = self.proposal.recommendations.values_list("recommendation__code", flat=True)
        return {**super().stored(), "recommendations": sorted(codes)}


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


class CountryRow(RowForm):
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["country"].choices = choices["countries"]  # type: ignore[attr-defined]


class PlacesForm(SectionForm):
    """When, and with which governments: a line for each country."""

    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput)
    country_reason = long_text(
        _("Why no country"), hint=_("Only for a proposal that works with no government."), rows=3, required=False
    )
    legend: ClassVar[Any] = _("Countries whose governments take part")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        initial = [{"country": code} for code in self.proposal.countries]
        return row_set(CountryRow, data, initial, extra, countries=country_choices("—"))

    def values(self) -> dict[str, Any]:
        return {**super().values(), "countries": [row["country"] for row in self.rows.kept()]}


class ContextForm(SectionForm):
    context = long_text(_("Context"), hint=_("At most 600 words."), rows=12, words=600)


class ApproachForm(SectionForm):
    approach = long_text(_("Approach"), hint=_("At most 1,000 words."), rows=16, words=1000)


class RightsForm(SectionForm):
    rights_and_welfare = long_text(
        _("Rights and welfare"),
        hint=_("Which rights are concerned, what protects them, and who looks after people’s welfare."),
        rows=10,
        words=500,
    )
    rights_marker = forms.TypedChoiceField(
        label=_("Rights and welfare marker"),
        help_text=_("How far migrants’ rights and welfare are an aim of the proposal. The secretariat checks it."),
        choices=RightsMarker,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )


class AdverseEffectsForm(SectionForm):
    adverse_effects = long_text(
        _("Adverse effects"),
        hint=_("Likely adverse effects, for instance on those without legal channels, and how they are limited."),
        rows=10,
        words=500,
    )


class DisaggregationForm(SectionForm):
    disaggregation = long_text(
        _("Disaggregation of figures"),
        hint=_("By which variables, from which sources, and how small groups are protected."),
        rows=8,
        words=300,
    )


class SustainabilityForm(SectionForm):
    sustainability = long_text(_("Sustainability"), rows=8, words=300, required=False)


class PartnerRow(RowForm):
    organisation = forms.ChoiceField(label=_("Organisation"))
    is_lead = forms.BooleanField(label=_("Leads"), required=False)
    tasks = forms.CharField(label=_("Tasks"), widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, required=False)
    share = FigureField(label=_("Share of the budget (USD)"), required=False, min_value=Decimal(0))

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["organisation"].choices = choices["organisations"]  # type: ignore[attr-defined]

    def clean_share(self) -> Decimal:
        return self.cleaned_data["share"] or Decimal("0.00")


class PartnershipForm(SectionForm):
    partnership = long_text(_("How the partners work together"), rows=6, required=False)
    legend: ClassVar[Any] = _("Partners")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        self.organisations = {
            row.slug: row for row in Organisation.objects.exclude(confirmed_at=None) | self._applicant()
        }
        initial = [
            {"organisation": row.organisation.slug, "is_lead": row.is_lead, "tasks": row.tasks, "share": row.share}
            for row in self.proposal.partners.select_related("organisation").order_by("-is_lead", "organisation__slug")
        ]
        return row_set(PartnerRow, data, initial, extra, organisations=named(self.organisations.values()))

    def _applicant(self) -> Any:
        return Organisation.objects.filter(pk=self.proposal.applicant_id)

    def values(self) -> dict[str, Any]:
        rows = [{**row, "organisation": self.organisations[row["organisation"]]} for row in self.rows.kept()]
        return {"partnership": self.cleaned_data["partnership"], "partners": rows}


class BudgetRow(RowForm):
    partner = forms.ChoiceField(label=_("Partner"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    category = forms.ChoiceField(label=_("Category"))
    description = forms.CharField(label=_("Description"), max_length=200)
    amount = FigureField(label=_("Amount (USD)"), min_value=Decimal("0.01"))

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("partner", "year", "category"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]


class BudgetForm(SectionForm):
    legend: ClassVar[Any] = _("Budget lines")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        self.partners = {
            row.organisation.slug: row.organisation for row in self.proposal.partners.select_related("organisation")
        }
        self.categories = {str(row.code): row for row in current_categories()}
        initial = [
            {
                "partner": line.partner.slug,
                "year": line.year,
                "category": str(line.category.code),
                "description": line.description,
                "amount": line.amount,
            }
            for line in self.proposal.budget_lines.select_related("partner", "category").order_by("position")
        ]
        years = project_years(self.proposal, [int(str(line["year"])) for line in initial])
        return row_set(
            BudgetRow,
            data,
            initial,
            extra,
            partner=named(self.partners.values()),
            year=[("", "—"), *((year, str(year)) for year in years)],
            category=[("", "—"), *((code, str(row)) for code, row in self.categories.items())],
        )

    def values(self) -> dict[str, Any]:
        rows = self.rows.kept()
        return {
            "lines": [
                {**row, "partner": self.partners[row["partner"]], "category": self.categories[row["category"]]}
                for row in rows
            ]
        }


class IndicatorRow(RowForm):
    statement = forms.CharField(label=_("Indicator"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    unit = forms.ChoiceField(label=_("Unit"), choices=Indicator.Unit)
    baseline = FigureField(label=_("Baseline"), required=False)
    target = FigureField(label=_("Target"))
    disaggregation = forms.MultipleChoiceField(
        label=_("Broken down by"), choices=Disaggregation, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, choices: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["unit"].initial = Indicator.Unit.NUMBER


class IndicatorsForm(SectionForm):
    legend: ClassVar[Any] = _("Indicators")

    def make_rows(self, data: QueryDict | None, extra: int) -> RowSet:
        names = ("statement", "unit", "baseline", "target", "disaggregation")
        initial = list(self.proposal.indicators.order_by("position").values(*names))
        return row_set(IndicatorRow, data, initial, extra)

    def values(self) -> dict[str, Any]:
        return {"indicators": self.rows.kept()}


def named(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Return choices by name."""
    return [
        ("", "—"),
        *sorted(((row.slug, row.name) for row in organisations), key=lambda choice: choice[1].casefold()),
    ]


def current_categories() -> list[BudgetCategory]:
    """Return the newest version of the list of budget categories, in its order."""
    rows = list(BudgetCategory.objects.order_by("-version", "code"))
    return [row for row in rows if row.version == rows[0].version]


def project_years(proposal: Proposal, used: list[int]) -> list[int]:
    """Return the years to choose from: those of the project, or the next five, and those in use."""
    first = (proposal.starts_on or proposal.created_at).year
    last = proposal.ends_on.year if proposal.ends_on else first + 5
    return sorted({*range(max(first, YEARS[0]), min(last, YEARS[1]) + 1), *used})


FORMS: dict[str, type[SectionForm]] = {
    "summary": SummaryForm,
    "route": RouteForm,
    "objectives": ObjectivesForm,
    "places": PlacesForm,
    "context": ContextForm,
    "approach": ApproachForm,
    "rights": RightsForm,
    "adverse_effects": AdverseEffectsForm,
    "disaggregation": DisaggregationForm,
    "partnership": PartnershipForm,
    "budget": BudgetForm,
    "indicators": IndicatorsForm,
    "sustainability": SustainabilityForm,
}
