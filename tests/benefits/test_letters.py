"""Letters as they leave the printer: one page each, nothing that was not registered, never a box for a character."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from enishi.benefits import letters, services, typesetting
from enishi.kernel.errors import BadInput, EnishiError
from enishi.platform import glyphs
from enishi.site.cli import main
from enishi.site.commands import doctor
from tests import factories
from tests.benefits import offices
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA, person

FONTS = doctor.fonts().there
needs_fonts = pytest.mark.skipif(not FONTS, reason="fonts for letters are not installed: see `enishi doctor`")
needs_mincho = pytest.mark.skipif(
    not doctor.mincho().there, reason="IPAmj Mincho is not installed: see `enishi doctor`"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return offices.computed(tmp_path_factory.mktemp("letters"))


def texts(pdf: bytes | Path) -> list[str]:
    """What stands on each page, without spaces."""
    source: Any = io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf
    return ["".join(page.extract_text().split()) for page in PdfReader(source).pages]


def letter(**said: str) -> dict[str, str]:
    return {
        "payment": "33",
        "name": "渡邊　髙志",
        "postcode": "100-0005",
        "address": "東京都千代田区丸の内",
        "amount": "100,000",
        "persons": "1",
        "delivery": "post",
    } | said


@needs_fonts
def test_a_municipalitys_letters_are_one_page_each_with_address_amount_and_what_happens_next(
    run: Path, tmp_path: Path
) -> None:
    (file,) = letters.make(run, CHIYODA, tmp_path / "out")
    assert file.name == "letters-131016-0001.pdf"
    (page,) = texts(file)
    for said in ("渡邊髙志様", "〒100-0005", "東京都千代田区丸の内", "100,000円", "支払番号33", "千代田区"):
        assert said in page
    assert page.count("渡邊髙志") == 2


@needs_fonts
def test_the_command_line_prints_the_same_letters(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["benefits", "letters", str(run), "--municipality", CHIYODA, "--out", str(tmp_path / "cli")]
    assert main(arguments) == 0
    printed = Path(capsys.readouterr().out.strip())
    assert printed.read_bytes() == letters.make(run, CHIYODA, tmp_path / "door")[0].read_bytes()


@needs_fonts
def test_every_page_says_that_it_is_synthetic_and_not_official() -> None:
    for page in texts(letters.set_letters([letter(), letter(payment="34")], "給付金", "千代田区", "100,000")):
        assert "見本" in page
        assert "SYNTHETIC" in page
        assert "Notanofficialservice" in page
        assert "これからの流れ" in page


@needs_fonts
def test_a_protected_persons_letter_is_handed_over_and_bears_no_address(run: Path, tmp_path: Path) -> None:
    (file,) = letters.make(run, CHUO, tmp_path / "out")
    (page,) = texts(file)
    assert "この窓口でお渡しします" in page
    assert "Tobehandedoverbythisoffice" in page
    assert "渡辺海" in page
    for secret in ("〒", "横浜", "鶴見", "神奈川", "230"):
        assert secret not in page


@pytest.mark.parametrize("muni", [SAPPORO, YOKOHAMA, "999999"])
def test_no_letters_no_file(run: Path, tmp_path: Path, muni: str) -> None:
    assert letters.make(run, muni, tmp_path / "out") == []
    assert not (tmp_path / "out").exists()


@needs_fonts
def test_letters_are_bound_in_volumes_in_order_of_their_numbers(tmp_path: Path) -> None:
    people = [person(number) for number in range(1, 8)]
    factories.small_snapshot(tmp_path / "nation", people)
    services.run_programme(offices.PUSH, tmp_path / "nation", tmp_path / "run", workers=1)
    files = letters.make(tmp_path / "run", CHIYODA, tmp_path / "out", volume_pages=3)
    assert [file.name for file in files] == [f"letters-131016-000{number}.pdf" for number in (1, 2, 3)]
    pages = [page for file in files for page in texts(file)]
    assert [f"支払番号{number}" in page for number, page in enumerate(pages, start=1)] == [True] * 7
    assert letters.volumes_of(tmp_path / "run", CHIYODA, 3) == [3, 3, 1]


@needs_fonts
def test_the_same_letters_are_the_same_bytes() -> None:
    made = [letters.set_letters([letter()], "給付金", "千代田区", "100,000") for _ in range(2)]
    assert made[0] == made[1]


@needs_fonts
@pytest.mark.parametrize("where", ["name", "address"])
def test_a_character_that_no_font_draws_is_refused_by_font_and_payment(where: str) -> None:
    wrong = letter(payment="77", **{where: "試験\U0001f9ff"})
    with pytest.raises(BadInput) as caught:
        letters.set_letters([letter(), wrong], "給付金", "千代田区", "100,000")
    text = str(caught.value)
    assert "payment 77" in text
    assert "Noto Serif CJK JP" in text
    assert "U+1F9FF" in text


@needs_fonts
def test_a_refused_volume_leaves_no_file(tmp_path: Path) -> None:
    factories.small_snapshot(tmp_path / "nation", [person(1), person(2, given="\U0001f9ff")])
    services.run_programme(offices.PUSH, tmp_path / "nation", tmp_path / "run", workers=1)
    with pytest.raises(BadInput, match="no letter was printed"):
        letters.make(tmp_path / "run", CHIYODA, tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))


@needs_mincho
@needs_fonts
def test_a_registered_variant_is_drawn_and_one_that_no_font_has_is_refused() -> None:
    right = letter(name="渡邊\U000e0101　髙志")
    page = texts(letters.set_letters([right], "給付金", "千代田区", "100,000"))[0]
    assert "渡邊" in page
    with pytest.raises(BadInput, match="U\\+90A3 U\\+E01EF"):
        letters.set_letters([letter(name="渡那\U000e01ef")], "給付金", "千代田区", "100,000")


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a complete run"):
        letters.make(tmp_path, CHIYODA, tmp_path / "out")


@needs_fonts
def test_what_typst_cannot_set_is_an_error_in_words_and_nothing_personal_is_in_it() -> None:
    with pytest.raises(EnishiError, match="could not be set") as caught:
        typesetting.typeset(
            {"title": "給付金", "office": "千代田区", "each": "1", "letters": [{"name": "渡邊　髙志"}]}
        )
    assert "渡邊" not in str(caught.value)


def font(subtables: list[tuple[int, int, bytes]]) -> bytes:
    """A font file with nothing but a character map."""
    header = struct.pack(">HH", 0, len(subtables))
    body, place = b"", len(header) + 8 * len(subtables)
    for platform, encoding, table in subtables:
        header += struct.pack(">HHI", platform, encoding, place + len(body))
        body += table
    cmap = header + body
    directory = struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0)
    return directory + struct.pack(">4sIII", b"cmap", 0, len(directory) + 16, len(cmap)) + cmap


def ranges_of(codes: set[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def format_4(codes: set[int]) -> bytes:
    """By offset where the range begins on an even code, by delta elsewhere: both ways of the format."""
    ranges = [*ranges_of(codes), (0xFFFF, 0xFFFF)]
    count = len(ranges)
    glyph_ids: list[int] = []
    deltas, offsets = [], []
    for number, (first, last) in enumerate(ranges):
        if first % 2 == 0:
            offsets.append(2 * (count - number) + 2 * len(glyph_ids))
            glyph_ids += range(1, last - first + 2)
            deltas.append(0)
        else:
            offsets.append(0)
            deltas.append((1 - first) % 0x10000)
    words = [
        count * 2,
        0,
        0,
        0,
        *(last for _, last in ranges),
        0,
        *(first for first, _ in ranges),
        *deltas,
        *offsets,
        *glyph_ids,
    ]
    return struct.pack(f">HHH{len(words)}H", 4, 6 + 2 * len(words), 0, *words)


def format_12(codes: set[int]) -> bytes:
    ranges = ranges_of(codes)
    groups = b"".join(struct.pack(">III", first, last, 1) for first, last in ranges)
    return struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(ranges)) + groups


@settings(max_examples=60)
@given(
    low=st.sets(st.one_of(st.integers(0x20, 0x60), st.integers(0x4E00, 0x4E40)), min_size=1),
    high=st.sets(st.integers(0x20000, 0x20040)),
)
def test_a_fonts_map_is_read_as_it_was_written(low: set[int], high: set[int], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("font") / "made.ttf"
    path.write_bytes(font([(3, 1, format_4(low)), (3, 10, format_12(low | high))]))
    assert glyphs.coverage(path, 0, "made").characters == low | high
    only = path.with_name("low.ttf")
    only.write_bytes(font([(3, 1, format_4(low))]))
    assert glyphs.coverage(only, 0, "low").characters == low
    text = "".join(map(chr, sorted(low | high)))
    assert glyphs.undrawn(text, (glyphs.coverage(only, 0, "low"),)) == tuple(map(chr, sorted(high)))


def test_variants_are_those_that_the_font_names_by_default_or_by_a_glyph_of_their_own(tmp_path: Path) -> None:
    default = struct.pack(">I", 1) + (0x4E00).to_bytes(3) + bytes([1])
    own = struct.pack(">I", 1) + (0x4E05).to_bytes(3) + struct.pack(">H", 9)
    place = 10 + 11
    record = (0xE0100).to_bytes(3) + struct.pack(">II", place, place + len(default))
    table = struct.pack(">HII", 14, place + len(default) + len(own), 1) + record + default + own
    path = tmp_path / "variants.ttf"
    path.write_bytes(font([(0, 5, table), (3, 1, format_4({0x4E00, 0x4E01, 0x4E02, 0x4E05}))]))
    drawn = (glyphs.coverage(path, 0, "variants"),)
    assert drawn[0].variants == {(0x4E00, 0xE0100), (0x4E01, 0xE0100), (0x4E05, 0xE0100)}
    assert glyphs.undrawn("\u4e00\U000e0100\u4e05\U000e0100\u4e02", drawn) == ()
    assert glyphs.undrawn("\u4e02\U000e0100", drawn) == ("\u4e02\U000e0100",)
    assert glyphs.undrawn("\u4e00\U000e0101", drawn) == ("\u4e00\U000e0101",)
