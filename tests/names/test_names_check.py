"""`enishi names check`: what is found in a municipality's file, whatever its bytes, and that none of them is lost."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.names.engines.rows import rows
from enishi.names.reporting import Report, safe
from enishi.names.rules.headings import Column, recognised
from enishi.site.cli import main

SOUND = "1,山田　太郎,ヤマダ　タロウ"
ROWS = {
    SOUND: None,
    "2,鈴木　京子,スズキ　キヨウコ": "large kana",
    "3,佐藤　太郎,サトウ　ジロウ": "characters do not bear out",
    "4,渡●　一郎,ワタナベ　イチロウ": "lost character",
    "5,高橋　花子,": "empty",
    "6,高橋　花子,タカハシ　Hanako": "no registered reading",
    "7,JOHN SMITH,ジョン　スミス": None,
    "8,清原　清,キヨハラ　キヨシ": None,
    "9,伊藤　恵,ｲﾄｳ ﾒｸﾞﾐ": None,
    "10,ガルシア　愛,カ゛ルシア　アイ": None,
    "11,\ue000田　愛,シマダ　アイ": "private use",
    '12,"山田　\n花子",ヤマダ　ハナコ': "broken row",
    "13,田　中　太郎,タナカ　タロウ": "cannot be looked at",
    "14,山,ヤ": "cannot be looked at",
    "15,株式会社縁の下の力持ち不動産,カブシキガイシャエンノシタノチカラモチフドウサン": "cannot be looked at",
}
HEADINGS = "宛名番号,氏名,氏名カナ"


def checked(path: Path, *options: str) -> list[dict[str, str]]:
    assert main(["names", "check", str(path), "--language", "en", *options]) == 0
    out = path.with_name(path.stem + "-names")
    assert sorted(one.name for one in out.iterdir()) == sorted(Report.FILES)
    with (out / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-8-sig"])
def test_each_row_has_what_is_wrong_with_it_and_the_others_nothing(tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "residents.csv"
    source.write_bytes(("\r\n".join([HEADINGS, *ROWS]) + "\r\n").encode(encoding))
    found = checked(source)
    by_row: dict[int, list[str]] = {}
    for one in found:
        by_row.setdefault(int(one["row"]), []).append(one["finding"])
    for row, said in enumerate(ROWS.values(), 2):
        told = by_row.get(row, [])
        assert (said is None) == (told == []), (row, told)
        assert said is None or any(said in one for one in told), (row, told)


def test_a_suggestion_is_made_only_where_it_is_likely(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("\n".join([HEADINGS, *ROWS]), encoding="utf-8")
    small, wrong = (next(one for one in checked(source) if one["row"] == row) for row in ("3", "4"))
    assert (small["value"], small["suggestion"]) == ("キヨウコ", "キョウコ")
    assert float(small["share"]) > 0.9
    assert (wrong["value"], wrong["suggestion"]) == ("ジロウ", "タロウ")
    assert "太" in wrong["reason"]


def test_no_byte_of_the_source_is_lost(tmp_path: Path) -> None:
    source = tmp_path / "b.csv"
    broken = b'13,"\x8eR\x93c,\x83\x84\r\n14,\x81\xff,\x82\r\n15,a,b,c,d\r\n\r\n16,\x00,\r\n'.replace(
        b"\x00", b"\x85\x40"
    )
    raw = "\r\n".join([HEADINGS, *ROWS, ""]).encode("cp932") + broken
    source.write_bytes(raw)
    found = checked(source, "--encoding", "cp932")
    assert source.read_bytes() == raw
    first = len(ROWS) + 2
    kinds = {int(one["row"]) - first: one["finding"] for one in found if int(one["row"]) >= first}
    assert kinds[0] == kinds[2] == "broken row"
    assert kinds[1] == "bytes that are no character"
    told = next(one for one in found if one["row"] == str(first + 1) and one["column"] == "氏名カナ")
    assert told["reason"] == "82"
    written = (tmp_path / "b-names" / "checked.csv").read_bytes()
    for before, after in zip(rows(source), rows(tmp_path / "b-names" / "checked.csv"), strict=True):
        assert after.raw.startswith(before.raw.rstrip(b"\r\n"))
    assert written.count(b"\r\n") == raw.count(b"\r\n")


def test_a_wrong_encoding_declared_is_said_row_by_row(tmp_path: Path) -> None:
    source = tmp_path / "c.csv"
    source.write_bytes((HEADINGS + "\n" + SOUND + "\n").encode("cp932"))
    assert main(["names", "check", str(source), "--encoding", "utf-8"]) == 2
    found = checked(source, "--encoding", "utf-8", "--column", "name=2", "--column", "reading=3")
    assert {one["finding"] for one in found} == {"bytes that are no character"}
    assert {one["column"] for one in found} == {"\\x8e\\x81\\x96\\xbc", "\\x8e\\x81\\x96\\xbc\\x83J\\x83i"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no headings"),
        (b"\n", "no headings"),
        ("宛名番号,住所\n1,東京\n".encode(), "no column of names"),
        ("氏名,氏名カナ\n".encode("utf-16"), "no file in UTF-8"),
        ("氏名,氏名カナ\r山田　太郎,ヤマダ　タロウ\r".encode(), "CR alone"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, why: str
) -> None:
    source = tmp_path / "d.csv"
    source.write_bytes(content)
    assert main(["names", "check", str(source)]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "d-names").exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--column", "name"],
        ["--column", "x=1"],
        ["--column", "name=9"],
        ["--column", "name=無い"],
        ["--encoding", "ebcdic"],
    ],
)
def test_options_that_name_nothing_are_refused(tmp_path: Path, options: list[str]) -> None:
    source = tmp_path / "e.csv"
    source.write_text(HEADINGS + "\n" + SOUND + "\n", encoding="utf-8")
    assert main(["names", "check", str(source), *options]) == 2
    assert main(["names", "check", str(tmp_path / "none.csv")]) == 2


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("氏名", Column.NAME),
        ("漢字氏名", Column.NAME),
        ("氏名_漢字", Column.NAME),
        ("ﾌﾘｶﾞﾅ", Column.READING),
        ("氏名フリガナ", Column.READING),
        ("カナ氏名", Column.READING),
        ("氏", Column.SURNAME),
        ("氏（カナ）", Column.SURNAME_READING),
        ("名の振り仮名", Column.GIVEN_READING),
        ("セイ", Column.SURNAME_READING),
        ("メイ", Column.GIVEN_READING),
        ("Family Name", Column.SURNAME),
        ("given_name_kana", Column.GIVEN_READING),
        ("世帯主氏名", None),
        ("住所カナ", None),
        ("", None),
    ],
)
def test_a_column_is_recognised_by_its_heading(heading: str, column: Column | None) -> None:
    assert recognised([heading]) == ({} if column is None else {column: 0})


def test_columns_of_parts_are_used_as_they_are(tmp_path: Path) -> None:
    source = tmp_path / "f.csv"
    source.write_text(
        "氏,名,氏カナ,名カナ\n佐藤,太郎,サトウ,ジロウ\n林,一郎,ハヤシ,イチロウ\n", encoding="utf-8"
    )
    found = checked(source)
    assert [(one["row"], one["column"]) for one in found] == [("2", "名カナ")]


def test_a_character_of_private_use_beyond_the_first_plane_is_found(tmp_path: Path) -> None:
    source = tmp_path / "n.csv"
    source.write_text(f"{HEADINGS}\n1,\U000f0001田　愛,シマダ　アイ\n", encoding="utf-8")
    assert "private use" in checked(source)[0]["finding"]


def test_readings_taken_as_full_width_katakana_are_counted(tmp_path: Path) -> None:
    source = tmp_path / "k.csv"
    source.write_text(
        f"{HEADINGS}\n1,伊藤　恵,ｲﾄｳ ﾒｸﾞﾐ\n2,伊藤　恵,いとう　めぐみ\n{SOUND}\n", encoding="utf-8"
    )
    assert checked(source) == []
    page = (tmp_path / "k-names" / "report.html").read_text(encoding="utf-8")
    assert "Readings taken as full-width katakana: 2" in page


def test_one_byte_that_is_wrong_does_not_change_the_encoding(tmp_path: Path) -> None:
    source = tmp_path / "l.csv"
    source.write_bytes(
        f"{HEADINGS}\n1,山田　太郎,ヤマ\n{SOUND}\n".encode().replace("ヤマ".encode(), "ヤマ".encode()[:-1], 1)
    )
    assert [(one["row"], one["finding"]) for one in checked(source)] == [("2", "bytes that are no character")]


@pytest.mark.parametrize("first", ['"氏名\n(漢字)","フリガナ"', '\ufeff"氏名","フリガナ"', "氏名,フリガナ"])
def test_headings_may_be_quoted_and_have_several_lines(tmp_path: Path, first: str) -> None:
    source = tmp_path / "m.csv"
    source.write_text(f"{first}\n佐藤　太郎,サトウ　ジロウ\n\x1a", encoding="utf-8")
    assert [one["row"] for one in checked(source)] == ["2"]


def test_a_source_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "checked.csv"
    source.write_text(f"{HEADINGS}\n{SOUND}\n", encoding="utf-8")
    assert main(["names", "check", str(source), "--out", str(tmp_path)]) == 2
    assert "written over" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == f"{HEADINGS}\n{SOUND}\n"


def test_the_name_of_a_file_may_have_any_bytes(tmp_path: Path) -> None:
    source = tmp_path / os.fsdecode("住民.csv".encode("cp932"))
    source.write_text(f"{HEADINGS}\n{SOUND}\n", encoding="utf-8")
    assert checked(source) == []


def test_the_page_shows_what_was_found_and_takes_nothing_in_it_for_code(tmp_path: Path) -> None:
    source = tmp_path / "g<i>.csv"
    source.write_text(
        f"{HEADINGS}\n1,<b>山</b>　太郎,<script>\n=1+1,山田　太郎,=HYPERLINK(1)\n", encoding="utf-8"
    )
    found = checked(source)
    page = (tmp_path / "g<i>-names" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "g&lt;i&gt;.csv" in page
    assert not re.search(r"""(src|href)=["']?https?:""", page)
    assert {one["value"][:1] for one in found} <= {"<", "'"}
    assert safe("=1") == "'=1"


