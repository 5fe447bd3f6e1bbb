"""Which rows, for whom. `visible_to` comes first on every page.

What the committee has decided is open to everyone; what is before it, to the committee, the secretariat
and the auditor.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Max, Prefetch, Q

from governance.permissions import may_read_committee


class TermQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Terms that run on that day. See also Term.is_running."""
        return self.filter(Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))


class BodyQuerySet(models.QuerySet[Any]):
    def the(self) -> Any:
        """Return the oversight committee, or None before it is founded."""
        return self.order_by("pk").first()

    def lock(self, pk: int) -> Any:
        """Return the body with its row locked: openings queue here, so numbers have no gaps."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class SeatQuerySet(TermQuerySet):
    def for_page(self, day: date) -> Self:
        """Seats in their order, with whom they stand for and who holds them that day (`holding`)."""
        holding = apps.get_model("governance", "Holder").objects.on(day).select_related("user").order_by("-capacity")
        return (
            self.select_related("organisation")
            .prefetch_related(Prefetch("holders", holding, to_attr="holding"))
            .order_by("number", "pk")
            .fetch_mode(models.FETCH_RAISE)
        )


class HolderQuerySet(TermQuerySet):
    def with_seat(self) -> Self:
        return self.select_related("seat__organisation", "user").order_by("seat__number", "-capacity", "pk")


class RuleSetQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date) -> Any:
        """Return the rules of that day, or None before the first (R62)."""
        return self.filter(effective_from__lte=day).order_by("-effective_from").first()

    def for_page(self) -> Self:
        return self.select_related("decision").order_by("-effective_from", "-pk")


class SessionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if may_read_committee(user) else self.none()

    def for_list(self) -> Self:
        return (
            self.annotate(present=Count("attendance", Q(attendance__is_present=True)))
            .order_by("-held_on", "-pk")
            .fetch_mode(models.FETCH_RAISE)
        )


class DecisionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Everything, for who reads the committee's work; what was decided, for everyone."""
        return self.all() if may_read_committee(user) else self.decided()

    def decided(self) -> Self:
        """Closed decisions: public, with their outcome and reasons."""
        return self.filter(state="closed")

    def named(self, name: str) -> Self:
        """The decision of this number, or the item of this reference."""
        return self.filter(Q(reference=name) | Q(item=name))

    def on_agenda(self) -> Self:
        """Put to the committee and not opened yet."""
        return self.filter(state="draft").order_by("closes_at", "pk")

    def open(self) -> Self:
        """Open for ballots, the earliest deadline first."""
        return self.filter(state="open").order_by("closes_at", "pk")

    def due(self, moment: datetime) -> Self:
        """Open, and past the deadline: to be closed by whoever comes first."""
        return self.open().filter(closes_at__lte=moment)

    def newest_first(self) -> Self:
        return self.order_by("-closed_at", "-pk")

    def with_outcome(self) -> Self:
        return self.select_related("outcome")

    def with_subject(self) -> Self:
        return self.select_related("version__proposal__applicant", "session", "rule_set")

    def with_amounts(self) -> Self:
        """Add the amounts asked by window (`amounts.all`)."""
        rows = apps.get_model("governance", "DecisionAmount").objects.select_related("window").order_by("window__code")
        return self.prefetch_related(Prefetch("amounts", rows))

    def for_list(self) -> Self:
        """Everything that a list of decisions shows: subject, amounts by window, outcome."""
        return self.with_subject().with_outcome().with_amounts().fetch_mode(models.FETCH_RAISE)

    def for_task(self) -> Self:
        """No more than a line of a task list says."""
        return self.only("reference", "item", "title", "state", "closes_at")

    def for_project(self, project: Any) -> Self:
        """Decisions on the proposal that the project was made from, newest first."""
        return self.filter(version__proposal_id=project.proposal_id).newest_first()

    def last_number(self, body: Any, year: int) -> int:
        """Return the last number given in a year, zero before the first. Call it under the body's lock."""
        return self.filter(body=body, year=year).aggregate(last=Max("number"))["last"] or 0


class BallotQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """A person's own, always; all others when their choices are open."""
        shown = Q(decision__state="closed")
        if user.is_authenticated:
            shown |= Q(user=user)
        if may_read_committee(user):
            shown |= Q(decision__state="open", decision__is_sealed=False)
        return self.filter(shown)

    def of_seats(self, decision: models.Model) -> Self:
        return self.filter(decision=decision).select_related("holder__user").order_by("pk")

    def receipts(self) -> Self:
        """What a receipt shows, and nothing else: never the choice, the reasons or the person."""
        return self.select_related("decision", "entry").only(
            "receipt", "cast_at", "decision__reference", "decision__item", "decision__state",
            "entry__n", "entry__digest", "entry__public_from",
        )  # fmt: skip
