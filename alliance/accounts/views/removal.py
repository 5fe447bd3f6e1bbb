"""Removing the second factors of somebody who lost them."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.access import find, reader_or_404, require
from alliance.accounts.again import asked_again
from alliance.accounts.operations import WHO_REMOVES, remove_factors
from alliance.accounts.people_forms import LostForm
from alliance.core.requests import submitted
from alliance.pages.acts import form_act
from alliance.people.models import User
from alliance.people.permissions import may_keep_everybody, may_read_people
from alliance.people.requests import Request


@require_http_methods(["GET", "POST"])
@asked_again
def factors_remove(request: Request, uid: UUID) -> HttpResponse:
    reader_or_404(may_read_people(request.user))
    person = find(User.objects.visible_to(request.user), uid=uid)
    require(may_keep_everybody(request.user), WHO_REMOVES)
    back = reverse("people:person", args=[uid])
    return form_act(
        request,
        LostForm(submitted(request)),
        remove_factors,
        title=_("Remove the second factors of %(person)s") % {"person": person},
        lead=_(
            "Do this once you know for certain that this person has lost them and asks for it. They are signed out "
            "everywhere, and their password alone opens the account until they have set up a new one. A mail tells them."
        ),
        submit=_("Remove the second factors"),
        said=_("The second factors are removed."),
        back=back,
        crumbs=[(_("People"), reverse("people:people")), (str(person), back)],
        user=person,
    )
