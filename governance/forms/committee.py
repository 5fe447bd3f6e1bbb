"""Sessions, seats, rules."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import KeyedForm
from alliance.core.widgets import DateInput
from alliance.people.models import Membership, Role, User
from governance.models import Capacity, Constituency, Decision, Holder, Outcome, RuleSet, Session


class SessionForm(KeyedForm):
    """Calling a session."""

    held_on = forms.DateField(label=_("Date"), widget=DateInput)
    place = forms.CharField(label=_("Place"), max_length=120)


class HolderChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, holder: Holder) -> str:
        group = Constituency(holder.seat.constituency).label
        return f"{holder.user} – {holder.seat.label} ({holder.get_capacity_display()}, {group})"


class AttendanceForm(KeyedForm):
    """Who is present, of those who hold a seat on the day."""

    present = HolderChoices(
        label=_("Present"), queryset=Holder.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entitled = Holder.objects.on(session.held_on).filter(seat__body=session.body_id).with_seat()
        cast(HolderChoices, self.fields["present"]).queryset = entitled
        self.initial["present"] = list(session.attendance.filter(is_present=True).values_list("holder_id", flat=True))


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return f"{user} ({user.email})"


class ChairForm(KeyedForm):
    """Who chairs, from when."""

    user = PersonChoice(label=_("Person"), queryset=User.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.on(clock.today()).filter(role=Role.COMMITTEE)
        cast(PersonChoice, self.fields["user"]).queryset = User.objects.filter(pk__in=members.values("user")).order_by(
            "name", "pk"
        )


class AppointForm(ChairForm):
    """Who holds a seat, as what, from when."""

    capacity = forms.ChoiceField(label=_("As"), choices=Capacity, widget=forms.RadioSelect, initial=Capacity.MEMBER)
    field_order = ("capacity", "user", "starts_on")


RULES = (
    "method", "quorum", "majority", "group_majority", "required", "is_composition_binding", "do_abstentions_count",
    "is_sealed", "may_chair_defer", "floor", "silence_days",
)  # fmt: skip


class DecisionChoice(forms.ModelChoiceField):
    def label_from_instance(self, decision: Decision) -> str:
        return f"{decision.name} – {decision.title}"


class RulesForm(KeyedForm, forms.ModelForm):
    """The next version of the rules. Shown with those in force."""

    decision = DecisionChoice(label=_("Decision that adopts them"), queryset=Decision.objects.none())
    effective_from = forms.DateField(label=_("In force from"), widget=DateInput)
    required = forms.MultipleChoiceField(
        label=_("Groups that must take part"), choices=Constituency, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = RuleSet
        fields = RULES
        widgets = {"method": forms.RadioSelect}

    field_order = ("decision", "effective_from", *RULES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carried = Decision.objects.decided().filter(kind=Decision.Kind.TEXT, outcome__result=Outcome.Result.CARRIED)
        cast(DecisionChoice, self.fields["decision"]).queryset = carried.filter(rules_adopted=None).newest_first()

    def _post_clean(self) -> None:
        """Leave the row in force alone: the operation makes a new version."""

    def arguments(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("decision", "effective_from", "key")}
        return {**given, "changes": self.changes}

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULES}
