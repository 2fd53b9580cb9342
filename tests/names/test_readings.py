"""Readings of names: the official examples, what each verdict rests on, and what bad input gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import REGISTERED_KANA, is_registered_kana
from enishi.names.engines.dictionary import dictionary
from enishi.names.services import Change, Evidence, Filing, Finding, Kind, Verdict, examine, explained

OFFICIAL = yaml.safe_load((Path(__file__).parent / "official_examples.yaml").read_text())
CASES = [
    (pair.split(), verdict, why)
    for verdict, groups in OFFICIAL.items()
    for why, pairs in groups.items()
    for pair in pairs
]
CHARACTERS = sorted(dictionary().characters)


@pytest.mark.parametrize(("pair", "verdict", "why"), CASES)
def test_an_official_example_is_judged_as_printed(pair: list[str], verdict: str, why: str) -> None:
    name, reading = pair
    kinds = Kind if verdict == "refuse_candidate" else (Kind.GIVEN,)
    for kind in kinds:
        assert examine(name, reading, kind, Filing.BIRTH).verdict == verdict, why


def shape(finding: Finding) -> list[tuple[str, str, Evidence, tuple[Change, ...]]]:
    return [(part.characters, part.reading, part.evidence, part.changes) for part in finding.parts]


@pytest.mark.parametrize(
    ("name", "reading", "expected"),
    [
        ("勉", "ツトム", [("勉", "ツトム", Evidence.CLASSICAL, ())]),
        ("厚", "アツシ", [("厚", "アツシ", Evidence.CLASSICAL, ())]),
        ("守", "マモル", [("守", "マモル", Evidence.KUN, ())]),
        ("俊平", "シュンペイ", [("俊", "シュン", Evidence.ON, ()), ("平", "ペイ", Evidence.ON, (Change.HALF_VOICED,))]),
        ("達平", "タッペイ", [("達", "タッ", Evidence.ON, (Change.GEMINATED,)), ("平", "ペイ", Evidence.ON, (Change.HALF_VOICED,))]),
        ("百々", "モモ", [("百", "モ", Evidence.NANORI, ()), ("々", "モ", Evidence.NANORI, ())]),
        ("ゆり子", "ユリコ", [("ゆ", "ユ", Evidence.KANA, ()), ("り", "リ", Evidence.KANA, ()), ("子", "コ", Evidence.KUN, ())]),
        ("紅葉", "モミジ", [("紅葉", "モミジ", Evidence.WORD, ())]),
    ],
)  # fmt: skip
def test_each_part_says_what_it_rests_on(name: str, reading: str, expected: object) -> None:
    assert shape(examine(name, reading)) == expected


@pytest.mark.parametrize(
    ("name", "reading", "expected"),
    [
        ("山口", "ヤマグチ", [("山", "ヤマ", ()), ("口", "グチ", (Change.VOICED,))]),
        ("佐々木", "ササキ", [("佐", "サ", ()), ("々", "サ", ()), ("木", "キ", ())]),
        ("三ッ木", "ミツギ", [("三", "ミ", ()), ("ッ", "ツ", ()), ("木", "ギ", (Change.VOICED,))]),
        ("霞ヶ関", "カスミガセキ", [("霞", "カスミ", ()), ("ヶ", "ガ", ()), ("関", "セキ", ())]),
        ("大綱", "オオヅナ", [("大", "オオ", ()), ("綱", "ヅナ", (Change.VOICED,))]),
        ("大綱", "オオズナ", [("大", "オオ", ()), ("綱", "ズナ", (Change.VOICED,))]),
        ("渡邊\U000e0102", "ワタナベ", [("渡", "ワタ", ()), ("邊\U000e0102", "ナベ", ())]),
        ("髙橋", "タカハシ", [("髙", "タカ", ()), ("橋", "ハシ", ())]),
        ("𠮷田", "ヨシダ", [("𠮷", "ヨシ", ()), ("田", "ダ", (Change.VOICED,))]),
    ],
)
def test_a_surname_is_aligned_and_keeps_its_characters(name: str, reading: str, expected: object) -> None:
    finding = examine(name, reading, Kind.SURNAME)
    assert finding.verdict is Verdict.ACCEPT
    assert [(part.characters, part.reading, part.changes) for part in finding.parts] == expected


def test_nothing_is_voiced_at_the_beginning() -> None:
    """Else 光宙 ピカチュウ would pass as a voiced ヒカ."""
    for name, reading in (
        ("光宙", "ピカチュウ"),
        ("心平", "ゴコロヘイ"),
        ("塚", "ヅカ"),
        ("ケイ子", "ガイコ"),
    ):
        finding = examine(name, reading, filing=Filing.BIRTH)
        assert finding.verdict is Verdict.REFUSE_CANDIDATE
        assert finding.parts[0].evidence is Evidence.NONE


def test_what_only_a_list_of_names_bears_out_goes_before_a_person_for_a_new_name() -> None:
    assert examine("海", "マリン", filing=Filing.BIRTH).verdict is Verdict.REVIEW
    assert examine("海", "マリン", filing=Filing.NATURALISATION).verdict is Verdict.REVIEW
    assert examine("海", "マリン", filing=Filing.REGISTERED).verdict is Verdict.ACCEPT


def test_two_silent_characters_go_before_a_person() -> None:
    finding = examine("彩彩夢", "ユメ", filing=Filing.BIRTH)
    assert [part.evidence for part in finding.parts] == [Evidence.SILENT, Evidence.SILENT, Evidence.KUN]
    assert finding.verdict is Verdict.REVIEW


@settings(max_examples=60)
@given(
    st.text(st.sampled_from(CHARACTERS + list("々ヶノゆり")), min_size=1, max_size=5),
    st.text(st.sampled_from(sorted(REGISTERED_KANA)), min_size=1, max_size=10).filter(is_registered_kana),
    st.sampled_from(Kind),
)
def test_every_letter_of_both_stands_in_the_alignment_and_nobody_registered_is_refused(
    name: str, reading: str, kind: Kind
) -> None:
    finding = examine(name, reading, kind, Filing.REGISTERED)
    assert "".join(part.characters for part in finding.parts) == name
    assert "".join(part.reading for part in finding.parts) == reading
    assert finding.verdict is not Verdict.REFUSE_CANDIDATE
    new = examine(name, reading, kind, Filing.BIRTH)
    assert new.parts == finding.parts
    assert (new.verdict is Verdict.ACCEPT) <= (finding.verdict is Verdict.ACCEPT)
    assert examine(name, reading, kind, Filing.NATURALISATION) == new


@pytest.mark.parametrize(
    ("name", "reading", "where"),
    [
        ("", "ア", "name"),
        ("心", "", "reading"),
        ("心", "ココa", "reading, character 3"),
        ("心", "ココ ロ", "reading, character 3"),
        ("心", "ｺｺﾛ", "reading, character 1"),
        ("心", "こころ", "reading, character 1"),
        ("心", "カ\u3099", "reading, character 2"),
        ("心", "ーコ", "reading, character 1"),
        ("心 愛", "ココア", "name, character 2"),
        ("心\ud842", "ココ", "name, character 2"),
        ("心\x00", "ココ", "name, character 2"),
        ("\U000e0102心", "ココ", "name, character 1"),
        ("心" * 51, "ココ", "name"),
        ("心", "コ" * 101, "reading"),
    ],
)
def test_what_is_no_name_or_reading_is_refused_with_its_place(name: str, reading: str, where: str) -> None:
    with pytest.raises(BadInput) as refused:
        examine(name, reading)
    assert refused.value.where == where
    assert name not in str(refused.value) or len(name) < 2


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("name", "reading"),
    [("心愛", "ココア"), ("達平", "タッペイ"), ("紅葉", "モミジ"), ("健", "ケンサマ"), ("彩夢", "ユメ"), ("空美", "ソラ"), ("勉", "ツトム")],
)  # fmt: skip
def test_a_finding_is_told_in_both_languages(name: str, reading: str, language: str) -> None:
    finding = examine(name, reading, filing=Filing.BIRTH)
    lines = explained(finding, Filing.BIRTH, language)
    assert len(lines) >= len(finding.parts) + 2
    assert not re.search(r"\{|\}", "\n".join(lines))
    assert ("戸籍法" in lines[-1]) is (language == "ja")


def test_there_is_no_wording_in_a_third_language() -> None:
    with pytest.raises(BadInput):
        explained(examine("心", "ココロ"), Filing.BIRTH, "fr")
