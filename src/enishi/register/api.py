"""HTTP routes of the register for other systems of a municipality, below `/api/register/`.

A key is bound to one municipality; whoever is another's looks absent. Every read needs a purpose and an article and is
recorded with them; the gate gives a business of the municipality the record, never its history or acts, and nothing of
whom a measure protects (docs/disclosure.md). Every error is a problem (RFC 9457).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import unquote

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Header, Path, Query, Status
from ninja.errors import HttpError
from ninja.throttling import SimpleRateThrottle

from enishi import __version__
from enishi.platform.api_auth import ApiKey, Caller
from enishi.platform.problems import ProblemAPI, answer_with_problems
from enishi.platform.services import Reader, not_disclosed
from enishi.register import api_bodies as bodies
from enishi.register import services
from enishi.register.answers import Hit
from enishi.register.desk import may_name
from enishi.register.refusals import in_words
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.reports import Report, Reported

READ, ACT = "register:read", "register:act"
KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
TEXT_OF_HEADER = re.compile(r"[^\x00-\x1f\x7f]{1,120}")
REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 422, 429})
PROBLEMS = dict.fromkeys(sorted(REFUSALS), bodies.Problem)


class PerKey(SimpleRateThrottle):
    """So many requests a minute by one key, in each process."""

    def __init__(self, scope: str, rate: str) -> None:
        self.scope = scope
        super().__init__(rate)

    def get_cache_key(self, request: HttpRequest) -> str:
        caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ApiKey, without which nothing gets here
        return f"api:{self.scope}:{caller.actor}"


READS = PerKey("register-reads", "1200/m")
WRITES = PerKey("register-acts", "600/m")

api = ProblemAPI(
    title="Enishi: resident register",
    version=__version__,
    description=(
        "The resident register of one municipality, for its other systems. Not an official service; all people are"
        " synthetic. Every read is recorded with the key, its purpose and its article. Errors are problem details (RFC 9457)."
    ),
    urls_namespace="register-api",
    docs_url=None,
    openapi_url="/openapi.json",
)
answer_with_problems(api, lambda error: in_words(error, (get_language() or "en")))

Purpose = Annotated[
    str,
    Header(
        alias="Enishi-Purpose",
        max_length=360,
        description="What the data are for, in words; percent-encoded where not ASCII. It is recorded.",
    ),
]
Article = Annotated[
    str,
    Header(
        alias="Enishi-Article",
        max_length=360,
        description="The article that allows it, such as `Basic Resident Register Act 1`. It is recorded.",
    ),
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=40,
        pattern=f"^{KEY.pattern}$",
        description="16 to 40 letters, digits, - or _, one for each filing: sent again, it is one act.",
    ),
]
PersonId = Annotated[int, Path(ge=1, le=bodies.LARGEST)]
Number = Annotated[int, Path(ge=1, le=bodies.LARGEST)]


@api.post("/search", auth=ApiKey(READ), throttle=[READS], response={200: bodies.HitsAnswer} | PROBLEMS)
def search(request: HttpRequest, question: bodies.Question, purpose: Purpose, article: Article) -> Any:
    """Persons of the municipality whose name or reading begins so, or who were born on a day. Each is recorded as read."""
    reader = _reader(request, purpose, article)
    today = timezone.localdate()
    hits = services.search_persons(
        reader,
        question.text,
        on=today,
        muni=reader.muni,
        birth_date=question.birth_date,
        page=question.page,
        size=question.size,
    )
    return {"rows": [_found(hit, today) for hit in hits.rows], "page": hits.page, "more": hits.more}


@api.get(
    "/persons/{person}", auth=ApiKey(READ), throttle=[READS], response={200: bodies.RecordAnswer} | PROBLEMS
)
def record(
    request: HttpRequest,
    person: PersonId,
    purpose: Purpose,
    article: Article,
    on: Annotated[date | None, Query(description="The day; today where it is left out.")] = None,
    known_at: Annotated[
        datetime | None, Query(description="What was known at this moment; now where it is left out.")
    ] = None,
) -> Any:
    """What the register says of a person on a day, as it was known at a moment."""
    reader = _reader(request, purpose, article)
    if known_at is not None and known_at.tzinfo is None:
        raise HttpError(422, "known_at needs its offset from UTC, such as 2020-05-01T09:00:00+09:00")
    on = on or timezone.localdate()
    return _there(services.record_as_of(reader, reader.muni, person, on=on, known_at=known_at))


@api.post("/acts", auth=ApiKey(ACT), throttle=[WRITES], response={201: bodies.DoneAnswer} | PROBLEMS)
def perform(request: HttpRequest, filing: bodies.Filing, key: IdempotencyKey) -> Any:
    """Performs an act. The same filing under the same key is performed once and answered alike; another filing under that
    key is refused (409), and so is what law or record forbid. A refused attempt is recorded.
    """
    report, said = _report(request, filing, key), bodies.said_of_body(filing.act)
    may_name(_filer(request, said), report.muni, said)
    return Status(201, {"act": services.perform_act(report, said)})


@api.post(
    "/acts/preview", auth=ApiKey(ACT), throttle=[WRITES], response={200: bodies.PreviewAnswer} | PROBLEMS
)
def preview(
    request: HttpRequest, filing: bodies.Filing, key: IdempotencyKey, purpose: Purpose, article: Article
) -> Any:
    """What an act would change, by person. Nothing is changed; what is shown is recorded as read."""
    reader = _reader(request, purpose, article)
    report, said = _report(request, filing, key), bodies.said_of_body(filing.act)
    may_name(reader, report.muni, said)
    return {"changes": services.preview_act(reader, report, said)}


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ApiKey, without which nothing gets here
    if not caller.muni:
        raise HttpError(403, "this key is bound to no municipality: the register is each municipality's own")
    return caller


def _reader(request: HttpRequest, purpose: str, article: str) -> Reader:
    caller = _caller(request)
    said = {"Enishi-Purpose": unquote(purpose).strip(), "Enishi-Article": unquote(article).strip()}
    for name, text in said.items():
        if not TEXT_OF_HEADER.fullmatch(text):
            raise HttpError(422, f"{name} needs 1 to 120 characters, none of them a control character")
    return Reader(
        actor=caller.actor,
        purpose=said["Enishi-Purpose"],
        article=said["Enishi-Article"],
        on_behalf_of=caller.name,
        muni=caller.muni,
    )


def _filer(request: HttpRequest, said: Reported) -> Reader:
    """The ground on which the persons whom a filing names are looked at: the article of its act."""
    caller = _caller(request)
    article = CATALOGUE[Kind(said.kind)].article.removeprefix("arts ").removeprefix("art. ")
    return Reader(
        actor=caller.actor,
        purpose=f"filing: {Kind(said.kind).value}",
        article=f"Basic Resident Register Act {article}",
        on_behalf_of=caller.name,
        muni=caller.muni,
    )


def _report(request: HttpRequest, filing: bodies.Filing, key: str) -> Report:
    caller = _caller(request)
    return Report(
        muni=caller.muni,
        effective=filing.effective,
        reported_on=filing.reported_on,
        actor=caller.actor,
        key=f"{caller.actor}:{key}",
        now=timezone.now(),
        today=timezone.localdate(),
        reason=filing.reason,
        evidence=tuple(one.value for one in filing.evidence),
    )


def _there(found: Any) -> Any:
    """What was found. Raises the one refusal (404) for nothing: absent, elsewhere and protected are answered alike."""
    if not found:
        raise not_disclosed()
    return found


def _found(hit: Hit, today: date) -> dict[str, Any]:
    stay = hit.stay
    return {
        "person": hit.person,
        "name": hit.name.text,
        "reading": hit.name.kana,
        "birth_date": hit.birth_date,
        "sex": hit.sex,
        "address": None if hit.protected else f"{stay.town}{stay.block} {stay.building}".strip(),
        "resident": stay.covers(today),
    }
