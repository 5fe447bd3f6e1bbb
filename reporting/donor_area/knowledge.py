"""The state of knowledge that a donor's statement is made from."""

from datetime import date

from django.db.models import Max

from alliance.register.canonical import GENESIS
from alliance.register.knowledge import CHANGING_NOTHING, Checkpoint
from alliance.register.models import RegisterEntry
from funds.models import Agreement, AgreementAmendment, Donor, Pledge, Posting
from reporting.donor_area.projects import end_of


def known(donor: Donor, day: date) -> Checkpoint:
    """Return the newest register entry that the donor's figures of a day rest on.

    It is the last one of that day, or a later one that entered money, a pledge, an agreement or an amendment of an earlier date.
    Whatever else happens later leaves it as it is: the statement made again is the same, to the byte.
    """
    entries = RegisterEntry.objects.exclude(CHANGING_NOTHING)
    posted = Posting.objects.filter(effective_on__lte=day).order_by("-entry__n").values_list("entry__n", flat=True)
    found = [
        entries.filter(recorded_at__lt=end_of(day)).aggregate(n=Max("n"))["n"],
        posted.first(),
        *_late(donor, day),
    ]
    newest = max((n for n in found if n is not None), default=None)
    if newest is None:
        return Checkpoint(0, GENESIS, end_of(day))
    return Checkpoint(*entries.values_list("n", "hash", "recorded_at").get(n=newest))


def _late(donor: Donor, day: date) -> list[int | None]:
    """Return the entries of the donor's pledge, agreement and amendment entered last with a date of before."""
    end = end_of(day)
    pledges = Pledge.objects.filter(donor=donor, noted_at__gte=end).made_until(day).order_by("-noted_at", "-pk")
    agreements = Agreement.objects.filter(donor=donor, signed_on__lte=day, recorded_at__gte=end)
    amendments = AgreementAmendment.objects.filter(agreement__donor=donor, signed_on__lte=day, recorded_at__gte=end)
    late = [pledges.first(), agreements.order_by("-recorded_at", "-pk").first()]
    said = [(row.reference, end) for row in late if row is not None]
    amended = amendments.select_related("agreement").order_by("-recorded_at", "-pk").first()
    if amended is not None:
        said.append((amended.agreement.reference, amended.recorded_at))
    return [
        RegisterEntry.objects.filter(recorded_at__gte=since, body__contains=reference)
        .order_by("n").values_list("n", flat=True).first()
        for reference, since in said
    ]  # fmt: skip
