"""Seats, terms and rules: read by everyone, changed by the head."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alliance.access import find, public, require
from alliance.core import clock
from alliance.core.forms import attempt
from alliance.core.requests import submitted
from alliance.pages.acts import carry_out
from alliance.people.requests import Request
from governance import permissions, sentences
from governance.forms.committee import AppointForm, ChairForm, RulesForm
from governance.forms.founding import FoundingForm, SeatForm, SeatFormSet, filled
from governance.models import Body, ChairTerm, Constituency, RuleSet, Seat
from governance.operations import NewSeat, adopt_rules, appoint_chair, appoint_holder, found_committee


@public
@require_GET
def seats(request: HttpRequest) -> HttpResponse:
    """Who sits on the committee and by which rules it decides. Names are for its readers; seats are for everyone."""
    today = clock.today()
    body = Body.objects.the()
    listed = list(Seat.objects.on(today).for_page(today))
    rules = RuleSet.objects.in_force(today)
    context = {
        "body": body,
        "groups": [(group.label, [seat for seat in listed if seat.constituency == group]) for group in Constituency],
        "chair": ChairTerm.objects.on(today).filter(body=body).select_related("user").first(),
        "rules": rules,
        "sentences": sentences.of_rules(rules) if rules else [],
        "versions": list(RuleSet.objects.for_page()),
        "may_read_names": permissions.may_read_committee(request.user),
        "may_appoint": request.user.is_authenticated and permissions.may_appoint(request.user),
    }
    return render(request, "governance/seats.html", context)


def require_head(request: Request) -> None:
    require(
        permissions.may_appoint(request.user), _("Seats, terms and rules are entered by the head of the secretariat.")
    )


@require_http_methods(["GET", "POST"])
def founding(request: Request) -> HttpResponse:
    """Found the committee with its seats, by the first rules as the portal brings them."""
    require_head(request)
    if Body.objects.the():
        return redirect("governance:seats")
    data = submitted(request)
    form = FoundingForm(data)
    seats = SeatFormSet(data if data and "seats-TOTAL_FORMS" in data else None, prefix="seats")
    if request.method == "POST" and form.is_valid() and seats.is_valid():
        made = [_new_seat(row) for row in filled(seats)]
        if attempt(form, found_committee, by=request.user, seats=made, **form.arguments()):
            messages.success(request, _("The committee is founded. Appoint the members of its seats and its chair."))
            return redirect("governance:seats")
    context = {"form": form, "seats": seats, "sentences": sentences.of_rules(RuleSet(number=1))}
    return render(request, "governance/founding.html", context)


def _new_seat(row: SeatForm) -> NewSeat:
    return NewSeat(row.cleaned_data["constituency"], row.labels, row.cleaned_data["organisation"])


@require_http_methods(["GET", "POST"])
def appointment(request: Request, number: int) -> HttpResponse:
    """Appoint the member or the alternate of a seat."""
    require_head(request)
    seat = find(Seat.objects.on(clock.today()).filter(body=Body.objects.the()), number=number)
    form = AppointForm(submitted(request))
    if carry_out(request, form, appoint_holder, _("The appointment is recorded."), seat=seat):
        return redirect("governance:seats")
    return render(request, "governance/seat_appointment.html", {"seat": seat, "form": form})


@require_http_methods(["GET", "POST"])
def chair(request: Request) -> HttpResponse:
    """Note who chairs the committee, and from when."""
    require_head(request)
    body = find(Body.objects.all())
    form = ChairForm(submitted(request))
    if carry_out(request, form, appoint_chair, _("The appointment is recorded."), body=body):
        return redirect("governance:seats")
    return render(request, "governance/chair_appointment.html", {"form": form})


@require_http_methods(["GET", "POST"])
def rules_new(request: Request) -> HttpResponse:
    """Carry out a decision that changes the rules."""
    require_head(request)
    form = RulesForm(submitted(request), instance=RuleSet.objects.order_by("number").last())
    if carry_out(request, form, adopt_rules, _("The new rules are recorded.")):
        return redirect("governance:seats")
    return render(request, "governance/rules_new.html", {"form": form})
