"""The register's API: what a key may, what it gets, and what is refused, each error a problem (RFC 9457)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from enishi.kernel.refusal import not_disclosed
from enishi.platform.api_auth import issue_key, revoke_key
from enishi.platform.services import Answer, reads_by, reads_of
from enishi.register import services, terms
from enishi.register.models import Act, RefusedAct
from enishi.site.commands.api import documents
from tests.factories import CHIYODA, CHUO, person, small_snapshot

pytestmark = pytest.mark.django_db
FATHER, MOTHER, CHILD, ALONE = 1, 2, 3, 9
FAR = datetime(2100, 1, 1, tzinfo=UTC)
GROUND = {"HTTP_ENISHI_PURPOSE": "tax roll", "HTTP_ENISHI_ARTICLE": "Basic Resident Register Act 1"}
KEY = "filing-0123456789"
OUT = {
    "effective": "2020-06-01",
    "reported_on": "2020-06-01",
    "act": {
        "kind": "move_out",
        "movers": [FATHER, MOTHER, CHILD],
        "to": {"muni": CHUO, "town": "築地", "postcode": "1040045", "block": "1番"},
    },
}


@pytest.fixture(autouse=True)
def family(tmp_path: Path) -> None:
    cache.clear()
    rows = [
        person(FATHER, household=7),
        person(MOTHER, household=7, relation="spouse", sex=2),
        person(CHILD, household=7, relation="child", birth_date=date(2010, 1, 2)),
        person(ALONE, household=9, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


class System:
    """Another system with a key."""

    def __init__(self, *scopes: str, muni: str = CHIYODA) -> None:
        self.secret = issue_key("tax system", scopes or ("register:read", "register:act"), FAR, muni)
        self.client = Client(
            HTTP_AUTHORIZATION=f"Bearer {self.secret}",
            HTTP_ACCEPT_LANGUAGE="en",
            raise_request_exception=False,
        )

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(f"/api/register/{path}", **(GROUND | more))

    def post(self, path: str, body: Any, **more: Any) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        kept = GROUND | {"HTTP_IDEMPOTENCY_KEY": KEY} | more
        return self.client.post(
            f"/api/register/{path}",
            text,
            content_type="application/json",
            **{name: value for name, value in kept.items() if value is not None},
        )


def protect(who: int) -> None:
    """Files support measures for a resident of Chiyoda: they close the record from that moment."""
    by = terms.By(CHIYODA, "officer:7", f"measure-{who}", timezone.now(), "asked for")
    services.file_measure(by, terms.Case(who, terms.Harm.VIOLENCE, other_unnamed=True))


def fault(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer says, when it is one of this status."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = json.loads(answer.content)
    assert said["status"] == status
    assert said["title"]
    assert said["detail"]
    return said


def test_a_search_gives_persons_of_the_municipality_and_is_recorded() -> None:
    answer = System().post("search", {"text": "シケン"})
    assert answer.status_code == 200
    said = answer.json()
    assert [row["person"] for row in said["rows"]] == [FATHER, MOTHER, CHILD]
    assert said["rows"][0]["address"] == "千代田"
    assert {(line.purpose, line.article, line.on_behalf_of) for line in reads_by(CHIYODA)} == {
        ("tax roll", "Basic Resident Register Act 1", "tax system")
    }


def test_a_record_of_a_day_as_it_was_known_at_a_moment() -> None:
    system = System()
    before = timezone.now()
    assert system.post("acts", OUT).status_code == 201
    there = {one["group"] for one in system.get(f"persons/{CHILD}?on=2020-05-31").json()["entered"]}
    assert {"particulars", "name", "residence", "address", "membership"} <= there
    gone = {one["group"] for one in system.get(f"persons/{CHILD}?on=2020-06-01").json()["entered"]}
    assert not gone & {"residence", "address", "membership"}
    moment = before.isoformat().replace("+", "%2B")
    known = system.get(f"persons/{CHILD}?on=2020-06-01&known_at={moment}").json()["entered"]
    assert "residence" in {one["group"] for one in known}
    assert fault(system.get(f"persons/{CHILD}?known_at=2020-06-01T00:00:00"), 422)


@pytest.mark.parametrize("path", [f"persons/{FATHER}/history", f"persons/{FATHER}/acts", "acts/1"])
def test_history_and_acts_are_not_open_to_a_business(path: str) -> None:
    fault(System().get(path), 404)
    assert reads_of(FATHER) == []


def test_the_journal_keeps_why_and_by_what_evidence_a_system_filed() -> None:
    System().post("acts", OUT | {"reason": "a new post", "evidence": ["number_card"]})
    act = Act.objects.get(muni=CHIYODA, kind="move_out")
    assert (act.reason, act.facts["evidence"]) == ("a new post", ["number_card"])


def test_an_act_is_performed_once_however_often_it_is_sent() -> None:
    system = System()
    first = system.post("acts", OUT)
    assert first.status_code == 201
    assert system.post("acts", OUT).json() == first.json() == {"act": 2}
    assert Act.objects.filter(muni=CHIYODA).count() == 2
    other = fault(system.post("acts", OUT | {"effective": "2020-06-02", "reported_on": "2020-06-02"}), 409)
    assert other["detail"] == "this key stands for another act"
    stranger = System()
    said = fault(stranger.post("acts", OUT), 409)
    assert "left the register" in said["detail"]


def test_a_preview_changes_nothing_and_is_recorded_as_read() -> None:
    system = System()
    changes = system.post("acts/preview", OUT).json()["changes"]
    assert [one["person"] for one in changes] == [FATHER, MOTHER, CHILD]
    assert Act.objects.filter(muni=CHIYODA).count() == 1
    assert reads_of(MOTHER)[0].purpose == "tax roll"


def test_what_the_law_refuses_is_a_problem_in_the_callers_language_and_kept() -> None:
    alone = OUT | {"act": OUT["act"] | {"movers": [FATHER]}}  # type: ignore[operator]  # a dict of dicts
    system = System()
    said = fault(system.post("acts", alone, HTTP_ACCEPT_LANGUAGE="en"), 409)
    assert said["detail"] == "the household would have no head on 2020-06-01"
    assert said["where"].startswith("household 7")
    assert said["todo"].startswith("name a new head")
    ja = fault(system.post("acts", alone, HTTP_ACCEPT_LANGUAGE="ja"), 409)
    assert ja["detail"] == "令和2年6月1日に、世帯主のいない世帯ができます。"
    assert RefusedAct.objects.filter(muni=CHIYODA, kind="move_out").count() == 2
    assert Act.objects.filter(muni=CHIYODA).count() == 1


def test_absent_elsewhere_and_protected_are_answered_alike() -> None:
    protect(MOTHER)
    system = System()
    answers = [fault(system.get(f"persons/{who}"), 404) for who in (ALONE, 424242, MOTHER)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["detail"] == not_disclosed("en").what
    assert [line.answer for who in (ALONE, MOTHER) for line in reads_of(who)] == [Answer.REFUSED] * 2
    assert MOTHER not in [row["person"] for row in system.post("search", {"text": "シケン"}).json()["rows"]]


@pytest.mark.parametrize("path", ["acts", "acts/preview"])
def test_an_act_tells_nothing_of_whom_the_key_may_not_be_told(path: str) -> None:
    protect(MOTHER)
    system = System()
    answers = [
        fault(system.post(path, OUT | {"act": OUT["act"] | {"movers": [who]}}), 404)  # type: ignore[operator]
        for who in (ALONE, 424242, MOTHER)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert Act.objects.filter(muni=CHIYODA).count() == 1


def test_another_municipalitys_key_moves_nobody_here() -> None:
    there = OUT | {"act": OUT["act"] | {"to": {"muni": CHIYODA, "town": "千代田", "postcode": "1000001"}}}  # type: ignore[operator]
    fault(System(muni=CHUO).post("acts", there), 404)
    assert Act.objects.filter(muni__in=(CHIYODA, CHUO), kind="move_out").count() == 0


def test_without_a_key_with_a_wrong_one_or_a_revoked_one_nothing_is_told() -> None:
    system = System()
    for client in (Client(), Client(HTTP_AUTHORIZATION="Bearer en_0_0"), Client(HTTP_AUTHORIZATION="x")):
        answer = client.get(f"/api/register/persons/{FATHER}", **GROUND)
        assert fault(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"
    revoke_key(system.secret.split("_")[1])
    assert fault(system.get(f"persons/{FATHER}"), 401)
    assert reads_of(FATHER) == []


def test_a_key_without_the_scope_or_without_municipality_is_refused() -> None:
    assert fault(System("register:read").post("acts", OUT), 403)
    assert fault(System("register:act").get(f"persons/{FATHER}"), 403)
    assert fault(System(muni="").get(f"persons/{FATHER}"), 403)
    assert fault(System(muni="").post("acts", OUT), 403)
    assert Act.objects.filter(muni=CHIYODA).count() == 1


@pytest.mark.parametrize("missing", ["HTTP_ENISHI_PURPOSE", "HTTP_ENISHI_ARTICLE"])
@pytest.mark.parametrize("said", [None, "", " ", "%0A", "x" * 361])
def test_nothing_is_read_without_purpose_and_article(missing: str, said: str | None) -> None:
    system = System()
    ground = {name: text for name, text in (GROUND | {missing: said}).items() if text is not None}
    answer = system.client.get(f"/api/register/persons/{FATHER}", **ground)
    assert "Enishi-" in json.dumps(fault(answer, 422))
    assert reads_of(FATHER) == []


def test_a_purpose_in_japanese_is_percent_encoded() -> None:
    System().get(f"persons/{FATHER}", HTTP_ENISHI_PURPOSE="%E8%AA%B2%E7%A8%8E")
    assert reads_of(FATHER)[0].purpose == "課税"


ACT = OUT["act"]
WRONG: dict[str, Any] = {
    "an unknown field": OUT | {"actor": "officer:1"},
    "an unknown field of the act": OUT | {"act": ACT | {"muni": CHUO}},  # type: ignore[operator]
    "an unknown field inside": OUT | {"act": ACT | {"to": {"muni": CHUO, "town": "x", "x": 1}}},  # type: ignore[operator]
    "an act that does not exist": OUT | {"act": ACT | {"kind": "teleport"}},  # type: ignore[operator]
    "the taking over": OUT | {"act": {"kind": "take_over"}},
    "another act's form": OUT | {"act": ACT | {"kind": "birth"}},  # type: ignore[operator]
    "no act": {"effective": "2020-06-01"},
    "no day": {"act": ACT},
    "a day that is none": OUT | {"effective": "2020-02-30"},
    "too many movers": OUT | {"act": ACT | {"movers": list(range(101))}},  # type: ignore[operator]
    "a person of a hundred digits": OUT | {"act": ACT | {"movers": [10**100]}},  # type: ignore[operator]
    "words instead of a person": OUT | {"act": ACT | {"movers": ["1 OR 1=1"]}},  # type: ignore[operator]
    "evidence that is none": OUT | {"evidence": ["a wink"]},
    "a list": [],
    "null": None,
}


@pytest.mark.parametrize("case", WRONG)
def test_a_body_that_is_not_as_described_is_refused(case: str) -> None:
    said = fault(System().post("acts", WRONG[case]), 422)
    assert said["where"].startswith("body")
    assert Act.objects.filter(muni=CHIYODA).count() == 1


def test_text_that_is_no_json_too_much_of_it_and_no_key() -> None:
    system = System()
    assert fault(system.post("acts", "{"), 400)
    assert fault(system.post("acts", b"\xff\xfe"), 400)
    assert fault(system.post("acts", json.dumps(OUT | {"reason": "x" * 200_000})), 413)
    assert fault(system.post("acts", OUT, HTTP_IDEMPOTENCY_KEY=None), 422)
    for key in (
        "short",
        "x" * 41,
        "with space 0123456789",
        "ключ-0123456789-0123".encode().decode("latin-1"),
    ):
        assert fault(system.post("acts", OUT, HTTP_IDEMPOTENCY_KEY=key), 422)
    assert Act.objects.filter(muni=CHIYODA).count() == 1


def test_a_path_that_is_none_and_a_method_that_is_none_are_problems_too() -> None:
    system = System()
    assert fault(system.get("nowhere"), 404)
    answer = system.client.delete("/api/register/acts")
    assert fault(answer, 405)
    assert "POST" in answer["Allow"]
    assert fault(system.get(f"persons/{10**30}"), 422)
    assert fault(system.get("persons/abc"), 422)
    assert fault(system.get("persons/0"), 422)


def test_too_many_requests_are_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from enishi.register import api

    monkeypatch.setattr(api.WRITES, "num_requests", 2)
    system = System()
    for _ in range(2):
        assert system.post("acts/preview", OUT).status_code == 200
    answer = system.post("acts/preview", OUT)
    assert fault(answer, 429)
    assert int(answer["Retry-After"]) > 0
    assert System().post("acts/preview", OUT).status_code == 200


def test_a_search_by_wildcard_finds_nobody() -> None:
    system = System()
    assert system.post("search", {"text": "%"}).json()["rows"] == []
    assert fault(system.post("search", {"text": ""}), 422)["detail"]
    assert fault(system.post("search", {"text": "シ", "size": 201}), 422)


def test_a_correction_is_told_apart_by_what_it_corrects() -> None:
    system = System()
    body = {"effective": "2020-06-01", "act": {"kind": "correction", "person": CHILD, "group": "address"}}
    wrong = body | {"act": body["act"] | {"items": {"block": "9番"}}}  # type: ignore[operator]
    assert system.post("acts", wrong).status_code == 201
    day = body | {"act": body["act"] | {"since": "2019-01-01"}}  # type: ignore[operator]
    assert system.post("acts", day, HTTP_IDEMPOTENCY_KEY="another-0123456789").status_code == 201
    address = next(
        one for one in system.get(f"persons/{CHILD}").json()["entered"] if one["group"] == "address"
    )
    assert (address["items"]["block"], address["since"]) == ("9番", "2019-01-01")


def test_every_form_of_report_has_a_body_or_is_withheld() -> None:
    from typing import get_args

    from enishi.register.api_bodies import OFFERED, WITHHELD, body_of, kinds_of
    from enishi.register.rules.reports import Reported

    assert {*OFFERED, *WITHHELD} == set(get_args(Reported))
    for form in OFFERED:
        assert kinds_of(form)
        assert body_of(form).model_config["extra"] == "forbid"


@pytest.mark.parametrize("kind", ["merger", "merger_taken_over", "number_changed", "code_changed"])
def test_no_key_merges_municipalities_or_changes_numbers(kind: str) -> None:
    said = fault(System().post("acts", OUT | {"act": {"kind": kind, "person": FATHER}}), 422)
    assert said["where"].startswith("body")
    assert Act.objects.filter(muni=CHIYODA).count() == 1


def test_the_openapi_document_is_that_of_the_routes() -> None:
    folder = Path(__file__).resolve().parents[2] / "docs" / "openapi"
    for name, text in documents().items():
        assert (folder / f"{name}.json").read_text(encoding="utf-8") == text, "run `enishi api openapi`"


def test_a_key_that_has_ended_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    later = timezone.now() + timedelta(days=40_000)
    monkeypatch.setattr("enishi.platform.api_auth.timezone.now", lambda: later)
    assert fault(system.get(f"persons/{FATHER}"), 401)
