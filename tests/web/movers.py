"""A family of four in Chuo, a neighbour, somebody protected in Yokohama; their accounts, and officers of three municipalities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from django.utils import timezone

from enishi.platform.services import DutyKind, link_person
from enishi.register.services import load_nation
from tests.benefits.offices import officer, user
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA, neighbours, person, small_snapshot

HEAD, SPOUSE, CHILD, SMALL, NEIGHBOUR, FLED = 101, 102, 103, 104, 110, 9
FAMILY = (HEAD, SPOUSE, CHILD, SMALL)


def people() -> list[dict[str, Any]]:
    """`neighbours()` with a family of four and a neighbour in Chuo."""
    home = {"household": 700, "muni": CHUO, "postcode": "1040061", "town": "銀座", "surname": "森田", "surname_kana": "モリタ"}  # fmt: skip
    return [
        *neighbours(),
        person(HEAD, **home, given="進", given_kana="ススム", sex=1),
        person(SPOUSE, **home, given="恵子", given_kana="ケイコ", sex=2, relation="spouse"),
        person(CHILD, **home, given="翼", given_kana="ツバサ", sex=1, relation="child", birth_date=date(2009, 5, 5), cell=2),
        person(SMALL, **home, given="光", given_kana="ヒカリ", sex=2, relation="child", birth_date=date(2017, 6, 6), cell=0),
        person(NEIGHBOUR, household=701, muni=CHUO, postcode="1040045", town="築地", surname="隣", surname_kana="トナリ", given="人", given_kana="ヒト"),
    ]  # fmt: skip


@dataclass(frozen=True)
class Movers:
    """Account ids: of residents by person, of register officers by municipality."""

    residents: dict[int, int]
    officers: dict[str, int]


def movers(folder: Path) -> Movers:
    """Loads the register and makes the accounts."""
    load_nation(small_snapshot(folder, people()))
    residents = {}
    for who in (HEAD, SPOUSE, CHILD, SMALL, NEIGHBOUR, FLED):
        residents[who] = user(f"resident-{who}")
        link_person(residents[who], who)
    offices = {
        muni: officer(f"register-{muni}", DutyKind.REGISTER_OFFICER, muni)
        for muni in (CHIYODA, CHUO, SAPPORO, YOKOHAMA)
    }
    return Movers(residents, offices)


def answer(client: Any, **more: Any) -> str:
    """Answers every question of a move of the whole family to Chiyoda, today; gives the address of the last page."""
    url = client.post("/my/move/", {"again": "1"}).url
    answers: dict[str, dict[str, Any]] = {
        "who": {"who": [str(one) for one in FAMILY]},
        "when": {"day": timezone.localdate().isoformat()},
        "postcode": {"postcode": "100-0001"},
        "address": {"town": "0", "block": "１－１", "building": "試験荘201"},
        "home": {"own": "own", "joins": ""},
    } | {name.replace("_", "-"): said for name, said in more.items()}
    while not url.endswith("/check/"):
        step = url.rstrip("/").rpartition("/")[2]
        got = client.post(url, answers[step])
        assert got.status_code == 302, (step, re.findall(r'class="fault".*?</p>', got.content.decode(), re.S))
        url = got.url
    return str(url)


def sign(client: Any, url: str = "/my/move/check/") -> Any:
    """Signs what is on the last page."""
    return client.post(url, {"key": hidden(client.get(url).content.decode(), "key"), "agree": "1"})


def file(client: Any, **more: Any) -> str:
    """Files a move and gives its id."""
    return str(sign(client, answer(client, **more)).url.split("/")[3])


def hidden(text: str, name: str) -> str:
    """The value of a hidden field."""
    return text.split(f'name="{name}" value="')[1].split('"')[0]


def typed(text: str) -> dict[str, str]:
    """What a form of the page's content holds, as a browser would send it."""
    content = text.split("<main")[1]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", content):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or name[1] in ("csrfmiddlewaretoken", "text", "quick"):
            continue
        if 'type="checkbox"' not in tag:
            found[name[1]] = unescape(value[1]) if value else ""
        elif " checked" in tag:
            found[name[1]] = "on"
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', content, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def out(muni: str, move: str, act: str = "") -> str:
    """The page of a move out, or of an act on it."""
    return f"/office/{muni}/register/moves/old/{move}/{act + '/' if act else ''}"


def into(muni: str, move: str, act: str = "") -> str:
    """The page of a move in, or of an act on it."""
    return f"/office/{muni}/register/moves/new/{move}/{act + '/' if act else ''}"


def enter(client: Any, muni: str, move: str, **more: str) -> Any:
    """Sees the movers at the counter and enters them as they were announced."""
    client.post(into(muni, move, "prove"), {"kind": "officer_counter", "shown": "passport"})
    page = client.get(into(muni, move, "enter")).content.decode()
    return client.post(into(muni, move, "enter"), typed(page) | more | {"enter": "1"})
