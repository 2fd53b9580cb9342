"""What stands before every page of a resident: the sign-in, the tie to a person, and errors in plain words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from enishi.kernel.errors import EnishiError
from enishi.web.guard import explain
from enishi.web.resident.who import Resident, resident_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Resident, P], HttpResponseBase]


def for_resident(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Opens a page to a signed-in resident, of whose own it is. To an officer it does not exist: 404."""

    @never_cache
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        resident = resident_of(request)
        if resident is None:
            raise Http404
        try:
            return view(request, resident, *args, **kwargs)
        except EnishiError as error:
            return explain(request, error)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], wraps(view)(inner))
