"""What others do in the same fields without the fund's money: so that who does what where is seen whole (R53)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.fields import CountryField, CurrencyField, OriginalAmountField
from alliance.core.states import Move
from alliance.core.translated import LANGUAGES
from alliance.people.models import Role
from alliance.register.models import Registered
from proposals.models.stamps import one_of, stamped, together
from proposals.querysets import OutsideActivityQuerySet


class OutsideActivity(Registered):
    """A project or programme that is not the fund's, as a named source tells of it. It enters no sum of money.

    Its title stays in the language in which it was written; themes stand by their code, as in a frozen version.
    """

    class State(models.TextChoices):
        RECORDED = "recorded", pgettext_lazy("activity", "Recorded")
        WITHDRAWN = "withdrawn", pgettext_lazy("activity", "Withdrawn")

    TRANSITIONS = {
        "amend": Move(frozenset({State.RECORDED}), State.RECORDED, (Role.OFFICER, Role.HEAD)),
        "withdraw": Move(frozenset({State.RECORDED}), State.WITHDRAWN, (Role.OFFICER, Role.HEAD)),
    }

    reference = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    organisation = models.ForeignKey("alliance.Organisation", on_delete=models.PROTECT, related_name="activities")
    themes = ArrayField(models.CharField(max_length=60))
    countries = ArrayField(CountryField())
    starts_on = models.DateField()
    ends_on = models.DateField()
    source = models.CharField(max_length=300)
    source_url = models.URLField(max_length=300, blank=True)
    amount = OriginalAmountField(null=True)
    currency = CurrencyField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECORDED)
    recorded_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    amended_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.TextField(blank=True)

    objects = OutsideActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="outside_activity_ends_after_start",
                violation_error_message=_("The end comes before the start."),
            ),
            models.CheckConstraint(
                condition=Q(countries__len__gt=0),
                name="outside_activity_somewhere",
                violation_error_message=_("Name at least one country."),
            ),
            models.CheckConstraint(
                condition=Q(themes__len__gt=0),
                name="outside_activity_about_something",
                violation_error_message=_("Choose at least one theme."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="outside_activity_has_a_title",
                violation_error_message=_("Give the activity its title."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="outside_activity_from_a_source",
                violation_error_message=_("Say where this is known from."),
            ),
            models.CheckConstraint(
                condition=Q(amount=None, currency="") | (Q(amount__isnull=False, amount__gt=0) & ~Q(currency="")),
                name="outside_activity_amount_in_a_currency",
                violation_error_message=_("An amount is more than zero and has its currency."),
            ),
            one_of("outside_activity", "language", list(LANGUAGES)),
            one_of("outside_activity", "state", ["recorded", "withdrawn"]),
            stamped("outside_activity", "withdrawn_at", ["withdrawn"]),
            stamped("outside_activity", "withdrawn_why", ["withdrawn"], empty=""),
            together("outside_activity", "withdrawn_at", "withdrawn_by"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("proposals:activity", args=[self.reference])
