"""An item before the committee, and everything that its opening freezes."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.fields import MoneyField
from alliance.core.states import Move
from alliance.people.models import Role, User
from alliance.register.models import Registered, RegisterEntry
from governance import counting
from governance.models.committee import Body, Constituency, Holder, Seat
from governance.models.rules import RuleSet
from governance.models.sessions import Session
from governance.querysets import DecisionQuerySet

TABLING = (Role.OFFICER, Role.HEAD)


class Decision(Registered):
    """An item put to the committee. It gets its number, without gaps in a year, when it opens.

    Subject: one version of a proposal (with amounts by window, or in principle without money), or a text.
    """

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", _("Approval and allocation")
        IN_PRINCIPLE = "in_principle", _("Approval in principle")
        TEXT = "text", _("Text")

    class Procedure(models.TextChoices):
        VOTE = "vote", _("Vote")
        NO_OBJECTION = "no_objection", _("No-objection procedure")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("decision", "On the agenda")
        OPEN = "open", pgettext_lazy("decision", "Open")
        CLOSED = "closed", pgettext_lazy("decision", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("decision", "Cancelled")

    REGISTER_PLAIN = ("item", "reference", "subject_digest")
    TRANSITIONS = {
        "open": Move(frozenset({State.DRAFT}), State.OPEN, TABLING),
        "close": Move(frozenset({State.OPEN}), State.CLOSED, (Role.COMMITTEE, *TABLING)),
        "defer": Move(frozenset({State.OPEN}), State.CLOSED, (Role.COMMITTEE,)),
        "cancel": Move(frozenset({State.DRAFT, State.OPEN}), State.CANCELLED, TABLING),
    }

    body = models.ForeignKey(Body, models.PROTECT, related_name="decisions")
    item = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    procedure = models.CharField(max_length=16, choices=Procedure, default=Procedure.VOTE)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.ForeignKey(
        "proposals.ProposalVersion", models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="decisions")
    put_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveSmallIntegerField(null=True)
    reference = models.CharField(max_length=20, unique=True, null=True)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, related_name="decisions")
    is_sealed = models.BooleanField(default=True)
    subject_digest = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opening_entry = models.ForeignKey(RegisterEntry, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancel_reason = models.TextField(blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "number"], name="decision_number_once"),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=["draft", "open"]),
                name="decision_version_once_at_a_time",
                violation_error_message=_("This version is before the committee already."),
            ),
            models.CheckConstraint(condition=Q(number__gte=1) | Q(number=None), name="decision_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(kind="text", version=None) & ~Q(text="")
                | Q(kind__in=["proposal", "in_principle"], version__isnull=False),
                name="decision_one_subject",
            ),
            models.CheckConstraint(condition=Q(procedure__in=["vote", "no_objection"]), name="decision_procedure_known"),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None) | Q(state="cancelled") | Q(state__in=["open", "closed"], opened_at__isnull=False),
                name="decision_opened_at_with_state",
            ),
            models.CheckConstraint(
                condition=Q(
                    opened_at=None, opened_by=None, year=None, number=None, reference=None, rule_set=None,
                    opening_entry=None, subject_digest="",
                )
                | Q(
                    opened_at__isnull=False, opened_by__isnull=False, year__isnull=False, number__isnull=False,
                    reference__isnull=False, rule_set__isnull=False, opening_entry__isnull=False,
                )
                & ~Q(subject_digest=""),
                name="decision_frozen_when_opened",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
                name="decision_closed_at_with_state",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason="")
                | ~Q(state="cancelled") & Q(cancelled_at=None, cancelled_by=None, cancel_reason=""),
                name="decision_cancelled_at_with_state",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(closes_at__gt=F("opened_at")),
                name="decision_closes_after_opening",
                violation_error_message=_("The vote closes after it opens."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="decision_due"),
            models.Index(fields=["-closed_at"], condition=Q(state="closed"), name="decision_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("governance:decision", args=[self.name])

    @property
    def name(self) -> str:
        """The decision's number, or the item's reference before it has one."""
        return self.reference or self.item

    @property
    def rules(self) -> counting.Rules:
        """The rules that it was opened under. ValueError for an item that was never opened."""
        if self.rule_set is None:
            raise ValueError(f"{self.item} was not opened")
        return self.rule_set.rules

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def has_money(self) -> bool:
        """Whether amounts go with it. An approval in principle carries none (R6)."""
        return self.kind == self.Kind.PROPOSAL

    @property
    def is_silent(self) -> bool:
        return self.procedure == self.Procedure.NO_OBJECTION

    @property
    def condition_list(self) -> list[str]:
        """The conditions frozen with the item, one a line."""
        return [line.strip() for line in self.conditions.splitlines() if line.strip()]

    @property
    def are_choices_visible(self) -> bool:
        """Whether anyone may see who chose what: after the close, or from the start where the rules seal nothing."""
        return self.is_closed or (self.is_open and not self.is_sealed)


class DecisionAmount(Registered):
    """What the item asks from one window, in the fund's currency."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="amounts")
    window = models.ForeignKey("funds.Window", models.PROTECT, related_name="+")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "window"], name="decision_amount_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="decision_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.window_id}"


class FrozenDocument(Registered):
    """A document as it stood at the opening: its title and its SHA-256."""

    REGISTER_PLAIN = ("sha256",)

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="documents")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("alliance.StoredFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "position"], name="frozen_document_position_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="frozen_document_digest"),
        ]

    def __str__(self) -> str:
        return self.title


class FrozenSeat(Registered):
    """A seat and its holders as they stood at the opening."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="frozen_seats")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=24, choices=Constituency)
    member = models.ForeignKey(Holder, models.PROTECT, null=True, related_name="+")
    alternate = models.ForeignKey(Holder, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "seat"], name="frozen_seat_once"),
            models.CheckConstraint(
                condition=Q(constituency__in=Constituency.values), name="frozen_seat_constituency_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.seat_id}"

    @property
    def at_vote(self) -> counting.SeatAtVote:
        """The seat as the count wants it."""
        return counting.SeatAtVote(self.pk, self.constituency, self.member_id, self.alternate_id)

    @property
    def holders(self) -> list[Holder]:
        return [holder for holder in (self.member, self.alternate) if holder]


class Recusal(Registered):
    """A holder who does not vote on this decision, because of an interest in it (R48)."""

    class Reason(models.TextChoices):
        AUTOMATIC = "automatic", _("by rule")
        DECLARED = "declared", _("declared")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="recusals")
    frozen_seat = models.ForeignKey(FrozenSeat, models.PROTECT, related_name="recusals")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    organisation = models.ForeignKey("alliance.Organisation", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "holder"], name="recusal_once"),
            models.CheckConstraint(
                condition=Q(reason="automatic", organisation__isnull=False) | Q(reason="declared") & ~Q(note=""),
                name="recusal_says_why",
                violation_error_message=_("Say what the interest is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.holder_id}"
