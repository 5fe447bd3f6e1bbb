"""Starting, submitting and checking proposals; documents and co-authors."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import KeyedForm
from alliance.forum.models import Recommendation
from alliance.pages.fields import title_field, upload_field
from alliance.people.models import PARTNER_ROLES, Organisation, User
from proposals.forms.fields import long_text
from proposals.models import Call, Check, Proposal, ProposalVersion, RightsMarker


class StartForm(KeyedForm):
    applicant = forms.ModelChoiceField(
        label=_("Applicant"), queryset=Organisation.objects.none(), to_field_name="slug", empty_label=None
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Proposal.Kind, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("It can be changed until you submit."))
    call = forms.ModelChoiceField(
        label=_("Call for proposals"),
        help_text=_("Leave empty to propose on your own initiative."),
        queryset=Call.objects.none(),
        to_field_name="reference",
        required=False,
        empty_label=_("No call"),
    )

    def __init__(self, user: User, moment: datetime, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        own = Organisation.objects.filter(pk__in=user.organisation_ids(*PARTNER_ROLES)).order_by("slug")
        self.fields["applicant"].queryset = own  # type: ignore[attr-defined]
        self.fields["applicant"].initial = own.values_list("slug", flat=True).first()
        calls = Call.objects.visible_to(user).open_at(moment).order_by("closes_at", "pk")
        self.fields["call"].queryset = calls  # type: ignore[attr-defined]
        self.fields["call"].label_from_instance = lambda call: f"{call.reference} – {call.title}"  # type: ignore[attr-defined]


class DocumentForm(forms.Form):
    title = title_field()
    file = upload_field(_("File"), hint=_("PDF, Word, Excel or a picture, at most 10 MB."))


class CoAuthorForm(KeyedForm):
    email = forms.EmailField(label=_("E-mail address"), help_text=_("Of a person who has an account here."))


class SubmitForm(KeyedForm):
    is_true = forms.BooleanField(
        label=_("I submit this proposal for the applicant, and what it says is true to the best of my knowledge.")
    )

    def arguments(self) -> dict[str, Any]:
        return {"key": self.cleaned_data["key"]}


class CheckForm(KeyedForm):
    """What the secretariat finds about one version."""

    is_eligible = forms.TypedChoiceField(
        label=_("Eligible"),
        choices=[("yes", _("Yes")), ("no", _("Not yet"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    route = forms.ChoiceField(
        label=_("Route of eligibility"), choices=Check.Route, required=False, widget=forms.RadioSelect
    )
    confirmed = forms.ModelMultipleChoiceField(
        label=_("Recommendations confirmed"),
        help_text=_("Tick those that the proposal really follows."),
        queryset=Recommendation.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_rights_checked = forms.BooleanField(
        label=_("The rights and welfare section has been checked"),
        help_text=_("The committee cannot decide before."),
        required=False,
    )
    rights_marker = forms.TypedChoiceField(
        label=_("Rights and welfare marker, as checked"),
        choices=RightsMarker,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    note = long_text(_("Note"), hint=_("For the applicant and the committee."), rows=4, required=False)

    def __init__(self, version: ProposalVersion, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        codes = version.parsed["recommendations"]
        rows = Recommendation.objects.filter(code__in=codes).select_related("summit").order_by("code")
        field = self.fields["confirmed"]
        field.queryset = rows  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{row.code} · {row.text}"  # type: ignore[attr-defined]
        if not codes:
            del self.fields["confirmed"]
        self.initial = {**self.initial, **stored_check(version)}


def stored_check(version: ProposalVersion) -> dict[str, Any]:
    """Return what was found before, or what the proposal itself says."""
    content, check = version.parsed, version.checked
    if check is None:
        route = Check.Route.RECOMMENDATION if content["recommendations"] else Check.Route.JUSTIFIED
        return {"route": route, "rights_marker": content["rights_marker"]}
    links = version.proposal.recommendations.exclude(confirmed_at=None)
    return {
        "is_eligible": "yes" if check.is_eligible else "no",
        "route": check.route,
        "confirmed": list(links.values_list("recommendation__code", flat=True)),
        "is_rights_checked": check.is_rights_checked,
        "rights_marker": check.rights_marker if check.is_rights_checked else content["rights_marker"],
        "note": check.note,
    }
