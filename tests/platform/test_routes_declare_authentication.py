"""Architecture: every API route says who may call it, be it nobody in particular (`auth=None`)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver, path
from ninja import NinjaAPI
from ninja.constants import NOT_SET
from ninja.operation import PathView

from enishi.platform.api_auth import ApiKey


def undeclared(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """Method and path of each django-ninja operation under these routes without an `auth` of its own, its router or API."""
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from undeclared(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern):
            view = closure_of(pattern.callback).get("self")
            operations = view.operations if isinstance(view, PathView) else []
            for operation in operations:
                declared = operation.auth_param is not NOT_SET or operation.auth_callbacks
                if not declared and operation.api.auth is NOT_SET:
                    yield f"{'/'.join(operation.methods)} {place}"


def closure_of(callback: Any) -> dict[str, Any]:
    """What a view function closes over: django-ninja's views hold their PathView so."""
    return dict(inspect.getclosurevars(callback).nonlocals) if inspect.isfunction(callback) else {}


def test_every_route_of_the_site_declares_authentication() -> None:
    assert list(undeclared(get_resolver().url_patterns)) == []


def test_a_route_that_forgets_is_found() -> None:
    api = NinjaAPI(urls_namespace="forgetful", docs_url=None, openapi_url=None)

    @api.get("/open")
    def forgotten(request: HttpRequest) -> str:
        return ""

    @api.get("/closed", auth=ApiKey("a"))
    def closed(request: HttpRequest) -> str:
        return ""

    @api.get("/public", auth=None)
    def public(request: HttpRequest) -> str:
        return ""

    assert list(undeclared([path("api/", api.urls)])) == ["GET api/open"]
