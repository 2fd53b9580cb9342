"""The fonts of this system, and which of them draws which character of a name.

A font that has a character but not the variant that its selector names draws the character's usual form, silently.
So documents are set in runs: each character with its selector in the first font that draws this very pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

from enishi.platform.glyphs import SELECTORS, Coverage, coverage, undrawn


@dataclass(frozen=True)
class _Chosen:
    path: Path
    index: int


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False)


@cache
def path_of(family: str) -> Path | None:
    """The file of an installed font that has a file of its own; None if there is none."""
    found = [font for font in _fonts().fonts() if font.path and font.family == family and font.index == 0]
    return Path(str(min(found, key=lambda font: abs(font.weight - 400)).path)) if found else None


@cache
def drawn_by(families: tuple[str, ...]) -> tuple[Coverage, ...]:
    """The coverage of the installed ones of some families (their regular weight), in that order."""
    regular: dict[str, _Chosen] = {}
    for font in sorted(_fonts().fonts(), key=lambda font: abs(font.weight - 400)):
        if font.path and font.family in families and font.style == "normal":
            regular.setdefault(font.family, _Chosen(Path(font.path), font.index))
    return tuple(
        coverage(regular[family].path, regular[family].index, family)
        for family in families
        if family in regular
    )


def runs(text: str, fonts: tuple[Coverage, ...]) -> list[tuple[str, str]]:
    """`text` in pieces, each with the family of the first font that draws all of it. What none draws (see
    `glyphs.undrawn`) stands with the first font.
    """
    found: list[tuple[str, str]] = []
    for cluster in clusters(text):
        family = next((font.family for font in fonts if not undrawn(cluster, (font,))), fonts[0].family)
        if found and found[-1][0] == family:
            found[-1] = (family, found[-1][1] + cluster)
        else:
            found.append((family, cluster))
    return found


def clusters(text: str) -> list[str]:
    """The characters of a text, each with the selectors behind it."""
    found: list[str] = []
    for letter in text:
        if found and ord(letter) in SELECTORS:
            found[-1] += letter
        else:
            found.append(letter)
    return found
