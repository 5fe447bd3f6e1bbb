"""Which windows speak for which objectives: they bind an allocation whichever pool pays it (R14)."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import OutOfState, Refused
from funds.models import Window


def require_windows(*, objectives: Collection[str], named: Iterable[Window]) -> None:
    """Refuse money for these objectives, by their codes, while a window of theirs is shut (R14).

    Each objective that has a window of its own needs that window open, also when the general pool pays: naming
    another window does not walk round a suspension. An objective's own windows are those that stand for it alone; where
    it has none, those that it shares; one open window of them is enough. An objective without any window is paid
    by the general pool. A window that is named for money serves one of the objectives or is the general pool. The rule
    is ours. Raises OutOfState for a shut window, Refused for one that serves none of the objectives.
    """
    windows = windows_with_objectives()
    if shut := shut_windows(objectives, windows):
        raise OutOfState(
            _("Money is allocated only from an open window: %(window)s is not open.") % {"window": shut[0].name}
        )
    serving = {window.pk for window in windows if window.unearmarked or _codes(window) & set(objectives)}
    if foreign := next((window for window in named if window.pk not in serving), None):
        raise Refused(
            _("The window “%(window)s” serves none of the proposal’s objectives.") % {"window": foreign.name},
            field="amounts",
        )


def windows_with_objectives() -> list[Window]:
    return list(Window.objects.order_by("code").prefetch_related("objectives"))


def shut_windows(objectives: Collection[str], windows: Collection[Window]) -> list[Window]:
    """Return the windows that hold back these objectives: one for each that has windows and none of them open."""
    return [own[0] for code in sorted(objectives) if (own := own_windows(code, windows)) and not own[0].is_open]


def own_windows(objective: str, windows: Collection[Window]) -> list[Window]:
    """Return the windows that stand for an objective, open ones first: those for it alone, or else those it shares."""
    earmarked = [window for window in windows if not window.unearmarked and objective in _codes(window)]
    alone = [window for window in earmarked if _codes(window) == {objective}]
    return sorted(alone or earmarked, key=lambda window: not window.is_open)


def _codes(window: Window) -> set[str]:
    return {objective.code for objective in window.objectives.all()}
