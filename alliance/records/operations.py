"""Changes to notices: read marks, which are no acts."""

from alliance.core import clock
from alliance.people.models import User
from alliance.records.models import Notice


def mark_read(*, by: User, notice: Notice) -> None:
    """Note that a person has seen this notice of theirs. The first time counts."""
    Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(read_at=clock.now())


def mark_all_read(*, by: User, up_to: int) -> int:
    """Mark as read what a person was shown: their notices up to this register number; return how many."""
    return Notice.objects.visible_to(by).unread().filter(entry__n__lte=up_to).update(read_at=clock.now())
