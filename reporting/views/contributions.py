"""Being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.access import public


def my_contributions(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")
