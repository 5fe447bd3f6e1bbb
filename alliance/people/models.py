"""Users, organisations, memberships and invitations: who may act, and for whom."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.management.base import CommandError
from django.db import models, transaction
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
ORGANISATIONS_ROLES = (*DONOR_ROLES, *PARTNER_ROLES)
SECRETARIAT_ROLES = (Role.OFFICER, Role.FINANCE_OFFICER, Role.HEAD)
READ_ALL_ROLES = (*SECRETARIAT_ROLES, Role.AUDITOR)
# Whoever signs for an organisation also keeps its people: the role that gives, and the roles that it gives there.
ADMINISTERED = {Role.DONOR_SIGNATORY: DONOR_ROLES, Role.PARTNER_SIGNATORY: PARTNER_ROLES}


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

    def create_superuser(self, *args: Any, **kwargs: Any) -> "User":
        """Refuse, in words: `createsuperuser` is what people try who know Django."""
        raise CommandError(
            "the portal has no superusers: nobody holds every right. Begin with `manage.py setup --head EMAIL`, "
            "which makes the secretariat's first head, who invites everybody else."
        )

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)

    def visible_to(self, user: "User") -> models.QuerySet["User"]:
        """Everybody, for the secretariat and the auditor."""
        return self.all() if user.reads_all else self.none()


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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep the address by which the person signs in in step."""
        fields = kwargs.get("update_fields")
        if fields is not None and "email" not in fields:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            told = {"email": self.email.lower(), "verified": True}
            self.addresses.update_or_create(primary=True, defaults=told)

    @property
    def addresses(self) -> Any:
        """The addresses by which the person can sign in, as allauth knows them: there is to be one."""
        return self.emailaddress_set  # type: ignore[attr-defined]

    def check_password(self, raw_password: str | None) -> bool:
        """Say whether this is the password. It is never hashed anew on the way: that is an act of its own."""
        return hashers.check_password(raw_password, self.password)

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


def own_people(user: User) -> Q:
    """Return what is of the people of the donor or partner for which this person acts."""
    held = {organisation for role, organisation in user.roles if role in ORGANISATIONS_ROLES}
    return Q(role__in=ORGANISATIONS_ROLES, organisation__in=held)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> "MembershipQuerySet":
        """All of them, for those who read all; for the people of a donor or a partner, those of their own organisation."""
        return self if user.reads_all else self.filter(own_people(user))

    def on(self, day: date) -> "MembershipQuerySet":
        """Memberships in force on that day. One that was ended at once is not, from the day of that on."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: date) -> "MembershipQuerySet":
        """Memberships in force on that day or later."""
        later = datetime.combine(day + timedelta(days=1), time.min, UTC)
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), Q(ended_at=None) | Q(ended_at__gte=later))

    def within(self, since: date, until: date) -> "MembershipQuerySet":
        """Memberships that were in force at any time of these days, also those ended at once on one of them."""
        begun = Q(ended_at=None) | Q(ended_at__date__gte=F("starts_on"))
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=since), begun, starts_on__lte=until)


class Membership(Registered):
    """A person's role for an organisation, over time: from a day to a day, both included.

    `ended_at` is the moment at which it was ended at once. From then on it gives no right; its last day is that day,
    or its first one where it had not begun.
    """

    REGISTER_LATER: ClassVar[dict[str, Any]] = {"ended_at": None}

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "starts_on"], condition=Q(ended_at=None), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ends_on__isnull=False, ends_on__gte=F("ended_at__date")),
                name="membership_ended_at_once_has_a_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.organisation}"

    def is_over(self, day: date) -> bool:
        """Say whether the role is held neither on that day nor later. See also `not_over`."""
        last = self.ended_at.astimezone(UTC).date() - timedelta(days=1) if self.ended_at else self.ends_on
        return last is not None and last < day


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> "InvitationQuerySet":
        """As with memberships: all of them, or those of one's own organisation."""
        return self if user.reads_all else self.filter(own_people(user))

    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn: what can still be sent again, also after its end."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def newest_first(self) -> "InvitationQuerySet":
        return self.select_related("organisation", "invited_by").order_by("-sent_at", "-pk")


class Invitation(Registered):
    """A role offered by mail to whoever reads the mail of an address: nobody's until it is accepted.

    Of the secret in the address that is mailed only the digest is kept. Its moments are those of the real clock, as
    with sessions. `invited_by` is who sent it last, and None where `setup` invited the first head.
    """

    REGISTER_ONLY = (
        "id", "uid", "organisation", "role", "invited_by", "digest", "sent_at", "expires_at", "accepted_at",
        "accepted_by", "withdrawn_at",
    )  # fmt: skip
    REGISTER_PLAIN: ClassVar[tuple[str, ...]] = ("digest",)

    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    email = models.EmailField(_("E-mail address"))
    language = models.CharField(_("Language"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)  # fmt: skip
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="invitations_sent")
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="invitations_accepted")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        app_label = "alliance"
        constraints = [
            models.UniqueConstraint(
                fields=["email", "organisation", "role"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_address_in_lower_case"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="invitation_ends_after_sending"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(accepted_at__lte=F("expires_at")),
                name="invitation_accepted_before_its_end",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_accepted_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.organisation}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    def has_expired(self, moment: datetime) -> bool:
        """Say whether the address that was mailed no longer works at this moment of the real clock."""
        return moment > self.expires_at


class SecurityEvent(models.Model):
    """A sign-in, or a refused or failed access: not an act, kept for a limited time."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    path = models.CharField(max_length=500)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "alliance"

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"
