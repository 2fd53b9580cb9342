"""The office's forms for nationality, stay, names, status items and numbers: each the whole way, each refusal shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
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
    Addressee,
    ForeignStatus,
    PersonName,
    RefusedAct,
    Residence,
    StatusItem,
)
from enishi.register.rules import reports
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.web.register import acts
from enishi.web.register.acts.desk import FORMS, OF_AN_ACT, WITHOUT_FORM
from tests.benefits.offices import officer
from tests.factories import CHIYODA, CHUO
from tests.web import office_desk
from tests.web.conftest import browse
from tests.web.office_desk import (
    ALONE,
    DAY,
    FATHER,
    GUEST,
    MOTHER,
    ON,
    REGISTER,
    TOWN,
    held,
    reader_of,
)
from tests.web.test_act_forms import BASE, LANGUAGES, Counter, fields

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
office, clerk = office_desk.office, office_desk.clerk
PAGES = Path(acts.__file__).parent
NUMBER = "12345678901" + check_digit("12345678901")
JAPANESE = {
    "japanese-surname": "安",
    "japanese-given": "太郎",
    "japanese-surname_kana": "ヤス",
    "japanese-given_kana": "タロウ",
    "japanese-place": "東京都千代田区千代田1番",
    "japanese-first_listed": "安 太郎",
}
LOST = {"lost-whole": "SATO KEN", "lost-nationality": "usa", "facts-evidence": ["passport"]}


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
        assert services.record_as_of(reader_of(clerk), CHIYODA, MOTHER, on=DAY) is None

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
