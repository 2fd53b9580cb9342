"""Persons served who are not on the register: entered, changed, ended, found, and two numbers made one."""

from __future__ import annotations

from datetime import date

import pytest

from enishi.platform.models import ReadRecord
from enishi.register import services
from enishi.register.models import (
    Addressee,
    RefusedAct,
)
from tests.factories import CHIYODA
from tests.web import office_desk
from tests.web.office_desk import (
    DAY,
    FATHER,
    ON,
    REGISTER,
    reader_of,
)
from tests.web.test_act_forms import LANGUAGES, Counter, fields

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
office, clerk = office_desk.office, office_desk.clerk
THERE = {"to-postcode": "1040045", "to-muni": "中央区", "to-town": "築地", "to-block": "1丁目"}
WHO = {"who-name": "山田 太郎", "who-kana": "ヤマダ タロウ", "who-born": "S40.5.5", **THERE}


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
        born = services.seated(reader_of(clerk), CHIYODA, FATHER, on=DAY)[0].birth_date
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
