"""Being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.access import public


@public
def projects(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


@public
def project(request: HttpRequest, reference: object) -> HttpResponse:
    return render(request, "base.html")
