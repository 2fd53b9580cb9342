"""Skeleton."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enishi.web.officer import Officer
from enishi.web.register.frame import context, for_register


@for_register
def record(request: HttpRequest, officer: Officer, muni: str, person: int) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "record"))


@for_register
def history(request: HttpRequest, officer: Officer, muni: str, person: int) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "history"))
