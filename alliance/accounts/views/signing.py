"""Signing in and out."""

from http import HTTPStatus
from typing import Any

from allauth.account.views import LoginView
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from alliance.access import public
from alliance.core import clock
from alliance.core.requests import PERSON, STASH
from alliance.people.offered import offer_made


class SignIn(LoginView):
    """Sign in with e-mail and password. In a demonstration the page lists the people one can be."""

    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["next"] = context["redirect_field_value"]
        context["typed_was_kept"] = STASH in self.request.session
        if clock.is_demonstration():
            context["personas"], context["persona_password"] = offer_made()
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        throttled = form.has_error("__all__", "too_many_login_attempts")
        status = HTTPStatus.TOO_MANY_REQUESTS if throttled else HTTPStatus.OK
        return self.render_to_response(self.get_context_data(form=form), status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    response = redirect("reporting:public_home")
    response.delete_cookie(PERSON, samesite="Lax")
    return response
