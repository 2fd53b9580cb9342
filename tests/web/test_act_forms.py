"""Acts of the register as forms: enter, look through the changes, confirm; refusals at the field, in the reader's language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enishi.platform.services import DutyKind, reads_of
from enishi.register import services
from enishi.register.models import Act, Membership, Municipality, RefusedAct, Residence
from tests.benefits.offices import TOWNS, officer
from tests.factories import CHIYODA, CHUO, SAPPORO, municipality, person, small_snapshot
from tests.web.conftest import browse
from tests.web.markup import faults

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
FATHER, MOTHER, CHILD, NEIGHBOUR, ALONE, SAPPORIAN = 1, 2, 3, 4, 9, 20
BASE = f"/office/{CHIYODA}/register/acts/"
LANGUAGES = ("ja", "en")
FROM_PERSON = [
    "move_within",
    "move_out",
    "move_out_abroad",
    "household_split",
    "household_merge",
    "household_composition",
    "head_change",
    "birth",
    "death",
    "disappearance",
    "family_register",
    "erasure",
    "correction",
]


@pytest.fixture(autouse=True)
def family(tmp_path: Path, db: None) -> None:
    """A family of three and a neighbour in Chiyoda, one person in Chuo, one in a ward of Sapporo."""
    rows = [
        person(FATHER, household=7, surname="佐藤", given="健", sex=1),
        person(MOTHER, household=7, relation="spouse", surname="佐藤", given="花", sex=2),
        person(CHILD, household=7, relation="child", surname="佐藤", given="葵", birth_date=date(2010, 1, 2)),
        person(NEIGHBOUR, household=8, surname="鈴木", given="一"),
        person(ALONE, household=9, muni=CHUO),
        person(
            SAPPORIAN, household=20, muni=SAPPORO, ward="011011", town="中央区北一条西", postcode="0600001"
        ),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))
    have = set(Municipality.objects.values_list("muni", flat=True))
    Municipality.objects.bulk_create(Municipality(**municipality(muni)) for muni in TOWNS if muni not in have)


@pytest.fixture
def clerk() -> int:
    return officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA)


class Counter:
    """An officer at the counter with a form."""

    def __init__(self, user: int, language: str = "ja") -> None:
        self.client: Client = browse(user, language)
        self.language = language

    def form(self, kind: str, query: str = f"?person={FATHER}") -> dict[str, str]:
        """Opens the form of an act; what it holds already."""
        return fields(self.sound(self.client.get(f"{BASE}new/{kind}/{query}")))

    def send(self, kind: str, typed: dict[str, Any], do: str, status: int = 200) -> str:
        answer = self.client.post(f"{BASE}new/{kind}/", typed | {"do": do})
        return self.sound(answer, status)

    def confirm(self, kind: str, page: str) -> Any:
        """Confirms what a preview shows."""
        return self.client.post(f"{BASE}new/{kind}/", fields(page) | {"do": "confirm"})

    def performed(self, kind: str, typed: dict[str, Any]) -> int:
        """Enters, looks through, confirms; the number of the act."""
        answer = self.confirm(kind, self.send(kind, typed, "preview"))
        assert answer.status_code == 302, answer.content.decode()
        self.sound(self.client.get(answer.url))
        return int(answer.url.split("/")[-3])

    def sound(self, answer: Any, status: int = 200) -> str:
        assert answer.status_code == status, answer.content.decode()
        text = str(answer.content.decode())
        assert faults(text, self.language) == []
        return text


def fields(page: str) -> dict[str, Any]:
    """What the form of a page would send: inputs and chosen options of the form that carries a key."""
    form = next(part for part in re.findall(r"<form[^>]*>.*?</form>", page, re.S) if 'name="key"' in part)
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if said.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in said:
            found.setdefault(said["name"], []).append(said.get("value", "on" if "checkbox" in tag else ""))
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', inside) or re.findall(
            r'value="([^"]*)"', inside
        )
        found[name] = [chosen[0]]
    found.pop("csrfmiddlewaretoken", None)
    return found


TODAY = timezone.localdate
OUT = {
    f"p{FATHER}-takes_part": "on",
    f"p{MOTHER}-takes_part": "on",
    f"p{CHILD}-takes_part": "on",
    "to-postcode": "104-0045",
    "to-muni": "中央区",
    "to-town": "築地",
    "to-block": "1丁目1番1号",
    "facts-effective": "令和2年6月1日",
    "facts-reported_on": "2020-06-01",
    "facts-evidence": ["number_card", "driving_licence"],
    "facts-reason": "転勤",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_opens_soundly_in_both_languages(clerk: int, language: str) -> None:
    counter = Counter(clerk, language)
    for query in ("", f"?person={FATHER}"):
        text = counter.sound(counter.client.get(f"{BASE}new/{query}"))
        assert text.count(f"{BASE}new/") >= 17
    for kind in FROM_PERSON:
        counter.form(kind)
        text = counter.sound(counter.client.get(f"{BASE}new/{kind}/"))
        assert 'name="person"' in text
    for kind in ("move_in", "move_in_from_abroad", "entry"):
        counter.form(kind, "")
        counter.form(kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_household_of_three_moves_out_by_preview_and_confirmation(clerk: int, language: str) -> None:
    counter = Counter(clerk, language)
    page = counter.send("move_out", counter.form("move_out") | OUT, "preview")
    assert Act.objects.filter(muni=CHIYODA).count() == 1
    assert "佐藤 花" in page
    assert "築地" in page
    late = counter.send(
        "move_out", counter.form("move_out") | OUT | {"facts-reported_on": "2020-06-20"}, "preview"
    )
    assert ("5日遅れ" if language == "ja" else "5 days late") in late
    assert "notice-warning" not in page
    answer = counter.confirm("move_out", page)
    assert answer.status_code == 302
    act = Act.objects.get(muni=CHIYODA, number=2)
    assert (act.kind, act.effective, act.reason) == ("move_out", date(2020, 6, 1), "転勤")
    assert act.facts["evidence"] == ["number_card", "driving_licence"]
    assert act.actor == f"officer:{clerk}"
    text = counter.sound(counter.client.get(answer.url))
    assert f"{BASE}new/move_out_cancelled/?act=2" in text
    assert f"{BASE}new/move_in_notice/?act=2" in text
    assert {line.article for line in reads_of(MOTHER)} == {
        "Basic Resident Register Act 24",
        "Basic Resident Register Act 8",
    }


def test_a_double_click_is_one_act(clerk: int) -> None:
    counter = Counter(clerk)
    page = counter.send("move_out", counter.form("move_out") | OUT, "preview")
    first, second = counter.confirm("move_out", page), counter.confirm("move_out", page)
    assert first.url == second.url
    assert Act.objects.filter(muni=CHIYODA).count() == 2
    changed = fields(page) | {"facts-reason": "別の理由", "do": "confirm"}
    text = counter.sound(counter.client.post(f"{BASE}new/move_out/", changed), 403)
    assert "この届出は、別の内容ですでに処理されています。" in text
    assert Act.objects.filter(muni=CHIYODA).count() == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "令和2年6月1日に、世帯主のいない世帯ができます。"),
        ("en", "the household would have no head on 2020-06-01"),
    ],
)
def test_a_head_who_leaves_a_child_is_refused_at_the_seat_and_kept(
    clerk: int, language: str, words: str
) -> None:
    counter = Counter(clerk, language)
    typed = counter.form("move_out") | OUT
    for who in (MOTHER, CHILD):
        del typed[f"p{who}-takes_part"]
    text = counter.send("move_out", typed, "preview", 422)
    assert words in text
    assert 'role="alert" tabindex="-1" id="errors" autofocus' in text
    assert re.search(r'<a href="#id_p[23]-relation">', text)
    assert RefusedAct.objects.get(muni=CHIYODA).reason == "the household would have no head on 2020-06-01"
    number = counter.performed("move_out", typed | {f"p{MOTHER}-relation": "head"})
    assert Membership.objects.as_of(date(2020, 6, 1)).get(person=MOTHER).relation == "head"
    assert Act.objects.get(muni=CHIYODA, number=number).facts["movers"] == [FATHER]


def test_a_move_out_is_cancelled_from_its_page_and_the_notice_entered_on_another(clerk: int) -> None:
    counter = Counter(clerk)
    number = counter.performed("move_out", counter.form("move_out") | OUT)
    back = counter.form("move_out_cancelled", f"?act={number}")
    cancelled = counter.performed(
        "move_out_cancelled", back | {"facts-effective": "2020-06-02", "facts-reported_on": "2020-06-02"}
    )
    assert Residence.objects.as_of(date(2020, 7, 1)).filter(muni=CHIYODA).count() == 4
    text = counter.sound(counter.client.get(f"{BASE}{number}/done/"))
    assert f"{BASE}{cancelled}/done/" in text
    assert "move_out_cancelled" not in text
    again = counter.performed("move_out", counter.form("move_out") | OUT)
    notice = counter.form("move_in_notice", f"?act={again}")
    assert {f"p{who}-takes_part" for who in (FATHER, MOTHER, CHILD)} <= notice.keys()
    counter.performed(
        "move_in_notice",
        notice
        | {name: OUT[name] for name in ("to-postcode", "to-muni", "to-town")}
        | {"facts-effective": "2020-06-03"},
    )
    assert Residence.objects.as_of(date(2020, 6, 2)).get(person=FATHER).went_to["town"] == "築地"


def test_a_move_within_looks_the_postcode_up_without_scripts(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("move_within") | {"to-postcode": "１００－００１３"}
    text = counter.send("move_within", typed, "lookup:to")
    assert fields(text)["to-town"] == ["霞が関"]
    assert "errors" not in re.findall(r'id="([^"]*)"', text)
    typed = fields(text) | {
        f"p{MOTHER}-takes_part": "on",
        f"p{CHILD}-takes_part": "on",
        "to-block": "2番1号",
        "facts-effective": "2020-06-01",
        "facts-reported_on": "2020-06-05",
    }
    counter.performed("move_within", typed)
    text = counter.send("move_within", typed | {"to-postcode": "9999999"}, "lookup:to")
    assert 'id="id_to-postcode_error"' in text


def test_a_postcode_of_several_towns_offers_them(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("move_out") | {"to-postcode": "4980000"}
    text = counter.send("move_out", typed, "lookup:to")
    if 'value="town:to:1"' not in text:
        pytest.fail("the post's list names several towns for 498-0000")
    chosen = fields(counter.send("move_out", typed, "town:to:1"))
    assert chosen["to-muni"] != [""]


def test_a_ward_is_chosen_in_a_designated_city(clerk: int) -> None:
    client = browse(officer("sapporo", DutyKind.REGISTER_OFFICER, SAPPORO))
    url = f"/office/{SAPPORO}/register/acts/new/"
    page = client.get(f"{url}ward_move/?person={SAPPORIAN}").content.decode()
    assert "白石区" in page
    typed = fields(page) | {"to-postcode": "0030021", "do": "lookup:to"}
    filled = fields(client.post(f"{url}ward_move/", typed).content.decode())
    assert (filled["to-ward"], filled["to-town"][0][:3]) == (["011045"], "白石区")
    said = filled | {"facts-effective": "2020-06-01", "facts-reported_on": "2020-06-01", "do": "preview"}
    assert client.post(f"{url}ward_move/", said).status_code == 200
    within = client.post(f"{url}move_within/", said).content.decode()
    assert "区間異動（法第38条）として届け出てください。" in within


def test_a_birth_is_entered_with_a_relationship_in_steps(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("birth", f"?person={MOTHER}") | {
        "child-surname": "佐藤",
        "child-given": "蒼",
        "child-surname_kana": "サトウ",
        "child-given_kana": "アオ",
        "child-sex": "1",
        "child-relation": "path",
        "facts-effective": "2020-05-03",
        "child-place": "東京都千代田区千代田1番",
        "child-first_listed": "佐藤 健",
    }
    text = counter.send("birth", typed, "preview", 422)
    assert "id_child-relation" in text
    steps = {"child-step1": "child", "child-step2": "child", "child-step3": "spouse", "child-step4": "child"}
    page = counter.send("birth", typed | steps, "preview")
    assert "子の子の配偶者の子" in page
    counter.performed("birth", typed | {"child-relation": "child"})
    assert Membership.objects.believed().filter(household=7).count() == 4


def test_a_death_with_a_partial_day_names_a_new_head(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("death") | {
        "facts-effective": "令和2年5月日不詳",
        "facts-evidence": ["family_register"],
    }
    assert "世帯主のいない世帯" in counter.send("death", typed, "preview", 422)
    number = counter.performed("death", typed | {f"p{MOTHER}-relation": "head"})
    act = Act.objects.get(muni=CHIYODA, number=number)
    assert (act.effective, act.effective_latest) == (date(2020, 5, 1), date(2020, 5, 31))
    assert act.reported_on is None


def test_a_newcomer_comes_from_abroad_and_another_is_added(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("move_in_from_abroad", "")
    two = fields(counter.send("move_in_from_abroad", typed, "add"))
    assert two["newcomers"] == ["2"]
    assert fields(counter.send("move_in_from_abroad", two, "remove"))["newcomers"] == ["1"]
    said = {
        "n0-whole": "DUPONT MARIE",
        "n0-sex": "2",
        "n0-born": "1990-05-05",
        "n0-relation": "head",
        "n0-nationality": "fra",
        "n0-status": "永住者",
        "to-postcode": "1000013",
        "to-town": "霞が関",
        "to-block": "2番1号",
        "from-country": "FRA",
        "from-town": "1 rue de Rivoli, Paris",
        "facts-effective": "2020-06-01",
        "facts-reported_on": "2020-06-01",
        "facts-evidence": ["passport"],
    }
    number = counter.performed("move_in_from_abroad", typed | said)
    assert Act.objects.get(muni=CHIYODA, number=number).facts["days_late"] == 0
    text = counter.send(
        "move_in_from_abroad", typed | said | {"n0-nationality": "", "n0-relation": "x"}, "preview", 422
    )
    assert "#id_n0-relation" in text


def test_a_newcomer_joins_a_household_that_is_here(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("move_in") | {
        "n0-surname": "田中",
        "n0-given": "一",
        "n0-sex": "1",
        "n0-born": "S55.1.1",
        "n0-relation": "cohabitant",
        "to-postcode": "1000001",
        "to-town": "千代田",
        "from-postcode": "1040045",
        "from-muni": "東京都中央区",
        "from-town": "築地",
        "facts-effective": "2020-06-01",
        "facts-reported_on": "2020-06-01",
    }
    assert typed["n0-household"] == ["7"]
    counter.performed("move_in", typed)
    assert Membership.objects.believed().filter(household=7).count() == 4


def test_two_households_become_one(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("household_merge") | {"other": str(NEIGHBOUR)}
    both = fields(counter.send("household_merge", typed, "show"))
    assert f"p{NEIGHBOUR}-household" in both
    counter.performed(
        "household_merge",
        both
        | {
            f"p{NEIGHBOUR}-household": "7",
            f"p{NEIGHBOUR}-relation": "cohabitant",
            "facts-effective": "2020-06-01",
            "facts-reported_on": "2020-06-01",
        },
    )
    assert Membership.objects.believed().filter(household=7, until=None).count() == 4


def test_the_family_register_notifies_a_new_name_and_domicile(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("family_register") | {
        "family-matter": "divorce",
        f"f{MOTHER}-surname": "髙橋",
        f"f{MOTHER}-given": "花",
        f"f{MOTHER}-place": "山梨県甲府市丸の内一丁目1番",
        "facts-effective": "2020-06-01",
    }
    assert f"#id_f{MOTHER}-first_listed" in counter.send("family_register", typed, "preview", 422)
    page = counter.send("family_register", typed | {f"f{MOTHER}-first_listed": "髙橋 花"}, "preview")
    assert "髙橋 花" in page
    counter.performed("family_register", typed | {f"f{MOTHER}-first_listed": "髙橋 花"})


def test_a_correction_shows_what_the_record_says_and_takes_what_is_right(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("correction", f"?person={CHILD}")
    shown = fields(counter.send("correction", typed | {"correction-group": "particulars"}, "show"))
    assert shown["correction-birth_date"] == ["2010-01-02"]
    said = shown | {"facts-effective": "2020-06-01", "facts-reason": "戸籍と照合"}
    assert "#id_correction-group" in counter.send("correction", said, "preview", 422)
    right = said | {"correction-birth_date": "2010-01-03", "correction-birth_latest": "2010-01-03"}
    counter.performed("correction", right)
    fresh = counter.form("correction", f"?person={CHILD}")
    shown = fields(counter.send("correction", fresh | {"correction-group": "address"}, "show"))
    day = counter.performed(
        "correction", shown | {"correction-since": "2019-04-01", "facts-effective": "2020-06-01"}
    )
    assert Act.objects.get(muni=CHIYODA, number=day).facts["since"] == "2019-04-01"


@pytest.mark.parametrize("who", [ALONE, 424242])
@pytest.mark.parametrize("kind", ["move_out", "correction", "birth"])
def test_somebody_of_another_municipality_is_not_there(clerk: int, who: int, kind: str) -> None:
    client = browse(clerk)
    assert client.get(f"{BASE}new/{kind}/?person={who}").status_code == 404
    typed = Counter(clerk).form("move_out") | OUT | {"person": str(who), "do": "preview"}
    assert client.post(f"{BASE}new/{kind}/", typed).status_code == 404
    merged = {"person": str(FATHER), "other": str(who), "do": "show"}
    assert client.post(f"{BASE}new/household_merge/", merged).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "new/take_over/",
        "new/nothing/",
        "new/move_out_cancelled/",
        "new/move_out_cancelled/?act=1",
        "new/move_out_cancelled/?act=999",
        "new/restoration/?act=x",
        "new/move_out/?person=x",
        f"new/move_out/?person={10**30}",
        "999/done/",
    ],
)
def test_what_is_no_act_is_not_there(clerk: int, path: str) -> None:
    assert browse(clerk).get(BASE + path).status_code == 404


def test_a_person_slipped_into_the_form_is_not_moved(clerk: int) -> None:
    counter = Counter(clerk)
    typed = counter.form("move_out") | OUT | {f"p{NEIGHBOUR}-takes_part": "on", f"p{ALONE}-takes_part": "on"}
    number = counter.performed("move_out", typed)
    assert Act.objects.get(muni=CHIYODA, number=number).facts["movers"] == [FATHER, MOTHER, CHILD]
    odd = counter.form("household_split", f"?person={NEIGHBOUR}") | {
        f"p{NEIGHBOUR}-household": "20",
        "facts-effective": "2020-06-01",
        "facts-reported_on": "2020-06-01",
    }
    assert f"id_p{NEIGHBOUR}-household_error" in counter.send("household_split", odd, "preview", 422)


def test_other_duties_and_other_offices_open_no_act(clerk: int) -> None:
    benefits = officer("b", DutyKind.BENEFITS_OFFICER, CHIYODA)
    chuo = officer("c", DutyKind.REGISTER_OFFICER, CHUO)
    for path in ("new/", "new/move_in/", f"new/move_out/?person={FATHER}", "1/done/"):
        assert browse(benefits).get(BASE + path).status_code == 403
        assert browse(chuo).get(BASE + path).status_code == 404
        assert browse(None).get(BASE + path).status_code == 302
    typed = Counter(clerk).form("move_out") | OUT | {"do": "confirm"}
    assert browse(chuo).post(f"{BASE}new/move_out/", typed).status_code == 404
    assert browse(benefits).post(f"{BASE}new/move_out/", typed).status_code == 403
    strict = browse(clerk)
    strict.handler.enforce_csrf_checks = True
    assert strict.post(f"{BASE}new/move_out/", typed).status_code == 403
    assert Act.objects.filter(muni=CHIYODA).count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_form_says_everything_that_is_missing_at_once(clerk: int, language: str) -> None:
    counter = Counter(clerk, language)
    text = counter.send("move_out", counter.form("move_out") | {"facts-effective": "3月"}, "preview", 422)
    for field in ("to-postcode", "to-muni", "to-town", "facts-effective"):
        assert f'href="#id_{field}"' in text, field
    assert text.count('aria-invalid="true"') >= 4
    nobody = counter.form("move_out") | OUT
    for who in (FATHER, MOTHER, CHILD):
        del nobody[f"p{who}-takes_part"]
    assert "errors-title" in counter.send("move_out", nobody, "preview", 422)


def test_a_name_that_several_municipalities_bear_asks_for_the_prefecture(clerk: int) -> None:
    Municipality.objects.create(
        **municipality("134228", name="府中市", prefecture_name="東京都", prefecture="13")
    )
    Municipality.objects.create(
        **municipality("342084", name="府中市", prefecture_name="広島県", prefecture="34")
    )
    counter = Counter(clerk)
    text = counter.send("move_out", counter.form("move_out") | OUT | {"to-muni": "府中市"}, "preview", 422)
    assert "東京都府中市、広島県府中市" in text
    counter.send("move_out", counter.form("move_out") | OUT | {"to-muni": "広島県府中市"}, "preview")
    assert "id_to-muni_error" in counter.send(
        "move_out", counter.form("move_out") | OUT | {"to-muni": "存在市"}, "preview", 422
    )
