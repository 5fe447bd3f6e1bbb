"""A person's notices, and how they are mailed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.access import find, public
from alliance.people.requests import Request
from alliance.records import operations
from alliance.records.forms import MailForm
from alliance.records.models import MailChoice, Notice
from alliance.records.named import name_files
from alliance.records.notice_mail import local_path
from alliance.records.unsubscribing import notice_of, reader_of
from alliance.register.kinds import EntryKind, kind

PAGE = 25
DIGITS = 18  # of the largest number of a register entry


@require_GET
def notices(request: Request) -> HttpResponse:
    """The person's notices, newest first."""
    rows = Notice.objects.visible_to(request.user)
    page = Paginator(rows.for_list(), PAGE).get_page(request.GET.get("page"))
    name_files(page.object_list)
    context = {"page": page, "unread": rows.unread().count(), "up_to": max((n.entry.n for n in page), default=0)}
    return render(request, "alliance/notice_list.html", context)


@require_GET
def notice(request: Request, pk: int) -> HttpResponse:
    """Mark one notice as read, and go where it leads."""
    row = find(Notice.objects.visible_to(request.user), pk=pk)
    operations.mark_read(by=request.user, notice=row)
    return redirect(local_path(row.url) or "records:notices")


@require_POST
def mark_all_read(request: Request) -> HttpResponse:
    """Mark as read everything up to the newest notice that the person was shown."""
    up_to = request.POST.get("up_to", "")
    if up_to.isdecimal() and len(up_to) <= DIGITS:
        operations.mark_all_read(by=request.user, up_to=int(up_to))
    return redirect("records:notices")


@require_http_methods(["GET", "POST"])
def mail_choices(request: Request) -> HttpResponse:
    """How and of what the person is told by mail: of the kinds that they were told of so far."""
    told = told_of(request)
    choice = MailChoice.objects.filter(user=request.user).first() or MailChoice(user=request.user)
    offered = [(one.name, one.label) for one in told if not one.is_duty]
    form = MailForm(
        request.POST if request.method == "POST" else None,
        kinds=offered,
        initial={
            "pace": "daily" if choice.is_daily else "at_once",
            "wanted": [name for name, _label in offered if name not in choice.unwanted],
        },
    )
    if request.method == "POST" and form.is_valid():
        operations.choose_mail(
            by=request.user,
            is_daily=form.cleaned_data["pace"] == "daily",
            offered=[name for name, _label in offered],
            wanted=form.cleaned_data.get("wanted", []),
        )
        messages.success(request, _("Saved. It counts from the next notice on."))
        return redirect("records:mail_choices")
    context = {"form": form, "duties": [one for one in told if one.is_duty]}
    return render(request, "alliance/mail_choices.html", context)


def told_of(request: Request) -> list[EntryKind]:
    """Return the kinds that the person has notices of, by their labels."""
    names = Notice.objects.visible_to(request.user).order_by("kind").values_list("kind", flat=True).distinct()
    return sorted((kind(name) for name in names), key=lambda one: str(one.label))


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mail for whoever holds one: by POST alone, as mail programs send it by themselves (RFC 8058).

    The token of a notice's mail stops mail of its kind, that of a daily mail the daily mail.
    """
    row = notice_of(token)
    person = row.user if row else reader_of(token)
    if person is None:
        raise Http404
    with translation.override(person.language):
        if request.method == "POST":
            if row:
                operations.stop_mail(of=row)
            else:
                operations.stop_daily_mail(of=person)
        context = {
            "is_stopped": request.method == "POST",
            "is_daily": row is None,
            "label": row.text if row else "",
            "is_duty": row is not None and kind(row.kind).is_duty,
        }
        response = render(request, "alliance/unsubscribe.html", context)
    response.headers["Content-Language"] = person.language
    return response
