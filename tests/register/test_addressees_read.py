"""Who is served under an addressee number, read by whom; and acts on whole areas, read a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.models import ReadRecord
from enishi.platform.services import Answer, DutyKind, Reader, appoint
from enishi.register import services, terms
from enishi.register.filing import perform_act
from enishi.register.models import Addressee
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import (
    AddresseeChanged,
    AddresseeEnded,
    AddresseeEntered,
    AddresseesMerged,
    ItemNotice,
    Renumbered,
    Renumbering,
)
from enishi.register.terms import Case, Harm
from enishi.register.vocabulary import StatusKind
from tests.factories import CHIYODA, CHUO, person, small_snapshot
from tests.register.desk import DAY, TODAY, everything, ordered

pytestmark = pytest.mark.django_db
MOTHER, SON, FAR = 1, 2, 9
THERE = Place(CHUO, "築地", postcode="1040045")
BORN = date(1980, 1, 1)


@pytest.fixture(autouse=True)
def nation(tmp_path: Path) -> None:
    home = {"surname": "佐藤", "surname_kana": "サトウ"}
    rows = [
        person(MOTHER, household=7, given="花", given_kana="ハナ", birth_date=BORN, **home),
        person(SON, household=7, relation="child", given="健", given_kana="ケン", **home),
        person(FAR, muni=CHUO),
    ]
    services.load_nation(small_snapshot(tmp_path / "nation", rows))


def clerk(muni: str = CHIYODA, duty: DutyKind = DutyKind.REGISTER_OFFICER) -> Reader:
    user, _ = get_user_model().objects.get_or_create(username=f"{duty}-{muni}")
    appoint(user.pk, duty, muni, date(2020, 1, 1))
    return Reader(f"officer:{user.pk}", "a question", "Basic Resident Register Act 1", muni=muni)


def enter(name: str, kana: str, born: PartialDate | None = None) -> int:
    perform_act(ordered(), AddresseeEntered(name, kana, THERE, born))
    return Addressee.objects.filter(muni=CHIYODA).order_by("-number")[0].number


def lines() -> list[tuple[int | None, str, str]]:
    return list(ReadRecord.objects.order_by("id").values_list("subject", "items", "answer"))


class TestOne:
    def test_somebody_who_lives_elsewhere_is_read_and_recorded_without_a_subject(self) -> None:
        number = enter("山田 太郎", "ヤマダ タロウ", PartialDate.parse("昭和40年5月日不詳"))
        found = services.addressee(clerk(), CHIYODA, number)
        assert found is not None
        assert (found.name, found.address, found.person, found.since) == ("山田 太郎", THERE, None, DAY)
        assert found.born is not None
        assert (found.born.earliest, found.born.latest) == (date(1965, 5, 1), date(1965, 5, 31))
        assert [found.served_on(day) for day in (date(2020, 1, 1), DAY, TODAY)] == [False, True, True]
        assert lines() == [(None, f"name, birth_date, address, addressee {number}", Answer.NOTHING)]

    def test_a_resident_is_read_as_their_record_has_it(self) -> None:
        number = Addressee.objects.get(muni=CHIYODA, person=MOTHER).number
        found = services.addressee(clerk(), CHIYODA, number)
        assert found is not None
        assert (found.name, found.person, found.address, found.served_on(DAY)) == (
            "佐藤 花",
            MOTHER,
            None,
            False,
        )
        assert lines() == [(MOTHER, "name, birth_date", Answer.GIVEN)]

    def test_nobody_of_another_municipality_and_without_the_duty_is_told_anything(self) -> None:
        number = enter("山田 太郎", "ヤマダ タロウ")
        resident = Addressee.objects.get(muni=CHIYODA, person=MOTHER).number
        for reader in (
            clerk(CHUO),
            replace(clerk(), muni=""),
            Reader("key:ab12", "x", "Basic Resident Register Act 1"),
        ):
            assert services.addressee(reader, CHIYODA, number) is None
            assert services.addressee(reader, CHIYODA, resident) is None
            for ask in (services.find_addressees, services.addressee_duplicates):
                with pytest.raises(Refused):
                    ask(reader, CHIYODA, **({"on": DAY} if ask is services.find_addressees else {}))
            with pytest.raises(Refused):
                services.addressees_alike(reader, CHIYODA, "ヤマダ", BORN)
        assert {answer for _who, _items, answer in lines()} == {Answer.REFUSED}
        assert services.addressee(clerk(), CHIYODA, 10**9) is None

    def test_of_a_merged_number_is_told_what_may_be_told_of_the_person(self) -> None:
        number = enter("佐藤 花", "サトウ ハナ", PartialDate.of(BORN))
        kept = Addressee.objects.get(muni=CHIYODA, person=MOTHER).number
        perform_act(ordered(), AddresseesMerged(kept=kept, merged=number))
        found = services.addressee(clerk(), CHIYODA, number)
        assert found is not None
        assert (found.number, found.person, found.address, found.merged_into) == (number, MOTHER, None, kept)
        by = terms.By(CHUO, "officer:7", "key-1", timezone.now(), "asked for")
        services.file_measure(by, Case(MOTHER, Harm.VIOLENCE, other_unnamed=True))
        benefits = clerk(duty=DutyKind.BENEFITS_OFFICER)
        assert services.addressee(benefits, CHIYODA, kept) is None
        assert services.addressee(benefits, CHIYODA, number) is None


class TestMany:
    def test_they_are_found_by_reading_name_and_number_a_page_at_a_time(self) -> None:
        first, second, third = (
            enter("山田 太郎", "ヤマダ タロウ"),
            enter("100%", "ヒャク"),
            enter("山根", "ヤマネ"),
        )
        ended = enter("山川", "ヤマカワ")
        perform_act(ordered(), AddresseeEnded(ended))

        def found(text: str, **more: int) -> list[int]:
            page = services.find_addressees(clerk(), CHIYODA, text, on=TODAY, **more)
            return [one.number for one in page.rows]

        assert found("") == [second, first, third]
        assert found("やま") == [first, third]
        assert found("山田") == [first]
        assert found(str(third)) == [third]
        assert (found("%"), found("100%"), found("_"), found("9" * 30)) == ([], [second], [], [])
        assert found("", size=2, page=2) == [third]
        assert found("", size=2, page=99) == [third]
        page = services.find_addressees(clerk(), CHIYODA, "", on=TODAY, size=2)
        assert (page.total, page.pages, page.number) == (3, 2, 1)
        for wrong in ({"page": 0}, {"size": 201}):
            with pytest.raises(BadInput):
                services.find_addressees(clerk(), CHIYODA, "", on=TODAY, **wrong)

    def test_who_has_the_same_reading_and_birth_is_named_on_the_register_or_not(self) -> None:
        number = enter("さとう花", "さとう はな", PartialDate.of(BORN))
        resident = Addressee.objects.get(muni=CHIYODA, person=MOTHER).number
        alike = services.addressees_alike(clerk(), CHIYODA, "サトウハナ", BORN)
        assert [(one.number, one.person) for one in alike] == [(number, None), (resident, MOTHER)]
        assert services.addressees_alike(clerk(), CHIYODA, "サトウハナ", date(1980, 1, 2)) == ()
        assert services.addressees_alike(clerk(), CHIYODA, "サトウ", BORN) == ()
        (pair,) = services.addressee_duplicates(clerk(), CHIYODA)
        assert (pair.number, pair.other, pair.person) == (number, resident, MOTHER)

    def test_the_act_is_known_by_which_an_addressee_is_what_it_is(self) -> None:
        number = enter("山田 太郎", "ヤマダ タロウ")
        act = Addressee.objects.get(muni=CHIYODA, number=number).act
        assert act is not None
        assert services.addressee_by_act(CHIYODA, act) == number
        later = perform_act(ordered(), AddresseeChanged(number, "山田 次郎", "ヤマダ ジロウ", THERE))
        assert (services.addressee_by_act(CHIYODA, act), services.addressee_by_act(CHIYODA, later)) == (
            None,
            number,
        )
        other = enter("山田 次郎", "ヤマダ ジロウ")
        merged = perform_act(ordered(), AddresseesMerged(kept=number, merged=other))
        assert services.addressee_by_act(CHIYODA, merged) == number


class TestAreas:
    SAID = Renumbering((Renumbered("千代田", "千代田一丁目", "1000001"),))

    def test_a_preview_counts_all_and_reads_a_page(self) -> None:
        before = everything()
        page = services.preview_area(clerk(), ordered(), self.SAID, size=1)
        assert (page.touched, page.pages, [one.person for one in page.changes]) == (2, 2, [MOTHER])
        assert everything() == before
        assert [who for who, _items, _answer in lines()] == [MOTHER]
        last = services.preview_area(clerk(), ordered(), self.SAID, size=1, page=2)
        assert [one.person for one in last.changes] == [SON]
        assert services.preview_area(clerk(), ordered(), self.SAID, size=1, page=3).changes == ()
        assert services.preview_area(clerk(CHUO), ordered(), self.SAID).changes == ()

    def test_its_act_is_shown_a_page_at_a_time_and_any_other_whole(self) -> None:
        number = perform_act(ordered(), self.SAID)
        for page, who in ((1, MOTHER), (2, SON), (9, SON), (0, MOTHER)):
            shown = services.act_shown(clerk(), CHIYODA, number, page=page, size=1)
            assert shown is not None
            assert (shown.total, shown.pages, shown.persons) == (2, 2, (who,))
            assert [one.person for one in shown.changes] == [who]
        assert services.act_shown(clerk(CHUO), CHIYODA, number) is None
        item = perform_act(ordered(), ItemNotice(MOTHER, StatusKind.CHILD_ALLOWANCE, {}))
        whole = services.act_shown(clerk(), CHIYODA, item, page=5, size=1)
        assert whole is not None
        assert (whole.persons, whole.pages, whole.total) == ((MOTHER,), 1, 1)

    def test_somebody_of_whom_the_reader_may_not_be_told_is_counted_and_not_shown(self) -> None:
        number = perform_act(ordered(), self.SAID)
        by = terms.By(CHUO, "officer:7", "key-1", timezone.now(), "asked for")
        services.file_measure(by, Case(MOTHER, Harm.VIOLENCE, other_unnamed=True))
        benefits = clerk(duty=DutyKind.BENEFITS_OFFICER)
        shown = services.act_shown(benefits, CHIYODA, number)
        assert shown is not None
        assert (shown.total, shown.persons) == (2, (SON,))
        assert (MOTHER, Answer.REFUSED) in {(who, answer) for who, _items, answer in lines()}
