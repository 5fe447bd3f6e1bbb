"""Users, organisations and memberships: who may act, and for whom."""

from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.fields import CountryField
from alliance.core.translated import Translated
from alliance.register.models import Registered


class Role(models.TextChoices):
    """What kind of acts a person may do."""

    DONOR_VIEWER = "donor_viewer", _("Donor, viewer")
    DONOR_CONTRIBUTOR = "donor_contributor", _("Donor, contributor")
    DONOR_SIGNATORY = "donor_signatory", _("Donor, signatory")
    PARTNER_DRAFTER = "partner_drafter", _("Partner, drafter")
    PARTNER_SIGNATORY = "partner_signatory", _("Partner, signatory")
    COMMITTEE = "committee", _("Oversight committee")
    REVIEWER = "reviewer", _("Reviewer")
    OFFICER = "officer", _("Secretariat officer")
    FINANCE_OFFICER = "finance_officer", _("Finance officer")
    HEAD = "head", _("Head of the secretariat")
    FORUM_CHAIR = "forum_chair", _("Forum chair's office")
    AUDITOR = "auditor", _("Auditor")


DONOR_ROLES = (Role.DONOR_VIEWER, Role.DONOR_CONTRIBUTOR, Role.DONOR_SIGNATORY)
PARTNER_ROLES = (Role.PARTNER_DRAFTER, Role.PARTNER_SIGNATORY)
SECRETARIAT_ROLES = (Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD)
READ_ALL_ROLES = (*SECRETARIAT_ROLES, Role.AUDITOR)


class OrganisationKind(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    GMG = "gmg", _("Global Migration Group agency")
    INTERNATIONAL = "international", _("Other international organisation")
    PRIVATE = "private", _("Private sector")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    ACADEMIC = "academic", _("Academic")
    OTHER = "other", _("Other")


class Organisation(Registered):
    """One directory of organisations: each may be donor, applicant and partner at once (R27)."""

    REGISTER_PLAIN: ClassVar[tuple[str, ...]] = ("slug", "iati_id")

    slug = models.SlugField(max_length=80, unique=True)
    name = Translated(models.CharField, max_length=200)
    acronym = Translated(models.CharField, max_length=40, blank=True, otherwise="name")
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    country = CountryField(blank=True)
    iati_id = models.CharField(max_length=60, blank=True)
    gmg_since = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("reporting:organisation", args=[self.slug])


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin, Registered):
    """A person. The register knows them by `uid` alone, so a name can be erased and the chain stays whole."""

    REGISTER_ONLY = ("id", "uid", "is_active", "is_superuser")

    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    language = models.CharField(_("Language"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)  # fmt: skip
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message=_("This e-mail address has an account.")
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @classmethod
    def registered_rows(cls) -> models.QuerySet:
        """People are of record from their first role on; an account alone may do nothing."""
        return cls._default_manager.filter(pk__in=Membership.objects.values("user"))

    @cached_property
    def roles(self) -> frozenset[tuple[str, int]]:
        """The roles held today, each with its organisation's id; read once a request."""
        return frozenset((m.role, m.organisation_id) for m in self.memberships_today)

    @cached_property
    def memberships_today(self) -> list["Membership"]:
        return list(self.memberships.on(clock.today()).select_related("organisation").order_by("pk"))

    def has_role(self, *roles: str, organisation: "Organisation | int | None" = None) -> bool:
        """Say whether the person holds one of the roles today; for that organisation, when one is given."""
        pk = organisation.pk if isinstance(organisation, Organisation) else organisation
        return any(role in roles and pk in (None, held_for) for role, held_for in self.roles)

    def organisation_ids(self, *roles: str) -> set[int]:
        """Return the ids of the organisations for which the person holds one of the roles today."""
        return {held_for for role, held_for in self.roles if role in roles}

    @property
    def is_secretariat(self) -> bool:
        return self.has_role(*SECRETARIAT_ROLES)

    @property
    def reads_all(self) -> bool:
        return self.has_role(*READ_ALL_ROLES)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> "MembershipQuerySet":
        """Memberships in force on that day."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: date) -> "MembershipQuerySet":
        """Memberships in force on that day or later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))


class Membership(Registered):
    """A person's role for an organisation, over time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role", "starts_on"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.organisation}"


class SecurityEvent(models.Model):
    """A refused or failed access: not an act, kept for a limited time."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    path = models.CharField(max_length=500)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"
