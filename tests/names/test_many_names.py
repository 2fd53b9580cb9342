"""Names by the batch: the same verdicts as one by one, readings predicted, small kana put back, full names parted."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import REGISTERED_KANA, is_registered_kana
from enishi.names.engines.dictionary import dictionary
from enishi.names.rules.passport import Long, romanised
from enishi.names.rules.smallness import enlarged, variants
from enishi.names.services import Filing, Kind, Verdict, examine, examine_many, predict, restore, split

LISTED = sorted(dictionary().names[Kind.GIVEN])
CHARACTERS = sorted(dictionary().characters)
NAMES = st.one_of(
    st.sampled_from(LISTED),
    st.text(st.sampled_from([*CHARACTERS, *"々ヶノゆり髙﨑邊\U000e0102"]), min_size=1, max_size=9),
    st.text(max_size=4),
)
READINGS = st.text(st.sampled_from(sorted(REGISTERED_KANA)), min_size=1, max_size=18).filter(
    is_registered_kana
)


def verdict(name: str, reading: str, kind: Kind, filing: Filing) -> str | None:
    try:
        return examine(name, reading, kind, filing).verdict.value
    except BadInput:
        return None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, READINGS), max_size=12), st.sampled_from(Kind), st.sampled_from(Filing))
def test_a_batch_has_the_verdicts_of_one_by_one(
    pairs: list[tuple[str, str]], kind: Kind, filing: Filing
) -> None:
    true = [(name, reading) for name, _ in pairs for reading in dictionary().readings(name, kind)]
    asked = [*pairs, *true, *((name, reading) for (name, _), (_, reading) in zip(pairs, true, strict=False))]
    names, readings = ([pair[place] for pair in asked] for place in (0, 1))
    found = examine_many(
        pl.Series(names, dtype=pl.String), pl.Series(readings, dtype=pl.String), kind, filing
    )
    assert found["verdict"].to_list() == [verdict(name, reading, kind, filing) for name, reading in asked]
    assert found["problem"].is_null().to_list() == found["verdict"].is_not_null().to_list()


def test_many_that_share_characters_are_told_apart() -> None:
    """Enough of every shape that the table of pieces has collisions."""
    names = LISTED[:: len(LISTED) // 3000]
    readings = [next(iter(dictionary().readings(name, Kind.GIVEN))) for name in names]
    wrong = readings[7:] + readings[:7]
    found = examine_many(pl.Series(names * 2), pl.Series(readings + wrong))
    assert set(found["verdict"][: len(names)]) == {Verdict.ACCEPT.value}
    for name, reading, said in list(zip(names, wrong, found["verdict"][len(names) :], strict=True))[::40]:
        assert examine(name, reading).verdict.value == said


def test_what_is_no_name_or_reading_says_so_in_its_row_and_the_others_are_judged() -> None:
    found = examine_many(
        pl.Series(["愛", "", None, "心\x00", "心", "心\ue000"]),
        pl.Series(["アイ", "ア", "ア", "ココロ", "ｺｺﾛ", "ココロ"]),
    )
    assert found["verdict"].to_list() == ["accept", None, None, None, None, None]
    assert "name, character 2" in found["problem"][3]
    assert "reading, character 1" in found["problem"][4]


def test_a_character_newer_than_this_python_is_a_letter() -> None:
    assert examine("\U000323b0", "ア").verdict is Verdict.REVIEW


def test_readings_are_predicted_the_likeliest_first() -> None:
    names = pl.Series(["愛子", "一", "愛子", "龘龘", "渡邊\U000e0102"])
    found = predict(names, Kind.GIVEN, 3)
    assert found.filter(name="愛子")["reading"][0] == "アイコ"
    assert found.filter(name="愛子")["rank"].to_list() == [1, 2, 3]
    for _, group in found.group_by("name"):
        assert group["probability"].is_sorted(descending=True)
        assert 0 < group["probability"].sum() <= 1 + 1e-9
    surnames = predict(names, Kind.SURNAME, 5)
    assert surnames.filter(name="渡邊\U000e0102")["reading"][0] == "ワタナベ"
    assert surnames.filter(name="渡邊\U000e0102")["probability"][0] > 0.9


@pytest.mark.parametrize("names", [[], [""], [None], ["!"], ["〇" * 60]])
def test_of_nothing_nothing_is_predicted(names: list[str | None]) -> None:
    assert len(predict(pl.Series(names, dtype=pl.String), Kind.GIVEN, 5)) == 0


@pytest.mark.parametrize(
    ("name", "reading", "kind", "restored"),
    [
        ("京子", "キヨウコ", Kind.GIVEN, "キョウコ"),
        ("清", "キヨシ", Kind.GIVEN, "キヨシ"),
        ("達郎", "タツロウ", Kind.GIVEN, "タツロウ"),
        ("哲平", "テツペイ", Kind.GIVEN, "テッペイ"),
        ("服部", "ハツトリ", Kind.SURNAME, "ハットリ"),
        ("清原", "キヨハラ", Kind.SURNAME, "キヨハラ"),
        ("", "アイ", Kind.GIVEN, "アイ"),
    ],
)
def test_kana_that_were_written_large_become_small_where_the_characters_say_so(
    name: str, reading: str, kind: Kind, restored: str
) -> None:
    found = restore(pl.Series([name, "愛"]), pl.Series([reading, "アイ"]), kind)
    assert found["restored"].to_list() == [restored, "アイ"]
    assert found["share"][0] > 0.9


def test_where_the_characters_say_nothing_nothing_is_put_back() -> None:
    found = restore(pl.Series(["山", None, "山"]), pl.Series(["キヨウコ", "キヨウ", None]))
    assert found.rows() == [(None, None), (None, None), (None, None)]


@given(READINGS)
def test_every_way_to_write_a_reading_has_the_same_large_letters(reading: str) -> None:
    ways = variants(enlarged(reading))
    assert ways[0] == enlarged(reading)
    assert len(set(ways)) == len(ways) <= 64
    assert {enlarged(way) for way in ways} == {enlarged(reading)}


@pytest.mark.parametrize(
    ("name", "reading", "parts"),
    [
        ("山田太郎", "", ("山田", "太郎", "", "")),
        ("山田　太郎", "", ("山田", "太郎", "", "")),
        ("五十嵐太郎", "イガラシタロウ", ("五十嵐", "太郎", "イガラシ", "タロウ")),
        ("林一郎", "ハヤシイチロウ", ("林", "一郎", "ハヤシ", "イチロウ")),
        ("原田光", "", ("原田", "光", "", "")),
        ("渡邊\U000e0102昭", "", ("渡邊\U000e0102", "昭", "", "")),
        ("森ひかり", "モリ ヒカリ", ("森", "ひかり", "モリ", "ヒカリ")),
    ],
)
def test_a_full_name_is_parted(name: str, reading: str, parts: tuple[str, ...]) -> None:
    found = split(name, reading)
    assert (found.surname, found.given, found.surname_reading, found.given_reading) == parts
    assert found.probability > 0.7


@pytest.mark.parametrize(
    ("name", "reading"),
    [("", ""), ("林", ""), ("林太", "ハ"), ("林" * 60, ""), ("林太", "ハ" * 200), ("林" * 19, "ハ" * 36)],
)
def test_what_has_no_two_parts_is_refused(name: str, reading: str) -> None:
    with pytest.raises(BadInput):
        split(name, reading)


@pytest.mark.parametrize(
    ("name", "reading", "kind", "letters"),
    [
        ("本間", "ホンマ", Kind.SURNAME, "HOMMA"),
        ("難波", "ナンバ", Kind.SURNAME, "NAMBA"),
        ("八丁", "ハッチョウ", Kind.SURNAME, "HATCHO"),
        ("大野", "オオノ", Kind.SURNAME, "ONO"),
        ("河野", "コウノ", Kind.SURNAME, "KONO"),
        ("高遠", "タカトオ", Kind.SURNAME, "TAKATOO"),
        ("高藤", "タカトウ", Kind.SURNAME, "TAKATO"),
        ("井上", "イノウエ", Kind.SURNAME, "INOUE"),
        ("松浦", "マツウラ", Kind.SURNAME, "MATSUURA"),
        ("新島", "ニイジマ", Kind.SURNAME, "NIIJIMA"),
        ("服部", "ハットリ", Kind.SURNAME, "HATTORI"),
        ("日向", "ヒュウガ", Kind.SURNAME, "HYUGA"),
        ("東海林", "ショウジ", Kind.SURNAME, "SHOJI"),
        ("優子", "ユウコ", Kind.GIVEN, "YUKO"),
        ("純一郎", "ジュンイチロウ", Kind.GIVEN, "JUNICHIRO"),
        ("智生", "トモオ", Kind.GIVEN, "TOMOO"),
        ("恵理", "エリ", Kind.GIVEN, "ERI"),
        ("りょう", "リョウ", Kind.GIVEN, "RYO"),
        ("きょうこ", "キョウコ", Kind.GIVEN, "KYOKO"),
        ("ゆう子", "ユウコ", Kind.GIVEN, "YUKO"),
        ("じゅん", "ジュン", Kind.GIVEN, "JUN"),
        ("なっちゃん", "ナッチャン", Kind.GIVEN, "NATCHAN"),
        ("ジェシー", "ジェシー", Kind.GIVEN, "JIESHI"),
        ("ティナ", "ティナ", Kind.GIVEN, "TEINA"),
        ("ウォン", "ウォン", Kind.SURNAME, "UON"),
        ("エヴァ", "エヴァ", Kind.GIVEN, "EBUA"),
        ("オォ", "オォ", Kind.GIVEN, "OO"),
    ],
)
def test_a_passport_has_hepburn_letters_from_the_parts(
    name: str, reading: str, kind: Kind, letters: str
) -> None:
    assert romanised(examine(name, reading, kind)) == letters


def test_a_holder_may_declare_how_long_vowels_are_written() -> None:
    ono, yuko, kono = (
        examine(*pair) for pair in (("大野", "オオノ"), ("優子", "ユウコ"), ("河野", "コウノ"))
    )
    assert [romanised(ono, long) for long in Long] == ["ONO", "OHNO", "OONO"]
    assert [romanised(yuko, long) for long in Long] == ["YUKO", "YUKO", "YUUKO"]
    assert [romanised(kono, long) for long in Long] == ["KONO", "KOHNO", "KOUNO"]


def test_a_vowel_that_two_characters_share_may_be_said_long() -> None:
    kori = examine("桑折", "コオリ", Kind.SURNAME)
    assert romanised(kori) == "KOORI"
    assert romanised(kori, apart=False) == "KORI"


@settings(max_examples=200)
@given(READINGS, st.sampled_from(Long))
def test_whatever_is_registered_has_letters_of_a_passport(reading: str, long: Long) -> None:
    letters = romanised(examine("心", reading), long)
    assert letters.isascii()
    assert letters.isupper() or not letters
