"""Show 5: a certificate rendered to an image has 邉 with its selector, 𠮷 and 髙 as the fonts draw exactly these, and not as
their usual forms; the selector survives the extraction of text.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import typst
from pypdf import PdfReader

from enishi.platform.fonts import drawn_by, runs
from enishi.platform.glyphs import undrawn
from enishi.register.certificate_sheet import Cell, Sheet
from enishi.register.engines.certificate_typesetting import typeset
from enishi.register.engines.certificates import REGISTERED_FONTS, Stamp, stamped, words
from enishi.site.commands import doctor

pytestmark = [
    pytest.mark.skipif(
        not doctor.mincho().there, reason="IPAmj Mincho is not installed: see `enishi doctor`"
    ),
    pytest.mark.skipif(not doctor.fonts().there, reason="fonts are not installed: see `enishi doctor`"),
    pytest.mark.skipif(
        shutil.which("pdftoppm") is None, reason="pdftoppm is missing: apt install poppler-utils"
    ),
]
NABE, NABE_OF_IPA, YOSHI, TAKA = "邉\U000e0102", "邉\U000e0110", "𠮷", "髙"
ORDINARY = {NABE: "邉", NABE_OF_IPA: "邉", YOSHI: "吉", TAKA: "高"}
FONTS = {NABE: "Noto Serif CJK JP", NABE_OF_IPA: "IPAmjMincho", YOSHI: "IPAmjMincho", TAKA: "IPAmjMincho"}
STAMP = Stamp(
    "第1号",
    "131016-0000-0000-0000-0000-0000",
    "http://127.0.0.1/verify/",
    "http://127.0.0.1/verify/x/",
    "令和8年11月23日",
)
DOTS = 600
POINTS = 13
"""The size in which a name is set; the glyph alone is set alike."""


def pages(pdf: bytes, folder: Path, dots: int = DOTS) -> np.ndarray:
    """The first page as an array of grey, 0 black."""
    (folder / "page.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dots), "-gray", "-singlefile", "page.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    data = (folder / "page.pgm").read_bytes()
    _magic, size, _most, raw = data.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(raw, np.uint8).reshape(height, width)


def ink(picture: np.ndarray) -> np.ndarray:
    """What is dark, cut to its bounds."""
    dark = picture < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def alone(character: str, family: str, folder: Path) -> np.ndarray:
    """A character as one font draws it, set alone by another document."""
    source = f'''#set page(width: 30pt, height: 30pt, margin: 4pt)
    #set text(font: "{family}", size: {POINTS}pt, fallback: false, fill: rgb("#1a1a1a"))
    {character}'''
    pdf = typst.compile(source.encode(), format="pdf")
    assert isinstance(pdf, bytes)
    return ink(pages(pdf, folder))


def certificate(name: str) -> bytes:
    rows = ((Cell("氏名", name, 12),),)
    sheet = Sheet("住民票の写し", "証明する。", "東京都千代田区長", False, (), (rows,))
    return typeset(stamped(words(sheet, "千代田区"), STAMP)).pdf


def found_in(page: np.ndarray, glyph: np.ndarray) -> float:
    """How well the best place on the page fits a glyph: shared ink over all ink of both (1.0: the very same dots).

    Only places where the ink begins as the glyph's does are tried: glyphs set at other fractions of a dot differ at edges.
    """
    height, width = glyph.shape
    dark = page < 128
    sums = np.pad(dark.cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32), ((1, 0), (1, 0)))
    ink_of = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    near = np.abs(ink_of - glyph.sum()) < 0.04 * glyph.sum()
    best = 0.0
    for top, left in np.argwhere(near[::1, ::1]).tolist():
        window = dark[top : top + height, left : left + width]
        if not (window[0].any() or window[-1].any()) or not (window[:, 0].any() or window[:, -1].any()):
            continue
        best = max(best, float((window & glyph).sum() / (window | glyph).sum()))
    return best


def names_line(page: np.ndarray) -> np.ndarray:
    """The part of the page where the name stands: below the title, above the sentence."""
    return page[int(DOTS * 1.18) : int(DOTS * 1.55), int(DOTS * 0.7) : int(DOTS * 2.2)]


@pytest.mark.parametrize("character", [NABE, NABE_OF_IPA, YOSHI, TAKA])
def test_a_registered_character_is_drawn_as_its_font_draws_it_and_not_as_the_usual_one(
    character: str, tmp_path: Path
) -> None:
    assert runs(character, drawn_by(REGISTERED_FONTS)) == [(FONTS[character], character)]
    line = names_line(pages(certificate(f"渡{character}　花"), tmp_path))
    right = alone(character, FONTS[character], tmp_path)
    usual = [alone(ORDINARY[character], family, tmp_path) for family in REGISTERED_FONTS]
    same = found_in(line, right)
    others = [found_in(line, one) for one in usual]
    assert same > 0.9, (same, others)
    assert max(others) < same - 0.1, (same, others)


def test_a_name_is_set_in_the_font_that_has_its_variant() -> None:
    fonts = drawn_by(REGISTERED_FONTS)
    mincho = tuple(font for font in fonts if font.family == "IPAmjMincho")
    assert undrawn(NABE, mincho) == (NABE,)
    assert runs(f"渡{NABE}　{YOSHI}{TAKA}", fonts) == [
        ("IPAmjMincho", "渡"),
        ("Noto Serif CJK JP", NABE),
        ("IPAmjMincho", f"　{YOSHI}{TAKA}"),
    ]
    assert runs("", fonts) == []


def test_the_text_of_a_certificate_keeps_selector_and_characters() -> None:
    name = f"渡{NABE}　{YOSHI}{TAKA}"
    text = PdfReader(io.BytesIO(certificate(name))).pages[0].extract_text()
    assert name.replace("　", "") in "".join(text.split())
    other = PdfReader(io.BytesIO(certificate(f"渡{NABE_OF_IPA}"))).pages[0].extract_text()
    assert NABE_OF_IPA in other
    assert NABE not in other
