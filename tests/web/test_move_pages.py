"""A move by its pages alone: the resident and the officers of both municipalities, and those who have no business there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils import timezone

from enishi.kernel.errors import Refused
from enishi.platform.services import (
    DutyKind,
    Reader,
    appoint,
    link_person,
    person_of,
    reads_of,
)
from enishi.register import services as register
from enishi.register import terms
from tests.benefits.offices import SINCE, demonstration, user
from tests.factories import CHIYODA, CHUO, SAPPORO
from tests.web import BOTH
from tests.web.conftest import browse
from tests.web.markup import faults
from tests.web.movers import (
    CHILD,
    FAMILY,
    FLED,
    HEAD,
    NEIGHBOUR,
    SMALL,
    SPOUSE,
    Movers,
    answer,
    enter,
    file,
    hidden,
    into,
    movers,
    out,
    sign,
    typed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
ABSENT = "00000000-0000-0000-0000-000000000000"
RESIDENT = ["/my/", "/my/record/", "/my/asked/", "/my/moves/", "/my/move/"]


@pytest.fixture
def who(tmp_path: Path) -> Any:
    with demonstration():
        yield movers(tmp_path / "nation")


def moves_of(person: int) -> tuple[terms.MoveView, ...]:
    reader = Reader(f"resident:{person}", "test", "Basic Resident Register Act 12")
    return register.moves_of_resident(reader, person, viewer=person, on=timezone.localdate())


def state_of(person: int, role: str = "old") -> str:
    """Where the newest move of somebody stands in the municipality that is left (or `new`: moved to)."""
    return next(one.state for one in moves_of(person) if one.role == role)


def lives_in(person: int) -> str:
    found = register.person_summary(
        Reader(f"resident:{person}", "test", "Basic Resident Register Act 12"),
        person,
        on=timezone.localdate(),
    )
    assert found is not None
    return found.stay.muni


def test_an_account_belongs_to_one_person_for_good_and_holds_no_duty(who: Movers) -> None:
    account = who.residents[HEAD]
    link_person(account, HEAD)
    assert person_of(account) == HEAD
    for user_id, person in ((account, SPOUSE), (user("other"), HEAD), (who.officers[CHUO], 555)):
        with pytest.raises(Refused):
            link_person(user_id, person)
    with pytest.raises(Refused):
        appoint(account, DutyKind.REGISTER_OFFICER, CHUO, SINCE)
    assert person_of(who.officers[CHUO]) is None


def test_pages_of_residents_and_of_officers_do_not_exist_for_each_other(who: Movers) -> None:
    move = file(browse(who.residents[HEAD]))
    for url in [*RESIDENT, f"/my/moves/{move}/", f"/my/moves/{move}/cancel/"]:
        assert browse(None).get(url).status_code == 302
        for officer in (who.officers[CHUO], user("nobody" + url)):
            assert browse(officer).get(url).status_code == 404, url
    resident = browse(who.residents[HEAD])
    for url in (
        "/agency/",
        f"/office/{CHUO}/",
        f"/office/{CHUO}/register/moves/",
        out(CHUO, move),
        "/agency/reads/",
    ):
        assert resident.get(url).status_code == 404, url
    assert resident.post(out(CHUO, move, "accept")).status_code == 404


def test_a_family_moves_and_each_side_sees_each_step(who: Movers) -> None:
    resident, old, new = (
        browse(who.residents[HEAD]),
        browse(who.officers[CHUO]),
        browse(who.officers[CHIYODA]),
    )
    move = file(resident)
    assert "受理を待っています" in old.get(out(CHUO, move)).content.decode()
    assert new.get(into(CHIYODA, move)).status_code == 404
    assert old.post(out(CHUO, move, "accept")).status_code == 302
    assert "転入先での記載を待っています" in old.get(out(CHUO, move)).content.decode()
    page = new.get(into(CHIYODA, move)).content.decode()
    assert "実在の確認" in page
    assert "森田 進" in page
    assert "あなたがすること" in resident.get(f"/my/moves/{move}/").content.decode()
    assert new.get(into(CHIYODA, move, "enter")).status_code == 302
    new.post(into(CHIYODA, move, "prove"), {"kind": "officer_video", "shown": "passport"})
    assert "本人確認：" in new.get(into(CHIYODA, move)).content.decode()
    new.post(into(CHIYODA, move, "prove"), {"kind": "officer_confirmation", "shown": ""})
    form = typed(new.get(into(CHIYODA, move, "enter")).content.decode())
    preview = new.post(into(CHIYODA, move, "enter"), form | {"preview": "1"}).content.decode()
    assert "記載後の住民票" in preview
    assert "試験荘201" in preview
    assert lives_in(HEAD) == CHUO
    assert new.post(into(CHIYODA, move, "enter"), form | {"enter": "1"}).status_code == 302
    assert {lives_in(person) for person in FAMILY} == {CHIYODA}
    assert "完結" in old.get(out(CHUO, move)).content.decode()
    assert "完結" in new.get(into(CHIYODA, move)).content.decode()
    assert "引越しの手続きが終わりました" in resident.get(f"/my/moves/{move}/").content.decode()
    assert resident.get(f"/my/moves/{move}/cancel/").status_code == 302
    assert "千代田区" in resident.get("/my/record/").content.decode()


def test_a_move_is_cancelled_before_and_after_it_was_accepted(who: Movers) -> None:
    resident, old = browse(who.residents[HEAD]), browse(who.officers[CHUO])
    first = file(resident)
    resident.post(f"/my/moves/{first}/cancel/")
    assert "取り消されました" in resident.get(f"/my/moves/{first}/").content.decode()
    second = file(resident)
    old.post(out(CHUO, second, "accept"))
    resident.post(f"/my/moves/{second}/cancel/")
    assert "取り消されました" in resident.get(f"/my/moves/{second}/").content.decode()
    assert "返還済み" in browse(who.officers[CHIYODA]).get(into(CHIYODA, second)).content.decode()
    assert {lives_in(person) for person in FAMILY} == {CHUO}
    again = resident.post(f"/my/moves/{second}/cancel/", follow=True).content.decode()
    assert "もう取り消されています" in again
    assert state_of(HEAD) == "cancelled"


def test_signing_twice_files_once_and_an_older_page_signs_nothing(who: Movers) -> None:
    resident = browse(who.residents[HEAD])
    url = answer(resident)
    key = hidden(resident.get(url).content.decode(), "key")
    session = dict(resident.session.items())
    first = resident.post(url, {"key": key, "agree": "1"})
    kept = resident.session
    kept.update(session)
    kept.save()
    second = resident.post(url, {"key": key, "agree": "1"})
    assert first.url == second.url
    assert len(moves_of(HEAD)) == 1
    resident.post("/my/moves/" + moves_of(HEAD)[0].move + "/cancel/")
    answer(resident)
    stale = resident.post(url, {"key": key, "agree": "1"})
    assert stale.url == url
    assert len(moves_of(HEAD)) == 1
    unsure = resident.post(url, {"key": hidden(resident.get(url).content.decode(), "key")})
    assert unsure.status_code == 422
    assert len(moves_of(HEAD)) == 1


def test_nobody_moves_a_neighbour(who: Movers) -> None:
    resident = browse(who.residents[HEAD])
    url = resident.post("/my/move/", {"again": "1"}).url
    for chosen in ([str(HEAD), str(NEIGHBOUR)], [str(FLED)], ["x"], []):
        got = resident.post(url, {"who": chosen})
        assert got.status_code == 422, chosen
        assert faults(got.content.decode(), "ja") == []
    session = resident.session
    session["enishi_move_draft"] = session["enishi_move_draft"] | {"who": [NEIGHBOUR]}
    session.save()
    assert resident.get("/my/move/check/").url == "/my/move/who/"
    session["enishi_move_draft"] = {"key": 1}
    session.save()
    assert resident.get("/my/move/who/").url == "/my/move/"


def test_another_persons_draft_and_move_do_not_exist(who: Movers) -> None:
    head, other = browse(who.residents[HEAD]), browse(who.residents[NEIGHBOUR])
    answer(head)
    session = other.session
    session["enishi_move_draft"] = head.session["enishi_move_draft"]
    session.save()
    assert other.get("/my/move/check/").url == "/my/move/"
    other.get("/my/move/")
    move = str(sign(head).url.split("/")[3])
    bodies = set()
    for one in (move, ABSENT, "x"):
        for path in ("", "receipt/", "cancel/", "destination/", "destination/address/", "destination/check/"):
            got = other.get(f"/my/moves/{one}/{path}")
            assert got.status_code == 404
            bodies.add(got.content.decode().split("<main")[1].split("</main>")[0])
            assert other.post(f"/my/moves/{one}/{path}").status_code in (404, 405)
    assert len(bodies) == 1
    assert moves_of(HEAD)[0].is_open


def test_officers_of_a_third_municipality_see_nothing(who: Movers) -> None:
    move = file(browse(who.residents[HEAD]))
    browse(who.officers[CHUO]).post(out(CHUO, move, "accept"))
    third = browse(who.officers[SAPPORO])
    for url in (out(CHUO, move), into(CHIYODA, move), out(SAPPORO, move), into(SAPPORO, move)):
        assert third.get(url).status_code == 404, url
    bodies = {
        third.get(url).content.decode().split("<main")[1].split("</main>")[0]
        for url in (out(SAPPORO, move), into(SAPPORO, move), out(SAPPORO, ABSENT))
    }
    assert len(bodies) == 1
    for act in ("accept", "cancel", "refuse", "paper", "resolve"):
        assert third.post(out(CHUO, move, act), {"why": "x"}).status_code == 404
        assert third.post(out(SAPPORO, move, act), {"why": "x"}).status_code == 404
    assert "森田" not in third.get(f"/office/{SAPPORO}/register/moves/").content.decode()
    assert state_of(HEAD) == "certificate_sent"


def test_an_act_of_the_other_side_does_not_exist_and_a_replayed_one_changes_nothing(who: Movers) -> None:
    move = file(browse(who.residents[HEAD]))
    old, new = browse(who.officers[CHUO]), browse(who.officers[CHIYODA])
    assert old.post(out(CHUO, move, "decline"), {"why": "x"}).status_code == 404
    assert old.post(out(CHUO, move, "nothing")).status_code == 404
    for _again in range(2):
        assert old.post(out(CHUO, move, "accept")).status_code == 302
    assert "もう行えません" in old.get(out(CHUO, move)).content.decode()
    assert new.post(into(CHIYODA, move, "accept")).status_code == 404
    for _again in range(2):
        new.post(into(CHIYODA, move, "prove"), {"kind": "officer_counter", "shown": "passport"})
    form = typed(new.get(into(CHIYODA, move, "enter")).content.decode())
    for _again in range(2):
        assert new.post(into(CHIYODA, move, "enter"), form | {"enter": "1"}).status_code == 302
    found = moves_of(HEAD)
    assert {one.state for one in found} == {"closed"}
    assert "森田 進" in old.get(out(CHUO, move)).content.decode(), (
        "the office that they left still names them"
    )
    steps = [step.event for one in found if one.role == "new" for step in one.steps]
    assert steps.count("accept") == 1
    assert steps.count("confirm") == 2, (
        "the resident's own sign-in, carried along, and what the officer saw, once"
    )


def test_a_refusal_is_read_by_the_resident_and_needs_a_reason(who: Movers) -> None:
    resident, old = browse(who.residents[HEAD]), browse(who.officers[CHUO])
    move = file(resident)
    assert old.post(out(CHUO, move, "refuse"), {"why": " "}).status_code == 422
    old.post(out(CHUO, move, "refuse"), {"why": "番地が足りません"})
    page = resident.get(f"/my/moves/{move}/").content.decode()
    assert "番地が足りません" in page
    assert "審査請求" in page


def test_children_neither_file_nor_cancel(who: Movers) -> None:
    move = file(browse(who.residents[HEAD]))
    child = browse(who.residents[SMALL])
    assert "15歳になると" in child.get("/my/move/").content.decode()
    child.post("/my/move/", {"again": "1"})
    assert child.get("/my/move/who/").url == "/my/move/"
    assert child.get(f"/my/moves/{move}/").status_code == 200
    assert child.get(f"/my/moves/{move}/cancel/").status_code == 403
    assert child.post(f"/my/moves/{move}/cancel/").status_code == 403
    assert moves_of(HEAD)[0].is_open
    assert browse(who.residents[CHILD]).get(f"/my/moves/{move}/cancel/").status_code == 200


def test_a_head_who_moves_alone_names_the_next_one_and_leaves_no_children_alone(who: Movers) -> None:
    resident = browse(who.residents[HEAD])
    url = resident.post("/my/move/", {"again": "1"}).url
    assert resident.post(url, {"who": [str(HEAD), str(SPOUSE), str(CHILD)]}).status_code == 422
    resident.post(url, {"who": [str(HEAD)]})
    assert resident.get("/my/move/when/").url == "/my/move/left/"
    assert resident.post("/my/move/left/", {"person": str(SMALL)}).status_code == 422
    assert resident.post("/my/move/left/", {"person": str(SPOUSE)}).url == "/my/move/left-relations/"
    page = resident.get("/my/move/left-relations/").content.decode()
    assert typed(page) == {f"p{CHILD}": "child", f"p{SMALL}": "child"}
    move = file(
        resident,
        who={"who": [str(HEAD)]},
        left={"person": str(SPOUSE)},
        left_relations={f"p{CHILD}": "child", f"p{SMALL}": "child"},
    )
    browse(who.officers[CHUO]).post(out(CHUO, move, "accept"))
    enter(browse(who.officers[CHIYODA]), CHIYODA, move)
    assert lives_in(HEAD) == CHIYODA
    left = browse(who.residents[SPOUSE]).get("/my/").content.decode()
    assert "森田 翼" in left
    assert "森田 進" not in left


def test_part_of_a_household_makes_a_new_one(who: Movers) -> None:
    resident = browse(who.residents[SPOUSE])
    move = file(
        resident,
        who={"who": [str(SPOUSE), str(SMALL)]},
        head={"person": str(SPOUSE)},
        relations={f"p{SMALL}": "child"},
    )
    browse(who.officers[CHUO]).post(out(CHUO, move, "accept"))
    enter(browse(who.officers[CHIYODA]), CHIYODA, move)
    assert {lives_in(SPOUSE), lives_in(SMALL)} == {CHIYODA}
    assert lives_in(HEAD) == CHUO


def test_another_destination_is_called_back_and_sent_anew(who: Movers) -> None:
    resident, old = browse(who.residents[HEAD]), browse(who.officers[CHUO])
    move = file(resident)
    old.post(out(CHUO, move, "accept"))
    base = f"/my/moves/{move}/destination/"
    assert resident.get(base + "check/").url == base
    assert resident.post(base, {"postcode": "0600001"}).url == base + "address/"
    assert resident.post(base + "address/", {"town": "0", "block": "2"}).url == base + "check/"
    assert "北一条西" in resident.get(base + "check/").content.decode()
    resident.post(base + "check/")
    new = browse(who.officers[SAPPORO])
    assert new.get(into(SAPPORO, move)).status_code == 200
    assert "返還済み" in browse(who.officers[CHIYODA]).get(into(CHIYODA, move)).content.decode()
    assert resident.post(base, {"postcode": "1040061"}).url == base + "address/"
    assert resident.post(base + "address/", {"town": "0", "block": "2"}).status_code == 422


@pytest.mark.parametrize(
    ("step", "typed_in"),
    [
        ("when", {"day": "2026-02-30"}),
        ("when", {"day": ""}),
        ("when", {"day": "31 days"}),
        ("postcode", {"postcode": "99"}),
        ("postcode", {"postcode": "9999999"}),
        ("postcode", {"postcode": "%' OR 1=1"}),
        ("address", {"town": "7", "block": "1"}),
        ("address", {"town": "0", "block": " "}),
        ("home", {"own": "join", "joins": " "}),
        ("home", {}),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_wrong_answer_says_what_to_do(
    who: Movers, step: str, typed_in: dict[str, str], language: str
) -> None:
    resident = browse(who.residents[HEAD], language)
    answer(resident)
    if typed_in.get("day") == "31 days":
        typed_in = {"day": (timezone.localdate() + timedelta(days=31)).isoformat()}
    got = resident.post(f"/my/move/{step}/", typed_in)
    assert got.status_code == 422
    text = got.content.decode()
    assert faults(text, language) == []
    assert 'id="errors" autofocus' in text


def test_moving_within_the_municipality_is_not_this_way(who: Movers) -> None:
    resident = browse(who.residents[HEAD])
    answer(resident)
    resident.post("/my/move/postcode/", {"postcode": "1040045"})
    got = resident.post("/my/move/address/", {"town": "0", "block": "1"})
    assert got.status_code == 422
    assert "窓口" in got.content.decode()


def test_who_asked_names_offices_and_the_household_and_nobody_else(who: Movers) -> None:
    move = file(browse(who.residents[SPOUSE]))
    browse(who.officers[CHUO]).get(out(CHUO, move))
    page = browse(who.residents[HEAD]).get("/my/asked/").content.decode()
    assert "中央区の担当者" in page
    assert "森田 恵子さん" in page
    assert f"resident:{SPOUSE}" not in page
    assert f"register-{CHUO}" not in page
    assert any(line.items == ("read_record",) for line in reads_of(HEAD))


def test_outside_of_a_demonstration_nothing_is_signed(who: Movers) -> None:
    resident = browse(who.residents[HEAD])
    url = answer(resident)
    key = hidden(resident.get(url).content.decode(), "key")
    site.DEMO = False
    assert resident.post(url, {"key": key, "agree": "1"}).status_code == 422
    assert moves_of(HEAD) == ()


@pytest.mark.parametrize("language", BOTH)
def test_every_page_of_a_move_is_sound(who: Movers, language: str) -> None:
    resident, old, new = (
        browse(who.residents[HEAD], language),
        browse(who.officers[CHUO], language),
        browse(who.officers[CHIYODA], language),
    )

    def sound(client: Any, url: str) -> None:
        got = client.get(url)
        assert got.status_code == 200, url
        assert faults(got.content.decode(), language) == [], url

    for url in RESIDENT:
        sound(resident, url)
    url = resident.post("/my/move/", {"again": "1"}).url
    sound(resident, url)
    sound(resident, "/my/move/")
    resident.post(url, {"who": [str(HEAD)]})
    sound(resident, "/my/move/left/")
    resident.post("/my/move/left/", {"person": str(SPOUSE)})
    sound(resident, "/my/move/left-relations/")
    resident.post(url, {"who": [str(SPOUSE), str(SMALL)]})
    answer(
        resident,
        who={"who": [str(SPOUSE), str(SMALL)]},
        head={"person": str(SPOUSE)},
        relations={f"p{SMALL}": "child"},
    )
    for step in ("who", "when", "postcode", "address", "home", "head", "relations", "check"):
        sound(resident, f"/my/move/{step}/")
    answer(resident, home={"own": "join", "joins": "佐藤 健"})
    sound(resident, "/my/move/check/")
    move = str(sign(resident).url.split("/")[3])
    mine = [f"/my/moves/{move}/{path}" for path in ("", "receipt/", "cancel/", "destination/")]
    for url in (*mine, "/my/", "/my/moves/"):
        sound(resident, url)
    resident.post(mine[3], {"postcode": "1000001"})
    sound(resident, mine[3] + "address/")
    resident.post(mine[3] + "address/", {"town": "0", "block": "9"})
    sound(resident, mine[3] + "check/")
    offices = [(old, f"/office/{CHUO}/register/moves/"), *((old, out(CHUO, move, act)) for act in ("", "accept", "refuse", "cancel"))]  # fmt: skip
    for client, url in offices:
        sound(client, url)
    old.post(out(CHUO, move, "accept"))
    for url in (out(CHUO, move), out(CHUO, move, "paper")):
        sound(old, url)
    for url in (f"/office/{CHIYODA}/register/moves/", f"/office/{CHIYODA}/register/moves/?role=old"):
        sound(new, url)
    for act in ("", "prove", "decline"):
        sound(new, into(CHIYODA, move, act))
    sound(resident, mine[0])
    new.post(into(CHIYODA, move, "prove"), {"kind": "officer_counter", "shown": "passport"})
    sound(new, into(CHIYODA, move, "enter"))
    form = typed(new.get(into(CHIYODA, move, "enter")).content.decode())
    for sent in (
        form | {"preview": "1"},
        form | {"moved": "", "preview": "1"},
        form | {"household": "5", "preview": "1"},
    ):
        got = new.post(into(CHIYODA, move, "enter"), sent)
        assert faults(got.content.decode(), language) == []
    new.post(into(CHIYODA, move, "enter"), form | {"enter": "1"})
    for client, url in ((new, into(CHIYODA, move)), (old, out(CHUO, move)), (resident, mine[0]), (resident, mine[1]), (resident, "/my/asked/")):  # fmt: skip
        sound(client, url)
