"""A letter rendered to an image has each registered character as its font draws this very character, in address and slip."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from enishi.benefits import letters
from enishi.platform.fonts import drawn_by, runs
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
NABE, YOSHI = "邉\U000e0102", "𠮷"
FONTS = {NABE: "Noto Serif CJK JP", YOSHI: "IPAmjMincho"}
ORDINARY = {NABE: "邉", YOSHI: "吉"}
PARTS = {"window": (15, 20, 42, 110, 22), "slip": (13, 216, 226, 100, 24), "address": (11.5, 18, 32, 110, 22)}
"""Size of the text in points; top, bottom, right and left in millimetres."""


def letter(name: str, address: str) -> bytes:
    said = {"payment": "33", "name": name, "postcode": "100-0005", "address": address, "amount": "100,000"}
    return letters.set_letters([said | {"persons": "1", "delivery": "post"}], "給付金", "千代田区", "100,000")


def dots(millimetres: float) -> int:
    return round(millimetres / 25.4 * DOTS)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("character", [NABE, YOSHI])
def test_a_registered_character_is_drawn_as_its_font_draws_it_and_not_as_the_usual_one(
    character: str, part: str, tmp_path: Path
) -> None:
    assert runs(character, drawn_by(letters.REGISTERED_FONTS)) == [(FONTS[character], character)]
    whole = first_page(letter(f"川{character}　花", f"東京都{character}町"), tmp_path)
    points, top, bottom, right, left = PARTS[part]
    place = whole[dots(top) : dots(bottom), dots(left) : dots(right)]
    same = found_in(place, alone(character, FONTS[character], tmp_path, points))
    others = [
        found_in(place, alone(ORDINARY[character], family, tmp_path, points))
        for family in letters.REGISTERED_FONTS
    ]
    assert same > 0.9, (same, others)
    assert max(others) < same - 0.1, (same, others)


def test_the_text_of_a_letter_keeps_the_selector_and_an_empty_address_is_no_error() -> None:
    text = PdfReader(io.BytesIO(letter(f"渡{NABE}", ""))).pages[0].extract_text()
    assert text.count(NABE) == 2
