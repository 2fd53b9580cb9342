"""Skeleton."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enishi.web.officer import Officer
from enishi.web.register.frame import context, for_register


@for_register
def act(request: HttpRequest, officer: Officer, muni: str, number: int) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "act"))


@for_register
def journal(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "journal"))


@for_register
def refused(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "refused"))
