"""The office's forms for nationality, stay, names, status items, numbers, areas and addressees: each the whole way, each refusal shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from django.utils import timezone

from enishi.kernel.individual_number import check_digit
from enishi.number import services as vault
from enishi.platform.models import ReadRecord
from enishi.platform.services import DutyKind
from enishi.register import services, terms
from enishi.register.models import (
    Act,
    Address,
    Addressee,
    ForeignStatus,
    Municipality,
    PersonName,
    RefusedAct,
    Residence,
    StatusItem,
)
from enishi.register.rules import reports
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.web.register import acts
from enishi.web.register.acts.desk import FORMS, OF_AN_ACT, WITHOUT_FORM
from tests.benefits.offices import TOWNS, officer
from tests.factories import CHIYODA, CHUO, SAPPORO, municipality, person, small_snapshot
from tests.web.conftest import browse
from tests.web.test_act_forms import BASE, LANGUAGES, Counter, fields

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
FATHER, MOTHER, GUEST, ALONE, SAPPORIAN = 1, 2, 5, 9, 20
DAY = date(2020, 6, 1)
REGISTER = f"/office/{CHIYODA}/register/"
PAGES = Path(acts.__file__).parent
NUMBER = "12345678901" + check_digit("12345678901")


@pytest.fixture(autouse=True)
def office(tmp_path: Path, db: None) -> None:
    """A couple and a foreign lodger in Chiyoda, somebody in Chuo and in a ward of Sapporo; with individual numbers."""
    rows = [
        person(FATHER, household=7, surname="佐藤", surname_kana="サトウ", given="健", given_kana="ケン", sex=1),
        person(MOTHER, household=7, relation="spouse", surname="佐藤", surname_kana="サトウ", given="花", given_kana="ハナ", sex=2),
        person(GUEST, household=8, town="神田", surname=None, given=None, surname_kana=None, given_kana=None,
               latin_name="NGUYEN VAN AN", latin_kana="グエン ヴァン アン", nationality="VNM", residence_status="student"),
        person(ALONE, household=9, muni=CHUO),
        person(SAPPORIAN, household=20, muni=SAPPORO, ward="011011", town="中央区北一条西", postcode="0600001"),
    ]  # fmt: skip
    folder = small_snapshot(tmp_path / "nation", rows, numbers=True)
    services.load_nation(folder)
    vault.load_numbers(folder)
    have = set(Municipality.objects.values_list("muni", flat=True))
    Municipality.objects.bulk_create(Municipality(**municipality(muni)) for muni in TOWNS if muni not in have)


@pytest.fixture
def clerk() -> int:
    return officer("clerk", DutyKind.REGISTER_OFFICER, CHIYODA)


ON = {"facts-effective": "2020-06-01"}
JAPANESE = {
    "japanese-surname": "安",
    "japanese-given": "太郎",
    "japanese-surname_kana": "ヤス",
    "japanese-given_kana": "タロウ",
    "japanese-place": "東京都千代田区千代田1番",
    "japanese-first_listed": "安 太郎",
}
LOST = {"lost-whole": "SATO KEN", "lost-nationality": "usa", "facts-evidence": ["passport"]}
THERE = {"to-postcode": "1040045", "to-muni": "中央区", "to-town": "築地", "to-block": "1丁目"}
WHO = {"who-name": "山田 太郎", "who-kana": "ヤマダ タロウ", "who-born": "S40.5.5", **THERE}
TOWN = {"to-old_town": "千代田", "to-postcode": "1000001", "to-town": "千代田一丁目"}


def held(model: Any, who: int, **which: Any) -> Any:
    return model.objects.as_of(DAY).get(muni=CHIYODA, person=who, **which)


def asked(kind: str, who: int | None = None) -> str:
    return f"?person={who}" if who else ""


class TestCatalogue:
    def test_every_kind_is_performed_from_a_form_or_listed_with_its_reason(self) -> None:
        assert set(FORMS) | set(WITHOUT_FORM) == set(Kind) == set(CATALOGUE)
        assert not set(FORMS) & set(WITHOUT_FORM)
        assert all(len(why) > 40 for why in WITHOUT_FORM.values())
        with pytest.raises(TypeError):
            WITHOUT_FORM[Kind.MOVE_IN] = ""  # type: ignore[index]

    @pytest.mark.parametrize("kind", sorted(set(FORMS) - OF_AN_ACT - set(Kind.__members__)))
    def test_every_form_opens_and_is_in_the_list_of_acts(self, clerk: int, kind: str) -> None:
        client = browse(clerk)
        assert f"{BASE}new/{kind}/" in client.get(f"{BASE}new/").content.decode()
        who = GUEST if kind in ("naturalisation", "immigration", "alias") else FATHER
        query = f"?person={who}"
        if kind.startswith("addressee") and kind != "addressee_entered":
            query = "?addressee=1&twin=2"
        assert client.get(f"{BASE}new/{kind}/{query}").status_code == 200

    @pytest.mark.parametrize("kind", sorted(WITHOUT_FORM))
    def test_a_kind_without_form_is_not_there(self, clerk: int, kind: str) -> None:
        assert browse(clerk).get(f"{BASE}new/{kind}/?person={FATHER}").status_code == 404

    def test_every_form_of_report_is_said_by_some_form_but_those_of_a_merger(self) -> None:
        said = "".join(path.read_text(encoding="utf-8") for path in PAGES.rglob("*.py"))
        silent = {
            one.__name__ for one in get_args(reports.Reported) if f"reports.{one.__name__}(" not in said
        }
        assert silent == {"RecordClosed", "RecordOpened"}

    def test_the_list_for_a_person_has_the_new_acts_and_none_of_areas(self, clerk: int) -> None:
        text = browse(clerk).get(f"{BASE}new/?person={GUEST}").content.decode()
        for kind in (
            "naturalisation",
            "immigration",
            "alias",
            "former_surname",
            "status_item",
            "number_changed",
        ):
            assert f"{BASE}new/{kind}/?person={GUEST}" in text, kind
        assert f"{BASE}new/renumbering/" not in text

    def test_the_household_leads_to_the_acts(self, clerk: int) -> None:
        client = browse(clerk)
        client.post(f"{REGISTER}search/", {"purpose": "report", "text": "佐藤"})
        text = client.get(f"{REGISTER}households/7/").content.decode()
        assert f"{BASE}new/?person={FATHER}" in text


HAPPY: list[tuple[str, int, Mapping[str, Any], str]] = [
    ("naturalisation", GUEST, JAPANESE, "安 太郎"),
    ("nationality_acquired", GUEST, JAPANESE, "安 太郎"),
    ("nationality_lost", FATHER, LOST, "SATO KEN"),
    ("immigration", GUEST, {"immigration-status": "Permanent resident"}, "NGUYEN"),
    ("alias", GUEST, {"alias-whole": "山本 安", "alias-whole_kana": "ヤマモト アン"}, "山本 安"),
    ("former_surname", MOTHER, {"former-surname": "高橋", "former-surname_kana": "タカハシ"}, "高橋"),
    ("status_item", FATHER, {"item-item": "pension", "item-category": "1"}, "1"),
    ("status_item", FATHER, {"item-item": "child_allowance"}, "佐藤"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "who", "typed", "shown"), HAPPY)
def test_each_is_entered_looked_through_and_confirmed(
    clerk: int, language: str, kind: str, who: int, typed: Mapping[str, Any], shown: str
) -> None:
    counter = Counter(clerk, language)
    form = counter.form(kind, asked(kind, who))
    page = counter.send(kind, form | typed | ON, "preview")
    assert Act.objects.filter(muni=CHIYODA).count() == 1
    assert shown in page
    assert "<ins>" in page
    number = counter.performed(kind, form | typed | ON)
    act = Act.objects.get(muni=CHIYODA, number=number)
    by_report = kind in ("alias", "former_surname")
    assert (act.kind, act.effective, act.reported_on is not None) == (kind, DAY, by_report)
    assert services.broken_chain(CHIYODA) is None


def test_what_was_entered_stands_in_the_record(clerk: int) -> None:
    counter = Counter(clerk)
    counter.performed("naturalisation", counter.form("naturalisation", f"?person={GUEST}") | JAPANESE | ON)
    assert held(PersonName, GUEST, kind="registered").surname_kana == "ヤス"
    assert not ForeignStatus.objects.as_of(DAY).filter(person=GUEST).exists()
    counter.performed("nationality_lost", counter.form("nationality_lost", f"?person={FATHER}") | LOST | ON)
    assert (held(ForeignStatus, FATHER).nationality, held(ForeignStatus, FATHER).status) == ("USA", None)
    item = {"item-item": "pension", "item-category": "3", "item-number": "1234-567890"}
    counter.performed("status_item", counter.form("status_item", f"?person={MOTHER}") | item | ON)
    assert held(StatusItem, MOTHER, kind="pension").detail == {"category": 3, "number": "1234-567890"}
    ends = {"item-item": "pension", "item-ends": "on", "facts-effective": "2020-06-05"}
    counter.performed("status_item", counter.form("status_item", f"?person={MOTHER}") | ends)
    assert not StatusItem.objects.as_of(date(2020, 6, 5)).filter(person=MOTHER, kind="pension").exists()


@pytest.mark.parametrize(("language", "words"), [("ja", "永住者"), ("en", "Permanent resident")])
def test_a_notice_of_the_immigration_office_changes_what_it_changes_only(
    clerk: int, language: str, words: str
) -> None:
    counter = Counter(clerk, language)
    form = counter.form("immigration", f"?person={GUEST}")
    assert form["immigration-nationality"] == ["VNM"]
    assert form["immigration-whole"] == ["NGUYEN VAN AN"]
    assert form["immigration-status"] == ["Student" if language == "en" else "留学"]
    nothing = counter.send("immigration", form | ON, "preview", 422)
    assert "#id_immigration-status" in nothing
    assert RefusedAct.objects.get().reason == "the notice changes nothing"
    number = counter.performed(
        "immigration", form | ON | {"immigration-status": words, "immigration-expires_on": "2027-06-01"}
    )
    facts = Act.objects.get(muni=CHIYODA, number=number).facts
    assert facts["names"] == []
    assert held(ForeignStatus, GUEST).status == "permanent_resident"
    later = counter.form("immigration", f"?person={GUEST}")
    named = later | {"immigration-kanji": "阮文安", "immigration-ends_latin": "on"}
    counter.performed("immigration", named | {"facts-effective": "2020-06-02"})
    kinds = PersonName.objects.as_of(date(2020, 6, 2)).filter(person=GUEST).values_list("kind", flat=True)
    assert set(kinds) == {"foreign_kanji"}


def test_an_alias_and_a_former_surname_are_deleted_from_the_same_forms(clerk: int) -> None:
    counter = Counter(clerk)
    for kind, who, part, name in (
        ("alias", GUEST, "alias", {"alias-whole": "山本 安"}),
        ("former_surname", MOTHER, "former", {"former-surname": "高橋", "former-surname_kana": "タカハシ"}),
    ):
        form = counter.form(kind, f"?person={who}")
        assert f"{part}-deletes" not in "".join(form)
        empty = counter.send(kind, form | ON, "preview", 422)
        assert f"#id_{part}-" in empty
        counter.performed(kind, form | name | ON)
        text = counter.sound(counter.client.get(f"{BASE}new/{kind}/?person={who}"))
        assert f'name="{part}-deletes"' in text
        both = fields(text) | name | ON | {f"{part}-deletes": "on"}
        assert f"#id_{part}-deletes" in counter.send(kind, both, "preview", 422)
        gone = fields(text) | {f"{part}-deletes": "on", "facts-effective": "2020-06-03"}
        counter.performed(kind, gone)
        assert (
            not PersonName.objects.as_of(date(2020, 6, 3))
            .filter(person=who, kind__in=["alias", "former"])
            .exists()
        )


REFUSED: list[tuple[str, int, Mapping[str, Any], str, str]] = [
    ("naturalisation", FATHER, JAPANESE, "この人はすでに日本人です。", "errors"),
    ("nationality_lost", GUEST, LOST, "この人はすでに外国人住民です。", "errors"),
    ("nationality_lost", FATHER, LOST | {"lost-whole": ""}, "旅券のとおりローマ字か漢字", "id_lost-whole"),
    ("nationality_lost", FATHER, LOST | {"lost-nationality": "jpn"}, "外国人住民の国籍ではありません", "id_lost-nationality"),
    ("immigration", GUEST, {"immigration-expires_on": "2020-05-01"}, "在留期間が令和2年5月1日に終わっている", "id_immigration-expires_on"),
    ("immigration", GUEST, {"immigration-status": ""}, "通知に在留資格がありません。", "id_immigration-status"),
    ("alias", FATHER, {"alias-whole": "山本"}, "この人は外国人住民ではありません。", "errors"),
    ("former_surname", GUEST, {"former-surname": "高橋", "former-surname_kana": "タカハシ"}, "通称のことかもしれません。", "errors"),
    ("former_surname", MOTHER, {"former-surname": "高橋"}, "旧氏には、ふりがなが必要です。", "id_former-surname"),
    ("former_surname", MOTHER, {"former-surname": "佐藤", "former-surname_kana": "サトウ"}, "これは現在の氏です。", "id_former-surname"),
    ("status_item", GUEST, {"item-item": "electoral_roll"}, "外国人住民は、選挙人名簿に登録されません。", "errors"),
    ("status_item", FATHER, {"item-item": "pension", "item-ends": "on", "facts-effective": "2014-01-01"}, "", "errors"),
    ("status_item", FATHER, {"item-item": "pension", "item-category": "1", "facts-effective": "1950-01-01"}, "", "id_facts-effective"),
    ("code_changed", FATHER, {"facts-reported_on": ""}, "", "id_facts-reported_on"),
    ("number_changed", FATHER, {}, "", "id_facts-reason"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "who", "typed", "words", "field"), REFUSED)
def test_each_refusal_is_said_where_it_belongs_and_changes_nothing(
    clerk: int, kind: str, who: int, typed: Mapping[str, Any], words: str, field: str
) -> None:
    counter = Counter(clerk)
    form = counter.form(kind, asked(kind, who)) | ON | typed
    text = counter.send(kind, form, "preview", 422)
    assert words in text
    assert f'"#{field}' in text if field != "errors" else 'id="errors"' in text
    assert 'role="alert" tabindex="-1" id="errors" autofocus' in text
    assert counter.client.post(f"{BASE}new/{kind}/", form | {"do": "confirm"}).status_code == 422
    assert Act.objects.filter(muni=CHIYODA).count() == 1


def test_an_individual_number_is_never_taken_where_it_does_not_belong(clerk: int) -> None:
    counter = Counter(clerk)
    form = counter.form("status_item", f"?person={FATHER}") | ON | {"item-item": "health_insurance"}
    spaced = " ".join(re.findall("....", NUMBER))
    assert "#id_item-number" in counter.send("status_item", form | {"item-number": spaced}, "preview", 422)
    said = form | {"facts-reason": f"個人番号は{NUMBER}です"}
    assert "#id_facts-reason" in counter.send("status_item", said, "preview", 422)
    assert NUMBER not in str(list(RefusedAct.objects.values()))


class TestNumbers:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("number_changed", {"facts-reason": "漏えい"}),
            ("code_changed", {"facts-reported_on": "2020-06-01"}),
        ],
    )
    def test_a_change_says_what_happens_and_where_the_letter_goes(
        self, clerk: int, language: str, kind: str, typed: dict[str, str]
    ) -> None:
        ground = vault.Decision(True, "officer:1", "certificate", "My Number Act 16", muni=CHIYODA)
        codes = vault.Decision(True, "officer:1", "code", "Basic Resident Register Act 30-37", muni=CHIYODA)
        before = (vault.reveal(FATHER, ground), vault.reveal_code(FATHER, codes))
        counter = Counter(clerk, language)
        page = counter.send(kind, counter.form(kind) | ON | typed, "preview")
        words = "住民票の住所あて" if language == "ja" else "to the address on the record"
        assert words in page
        assert (vault.reveal(FATHER, ground), vault.reveal_code(FATHER, codes)) == before
        answer = counter.confirm(kind, page)
        text = counter.sound(counter.client.get(answer.url))
        assert words in text
        after = (vault.reveal(FATHER, ground), vault.reveal_code(FATHER, codes))
        assert [one != other for one, other in zip(before, after, strict=True)] == [
            kind == "number_changed",
            kind == "code_changed",
        ]
        for secret in (*before, *after):
            assert secret not in page + text

    def test_of_a_protected_person_the_letter_is_held(self, clerk: int) -> None:
        by = terms.By(CHIYODA, f"officer:{clerk}", "case", timezone.now(), "asked for")
        services.file_measure(by, terms.Case(MOTHER, terms.Harm.VIOLENCE, other_parties=(FATHER,)))
        counter = Counter(clerk)
        typed = counter.form("code_changed", f"?person={MOTHER}") | ON | {"facts-reported_on": "2020-06-01"}
        assert "窓口で保管します" in counter.send("code_changed", typed, "preview")
        assert "support_measure" in {row.items for row in ReadRecord.objects.filter(subject=MOTHER)}


class TestAreas:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_town_is_renumbered_after_a_preview_of_all_whom_it_touches(
        self, clerk: int, language: str
    ) -> None:
        counter = Counter(clerk, language)
        form = counter.form("renumbering", "")
        page = counter.send("renumbering", form | TOWN | ON, "preview")
        assert ("2人の住民票が変わります" if language == "ja" else "The records of 2 persons change") in page
        assert "佐藤 健" in page
        assert "千代田一丁目" in page
        number = counter.performed("renumbering", form | TOWN | ON)
        assert {held(Address, who).town for who in (FATHER, MOTHER)} == {"千代田一丁目"}
        assert held(Address, GUEST).town == "神田"
        text = counter.sound(counter.client.get(f"{BASE}{number}/done/"))
        assert "correction" not in text
        fresh = counter.form("renumbering", "")
        again = counter.send("renumbering", fresh | TOWN | ON, "preview", 422)
        assert "#id_to-old_town" in again

    def test_a_whole_area_comes_as_a_list_and_is_shown_page_by_page(
        self, clerk: int, tmp_path: Path, django_assert_max_num_queries: Any
    ) -> None:
        _crowd(60)
        counter = Counter(clerk)
        table = "麹町,1番,1020083,麹町一丁目,1番1号\n\n麹町\t2番\t102-0083\t麹町二丁目\t\n神田,,1010041,神田須田町,\n"
        typed = counter.form("renumbering", "") | ON | {"to-table": table}
        page = counter.send("renumbering", typed, "preview")
        assert "61人の住民票が変わります" in page
        assert page.count("<ins>") == 20
        assert 'value="preview:2"' in page
        last_page = counter.send("renumbering", typed, "preview:4")
        assert last_page.count("<ins>") == 1
        assert 'value="preview:5"' not in last_page
        assert counter.send("renumbering", typed, "preview:99").count("<ins>") == 0
        answer = counter.confirm("renumbering", page)
        number = int(answer.url.split("/")[-3])
        first = counter.client.get(f"{answer.url}?page=1").content.decode()
        last = counter.sound(counter.client.get(f"{answer.url}?page=2"))
        assert (first.count("/people/"), last.count("/people/")) == (50, 11)
        assert services.act_shown(_reader(clerk), CHIYODA, number).total == 61  # type: ignore[union-attr]
        counter.client.post(f"{REGISTER}search/", {"purpose": "report", "text": "佐藤"})
        counter.sound(counter.client.get(f"{REGISTER}acts/{number}/?page=2"))

    @pytest.mark.parametrize(
        ("typed", "field", "words"),
        [
            ({}, "to-old_town", "入力してください"),
            (TOWN | {"to-postcode": "100"}, "to-postcode", "7桁"),
            (TOWN | {"to-old_town": "銀座"}, "to-old_town", "だれも住んでいません"),
            (TOWN | {"facts-effective": "2999-01-01"}, "facts-effective", ""),
            (TOWN | {"to-table": "神田,,1010041,神田須田町,"}, "to-table", "どちらか一方"),
            ({"to-table": "神田,1010041"}, "to-table", "1行目：2列"),
            ({"to-table": "\n神田,,x,神田須田町,\n,,1010041,a,"}, "to-table", "3行目"),
            ({"to-table": "神田,,1010041,a,\n神田,,1010041,b,"}, "to-table", "2回あります"),
            ({"to-table": "神田,,1010041,a,\n" * 5001}, "to-table", "5,000行まで"),
            ({"to-table": f"神田,,1010041,{'町' * 121},"}, "to-table", "120文字"),
        ],
    )
    def test_a_list_that_makes_no_sense_is_refused_at_its_field(
        self, clerk: int, typed: Mapping[str, str], field: str, words: str
    ) -> None:
        counter = Counter(clerk)
        text = counter.send("renumbering", counter.form("renumbering", "") | ON | typed, "preview", 422)
        assert f'href="#id_{field}"' in text
        assert words in text
        assert Act.objects.filter(muni=CHIYODA).count() == 1

    def test_the_postcode_fills_the_new_town_in_and_a_designated_city_asks_for_the_ward(
        self, clerk: int
    ) -> None:
        counter = Counter(clerk)
        typed = counter.form("renumbering", "") | {"to-postcode": "１００－００１３"}
        assert fields(counter.send("renumbering", typed, "lookup:to"))["to-town"] == ["霞が関"]
        client = browse(officer("sapporo", DutyKind.REGISTER_OFFICER, SAPPORO))
        url = f"/office/{SAPPORO}/register/acts/new/renumbering/"
        form = fields(client.get(url).content.decode()) | ON
        said = {
            "to-old_town": "中央区北一条西",
            "to-postcode": "0600001",
            "to-town": "中央区北一条西",
            "to-block": "二丁目",
        }
        answer = client.post(url, form | said | {"do": "preview"})
        assert (answer.status_code, 'href="#id_to-ward"' in answer.content.decode()) == (422, True)
        answer = client.post(url, form | said | {"to-ward": "011011", "do": "preview"})
        assert answer.status_code == 200
        assert "1人の住民票" in answer.content.decode()


def _crowd(number: int) -> None:
    """So many households of one move into one town of Chiyoda."""
    for place in range(number):
        newcomer = terms.reports.Newcomer(
            0, 1, _born(), (_called(place),), 0, "head",
            terms.reports.NewDomicile("山梨県", "群 衆"),
        )  # fmt: skip
        to = terms.Place(CHIYODA, "麹町", postcode="1020083", block="1番" if place < 57 else "2番")
        came = terms.Place(CHUO, "築地", postcode="1040045")
        services.perform_act(
            _report(f"crowd-{place}"), terms.reports.Arrival(Kind.MOVE_IN, (newcomer,), to, came)
        )


def _born() -> Any:
    from enishi.kernel.partial_date import PartialDate

    return PartialDate.of(date(1990, 5, 5))


def _called(place: int) -> Any:
    return terms.reports.NewName(terms.NameKind.REGISTERED, "群", f"衆{place}", "グン", "シュウ")


def _report(key: str) -> Any:
    from enishi.kernel.partial_date import PartialDate

    on = DAY - timedelta(days=10)
    return terms.reports.Report(
        CHIYODA, PartialDate.of(on), on, "officer:1", key, timezone.now(), timezone.localdate()
    )


def _reader(clerk: int) -> Any:
    from enishi.platform.services import Reader

    return Reader(f"officer:{clerk}", "correction", "Basic Resident Register Act 8", muni=CHIYODA)


class TestAddressees:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_somebody_is_entered_changed_and_ended(self, clerk: int, language: str) -> None:
        counter = Counter(clerk, language)
        counter.client.post(f"{REGISTER}search/", {"purpose": "report", "text": "佐藤"})
        form = counter.form("addressee_entered", "")
        page = counter.send("addressee_entered", form | WHO | ON, "preview")
        assert "山田 太郎" in page
        assert not Addressee.objects.filter(muni=CHIYODA, person=None).exists()
        answer = counter.confirm("addressee_entered", page)
        row = Addressee.objects.get(muni=CHIYODA, person=None)
        assert (row.name, row.address["town"], row.birth_date) == ("山田 太郎", "築地", date(1965, 5, 5))
        assert f"{REGISTER}addressees/{row.number}/" in counter.sound(counter.client.get(answer.url))
        listed = counter.sound(counter.client.get(f"{REGISTER}addressees/"))
        assert "山田 太郎" in listed
        card = counter.sound(counter.client.get(f"{REGISTER}addressees/{row.number}/"))
        assert f"addressee_changed/?addressee={row.number}" in card
        change = counter.form("addressee_changed", f"?addressee={row.number}")
        assert (change["who-name"], change["to-town"]) == (["山田 太郎"], ["築地"])
        same = counter.send("addressee_changed", change | ON, "preview", 422)
        assert ("すでにそのとおり" if language == "ja" else "says so already") in same
        moved = counter.send("addressee_changed", change | ON | {"who-abroad": "on"}, "show")
        assert 'name="to-country"' in moved
        abroad = fields(moved) | {"to-country": "FRA", "to-town": "1 rue de Rivoli, Paris"}
        number = counter.performed("addressee_changed", abroad)
        row.refresh_from_db()
        assert (row.address["country"], row.act) == ("FRA", number)
        counter.form("addressee_changed", f"?addressee={row.number}")
        ended = counter.form("addressee_ended", f"?addressee={row.number}")
        counter.performed("addressee_ended", ended | {"facts-effective": "2020-06-05"})
        row.refresh_from_db()
        assert row.until == date(2020, 6, 5)
        counter.sound(counter.client.get(f"{REGISTER}addressees/{row.number}/"))
        again = counter.send("addressee_ended", ended | {"facts-effective": "2020-06-06"}, "preview", 422)
        assert ("住登外者ではありません" if language == "ja" else "no non-resident addressee") in again

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_two_numbers_of_one_person_are_found_compared_and_made_one(
        self, clerk: int, language: str
    ) -> None:
        counter = Counter(clerk, language)
        form = counter.form("addressee_entered", "")
        father = {"who-name": "佐藤けん", "who-kana": "さとう けん", "who-born": "1980-05-05"}
        born = services.seated(_reader(clerk), CHIYODA, FATHER, on=DAY)[0].birth_date
        same = WHO | father | {"who-born": born.isoformat()} | ON
        warned = counter.send("addressee_entered", form | same, "preview")
        number = Addressee.objects.get(muni=CHIYODA, person=FATHER).number
        assert f"{REGISTER}addressees/{number}/" in warned
        counter.performed("addressee_entered", form | same)
        other = Addressee.objects.get(muni=CHIYODA, person=None).number
        counter.client.post(f"{REGISTER}search/", {"purpose": "report", "text": "佐藤"})
        waiting = counter.sound(counter.client.get(REGISTER))
        assert f"addressees_merged/?addressee={other}&amp;twin={number}" in waiting
        listed = counter.sound(counter.client.get(f"{REGISTER}addressees/duplicates/"))
        assert f"addressees_merged/?addressee={other}&amp;twin={number}" in listed
        merge = counter.form("addressees_merged", f"?addressee={other}&twin={number}")
        merge["merged-kept"] = [str(number)]
        counter.performed("addressees_merged", merge | ON)
        assert Addressee.objects.get(muni=CHIYODA, number=other).merged_into == number
        counter.sound(counter.client.get(f"{REGISTER}addressees/{other}/"))
        counter.sound(counter.client.get(f"{REGISTER}addressees/{number}/"))
        counter.sound(counter.client.get(f"{REGISTER}addressees/duplicates/"))

    def test_two_residents_are_not_made_one(self, clerk: int) -> None:
        counter = Counter(clerk)
        first, second = Addressee.objects.filter(muni=CHIYODA).order_by("number")[:2]
        merge = counter.form("addressees_merged", f"?addressee={first.number}&twin={second.number}")
        merge["merged-kept"] = [str(first.number)]
        text = counter.send("addressees_merged", merge | ON, "preview", 422)
        assert "2つとも住民基本台帳に記載された人です。" in text
        assert RefusedAct.objects.get(muni=CHIYODA).kind == "addressees_merged"
        slipped = merge | {"merged-kept": "999999"} | ON
        assert "merged-kept" in counter.send("addressees_merged", slipped, "preview", 422)

    @pytest.mark.parametrize(
        ("typed", "field", "words"),
        [
            ({"who-name": ""}, "who-name", ""),
            ({"who-kana": "・"}, "who-name", ""),
            ({"who-born": "2999-01-01"}, "who-born", "確かめて"),
            ({"to-muni": "千代田区", "to-town": "千代田"}, "to-town", "転入を届け出てください"),
            ({"to-postcode": ""}, "to-postcode", ""),
            ({"facts-effective": "2999-01-01"}, "facts-effective", ""),
        ],
    )
    def test_what_is_no_addressee_is_refused_at_its_field(
        self, clerk: int, typed: dict[str, str], field: str, words: str
    ) -> None:
        counter = Counter(clerk)
        form = counter.form("addressee_entered", "") | WHO | ON | typed
        text = counter.send("addressee_entered", form, "preview", 422)
        assert f'href="#id_{field}"' in text
        assert words in text
        assert not Addressee.objects.filter(muni=CHIYODA, person=None).exists()

    def test_the_list_is_searched_by_reading_name_and_number_and_nothing_typed_is_in_an_address(
        self, clerk: int
    ) -> None:
        counter = Counter(clerk)
        for name, kana in (("山田 太郎", "ヤマダ タロウ"), ("100%", "ヒャク"), ("海野 波", "ウミノ ナミ")):
            form = counter.form("addressee_entered", "")
            counter.performed("addressee_entered", form | WHO | ON | {"who-name": name, "who-kana": kana})
        url = f"{REGISTER}addressees/"
        assert counter.client.get(url).status_code == 302
        counter.client.post(f"{REGISTER}search/", {"purpose": "report", "text": "佐藤"})
        reads = ReadRecord.objects.filter(items__contains="addressee ").count()
        number = Addressee.objects.get(name="海野 波").number
        for text, found in (
            ("やまだ", {"山田 太郎"}),
            ("山田", {"山田 太郎"}),
            (str(number), {"海野 波"}),
            ("100%", {"100%"}),
            ("%", set()),
            ("_", set()),
            ("", {"山田 太郎", "100%", "海野 波"}),
        ):
            answer = counter.client.post(url, {"text": text})
            counter.sound(answer)
            assert {one.name for one in answer.context["page"].rows} == found, text
        assert ReadRecord.objects.filter(items__contains="addressee ").count() == reads + 7


NEW = [
    "naturalisation", "nationality_acquired", "nationality_lost", "immigration", "alias", "former_surname", "status_item",
    "number_changed", "code_changed",
]  # fmt: skip


class TestElsewhere:
    @pytest.mark.parametrize("kind", NEW)
    @pytest.mark.parametrize("who", [ALONE, 424242])
    def test_somebody_of_another_municipality_is_not_there_and_the_question_is_recorded(
        self, clerk: int, kind: str, who: int
    ) -> None:
        client = browse(clerk)
        before = ReadRecord.objects.count()
        assert client.get(f"{BASE}new/{kind}/?person={who}").status_code == 404
        assert (
            client.post(f"{BASE}new/{kind}/", {"person": str(who), "do": "confirm"} | ON).status_code == 404
        )
        assert ReadRecord.objects.count() == before + 2
        assert Act.objects.exclude(kind="take_over").count() == 0

    def test_an_addressee_of_another_municipality_is_not_there(self, clerk: int) -> None:
        numbers = set(Addressee.objects.filter(muni=CHIYODA).values_list("number", flat=True))
        foreign = max(numbers) + 1
        Addressee.objects.create(
            muni=CHUO, number=foreign, name="他所", kana="ヨソ", kana_key="ヨソ", since=DAY
        )
        client = browse(clerk)
        client.post(f"{REGISTER}search/", {"purpose": "report", "text": "佐藤"})
        for path in (
            f"addressees/{foreign}/",
            f"addressees/{2**64}/",
            f"acts/new/addressee_changed/?addressee={foreign}",
            f"acts/new/addressee_ended/?addressee={foreign}",
            f"acts/new/addressees_merged/?addressee={min(numbers)}&twin={foreign}",
        ):
            before = ReadRecord.objects.count()
            assert client.get(REGISTER + path).status_code == 404, path
            assert ReadRecord.objects.count() > before or str(2**64) in path
        assert client.get(f"{BASE}new/addressee_ended/").status_code == 302
        assert client.get(f"{BASE}new/addressees_merged/?addressee=1&twin=1").status_code == 302
        assert client.get(f"{BASE}new/addressee_ended/?addressee=x").status_code == 404

    def test_other_duties_and_other_offices_open_none_of_these(self, clerk: int) -> None:
        benefits = officer("b", DutyKind.BENEFITS_OFFICER, CHIYODA)
        auditor = officer("a", DutyKind.AUDITOR, "")
        chuo = officer("c", DutyKind.REGISTER_OFFICER, CHUO)
        paths = [f"acts/new/{kind}/?person={FATHER}" for kind in NEW]
        paths += [
            "acts/new/renumbering/",
            "acts/new/addressee_entered/",
            "addressees/",
            "addressees/duplicates/",
        ]
        paths += ["addressees/1/"]
        typed = Counter(clerk).form("renumbering", "") | TOWN | ON | {"do": "confirm"}
        for path in paths:
            assert browse(benefits).get(REGISTER + path).status_code == 403, path
            assert browse(auditor).get(REGISTER + path).status_code == 403, path
            assert browse(chuo).get(REGISTER + path).status_code == 404, path
            assert browse(None).get(REGISTER + path).status_code == 302, path
        assert browse(benefits).post(f"{BASE}new/renumbering/", typed).status_code == 403
        assert browse(chuo).post(f"{BASE}new/renumbering/", typed).status_code == 404
        assert Act.objects.filter(muni=CHIYODA).count() == 1
        assert held(Residence, FATHER).until is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_acquires_a_status_comes_on_the_register(clerk: int, language: str) -> None:
    counter = Counter(clerk, language)
    said = {
        "n0-whole": "DUPONT MARIE",
        "n0-sex": "2",
        "n0-born": "1990-05-05",
        "n0-relation": "head",
        "n0-nationality": "FRA",
        "n0-status": "Student" if language == "en" else "留学",
        "to-postcode": "1000013",
        "to-town": "霞が関",
        "facts-reported_on": "2020-06-01",
    }
    form = counter.form("status_acquired", "") | ON | said
    assert "n0-status" in counter.send("status_acquired", form | {"n0-status": ""}, "preview", 422)
    number = counter.performed("status_acquired", form)
    came = Residence.objects.get(muni=CHIYODA, act=number)
    assert (came.entry, ForeignStatus.objects.get(person=came.person).status) == (
        "status_acquired",
        "student",
    )


class TestStriking:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_somebody_who_should_not_have_been_entered_is_struck_but_no_head_whom_others_had(
        self, clerk: int, language: str
    ) -> None:
        counter = Counter(clerk, language)
        form = counter.form("correction") | {"correction-group": "record"}
        shown = fields(counter.send("correction", form, "show")) | ON
        assert f"p{MOTHER}-relation" in shown
        assert "correction-strikes" in counter.send("correction", shown, "preview", 422)
        headless = counter.send("correction", shown | {"correction-strikes": "on"}, "preview", 422)
        assert ("世帯主のいない世帯" if language == "ja" else "have no head") in headless
        form = counter.form("correction", f"?person={MOTHER}") | {"correction-group": "record"}
        shown = fields(counter.send("correction", form, "show")) | ON
        page = counter.send("correction", shown | {"correction-strikes": "on"}, "preview")
        assert "佐藤 花" in page
        counter.performed("correction", shown | {"correction-strikes": "on"})
        assert not Residence.objects.believed().filter(person=MOTHER).exists()
        assert services.record_as_of(_reader(clerk), CHIYODA, MOTHER, on=DAY) is None

    def test_a_status_item_that_never_was_is_struck_and_an_address_is_not(self, clerk: int) -> None:
        counter = Counter(clerk)
        item = {"item-item": "child_allowance"}
        counter.performed("status_item", counter.form("status_item") | item | ON)
        form = counter.form("correction") | {"correction-group": "status_item:child_allowance"}
        shown = fields(counter.send("correction", form, "show")) | ON | {"correction-strikes": "on"}
        both = counter.send("correction", shown | {"correction-since": "2020-05-01"}, "preview", 422)
        assert "#id_correction-strikes" in both
        counter.performed("correction", shown)
        assert not StatusItem.objects.believed().filter(person=FATHER, kind="child_allowance").exists()
        form = counter.form("correction") | {"correction-group": "address"}
        shown = fields(counter.send("correction", form, "show")) | ON | {"correction-strikes": "on"}
        assert 'id="errors"' in counter.send("correction", shown, "preview", 422)
