"""Being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.access import public


@public
def register(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@public
def entry(request: HttpRequest, n: object) -> HttpResponse:
    return render(request, "base.html")