@pytest.mark.django_db
@pytest.mark.one_engine
def test_what_officers_chose_for_legacy_characters_is_suggested_and_judged(tmp_path: Path) -> None:
    from enishi.names import legacy
    from enishi.names.models import LegacyChoice

    legacy.take_legacy("131016", [("U+E000", b"", []), ("F040", b"", [])])
    for code in ("U+E000", "F040"):
        LegacyChoice.objects.create(muni="131016", code=code, mj="MJ011111", sequence="島", chosen_by="moji")
    source = tmp_path / "j.csv"
    source.write_text(
        f"{HEADINGS}\n1,\ue000田　愛,シマダ　アイ\n2,\ue001田　愛,シマダ　アイ\n", encoding="utf-8"
    )
    found = [
        (one["row"], one["finding"], one["suggestion"]) for one in checked(source, "--characters", "131016")
    ]
    private = "a character of private use (gaiji)"
    assert found[0] == ("2", private, "島田　愛")
    assert ("3", private, "") in found
    assert {row for row, *_ in found[1:]} == {"3"}


def test_a_sound_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "h.csv"
    source.write_text(f"{HEADINGS}\n{SOUND}\n", encoding="utf-8")
    assert checked(source) == []
    assert "1 rows were looked at; 0 of them have 0 findings" in capsys.readouterr().out
    assert "Nothing was found" in (tmp_path / "h-names" / "report.html").read_text(encoding="utf-8")


def test_a_quotation_that_is_never_closed_swallows_no_other_row(tmp_path: Path) -> None:
    source = tmp_path / "i.csv"
    lines = [
        HEADINGS,
        *[SOUND] * 30,
        '1,"山田　太郎,ヤマダ',
        *[SOUND] * 30,
        '1,"山田　太郎,ヤマダ',
        *[SOUND] * 200,
    ]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert [(one["row"], one["finding"]) for one in checked(source)] == [
        ("32", "broken row"),
        ("63", "broken row"),
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([b'"', b",", b"\n", b"\r\n", b"a", b"\x81\xff", b"\x8e\x52", b'""']), max_size=60
    )
)
def test_rows_put_together_are_the_file(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "x.csv"
    path.write_bytes(b"".join(pieces))
    found = list(rows(path))
    assert b"".join(row.raw for row in found) == path.read_bytes()
    assert [row.number for row in found] == list(range(1, len(found) + 1))
