"""What the template of a certificate reads: every character looked up before, and set in the font that draws it with
its variation selector. What no font draws is refused with the font's name, never set as a box.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import segno

from enishi.kernel.errors import BadInput
from enishi.platform.fonts import drawn_by, runs
from enishi.platform.glyphs import undrawn
from enishi.register.certificate_sheet import Cell, Row, Sheet

REGISTERED_FONTS = ("IPAmjMincho", "Noto Serif CJK JP")
PAGE_FONTS = ("Noto Sans CJK JP",)
CODE_FONTS = ("DejaVu Sans Mono",)
VERSION = "2026-11"
"""Of the form: a certificate is made again only by the form that made it. Change it with whatever changes the page."""

NOTICE = "見本 SYNTHETIC ・ 公的な証明書ではありません。記載された人物は実在しません。"
HOW_TO_CHECK = (
    "次のページで確認コードを入力するか、QRコードを読み取ると、この証明書が有効かどうかを確かめられます。"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a certificate checkable: number, verification code in groups, checking page and the link to its answer;
    day of issue in words.
    """

    serial: str
    code: str
    checked_at: str
    link: str
    issued_on: str


def words(sheet: Sheet, office: str) -> dict[str, Any]:
    """What the template reads of a certificate issued by `office`, but for its stamp (`stamped`). Raises BadInput for a
    character that no font draws.
    """
    names, page, code = drawn_by(REGISTERED_FONTS), drawn_by(PAGE_FONTS), drawn_by(CODE_FONTS)
    if not (names and page and code):
        raise BadInput(
            f"fonts are missing: {', '.join((*PAGE_FONTS, *CODE_FONTS))} and one of {' or '.join(REGISTERED_FONTS)}",
            where="fonts",
            todo="see `enishi doctor`: on Debian, apt install fonts-noto-cjk fonts-ipamj-mincho fonts-dejavu-core",
        )

    def cell(one: Cell) -> dict[str, Any]:
        for text in (one.value, one.above):
            if missing := undrawn(text, names):
                fonts = " and ".join(font.family for font in names)
                shown = " ".join([missing[0], *(f"U+{ord(letter):04X}" for letter in missing[0])])
                raise BadInput(
                    f"{fonts}: no glyph for {shown}; no certificate was made",
                    where=one.label,
                    todo="install a font that draws it (IPAmj Mincho draws all registered name characters), then ask again",
                )
        return {
            "label": one.label,
            "span": one.span,
            "value": runs(one.value, names),
            "above": runs(one.above, names) if one.above else [],
        }

    def rows(found: tuple[Row, ...]) -> list[list[dict[str, Any]]]:
        return [[cell(one) for one in row] for row in found]

    plain = sheet.title + sheet.sentence + sheet.issuer + office + NOTICE + HOW_TO_CHECK
    if missing := undrawn(plain, page):
        raise BadInput(
            f"the font {PAGE_FONTS[0]} has no glyph for {missing[0]}",
            where="certificate",
            todo="install the whole font",
        )
    return {
        "title": sheet.title,
        "sentence": sheet.sentence,
        "issuer": sheet.issuer,
        "each_on_a_page": sheet.each_on_a_page,
        "common": rows(sheet.common),
        "parts": [rows(part) for part in sheet.parts],
        "notice": NOTICE,
        "how_to_check": HOW_TO_CHECK,
        "office": office,
    }


def stamped(said: dict[str, Any], stamp: Stamp) -> dict[str, Any]:
    """A certificate's words with what makes it checkable."""
    alt = f"確認ページのQRコード。確認コード {stamp.code}"
    return said | {"qr": _qr(stamp.link), "qr_alt": alt} | asdict(stamp)


def _qr(link: str) -> str:
    """The link as a QR code (ISO/IEC 18004, correction level M), as SVG."""
    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
