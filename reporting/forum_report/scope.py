"""What a report is about, and what counts for it: days by the calendar, knowledge by the register.

Money counts by its accounting date, acts (decisions, signatures, accepted reports) by the day on which they were
done; what happened after the report's last day is as if it had not. A report can also be remade as known at an
earlier register entry: what was entered later, with whatever date, is then left out.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from alliance.core import clock
from alliance.core.errors import Refused
from alliance.forum.models import Objective, Summit
from alliance.register.canonical import GENESIS
from alliance.register.knowledge import CHANGING_NOTHING, Checkpoint
from alliance.register.models import RegisterEntry
from funds.models import Agreement, AgreementAmendment, Posting


@dataclass(frozen=True)
class ReportScope:
    """A meeting, the days a report to it covers, one objective or all, and the state of knowledge (None: all of it)."""

    summit: Summit
    previous: Summit | None
    as_of: date
    objective: Objective | None
    known: RegisterEntry | None = None

    @property
    def since(self) -> date | None:
        """The first day covered: the day after the meeting before ended."""
        return self.previous.ends_on + timedelta(days=1) if self.previous else None

    @property
    def known_at(self) -> int | None:
        return self.known.n if self.known else None

    @property
    def known_by(self) -> datetime | None:
        """The moment of the state of knowledge."""
        return self.known.recorded_at if self.known else None

    @property
    def end(self) -> datetime:
        """The moment at which the last day is over."""
        return midnight(self.as_of + timedelta(days=1))

    def done(self, stamp: str) -> Q:
        """Acts done by the end of the last day, and known. `stamp` names the column of their moment."""
        known = Q(**{f"{stamp}__lte": self.known.recorded_at}) if self.known else Q()
        return Q(**{f"{stamp}__lt": self.end}) & known

    def done_in_period(self, stamp: str) -> Q:
        begun = Q(**{f"{stamp}__gte": midnight(self.since)}) if self.since else Q()
        return self.done(stamp) & begun

    def is_done(self, moment: datetime | None) -> bool:
        """Say of one row's stamp what `done` asks of many."""
        return moment is not None and moment < self.end and (self.known is None or moment <= self.known.recorded_at)

    def dated_in_period(self, day: str) -> Q:
        """Rows whose calendar day lies in the period."""
        begun = Q(**{f"{day}__gte": self.since}) if self.since else Q()
        return Q(**{f"{day}__lte": self.as_of}) & begun

    def recorded(self, stamp: str) -> Q:
        """Rows that were known, whatever day they carry."""
        return Q(**{f"{stamp}__lte": self.known.recorded_at}) if self.known else Q()

    def postings(self) -> QuerySet[Posting]:
        """Postings by accounting date, from the fund's beginning, that were known."""
        rows = Posting.objects.filter(effective_on__lte=self.as_of)
        return rows.filter(entry__n__lte=self.known.n) if self.known else rows


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def scope(summit: str, *, objective: str = "", as_of: date | None = None, known_at: int | None = None) -> ReportScope:
    """Return the scope of a report; raises Refused, naming the field, for what cannot be reported on."""
    meetings = Summit.objects.in_order().with_chairs()
    meeting = meetings.filter(code=summit).first()
    if meeting is None:
        raise Refused(_("There is no meeting of the Forum with the code %(code)s.") % {"code": summit}, field="summit")
    aim = Objective.objects.filter(code=objective).first()
    if objective and aim is None:
        raise Refused(_("There is no objective %(code)s.") % {"code": objective}, field="objective")
    previous = meetings.filter(number=meeting.number - 1).first()
    made = ReportScope(meeting, previous, _as_of(meeting, as_of), aim, _known(known_at))
    if made.since and made.as_of < made.since:
        raise Refused(_("This date lies before the period that the report covers."), field="as_of")
    return made


def _as_of(meeting: Summit, asked: date | None) -> date:
    today = clock.today()
    if asked is None:
        return min(today, meeting.ends_on)
    if asked > today:
        raise Refused(_("This date lies in the future."), field="as_of")
    if asked > meeting.ends_on:
        raise Refused(_("A report to this meeting covers no date after the meeting’s last day."), field="as_of")
    return asked


def _known(n: int | None) -> RegisterEntry | None:
    entry = RegisterEntry.objects.filter(n=n).first() if n is not None else None
    if n is not None and entry is None:
        raise Refused(_("The register has no entry %(n)s.") % {"n": n}, field="known_at")
    return entry


def reportable() -> list[Summit]:
    """Return the meetings that can be reported to today: the first, and those whose meeting before is over."""
    meetings, today = list(Summit.objects.in_order()), clock.today()
    return meetings[:1] + [one for before, one in pairwise(meetings) if before.ends_on < today]


def rests_on(of: ReportScope) -> Checkpoint:
    """Return the newest register entry that the report's figures rest on.

    It is the last one of the report's last day, or a later one that entered money of an earlier date. Whatever
    happens after that day leaves it as it is: the report made again is the same, to the byte.
    """
    entries = RegisterEntry.objects.exclude(CHANGING_NOTHING)
    if of.known:
        entries = entries.filter(n__lte=of.known.n)
    found = [
        entries.filter(recorded_at__lt=of.end).aggregate(n=Max("n"))["n"],
        of.postings().aggregate(n=Max("entry__n"))["n"],
        _entry_of_late_agreement(of, entries),
    ]
    newest = max((n for n in found if n is not None), default=None)
    if newest is None:
        return Checkpoint(0, GENESIS, of.end)
    return Checkpoint(*entries.values_list("n", "hash", "recorded_at").get(n=newest))


def _entry_of_late_agreement(of: ReportScope, entries: QuerySet[RegisterEntry]) -> int | None:
    """Return the entry of the agreement or amendment recorded last among those signed in the period and recorded after it."""
    late = of.dated_in_period("signed_on") & of.recorded("recorded_at") & Q(recorded_at__gte=of.end)
    agreements = Agreement.objects.filter(late).values_list("recorded_at", "reference")
    amendments = AgreementAmendment.objects.filter(late).values_list("recorded_at", "agreement__reference")
    found = agreements.union(amendments).order_by("-recorded_at", "-reference").first()
    if found is None:
        return None
    recorded_at, reference = found
    its_own = entries.filter(recorded_at__gte=recorded_at, body__contains=reference)
    return its_own.order_by("n").values_list("n", flat=True).first()
