"""Which registered form a legacy character of private use (外字) is, by its picture: ranked candidates for a person to choose.

Every form of IPAmj Mincho is drawn once, cut to its ink, made 24 pixels wide and high, and blurred a little, since a legacy
bitmap has other margins, other stroke widths and steps. Likeness is the correlation with the picture asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from struct import error as StructError
from zipfile import BadZipFile

import numpy as np
from fontTools.ttLib import TTLibError
from PIL import Image, ImageDraw, ImageFilter, ImageFont, UnidentifiedImageError

from enishi.kernel.errors import BadInput
from enishi.names.engines.characters import drawn, font_path, opened, table
from enishi.names.rules.reduction import is_private

SIDE, BLUR, DRAWN = 24, 0.8, 64
INK = 96
"""From this darkness on (255: black) a pixel is ink."""
BLOCK = 8_192
"""Forms that are made comparable together."""
MOST_PIXELS = 1_024


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered form, its usual sequence of characters, and its likeness: 1 is the same picture."""

    mj: str
    sequence: str
    likeness: float


@dataclass(frozen=True)
class Index:
    """The pictures of all forms: `codes`, and `pictures` (forms, SIDE x SIDE) as bytes."""

    codes: tuple[str, ...]
    pictures: np.ndarray

    def save(self, path: Path) -> None:
        """Keeps it in a file; nothing half-written stays."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez_compressed(file, codes=np.array(self.codes), pictures=self.pictures)
        part.replace(path)

    def identify(self, picture: Image.Image, most: int) -> list[Candidate]:
        """The likeliest forms of one picture, the likeliest first; none of an empty one."""
        asked = _comparable(_cut(picture))
        if asked is None:
            return []
        likeness = self._comparable @ asked
        best = np.argsort(-likeness, kind="stable")[:most]
        sequences = table().sequences
        return [
            Candidate(self.codes[place], sequences[self.codes[place]], round(float(likeness[place]), 4))
            for place in best
        ]

    @cached_property
    def _comparable(self) -> np.ndarray:
        """Every picture around its mean, of length 1."""
        found = np.empty(self.pictures.shape, dtype=np.float32)
        for start in range(0, len(found), BLOCK):
            block = self.pictures[start : start + BLOCK].astype(np.float32)
            block -= block.mean(axis=1, keepdims=True)
            found[start : start + BLOCK] = block / (np.linalg.norm(block, axis=1, keepdims=True) + 1e-6)
        return found


def build_index(progress: Callable[[int, int], None] = lambda done, total: None) -> Index:
    """Draws every form of the installed font, about 59,000. `progress`: called with how many of how many are done."""
    path, sequences = font_path(), table().sequences
    codes = tuple(sorted(sequences))
    pictures = np.zeros((len(codes), SIDE * SIDE), dtype=np.uint8)
    for place, code in enumerate(codes):
        cut = _cut(drawn(sequences[code], path, DRAWN))
        if cut is not None:
            pictures[place] = cut
        if (place + 1) % 1000 == 0 or place + 1 == len(codes):
            progress(place + 1, len(codes))
    return Index(codes, pictures)


def load_index(path: Path) -> Index:
    """An index that was kept. Raises BadInput if there is none, or one of another font."""
    try:
        with np.load(path) as kept:
            index = Index(tuple(map(str, kept["codes"])), kept["pictures"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise BadInput(
            "the pictures of the registered forms are not there",
            where=str(path),
            todo="make them once: enishi names characters build",
        ) from error
    if index.codes != tuple(sorted(table().sequences)):
        raise BadInput(
            "these are the pictures of another version of the font",
            where=str(path),
            todo="make them anew: enishi names characters build",
        )
    return index


def pictures_of(path: Path) -> Iterator[tuple[str, Image.Image]]:
    """(code, picture) of every character in a file: of private use in a font (such as EUDC.TTE), or the one of a picture, whose
    code is the name of the file. Raises BadInput for another file.
    """
    if path.suffix.casefold() in (".tte", ".ttf", ".otf"):
        yield from _of_font(path)
        return
    try:
        with Image.open(path) as picture:
            if max(picture.size) > MOST_PIXELS:
                raise BadInput(
                    f"this picture is larger than {MOST_PIXELS} pixels",
                    where=str(path),
                    todo="give the character alone",
                )
            white = Image.new("RGBA", picture.size, "white")
            yield path.stem, Image.alpha_composite(white, picture.convert("RGBA")).convert("L")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadInput(
            "this is neither a font nor a picture",
            where=str(path),
            todo="give EUDC.TTE, or a PNG, BMP or GIF of one character",
        ) from error


def _of_font(path: Path) -> Iterator[tuple[str, Image.Image]]:
    try:
        points = sorted(opened(path).getBestCmap() or {})
        face = ImageFont.truetype(str(path), DRAWN, layout_engine=ImageFont.Layout.BASIC)
    except (TTLibError, OSError, KeyError, ValueError, AssertionError, StructError) as error:
        raise BadInput(f"this font cannot be read: {error}", where=str(path), todo="give EUDC.TTE") from error
    for point in points:
        if is_private(chr(point)):
            picture = Image.new("L", (DRAWN * 2, DRAWN * 2), 255)
            ImageDraw.Draw(picture).text((DRAWN // 2, DRAWN // 2), chr(point), font=face, fill=0)
            yield f"U+{point:04X}", picture


def as_png(picture: Image.Image) -> bytes:
    """A picture as it is kept: at most 128 pixels, in grey."""
    small = picture.convert("L")
    small.thumbnail((128, 128))
    held = BytesIO()
    small.save(held, "PNG", optimize=True)
    return held.getvalue()


def _cut(picture: Image.Image) -> np.ndarray | None:
    """The ink of a picture, SIDE x SIDE, 255 black; None if there is none. A single pixel away from all others is no ink."""
    dark = 255 - np.asarray(picture.convert("L"), dtype=np.uint8)
    ink = np.pad(dark > INK, 1)
    near = sum(
        np.roll(ink, (down, right), (0, 1)).astype(np.uint8) for down in (-1, 0, 1) for right in (-1, 0, 1)
    )
    solid = (ink & (near >= 3))[1:-1, 1:-1]
    lines, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not len(lines):
        return None
    cut = Image.fromarray(dark[lines[0] : lines[-1] + 1, columns[0] : columns[-1] + 1])
    way = Image.Resampling.BOX if min(cut.size) > SIDE else Image.Resampling.BILINEAR
    blurred = cut.resize((SIDE, SIDE), way).filter(ImageFilter.GaussianBlur(BLUR))
    return np.asarray(blurred, dtype=np.uint8).ravel()


def _comparable(cut: np.ndarray | None) -> np.ndarray | None:
    if cut is None:
        return None
    centred = cut.astype(np.float32) - cut.mean()
    comparable: np.ndarray = centred / (np.linalg.norm(centred) + 1e-6)
    return comparable
