"""The fund and its windows, the accounting periods, and the rates of exchange."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import OutOfState
from alliance.core.fields import CurrencyField, RateField
from alliance.core.formats import short_date
from alliance.core.states import Move
from alliance.core.translated import Translated
from alliance.people.models import Role
from alliance.register.models import Registered
from funds.querysets import FundQuerySet, PeriodQuerySet, RateQuerySet, WindowQuerySet


def on_any_day_once(name: str, refusal: Any) -> ExclusionConstraint:
    """Return the constraint that no two rows cover the same day, from `starts_on` to `ends_on`, both included."""
    days = Func("starts_on", "ends_on", RangeBoundary(True, True), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name, expressions=[(days, RangeOperators.OVERLAPS)], violation_error_message=refusal
    )


class FundStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED_IN_PRINCIPLE = "approved_in_principle", _("Approved in principle")
    ESTABLISHED = "established", _("Established")
    OPERATING = "operating", _("Operating")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class Act(models.TextChoices):
    """What a fund's status can allow."""

    PLEDGE = "pledge", _("note pledges")
    AGREE = "agree", _("sign contribution agreements")
    RECEIVE = "receive", _("receive contributions")
    ALLOCATE = "allocate", _("commit money to projects")
    PAY = "pay", _("pay")
    SPEND = "spend", _("record spending")
    REFUND = "refund", _("give money back")


