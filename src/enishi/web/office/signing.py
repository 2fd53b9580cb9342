"""Decide and release: two officers, each with a page that says what will happen to whom before the button."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enishi.benefits import services as benefits
from enishi.platform.services import DutyKind
from enishi.web.guard import attempt, for_office
from enishi.web.officer import Officer
from enishi.web.towns import place


@for_office(DutyKind.BENEFITS_OFFICER)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, officer: Officer, muni: str, publication: int) -> HttpResponse:
    """The first pair of eyes: the benefits officer decides on the content that is shown (by its hash)."""
    return _sign(
        request,
        officer,
        muni,
        publication,
        act=benefits.decide,
        open_to=lambda found: found.may_decide,
        template="office/decide.html",
        done=_("The decision is made. The accounting officer, another person, can now release the payments."),
    )


@for_office(DutyKind.ACCOUNTING_OFFICER)
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, officer: Officer, muni: str, publication: int) -> HttpResponse:
    """The second pair of eyes: the accounting officer releases what was decided, once."""
    return _sign(
        request,
        officer,
        muni,
        publication,
        act=benefits.release,
        open_to=lambda found: found.may_release,
        template="office/release.html",
        done=_("The payments are released. The bank files can now be handed to the bank."),
    )


def _sign(
    request: HttpRequest,
    officer: Officer,
    muni: str,
    publication: int,
    *,
    act: Callable[[int, int, str, str], benefits.ReleaseState],
    open_to: Callable[[benefits.MunicipalResult], bool],
    template: str,
    done: str,
) -> HttpResponse:
    back = reverse("office-benefit", args=[muni, publication])
    if request.method == "POST":
        content = request.POST.get("content", "")
        return attempt(
            request, back, lambda: act(officer.id, publication, muni, content), lambda _state: done
        )
    found = benefits.municipal_result(officer.id, publication, muni)
    if not open_to(found):
        return redirect(back)
    return render(
        request,
        template,
        {
            "audience": "office",
            "muni": muni,
            "place": place(muni),
            "officer": officer,
            "result": found,
            "publication": found.publication,
        },
    )
