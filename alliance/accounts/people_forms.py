"""Forms about people: roles given and ended, organisations entered, invitations, and the account that begins by one."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.countries import country_choices, sort_key
from alliance.core.forms import KeyedForm
from alliance.core.search import matching
from alliance.core.translated import asked, columns
from alliance.core.widgets import DateInput
from alliance.pages.fields import reason_field
from alliance.people.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from alliance.people.passwords import require_short
from alliance.people.words import address_form, is_readable, one_form

NO_ROLE = "none"


class OrganisationChoice(forms.ModelChoiceField):
    """One of the organisations that are confirmed: nobody acts for another."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Organisation"), queryset=Organisation.objects.none(), **options)

    def label_from_instance(self, organisation: Organisation) -> str:
        return organisation.name


class OrganisationsForm(KeyedForm):
    """A form that asks for one organisation, by name."""

    organisation = OrganisationChoice()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(OrganisationChoice, self.fields["organisation"])
        rows = Organisation.objects.exclude(confirmed_at=None)
        field.queryset = rows
        named = sorted(((row.pk, row.name) for row in rows), key=lambda pair: (sort_key(pair[1]), pair[0]))
        field.widget.choices = [("", field.empty_label or ""), *named]  # type: ignore[attr-defined]


def role_field(roles: Sequence[str] = tuple(Role)) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Role"), choices=[(role, Role(role).label) for role in roles], widget=forms.RadioSelect
    )


class RoleForm(OrganisationsForm):
    """A role for somebody who has an account."""

    role = role_field()
    starts_on = forms.DateField(label=_("From"), widget=DateInput, initial=clock.today)


AT_ONCE, ON_A_DAY = "at_once", "on_a_day"


class EndForm(KeyedForm):
    """When a role ends."""

    when = forms.ChoiceField(
        label=_("When does it end?"),
        choices=[(AT_ONCE, _("At once: it gives no right from this moment on")), (ON_A_DAY, _("At the end of a day"))],
        widget=forms.RadioSelect,
    )
    last_day = forms.DateField(
        label=_("Last day"), help_text=_("Only for the end of a day: today or later."), widget=DateInput, required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("when") == ON_A_DAY and not values.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Say which day is the last one."))
        return values

    def arguments(self) -> dict[str, Any]:
        on_a_day = self.cleaned_data["when"] == ON_A_DAY
        return {"key": self.cleaned_data["key"], "last_day": self.cleaned_data["last_day"] if on_a_day else None}


class LostForm(KeyedForm):
    """How the head knows that somebody has lost the second factors."""

    why = reason_field(hint=_("How you know that this person has lost them, and that it is this person who asks."))


class PeopleFilter(forms.Form):
    """What the list of people is narrowed to."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    role = forms.ChoiceField(label=_("Role today"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["role"].choices = [("", _("Any")), *Role.choices, (NO_ROLE, _("No role"))]  # type: ignore[attr-defined]

    def chosen(self, people: Any) -> Any:
        """Return the people with this role today whose name or address has every word."""
        wanted = self.cleaned_data if self.is_valid() else {}
        people = matching(people, wanted["q"], "name", "email") if wanted.get("q") else people
        today = Membership.objects.on(clock.today())
        match wanted.get("role"):
            case None | "":
                return people
            case "none":
                return people.exclude(pk__in=today.values("user"))
            case role:
                return people.filter(pk__in=today.filter(role=role).values("user"))


class OrganisationForm(KeyedForm):
    """An organisation of the directory."""

    slug = forms.SlugField(
        label=_("Short name for addresses"),
        max_length=80,
        help_text=_("Small letters, digits and hyphens, such as ghana-interior."),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=OrganisationKind, widget=forms.RadioSelect)
    country = forms.ChoiceField(label=_("Country"), required=False)
    iati_id = forms.CharField(label=_("IATI identifier"), max_length=60, required=False)
    confirmed = forms.BooleanField(
        label=_("Confirm it at once"),
        help_text=_(
            "Leave this out if you still have to check that it is what it says: until then nobody can act for it."
        ),
        required=False,
    )

    field_order = ("key", *columns("name"), "slug", "kind", "country", "iati_id", "confirmed")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["country"].choices = country_choices(empty=str(_("None")))  # type: ignore[attr-defined]
        text = partial(forms.CharField, max_length=200)
        self.fields |= asked("name", text, _("Name in %(language)s"), required={"en"})
        self.order_fields(self.field_order)

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()


def language_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=settings.LANGUAGES, widget=forms.RadioSelect)


class AddressField(forms.EmailField):
    """An e-mail address in its one form, so that another way of writing it is not another person."""

    def to_python(self, value: Any) -> str:
        return address_form(super().to_python(value) or "")


class InvitedForm(KeyedForm):
    """Who is invited, and to which of an organisation's roles."""

    email = AddressField(label=_("E-mail address"))
    role = role_field()
    language = language_field(_("Language of the mail"))

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(roles)
        self.initial.setdefault("language", (get_language() or settings.LANGUAGE_CODE)[:2])


class InvitationForm(InvitedForm, OrganisationsForm):
    """Who is invited, to which role, for which organisation."""

    field_order = ("email", "organisation", "role", "language")


class BeginForm(forms.Form):
    """What an account needs beside the address that was invited."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As colleagues know you. It is shown beside what you do."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = language_field(_("Language"))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("One that nobody guesses. A sentence of your own is good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.initial.setdefault("language", (get_language() or invitation.language)[:2])

    def clean_name(self) -> str:
        name = one_form(self.cleaned_data["name"])
        is_readable(name)
        return name

    def clean_password(self) -> str:
        """Look at the length first: whatever else is asked of a password takes time that grows with it."""
        require_short(password := self.cleaned_data["password"])
        owner = User(email=self.invitation.email, name=self.cleaned_data.get("name", ""))
        validate_password(password, user=owner)
        return password

    def clean_again(self) -> str:
        """Compare, where the password itself will do."""
        password = self.cleaned_data.get("password")
        if password is not None and password != self.cleaned_data["again"]:
            raise ValidationError(_("This is not the same as the password above."))
        return ""

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "language", "password")}
