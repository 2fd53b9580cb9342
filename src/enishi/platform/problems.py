"""Errors of an API as problem details (RFC 9457): what was wrong, where, and what to do about it, each time in one shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema

from enishi.kernel import refusal
from enishi.kernel.errors import BadInput, EnishiError

PROBLEM = "application/problem+json"
API = "/api/"
LARGEST_BODY = 128 * 1024
"""Bytes of a request to an API; a server in front reads no further than its own limit."""

TYPES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "refused",
    413: "too-large",
    415: "unsupported-media-type",
    422: "bad-input",
    429: "too-many-requests",
}
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")
Words = Callable[[EnishiError], EnishiError]


def problem(status: int, what: str, *, where: str = "", todo: str = "", **more: Any) -> HttpResponse:
    """An answer of `application/problem+json`: `detail` is what was wrong; `where` and `todo` only where there is one."""
    said = {
        "type": f"urn:enishi:problem:{TYPES.get(status, 'error')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": what,
        **{name: text for name, text in (("where", where), ("todo", todo)) if text},
        **more,
    }
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=PROBLEM)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def status_of(error: EnishiError) -> int:
    """422 for what was said wrongly, 409 for what law or state of the record refuses, and while somebody else is at work; 404
    for what is not disclosed, whatever lies behind it.
    """
    if error.what in (refusal.GROUND_JA, refusal.GROUND_EN):
        return 404
    return 422 if isinstance(error, BadInput) else 409


class ProblemAPI(NinjaAPI):
    """An API whose OpenAPI document says that its errors are problems, in their own media type."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, said in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in said.get("content", {}):
                        said["content"] = {PROBLEM: said["content"]["application/json"]}
        return schema


def answer_with_problems(api: NinjaAPI, words: Words = lambda error: error) -> None:
    """Makes an API say every error as a problem. `words`: puts an error into the reader's language."""

    def refused(request: HttpRequest, error: EnishiError) -> HttpResponse:
        said = words(error)
        return problem(status_of(error), said.what, where=said.where, todo=said.todo)

    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [{"where": _where(one["loc"]), "what": str(one["msg"])} for one in error.errors]
        first: Mapping[str, str] = (
            faults[0] if faults else {"where": "", "what": "the request cannot be read"}
        )
        return problem(
            422,
            first["what"],
            where=first["where"],
            todo="send what the OpenAPI document of this API describes",
            errors=faults,
        )

    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        answer = problem(error.status_code, error.message)
        if isinstance(error, Throttled) and error.wait:
            answer.headers["Retry-After"] = str(int(error.wait))
        if error.status_code == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    handlers: dict[type[Exception], Any] = {EnishiError: refused, ValidationError: invalid, HttpError: plain}
    for error, handler in handlers.items():
        api.add_exception_handler(error, handler)


def problems_only(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: under /api/ every error is a problem, also one of Django itself (no such path, wrong method), and a
    body too large is not read.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(API):
            return get_response(request)
        length = str(request.META.get("CONTENT_LENGTH") or 0)
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return problem(413, f"a body has at most {LARGEST_BODY:,} bytes")
        answer = get_response(request)
        fault = answer.status_code >= 400
        if not fault or answer.headers.get("Content-Type", "").startswith(PROBLEM):
            return answer
        said = problem(answer.status_code, HTTPStatus(answer.status_code).description)
        for name in KEPT:
            if name in answer.headers:
                said.headers[name] = answer.headers[name]
        return said

    return respond


def _where(place: tuple[str | int, ...]) -> str:
    """Where in the request a fault lies: `body: act.movers.0`. Names that only the schema has are left out."""
    kind, *path = (str(part) for part in place) if place else ("request",)
    return f"{kind}: {'.'.join(path)}" if path else kind
