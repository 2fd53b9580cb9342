"""`enishi names`: one reading explained, and the dictionaries compiled."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from enishi.names.engines.dictionary import FILES
from enishi.site.cli import main


def test_a_reading_is_explained_in_either_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "explain", "心愛", "ココア"]) == 0
    assert "accepted" in capsys.readouterr().out
    assert main(["names", "explain", "心愛", "ココア", "--language", "ja"]) == 0
    assert "受理できる読みです" in capsys.readouterr().out


def test_what_is_typed_in_hiragana_or_half_width_is_taken_as_katakana(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for typed in ("こころ", "ｺｺﾛ"):
        assert main(["names", "explain", "心", typed]) == 0
        assert "心  ココロ" in capsys.readouterr().out


def test_a_candidate_for_refusal_has_an_exit_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "explain", "太郎", "ジロウ"]) == 4
    assert main(["names", "explain", "太郎", "ジロウ", "--filing", "registered"]) == 0
    assert "A person" in capsys.readouterr().out


def test_bad_input_is_named_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "explain", "心", "abc"]) == 2
    assert "reading, character 1" in capsys.readouterr().err


def small_database(path: Path) -> Path:
    """As jamdict-data has it: two characters, given names in which 心 is read ベ, one word of another reading."""
    with sqlite3.connect(path) as db:
        db.executescript(
            """
            CREATE TABLE character (ID INTEGER, literal TEXT);
            CREATE TABLE rm_group (ID INTEGER, cid INTEGER);
            CREATE TABLE reading (gid INTEGER, r_type TEXT, value TEXT);
            CREATE TABLE nanori (cid INTEGER, value TEXT);
            CREATE TABLE NEKanji (idseq INTEGER, text TEXT);
            CREATE TABLE NEKana (idseq INTEGER, text TEXT);
            CREATE TABLE NETranslation (ID INTEGER, idseq INTEGER);
            CREATE TABLE NETransType (tid INTEGER, text TEXT);
            CREATE TABLE Kanji (ID INTEGER, idseq INTEGER, text TEXT);
            CREATE TABLE Kana (ID INTEGER, idseq INTEGER, text TEXT, nokanji BOOLEAN);
            CREATE TABLE KJI (kid INTEGER, text TEXT);
            CREATE TABLE KNI (kid INTEGER, text TEXT);
            INSERT INTO character VALUES (1, '心'), (2, '美');
            INSERT INTO rm_group VALUES (1, 1), (2, 2);
            INSERT INTO reading VALUES (1, 'ja_kun', 'こころ'), (1, 'ja_on', 'シン'), (2, 'ja_on', 'ミ'), (2, 'pinyin', 'mei3');
            INSERT INTO nanori VALUES (2, 'み');
            INSERT INTO Kanji VALUES (1, 1, '心美'), (2, 2, '美心'), (3, 3, '美美');
            INSERT INTO Kana VALUES (1, 1, 'ウラ', 0), (2, 2, 'ミシン', 0), (3, 3, 'ウラ', 0);
            INSERT INTO KJI VALUES (3, 'word containing out-dated kanji');
            """
        )
        for place, name in enumerate(("心美", "美心", "心心美", "美心美", "心美美"), 1):
            db.execute("INSERT INTO NEKanji VALUES (?, ?)", (place, name))
            db.execute("INSERT INTO NETranslation VALUES (?, ?)", (place, place))
            db.execute("INSERT INTO NETransType VALUES (?, 'fem')", (place,))
            reading = {"心心美": "こころべみ"}.get(name, name.replace("心", "べ").replace("美", "み"))
            db.execute("INSERT INTO NEKana VALUES (?, ?)", (place, reading))
        db.execute("INSERT INTO NEKanji VALUES (9, '心美'), (10, '心')")
        db.execute("INSERT INTO NETranslation VALUES (9, 9), (10, 10)")
        db.execute("INSERT INTO NETransType VALUES (9, 'place'), (10, 'surname')")
        db.execute("INSERT INTO NEKana VALUES (9, 'うら'), (10, 'Heart')")
    return path


def test_the_dictionaries_are_compiled_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    database = small_database(tmp_path / "jamdict.db")
    for out in ("a", "b"):
        assert main(["names", "build", str(database), "--out", str(tmp_path / out)]) == 0
    found = {name: pl.read_parquet(tmp_path / "a" / f"{name}.parquet") for name in FILES}
    assert found["characters"].rows() == [("心", "シン", "こころ", ""), ("美", "ミ", "", "み")]
    assert [row[:2] for row in found["names"].rows()] == [
        ("given", name) for name in sorted(("心美", "美心", "心心美", "美心美", "心美美"))
    ]
    assert found["attested"].rows() == [("given", "心", "ベ", 5)]
    assert found["words"].rows() == [("心美", "ウラ")]
    for name in found:
        assert (tmp_path / "a" / f"{name}.parquet").read_bytes() == (
            tmp_path / "b" / f"{name}.parquet"
        ).read_bytes()


def test_what_is_no_database_of_dictionaries_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.db").write_text("not a database, and long enough to be read as one" * 40)
    sqlite3.connect(tmp_path / "y.db").close()
    (tmp_path / "y.db").touch()
    for name in ("x.db", "y.db", "none.db"):
        assert main(["names", "build", str(tmp_path / name), "--out", str(tmp_path / "out")]) == 2
        assert "jamdict" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_data_files_are_small_and_bring_their_licence() -> None:
    folder = files("enishi.names.data")
    sizes = [len(one.read_bytes()) for one in folder.iterdir() if one.name.endswith(".parquet")]
    assert len(sizes) == 6
    assert sum(sizes) < 5_000_000
    licence = (folder / "LICENSE.md").read_text()
    assert "Electronic Dictionary Research and Development Group" in licence
    assert "ShareAlike" in licence
