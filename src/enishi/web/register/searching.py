"""Skeleton."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enishi.web.officer import Officer
from enishi.web.register.frame import context, for_register


@for_register
def why(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "why"))


@for_register
def search(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "search"))
