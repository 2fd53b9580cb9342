"""What stands before every page: sign-in, the duty, and errors said in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from enishi.kernel.errors import EnishiError, InUse, Refused
from enishi.platform.services import DutyKind
from enishi.web.officer import Officer, officer_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Officer, P], HttpResponseBase]


def for_agency(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Opens a page to national officers (agency, auditor). For anybody else it does not exist: 404."""
    return _guarded(view, lambda officer, _: officer.national)


def for_agency_acts(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Opens an act of the agency to agency officers; an auditor, who sees the page it is on, gets 403."""

    def acts(officer: Officer, _: str) -> bool:
        if officer.national and not officer.agency:
            raise Refused(*_refusal())
        return officer.agency

    return _guarded(view, acts)


def for_auditor(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Opens a page to the national auditor only; 404 for anybody else."""
    return _guarded(view, lambda officer, _: officer.auditor)


def for_office(
    *duties: DutyKind,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Opens a municipality's page (its code is the argument `muni`) to its own officers and the auditor.

    Another municipality's page and one of a municipality that does not exist answer alike: 404. With `duties`, an officer
    of the municipality who holds none of them gets 403, and so does the auditor where auditor is not among them.
    """

    def opens(officer: Officer, muni: str) -> bool:
        if not officer.works_for(muni):
            return False
        if duties and not any(
            officer.auditor if duty is DutyKind.AUDITOR else officer.has(duty, muni) for duty in duties
        ):
            raise Refused(*_refusal())
        return True

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        return _guarded(view, opens)

    return decorate


def _refusal() -> tuple[str]:
    from django.utils.translation import gettext

    return (gettext("This belongs to another duty than yours."),)


def _guarded(
    view: View[P], opens: Callable[[Officer, str], bool]
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @never_cache
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        officer = officer_of(request)
        if officer is None:
            return redirect_to_login(request.get_full_path())
        try:
            if not opens(officer, str(kwargs.get("muni", ""))):
                raise Http404
            return view(request, officer, *args, **kwargs)
        except EnishiError as error:
            return explain(request, error)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], wraps(view)(inner))


def explain(request: HttpRequest, error: EnishiError) -> HttpResponse:
    """The page of an error that a person has to understand: 403 refused, 409 in use, 404 not readable or not there."""
    status = 403 if isinstance(error, Refused) else 409 if isinstance(error, InUse) else 404
    return render(request, "design/refused.html", {"error": error, "status": status}, status=status)


def attempt(
    request: HttpRequest, back: str, act: Callable[[], Any], done: Callable[[Any], str]
) -> HttpResponse:
    """Does an act and goes `back` (a URL) with the sentence `done` makes of its result, or with why it was refused."""
    try:
        answer = act()
    except EnishiError as error:
        messages.error(request, f"{error.what} {error.todo}".strip())
    else:
        messages.success(request, done(answer))
    return redirect(back)
