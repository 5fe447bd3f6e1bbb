"""The home of a signed-in person."""

from django.db.models import Count, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.people.requests import Request
from alliance.records.models import Notice
from alliance.records.named import name_files
from reporting.homes import tasks_for
from reporting.homes.figures import figures_for
from reporting.homes.starting import steps_to_start

NOTICES = 5


@require_safe
def home(request: Request) -> HttpResponse:
    """What waits for this person, the figures of its roles, its unread notices."""
    moment = clock.now()
    unread = Notice.objects.visible_to(request.user).unread().for_list().annotate(in_all=Window(Count("pk")))
    notices = list(unread[:NOTICES])
    name_files(notices)
    context = {
        "tasks_waiting": tasks_for(request.user, moment),
        "steps_to_start": steps_to_start(request.user),
        "figures_shown": figures_for(request.user),
        "unread": notices,
        "notices_count": notices[0].in_all if notices else 0,  # for the frame, which would ask once more
        "now": moment,
    }
    return render(request, "reporting/home.html", context)
