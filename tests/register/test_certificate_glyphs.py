"""Show 5: a certificate rendered to an image has 邉 with its selector, 𠮷 and 髙 as the fonts draw exactly these, and not as
their usual forms; the selector survives the extraction of text.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader

from enishi.platform.fonts import drawn_by, runs
from enishi.platform.glyphs import undrawn
from enishi.register.certificate_sheet import Cell, Sheet
from enishi.register.engines.certificate_typesetting import typeset
from enishi.register.engines.certificates import REGISTERED_FONTS, Stamp, stamped, words
from enishi.site.commands import doctor
from tests.drawn import DOTS, alone, first_page, found_in

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
POINTS = 13
"""The size in which a name is set; the glyph alone is set alike."""


def certificate(name: str) -> bytes:
    rows = ((Cell("氏名", name, 12),),)
    sheet = Sheet("住民票の写し", "証明する。", "東京都千代田区長", False, (), (rows,))
    return typeset(stamped(words(sheet, "千代田区"), STAMP)).pdf


def names_line(page: np.ndarray) -> np.ndarray:
    """The part of the page where the name stands: below the title, above the sentence."""
    return page[int(DOTS * 1.18) : int(DOTS * 1.55), int(DOTS * 0.7) : int(DOTS * 2.2)]


@pytest.mark.parametrize("character", [NABE, NABE_OF_IPA, YOSHI, TAKA])
def test_a_registered_character_is_drawn_as_its_font_draws_it_and_not_as_the_usual_one(
    character: str, tmp_path: Path
) -> None:
    assert runs(character, drawn_by(REGISTERED_FONTS)) == [(FONTS[character], character)]
    line = names_line(first_page(certificate(f"渡{character}　花"), tmp_path))
    right = alone(character, FONTS[character], tmp_path, POINTS)
    usual = [alone(ORDINARY[character], family, tmp_path, POINTS) for family in REGISTERED_FONTS]
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
