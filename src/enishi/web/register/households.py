"""Skeleton."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enishi.web.officer import Officer
from enishi.web.register.frame import context, for_register


@for_register
def household(request: HttpRequest, officer: Officer, muni: str, household: int) -> HttpResponse:
    return render(request, "office/register/base.html", context(muni, "household"))
