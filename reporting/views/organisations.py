"""Being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.access import public


@public
def organisations(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@public
def organisation(request: HttpRequest, slug: object) -> HttpResponse:
    return render(request, "base.html")
