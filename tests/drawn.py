"""What of a PDF is drawn: a page as dots, a glyph as its font draws it alone, and how well one is found in the other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import typst

DOTS = 600
"""Dots an inch."""


def first_page(pdf: bytes, folder: Path, dots: int = DOTS) -> np.ndarray:
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


def alone(character: str, family: str, folder: Path, points: float) -> np.ndarray:
    """A character as one font draws it, set alone by another document."""
    source = f'''#set page(width: 30pt, height: 30pt, margin: 4pt)
    #set text(font: "{family}", size: {points}pt, fallback: false, fill: rgb("#1a1a1a"))
    {character}'''
    pdf = typst.compile(source.encode(), format="pdf")
    assert isinstance(pdf, bytes)
    return ink(first_page(pdf, folder))


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
