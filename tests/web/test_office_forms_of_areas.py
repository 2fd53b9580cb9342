"""A renumbering as a form: one town, a whole area as a list, page by page; each refusal at its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from enishi.platform.services import DutyKind
from enishi.register import services, terms
from enishi.register.models import (
    Act,
    Address,
)
from enishi.register.rules.catalogue import Kind
from tests.benefits.offices import officer
from tests.factories import CHIYODA, CHUO, SAPPORO
from tests.web import office_desk
from tests.web.conftest import browse
from tests.web.office_desk import (
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
        assert services.act_shown(reader_of(clerk), CHIYODA, number).total == 61  # type: ignore[union-attr]
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
