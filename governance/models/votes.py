"""Ballots as cast and outcomes as counted. Neither is ever changed."""

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.people.models import User
from alliance.register.models import Registered, RegisterEntry
from governance import counting
from governance.models.committee import Capacity
from governance.models.decisions import Decision, FrozenSeat
from governance.querysets import BallotQuerySet


class Ballot(Registered):
    """One ballot as cast. Earlier ones stay; a seat's ballot is its member's last, or else its alternate's last."""

    class Choice(models.TextChoices):
        APPROVE = counting.APPROVE, _("Approve")
        APPROVE_WITH_CONDITIONS = counting.APPROVE_WITH_CONDITIONS, _("Approve with the conditions")
        RETURN = counting.RETURN, _("Return to the applicant")
        OBJECT = counting.OBJECT, _("Object")
        ABSTAIN = counting.ABSTAIN, _("Abstain")

    REGISTER_PLAIN = ("receipt",)
    WITH_REASONS = counting.AGAINST

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="ballots")
    frozen_seat = models.ForeignKey(FrozenSeat, models.PROTECT, related_name="ballots")
    holder = models.ForeignKey("governance.Holder", models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=10, choices=Capacity)
    choice = models.CharField(max_length=24, choices=Choice)
    reasons = models.TextField(blank=True)
    cast_at = models.DateTimeField()
    receipt = models.CharField(max_length=24, unique=True)
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="+")

    objects = BallotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(choice__in=counting.CHOICES), name="ballot_choice_known"),
            models.CheckConstraint(
                condition=~Q(choice__in=sorted(counting.AGAINST)) | ~Q(reasons=""),
                name="ballot_against_has_reasons",
                violation_error_message=_("Give your reasons."),
            ),
        ]
        indexes = [models.Index(fields=["decision", "frozen_seat", "-id"], name="ballot_of_seat")]

    def __str__(self) -> str:
        return self.receipt

    @property
    def as_cast(self) -> counting.CastBallot:
        """The ballot as the count wants it."""
        return counting.CastBallot(self.frozen_seat_id, self.holder_id, self.choice, self.pk)


class Outcome(Registered):
    """What the committee decided: one for each decision. `tally` is the count, as JSON."""

    class Result(models.TextChoices):
        CARRIED = counting.CARRIED, pgettext_lazy("proposal", "Approved")
        IN_PRINCIPLE = "in_principle", pgettext_lazy("proposal", "Approved in principle")
        RETURNED = counting.RETURNED, pgettext_lazy("proposal", "Returned to the applicant")
        REJECTED = counting.REJECTED, pgettext_lazy("proposal", "Not approved")
        DEFERRED = "deferred", pgettext_lazy("proposal", "Deferred")
        NO_QUORUM = counting.NO_QUORUM, pgettext_lazy("proposal", "No quorum")
        TO_SESSION = counting.TO_SESSION, pgettext_lazy("proposal", "Sent to a session")

    class Money(models.TextChoices):
        NONE = "none", _("No money")
        ALLOCATED = "allocated", _("Money allocated")
        WAITING = "waiting", _("Waiting for money")

    REGISTER_PLAIN = ("tally",)

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="outcome")
    result = models.CharField(max_length=16, choices=Result)
    is_consensus = models.BooleanField()
    is_quorate = models.BooleanField()
    do_conditions_apply = models.BooleanField()
    money = models.CharField(max_length=10, choices=Money, default=Money.NONE)
    tally = models.TextField()
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(money="none") | Q(result="carried"), name="outcome_money_only_when_carried"
            ),
            models.CheckConstraint(condition=Q(is_quorate=True) | Q(result="no_quorum"), name="outcome_needs_quorum"),
            models.CheckConstraint(condition=~Q(result="deferred") | ~Q(note=""), name="outcome_deferred_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.result}"

    @property
    def state(self) -> str:
        return self.result

    def get_state_display(self) -> str:
        return self.get_result_display()

    @property
    def is_carried(self) -> bool:
        return self.result in (self.Result.CARRIED, self.Result.IN_PRINCIPLE)

    @cached_property
    def counts(self) -> dict[str, Any]:
        """The tally: `total` and `groups` by figure, `left_out`, `missing`, `failed_groups`."""
        return json.loads(self.tally)
