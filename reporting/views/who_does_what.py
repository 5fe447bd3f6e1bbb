"""The page of who does what where, and its download."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alliance.access import public
from alliance.core.countries import country_choices, country_name
from alliance.core.widgets import DateInput
from alliance.forum.models import Theme
from alliance.people.models import Organisation
from alliance.rendering.tables import csv_response
from proposals.forms.activities import OrganisationField
from proposals.forms.fields import theme_choices
from reporting.paging import page_of
from reporting.who_does_what import Asked, Work, at_work, matrix, read, works


class WhoFilter(forms.Form):
    """Organisation, theme, country and period."""

    organisation = OrganisationField(
        label=gettext_lazy("Organisation"), required=False, empty_label=gettext_lazy("All")
    )
    theme = forms.ModelChoiceField(
        label=gettext_lazy("Theme"), queryset=Theme.objects.all(), to_field_name="code", required=False
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput, required=False)
    until = forms.DateField(label=gettext_lazy("To"), widget=DateInput, required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        fields: dict[str, Any] = self.fields
        asked = Organisation.objects.exclude(confirmed_at=None).filter(slug=str(self.data.get("organisation", "")))
        fields["organisation"].choices = fields["organisation"].sorted_choices(at_work() | asked)
        fields["theme"].choices = [("", _("All")), *theme_choices()]
        fields["country"].choices = country_choices(_("All"))

    def asked(self) -> Asked:
        """Return what can be read of it; what cannot narrows nothing and says so beside its field."""
        self.is_valid()
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value})


@public
@require_safe
def who(request: HttpRequest) -> HttpResponseBase:
    """All work, the fund's and others', by organisation, theme, country and period (R53)."""
    form = WhoFilter(request.GET)
    asked = form.asked()
    if request.GET.get("format") == "csv":
        return csv_response(HEADINGS, (line(work) for work in read(works(asked))), "who-does-what-where")
    page = page_of(works(asked), request)
    counted = matrix(asked)
    context = {
        "form": form,
        "page": page,
        "works": list(read(page.object_list)),
        "matrix": counted,
        "lines": [(theme, linked(request, theme, cells)) for theme, cells in counted.lines],
    }
    return render(request, "reporting/who.html", context)


def linked(request: HttpRequest, theme: Theme, cells: list[tuple[str, int]]) -> list[tuple[int, str]]:
    """Return each figure with the address of the list that it counts: the same filter, narrowed to the cell."""
    query = request.GET.copy()
    query.pop("page", None)
    query["theme"] = theme.code
    links = []
    for country, number in cells:
        query["country"] = country
        links.append((number, f"?{query.urlencode()}"))
    return links


HEADINGS = (
    gettext_lazy("Reference"),
    gettext_lazy("Title"),
    gettext_lazy("Kind"),
    gettext_lazy("Organisation"),
    gettext_lazy("Partners"),
    gettext_lazy("Countries"),
    gettext_lazy("Themes"),
    gettext_lazy("From"),
    gettext_lazy("To"),
)


def line(work: Work) -> list[Any]:
    """Return a piece of work as a line of the download."""
    return [
        work.reference,
        work.title,
        _("Project of the fund") if work.is_project else _("Outside the fund"),
        work.organisation.name,
        "; ".join(row.name for row in work.partners),
        "; ".join(country_name(code) for code in work.countries),
        "; ".join(theme.name for theme in work.themes),
        work.starts_on,
        work.ends_on,
    ]
