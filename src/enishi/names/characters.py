"""What other rooms ask of characters: which registered form each is, its picture, and what a narrow system can write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from enishi.names.engines import characters, identifying, shrink_map
from enishi.names.engines.identifying import Candidate
from enishi.names.rules.reduction import Option, Reduced, Target, fits, reduced
from enishi.platform.fonts import clusters

__all__ = [
    "Form",
    "build_characters",
    "fits",
    "forms",
    "glyph_png",
    "glyph_svg",
    "identify",
    "load_reduction_map",
    "reduce",
    "variants",
]
PICTURES, TABLE, REDUCTION = "pictures.npz", "mj.parquet", "reduction.parquet"
"""Files in the folder of this installation: kept once, read by whoever needs them."""


@dataclass(frozen=True, slots=True)
class Form:
    """One character of a name with its selector, and its MJ code; None if the character base has no such form."""

    sequence: str
    mj: str | None


def forms(name: str) -> list[Form]:
    """The registered form of each character of a name. Raises BadInput if the font is not installed."""
    codes = characters.table().codes
    return [Form(one, codes.get(one)) for one in clusters(name)]


def variants(character: str) -> list[str]:
    """The MJ codes of all forms of one character. Raises BadInput if the font is not installed."""
    return characters.table().variants(character)


def glyph_svg(mj: str) -> str:
    """The outline of a form as SVG. Raises BadInput for no such form, or without the font."""
    return characters.glyphs().svg(mj)


def glyph_png(mj: str, size: int) -> bytes:
    """A picture of a form, `size` pixels high. Raises BadInput for no such form, another size, or without the font."""
    return characters.glyphs().png(mj, size)


def build_characters(
    folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Keeps the table of the installed font and the pictures of its forms in `folder`; how many of each. Raises BadInput."""
    table = characters.table()
    folder.mkdir(parents=True, exist_ok=True)
    table.rows.write_parquet(folder / TABLE)
    index = identifying.build_index(progress)
    index.save(folder / PICTURES)
    sequences = table.rows
    return {
        "forms": len(index.codes),
        "by character alone": sequences.filter("plain")["mj"].n_unique(),
        "variation sequences": len(sequences.filter(~pl.col("plain"))),
    }


def identify(
    files: Iterable[Path], folder: Path, most: int = 5
) -> Iterable[tuple[str, bytes, list[Candidate]]]:
    """(code, picture as PNG, candidates) of every legacy character in some files (fonts such as EUDC.TTE, or pictures). `folder`:
    of `build_characters`. Raises BadInput for another file, or if nothing was built.
    """
    index = _index(folder / PICTURES)
    for path in files:
        for code, picture in identifying.pictures_of(path):
            yield code, identifying.as_png(picture), index.identify(picture, most)


def load_reduction_map(source: Path, folder: Path) -> int:
    """Takes the official reduction map in from its JSON file; how many ways to reduce it has. Raises BadInput."""
    frame = shrink_map.read_map(source)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{REDUCTION}.part"
    frame.write_parquet(part)
    part.replace(folder / REDUCTION)
    _options.cache_clear()
    return len(frame)


def reduce(name: str, target: Target, folder: Path, chosen: Mapping[str, str] | None = None) -> Reduced:
    """A name as a narrow system can write it, with each step and its ground; what a person has to choose stays open. `folder`: of
    `load_reduction_map`; without it only selectors are taken off. Raises BadInput if the font is not installed.
    """
    path = folder / REDUCTION
    official = _options(path, path.stat().st_mtime_ns) if path.is_file() else {}
    return reduced([(one[0], one[1:]) for one in clusters(name)], target, official, chosen)


@lru_cache(maxsize=2)
def _index(path: Path) -> identifying.Index:
    return identifying.load_index(path)


@lru_cache(maxsize=2)
def _options(path: Path, _changed: int) -> dict[str, list[Option]]:
    return shrink_map.options(pl.read_parquet(path), characters.table())