class Fund(Registered):
    """The multi-donor trust fund: one currency, one status that says which acts are possible (R103)."""

    REGISTER_PLAIN = ("code", "currency")
    REGISTER_LATER = {"established_on": None, "operating_on": None}
    # An approval in principle commits nobody: no agreement, no money (R6, R103).
    ALLOWED: dict[str, frozenset[str]] = {
        FundStatus.PROPOSED: frozenset({Act.PLEDGE}),
        FundStatus.APPROVED_IN_PRINCIPLE: frozenset({Act.PLEDGE}),
        FundStatus.ESTABLISHED: frozenset({Act.PLEDGE, Act.AGREE, Act.RECEIVE}),
        FundStatus.OPERATING: frozenset(Act.values),
        FundStatus.CLOSING: frozenset({Act.RECEIVE, Act.PAY, Act.SPEND, Act.REFUND}),
        FundStatus.CLOSED: frozenset(),
    }
    # Nothing happens in these that an earlier day of theirs would forbid: the head may enter them late.
    ENTERED_LATE = frozenset({FundStatus.APPROVED_IN_PRINCIPLE, FundStatus.ESTABLISHED})
    TRANSITIONS = {
        "approve_in_principle": Move(frozenset({FundStatus.PROPOSED}), FundStatus.APPROVED_IN_PRINCIPLE, (Role.HEAD,)),
        "establish": Move(
            frozenset({FundStatus.PROPOSED, FundStatus.APPROVED_IN_PRINCIPLE}), FundStatus.ESTABLISHED, (Role.HEAD,)
        ),
        "begin_operating": Move(frozenset({FundStatus.ESTABLISHED}), FundStatus.OPERATING, (Role.HEAD,)),
        "begin_closing": Move(
            frozenset({FundStatus.ESTABLISHED, FundStatus.OPERATING}), FundStatus.CLOSING, (Role.HEAD,)
        ),
        "close": Move(frozenset({FundStatus.CLOSING}), FundStatus.CLOSED, (Role.HEAD,)),
    }

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = Translated(models.CharField, max_length=200)
    currency = CurrencyField(_("currency"), default="USD")
    status = models.CharField(_("status"), max_length=30, choices=FundStatus, default=FundStatus.PROPOSED)
    status_on = models.DateField(_("status since"))
    status_note = models.TextField(_("why"), blank=True)
    established_on = models.DateField(_("established on"), null=True, blank=True)
    """The first day of agreements and money; empty until then, and where it was so before this portal kept the day."""
    operating_on = models.DateField(_("operating since"), null=True, blank=True)
    """The first day of allocations, payments, spending and money given back; empty likewise."""

    objects = FundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=FundStatus.values),
                name="fund_status_known",
                violation_error_message=_("This is not a status of the fund."),
            ),
            models.CheckConstraint(
                condition=Q(established_on=None)
                | ~Q(status__in=(FundStatus.PROPOSED, FundStatus.APPROVED_IN_PRINCIPLE)),
                name="fund_established_once_it_is",
                violation_error_message=_("A fund that is not established has no day of it."),
            ),
            models.CheckConstraint(
                condition=Q(operating_on=None)
                | Q(status__in=(FundStatus.OPERATING, FundStatus.CLOSING, FundStatus.CLOSED))
                & (Q(established_on=None) | Q(operating_on__gte=F("established_on"))),
                name="fund_operating_once_it_does",
                violation_error_message=_("A fund operates from a day on that is not before it was established."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> str:
        return self.status

    @state.setter
    def state(self, value: str) -> None:
        self.status = value

    def get_state_display(self) -> str:
        return str(self.get_status_display())

    @property
    def verbs(self) -> list[str]:
        """What can be done from the present status."""
        return [verb for verb, move in self.TRANSITIONS.items() if self.status in move.sources]

    def allows(self, act: str) -> bool:
        """Say whether the fund's status allows this kind of act."""
        return act in self.ALLOWED[self.status]

    def require(self, act: str, on: date | None = None, *, field: str | None = None) -> None:
        """Raise OutOfState, in words, when the fund's status does not allow this kind of act (R103).

        Nor is an act of a day, named in `field`, possible before the fund was established, or operated, as the act needs,
        however late it is written.
        """
        if not self.allows(act):
            raise OutOfState(
                _("The fund is “%(status)s”: it cannot %(act)s. Nothing was changed.")
                % {"status": self.get_status_display(), "act": Act(act).label}
            )
        begins, said = self._beginning(act)
        if on and begins and on < begins:
            raise OutOfState(said % {"day": short_date(begins), "act": Act(act).label}, field=field)

    def _beginning(self, act: str) -> tuple[date | None, str]:
        """Return the first day of this kind of act, where one is known, and what is said of a day before it."""
        if act in self.ALLOWED[FundStatus.PROPOSED]:
            return None, ""
        if act in self.ALLOWED[FundStatus.ESTABLISHED] or self.operating_on is None:
            return self.established_on, gettext(
                "The fund was established on %(day)s: before that day it could not %(act)s. Nothing was changed."
            )
        return self.operating_on, gettext(
            "The fund began to operate on %(day)s: before that day it could not %(act)s. Nothing was changed."
        )


class WindowStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("window", "Planned")
    OPEN = "open", pgettext_lazy("window", "Open")
    SUSPENDED = "suspended", pgettext_lazy("window", "Suspended")
    CLOSED = "closed", pgettext_lazy("window", "Closed")


class Window(Registered):
    """A pool of the fund that contributions may be earmarked to; exactly one is the unearmarked pool."""

    REGISTER_PLAIN = ("code",)
    TRANSITIONS = {
        "open": Move(frozenset({WindowStatus.PLANNED, WindowStatus.SUSPENDED}), WindowStatus.OPEN, (Role.HEAD,)),
        "suspend": Move(frozenset({WindowStatus.OPEN}), WindowStatus.SUSPENDED, (Role.HEAD,)),
        "close": Move(
            frozenset({WindowStatus.PLANNED, WindowStatus.OPEN, WindowStatus.SUSPENDED}),
            WindowStatus.CLOSED,
            (Role.HEAD,),
        ),
    }

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="windows")
    code = models.CharField(_("code"), max_length=10, unique=True)
    name = Translated(models.CharField, max_length=200)
    purpose = Translated(models.TextField, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=WindowStatus, default=WindowStatus.PLANNED)
    status_on = models.DateField(_("status since"))
    status_note = models.TextField(_("why"), blank=True)
    unearmarked = models.BooleanField(_("takes unearmarked money"), default=False)
    objectives = models.ManyToManyField("alliance.Objective", related_name="windows", blank=True)

    objects = WindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WindowStatus.values),
                name="window_status_known",
                violation_error_message=_("This is not a status of a window."),
            ),
            models.UniqueConstraint(
                fields=["fund"],
                condition=Q(unearmarked=True),
                name="window_one_unearmarked",
                violation_error_message=_("The fund already has an unearmarked pool."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> str:
        return self.status

    @state.setter
    def state(self, value: str) -> None:
        self.status = value

    def get_state_display(self) -> str:
        return str(self.get_status_display())

    @property
    def verbs(self) -> list[str]:
        """What can be done from the present status."""
        return [verb for verb, move in self.TRANSITIONS.items() if self.status in move.sources]

    @property
    def is_open(self) -> bool:
        return self.status == WindowStatus.OPEN


class Period(Registered):
    """A calendar year of the accounts. Once closed, no posting may take effect in it."""

    REGISTER_PLAIN = ("code",)

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("period", "Open")
        CLOSED = "closed", pgettext_lazy("period", "Closed")

    TRANSITIONS = {"close": Move(frozenset({State.OPEN}), State.CLOSED, (Role.FINANCE_OFFICER, Role.HEAD))}

    code = models.CharField(_("period"), max_length=10, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("alliance.User", on_delete=models.PROTECT, null=True, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="period_starts_before_it_ends",
                violation_error_message=_("A period cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="period_closed_is_stamped",
                violation_error_message=_("A closed period says when and by whom; an open one does not."),
            ),
            on_any_day_once("period_no_overlap", _("Two periods cannot cover the same day.")),
        ]

    def __str__(self) -> str:
        return self.code


ECB = gettext_noop("European Central Bank: euro reference rates, derived")


def said_source(source: str) -> str:
    """Return a rate's source in the reader's language where it is one we know; another stays as it was typed."""
    return gettext(source) if source else ""


class Rate(Registered):
    """Units of a currency for one unit of the fund's currency, from a day on, with its source (D2)."""

    currency = CurrencyField(_("currency"))
    on = models.DateField(_("from"))
    units_per_usd = RateField(_("units for one US dollar"))
    source = models.CharField(_("source"), max_length=200)

    objects = RateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units_per_usd__gt=0),
                name="rate_positive",
                violation_error_message=_("A rate must be more than zero."),
            ),
            models.UniqueConstraint(
                fields=["currency", "on"],
                name="rate_once_a_day",
                violation_error_message=_("There is already a rate for this currency on this day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.on}"

    @property
    def source_said(self) -> str:
        return said_source(self.source)
