"""The character base for administration (文字情報基盤, MJ) as the installed IPAmj Mincho font has it: each glyph has its MJ code
as its name, and the character map says which characters and variation selectors reach it.

A name is kept as Unicode with selectors (`U+908A U+E010B`), never as a code and never normalized; the code (`MJ026204`) says
which registered form that is. Source: OpenType `cmap` (formats 12 and 14) and `post`; IPAmj Mincho 005.01 (IPA Font License).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from struct import error as StructError
from threading import Lock

import polars as pl
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont, features

from enishi.kernel.errors import BadInput
from enishi.platform.fonts import path_of

FAMILY = "IPAmjMincho"
COLUMNS = {"mj": pl.String, "sequence": pl.String, "plain": pl.Boolean}
"""Of the table: the code, a character with or without its selector, whether without."""
SIZES = range(8, 1025)
"""Pixels that a picture may be high."""


@dataclass(frozen=True)
class MjTable:
    """Which sequence of characters is which registered form. One form may have several: the first one is the usual one."""

    rows: pl.DataFrame

    @cached_property
    def codes(self) -> dict[str, str]:
        """The code of each sequence."""
        return dict(self.rows.select("sequence", "mj").iter_rows())

    @cached_property
    def sequences(self) -> dict[str, str]:
        """The usual sequence of each code."""
        return dict(self.rows.reverse().select("mj", "sequence").iter_rows())

    def variants(self, character: str) -> list[str]:
        """The codes of all forms of one character, in the order of their selectors."""
        found = self.rows.filter(pl.col("sequence").str.starts_with(character)).sort("sequence")
        return list(dict.fromkeys(found["mj"]))


def font_path() -> Path:
    """Where the font is. Raises BadInput with the way to get it."""
    path = path_of(FAMILY)
    if path is None:
        raise BadInput(
            "the font IPAmj Mincho is not installed",
            where="fonts",
            todo="on Debian: apt install fonts-ipamj-mincho",
        )
    return path


def read_table(path: Path) -> MjTable:
    """The table of a font whose glyphs are named by MJ codes. Raises BadInput for another file."""
    try:
        font = opened(path)
        plain = font.getBestCmap() or {}
        tables = [table for table in font["cmap"].tables if table.format == 14]
        pairs = [
            (chr(point) + chr(selector), glyph or plain.get(point, ""))
            for table in tables
            for selector, found in table.uvsDict.items()
            for point, glyph in found
        ]
    except (TTLibError, OSError, KeyError, AttributeError, ValueError, StructError) as error:
        raise BadInput(
            f"this is no font with a character map: {error}", where=str(path), todo="name ipamjm.ttf"
        ) from error
    rows = [(glyph.upper(), chr(point), True) for point, glyph in plain.items() if glyph.startswith("mj")]
    rows += [(glyph.upper(), sequence, False) for sequence, glyph in pairs if glyph.startswith("mj")]
    if not rows:
        raise BadInput(
            "no glyph of this font is named by an MJ code", where=str(path), todo="name ipamjm.ttf"
        )
    found = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    usual = found.with_columns(
        old=pl.col("sequence").str.contains(r"[\x{FE00}-\x{FE0F}\x{F900}-\x{FAFF}\x{2F800}-\x{2FA1F}]")
    )
    return MjTable(usual.sort("mj", "old", pl.col("plain").not_(), "sequence").select(list(COLUMNS)))


def opened(path: Path) -> TTFont:
    """A font, held in memory. Raises OSError or TTLibError for no font."""
    return TTFont(BytesIO(path.read_bytes()), lazy=True)


class Glyphs:
    """Draws the registered forms from the font: the library unpacks an outline when it is first drawn, one thread at a time."""

    def __init__(self, path: Path, table: MjTable) -> None:
        self.path, self.table = path, table
        self._font = opened(path)
        self._glyphs = self._font.getGlyphSet()
        self._drawing = Lock()

    def svg(self, mj: str) -> str:
        """The outline of a form in a square em, as one path in the current colour. Raises BadInput for no code of the font."""
        sequence = self._sequence(mj)
        pen = SVGPathPen(self._glyphs)
        glyph = self._glyphs[mj.lower()]
        with self._drawing:
            glyph.draw(pen)
        units, ascent = self._font["head"].unitsPerEm, self._font["hhea"].ascent
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {glyph.width} {units}" role="img" aria-label="{sequence}">'
            f'<title>{mj}</title><path id="form" fill="currentColor" transform="translate(0 {ascent}) scale(1 -1)" '
            f'd="{pen.getCommands()}"/></svg>\n'
        )

    def png(self, mj: str, size: int) -> bytes:
        """A picture of a form, `size` pixels high, black on white. Raises BadInput for no code of the font or another size."""
        if size not in SIZES:
            raise BadInput(
                f"a picture is {SIZES[0]} to {SIZES[-1]} pixels high", where="size", todo="give another size"
            )
        held = BytesIO()
        drawn(self._sequence(mj), self.path, size).save(held, "PNG", optimize=True)
        return held.getvalue()

    def _sequence(self, mj: str) -> str:
        sequence = self.table.sequences.get(mj)
        if sequence is None:
            raise BadInput(
                "there is no such form in IPAmj Mincho", where="code", todo="use a code such as MJ026200"
            )
        return sequence


def drawn(sequence: str, path: Path, size: int) -> Image.Image:
    """A character with its selector in a square of `size` pixels, 0 black to 255 white. RAQM lays it out: the basic layout of
    Pillow does not know selectors, and draws the usual form and a box.
    """
    picture = Image.new("L", (size, size), 255)
    face = _face(path, size)
    ImageDraw.Draw(picture).text((0, size * 0.88), sequence, font=face, fill=0, anchor="ls")
    return picture


@cache
def _face(path: Path, size: int) -> ImageFont.FreeTypeFont:
    if not features.check("raqm"):
        raise BadInput(
            "RAQM, which draws characters with their selectors, does not work here",
            where="Pillow",
            todo="install Pillow's own wheel and the library FriBiDi (Debian: apt install libfribidi0)",
        )
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)


@cache
def table() -> MjTable:
    """The table of the installed font. Raises BadInput without it."""
    return read_table(font_path())


@cache
def glyphs() -> Glyphs:
    """The glyphs of the installed font. Raises BadInput without it."""
    return Glyphs(font_path(), table())
