"""Movers who stand elsewhere than announced: another destination at the counter, the question of where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from enishi.platform.services import Reader
from enishi.register import services as register
from tests.benefits.offices import demonstration
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA
from tests.web import BOTH
from tests.web.conftest import browse
from tests.web.markup import faults
from tests.web.movers import FAMILY, FLED, HEAD, Movers, enter, file, hidden, into, movers, out

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
ELSEWHERE = {
    "to-postcode": "060-0001",
    "to-muni": "札幌市",
    "to-ward": "",
    "to-town": "北一条西",
    "to-block": "1",
    "to-building": "",
}


@pytest.fixture
def who(tmp_path: Path) -> Iterator[Movers]:
    with demonstration():
        yield movers(tmp_path / "nation")


def states(person: int) -> dict[tuple[str, str], str]:
    """Where each side of a resident's moves stands, by municipality and role."""
    reader = Reader(f"resident:{person}", "test", "Basic Resident Register Act 12")
    found = register.moves_of_resident(reader, person, viewer=person, on=timezone.localdate())
    return {(one.muni, one.role): one.state for one in found}


def asked(client: Any, muni: str, **more: str) -> Any:
    url = f"/office/{muni}/register/moves/ask/"
    key = hidden(client.get(url).content.decode(), "key")
    return client.post(
        url, {"key": key, "persons": " ".join(map(str, FAMILY)), "old": "中央区", "paper": ""} | more
    )


@pytest.mark.parametrize("language", BOTH)
def test_another_destination_is_reported_at_the_counter(who: Movers, language: str) -> None:
    move = file(browse(who.residents[HEAD]))
    old = browse(who.officers[CHUO], language)
    old.post(out(CHUO, move, "accept"))
    page = old.get(out(CHUO, move)).content.decode()
    url = out(CHUO, move, "destination")
    assert url in page
    form = old.get(url)
    assert faults(form.content.decode(), language) == []
    looked = old.post(url, {"to-postcode": "060-0001", "do": "lookup:to"})
    assert looked.status_code == 200
    assert "札幌市" in looked.content.decode()
    assert faults(looked.content.decode(), language) == []
    assert old.post(url, {"to-postcode": "0", "do": "lookup:to"}).status_code == 422
    wrong = old.post(url, ELSEWHERE | {"to-town": "", "do": "confirm"})
    assert wrong.status_code == 422
    assert faults(wrong.content.decode(), language) == []
    here = old.post(url, ELSEWHERE | {"to-muni": "中央区", "do": "confirm"}, follow=True)
    assert states(HEAD)[(CHUO, "old")] == "certificate_sent", "a move within is no move out"
    assert "notice-error" in here.content.decode()
    assert old.post(url, ELSEWHERE | {"do": "confirm"}).url == out(CHUO, move)
    found = states(HEAD)
    assert found[(SAPPORO, "new")] == "received"
    assert found[(CHIYODA, "new")] == "withdrawn"
    enter(browse(who.officers[SAPPORO]), SAPPORO, move)
    assert old.get(url).status_code == 302
    assert states(HEAD)[(CHUO, "old")] == "closed"


def test_only_the_side_that_is_left_changes_the_destination(who: Movers) -> None:
    move = file(browse(who.residents[HEAD]))
    browse(who.officers[CHUO]).post(out(CHUO, move, "accept"))
    for muni, account in ((CHIYODA, who.officers[CHIYODA]), (SAPPORO, who.officers[SAPPORO])):
        client = browse(account)
        for url in (
            out(muni, move, "destination"),
            out(CHUO, move, "destination"),
            into(muni, move, "destination"),
        ):
            assert client.post(url, ELSEWHERE | {"do": "confirm"}).status_code == 404, url
    assert states(HEAD)[(CHIYODA, "new")] == "received"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_municipality_where_they_stand_asks_and_gets_the_information(who: Movers, language: str) -> None:
    move = file(browse(who.residents[HEAD]))
    browse(who.officers[CHUO]).post(out(CHUO, move, "accept"))
    third = browse(who.officers[SAPPORO], language)
    assert "/register/moves/ask/" in third.get(f"/office/{SAPPORO}/register/moves/").content.decode()
    for wrong in ({"persons": ""}, {"persons": "x"}, {"old": ""}, {"old": "どこか"}, {"old": "札幌市"}):
        got = asked(third, SAPPORO, **wrong)
        assert got.status_code == 422, wrong
        assert faults(got.content.decode(), language) == []
    done = asked(third, SAPPORO)
    assert "/moves/asking/" in done.url
    page = third.get(done.url).content.decode()
    assert faults(page, language) == []
    assert states(HEAD)[(SAPPORO, "new")] == "received"


def test_the_same_question_sent_twice_is_one(who: Movers) -> None:
    third = browse(who.officers[SAPPORO])
    said = {"key": "a" * 32, "persons": "9999", "old": CHUO, "paper": "P-1"}
    urls = {third.post(f"/office/{SAPPORO}/register/moves/ask/", said).url for _again in range(2)}
    assert len(urls) == 1


def test_a_question_about_somebody_protected_is_answered_as_if_there_were_no_move(who: Movers) -> None:
    """An officer of a third municipality asks for somebody under support measures, and for somebody who does not move."""
    move = file(browse(who.residents[FLED]), who={"who": [str(FLED)]})
    browse(who.officers[YOKOHAMA]).post(out(YOKOHAMA, move, "accept"))
    third = browse(who.officers[CHUO])
    pages = []
    for person in (FLED, 999_999):
        done = asked(third, CHUO, persons=str(person), old="横浜市")
        text = third.get(done.url).content.decode().split("<main")[1].split("</main>")[0]
        ident = done.url.rstrip("/").split("/")[-1]
        pages.append(text.replace(str(person), "").replace(ident, ""))
    assert "千代田区" not in pages[0]
    assert pages[0].count("timeline") == pages[1].count("timeline")
    found = states(FLED)
    assert found[(CHIYODA, "new")] == "received", "what was sent stays where it was"
    assert (CHUO, "new") not in found
    answered = browse(who.officers[YOKOHAMA]).get(out(YOKOHAMA, move)).content.decode()
    assert "他の市区町村からの照会" in answered, "the office that is left sees who asked"
