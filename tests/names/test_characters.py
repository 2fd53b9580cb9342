"""Registered forms of characters: codes, pictures, what narrow systems can write, legacy characters found again."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from enishi.kernel.errors import BadInput
from enishi.names.engines import identifying
from enishi.names.engines.characters import drawn, font_path, read_table, table
from enishi.names.rules.reduction import Ground, Option, Reduced, Step, Target, reduced
from enishi.names.services import Target as Door
from enishi.names.services import forms, glyph_png, glyph_svg, identify, load_reduction_map, reduce, variants
from enishi.site.cli import main
from enishi.site.commands import doctor

needs_mincho = pytest.mark.skipif(
    not doctor.mincho().there, reason="IPAmj Mincho is not installed: see `enishi doctor`"
)
NABE = ["邊" + chr(selector) for selector in range(0xE0108, 0xE010E)]


@needs_mincho
def test_the_table_of_the_font_has_every_form_that_it_can_reach() -> None:
    assert table().rows["mj"].n_unique() == 59_127
    assert [form.mj for form in forms("渡邊\U000e010b髙𠮷")] == [
        "MJ015547",
        "MJ026204",
        "MJ028902",
        "MJ032129",
    ]
    assert [form.mj for form in forms("\ue000\U000e0100")] == [None]
    assert len(variants("邊")) == 11


@needs_mincho
def test_every_code_has_a_sequence_that_has_this_code() -> None:
    assert all(table().codes[sequence] == mj for mj, sequence in table().sequences.items())
    assert table().sequences["MJ030268"] == "漢\U000e0103"


@needs_mincho
def test_six_forms_of_one_character_are_six_pictures() -> None:
    codes = [form.mj for one in NABE for form in forms(one)]
    pngs = {glyph_png(mj or "", 96) for mj in codes}
    svgs = {glyph_svg(mj or "") for mj in codes}
    assert len(set(codes)) == len(pngs) == len(svgs) == 6
    for png in pngs:
        with Image.open(BytesIO(png)) as picture:
            assert picture.size == (96, 96)
            dark = sum(picture.convert("L").histogram()[:128])
            assert 0.05 < dark / 96**2 < 0.6


@needs_mincho
@pytest.mark.parametrize("code", ["MJ999999", "mj026200", "../x", "", "aj1"])
def test_what_is_no_code_has_no_picture(code: str) -> None:
    with pytest.raises(BadInput):
        glyph_svg(code)
    with pytest.raises(BadInput):
        glyph_png(code, 64)
    with pytest.raises(BadInput):
        glyph_png("MJ026200", 100_000)


def test_a_file_that_is_no_font_of_the_character_base_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.ttf").write_bytes(b"no font" * 99)
    for path in (tmp_path / "x.ttf", tmp_path / "none.ttf"):
        with pytest.raises(BadInput):
            read_table(path)
    private_font(tmp_path / "EUDC.TTE")
    with pytest.raises(BadInput):
        read_table(tmp_path / "EUDC.TTE")


def private_font(path: Path) -> None:
    """A font with one character of private use: a cross."""
    pen = TTGlyphPen(None)
    for left, low, right, high in ((100, 450, 900, 550), (450, 100, 550, 900)):
        pen.moveTo((left, low))
        for point in ((left, high), (right, high), (right, low)):
            pen.lineTo(point)
        pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "cross"])
    font.setupCharacterMap({0xE000: "cross"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "cross": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (1000, 0), "cross": (1000, 100)})
    font.setupHorizontalHeader(ascent=900, descent=-100)
    font.setupNameTable({"familyName": "EUDC", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)


@pytest.fixture(scope="module")
def few() -> identifying.Index:
    """The pictures of some forms alone: all of them take half a minute."""
    import numpy as np

    codes = tuple(sorted({*variants("邊"), *variants("十"), *variants("斎"), "MJ028902", "MJ028901"}))
    cuts = [identifying._cut(drawn(table().sequences[code], font_path(), 64)) for code in codes]
    return identifying.Index(codes, np.stack([cut for cut in cuts if cut is not None]))


@needs_mincho
def test_a_legacy_bitmap_finds_its_form_again(few: identifying.Index) -> None:
    """48 pixels, black or white, with other margins: the character always, its very form nearly always among three."""
    hits = 0
    for code in few.codes:
        whole = drawn(table().sequences[code], font_path(), 192)
        legacy = Image.new("L", (60, 60), 255)
        legacy.paste(
            whole.resize((48, 48), Image.Resampling.BOX).point(lambda grey: 0 if grey < 200 else 255), (9, 4)
        )
        best = few.identify(legacy, 3)
        hits += code in [one.mj for one in best]
        assert best[0].sequence[0] == table().sequences[code][0]
        assert best[0].likeness >= best[1].likeness
    assert hits >= len(few.codes) - 2
    assert few.identify(Image.new("L", (48, 48), 255), 5) == []


@needs_mincho
def test_a_font_of_private_use_is_read_and_its_characters_are_named(
    few: identifying.Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(identifying, "load_index", lambda path: few)
    private_font(tmp_path / "EUDC.TTE")
    drawn("髙", font_path(), 48).save(tmp_path / "F040.png")
    found = list(identify([tmp_path / "EUDC.TTE", tmp_path / "F040.png"], tmp_path / "one"))
    assert [code for code, _, _ in found] == ["U+E000", "F040"]
    assert found[0][2][0].sequence == "十"
    assert found[1][2][0].mj == "MJ028902"
    assert found[0][1].startswith(b"\x89PNG")
    asked = ["names", "characters", "identify", str(tmp_path / "F040.png"), "--folder", str(tmp_path / "two")]
    assert main(asked) == 0
    assert "髙 MJ028902" in capsys.readouterr().out


@needs_mincho
def test_what_is_no_picture_is_refused_and_so_is_asking_before_building(
    few: identifying.Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG no")
    Image.new("L", (3000, 10)).save(tmp_path / "b.png")
    (tmp_path / "c.tte").write_bytes(b"no font")
    few.save(tmp_path / "pictures.npz")
    for name in ("a.png", "b.png", "c.tte", "d.png"):
        with pytest.raises(BadInput):
            list(identifying.pictures_of(tmp_path / name))
    for folder in (tmp_path, tmp_path / "none"):
        asked = ["names", "characters", "identify", str(tmp_path / "a.png"), "--folder", str(folder)]
        assert main(asked) == 2
        assert "characters build" in capsys.readouterr().err


def test_a_selector_goes_at_once_and_anything_else_waits_for_a_ground() -> None:
    name = [("渡", ""), ("邊", "\U000e010b"), ("髙", ""), ("𠮷", "")]
    found = reduced(name, Target.CP932)
    assert found == Reduced(
        None,
        (Step(2, "邊\U000e010b", "邊", Ground.SELECTOR),),
        ((4, "𠮷", (Option("吉", Ground.FREQUENT),)),),
    )
    assert reduced(name, Target.JIS_X_0213, chosen={"髙": "高", "𠮷": "吉"}).text == "渡邊高吉"
    assert reduced([("\ue000", "")], Target.CP932).open == ((1, "\ue000", ()),)


def test_the_official_map_decides_only_where_it_names_one_character() -> None:
    one = {"𠮷": [Option("吉", Ground.UNIFICATION), Option("告", Ground.ANALOGY)]}
    found = reduced([("𠮷", "")], Target.CP932, one)
    assert (found.text, found.steps) == ("吉", (Step(1, "𠮷", "吉", Ground.UNIFICATION),))
    two = {"𠮷": [Option("吉", Ground.NOTICE_582, 2), Option("舌", Ground.NOTICE_582, 1)]}
    assert [option.character for option in reduced([("𠮷", "")], Target.CP932, two).open[0][2]] == [
        "舌",
        "吉",
    ]
    weak = {"𠮷": [Option("吉", Ground.DICTIONARIES)]}
    assert reduced([("𠮷", "")], Target.CP932, weak).text is None


@needs_mincho
def test_the_official_map_is_loaded_from_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, folder = tmp_path / "map.json", tmp_path / "kept"
    record = {
        "MJ文字図形名": "MJ032129",
        "JIS包摂規準・UCS統合規則": [{"JIS X 0213": "1-21-40", "UCS": "U+5409"}],
        "法務省告示582号別表第四": [
            {"JIS X 0213": "1-21-40", "UCS": "U+5409", "表": "一", "順位": "第1順位"}
        ],
    }
    source.write_text(json.dumps({"meta": {}, "content": [record]}), encoding="utf-8")
    assert reduce("𠮷田", Door.CP932, folder).text is None
    assert load_reduction_map(source, folder) == 2
    assert reduce("𠮷田", Door.CP932, folder).text == "吉田"
    assert main(["names", "characters", "reduce", "𠮷田", "--into", "cp932", "--folder", str(folder)]) == 0
    assert "吉田" in capsys.readouterr().out
    assert main(["names", "characters", "reduce", "𠮷田", "--into", "cp932", "--folder", str(tmp_path)]) == 4


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"content": []}', '{"content": [{"MJ文字図形名": "x"}]}', '{"content": [1]}',
     '{"content": [{"MJ文字図形名": "MJ000001", "読み・字形による類推": [{"UCS": "吉"}]}]}'],
)  # fmt: skip
def test_what_is_no_map_is_refused_and_nothing_is_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / "map.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadInput):
        load_reduction_map(tmp_path / "map.json", tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


@needs_mincho
def test_the_commands_show_and_draw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "characters", "show", "邊\U000e010b\ue000"]) == 0
    said = capsys.readouterr().out
    assert "MJ026204  U+908A U+E010B" in said
    assert "no registered form" in said
    for name in ("a.svg", "a.png"):
        assert main(["names", "characters", "picture", "MJ026204", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 500
    assert main(["names", "characters", "picture", "MJ026204", "--out", str(tmp_path / "a.gif")]) == 2
    assert main(["names", "characters", "picture", "MJ000000", "--out", str(tmp_path / "b.svg")]) == 2
