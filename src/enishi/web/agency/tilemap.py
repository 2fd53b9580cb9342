"""The 47 prefectures as tiles of equal size, each about where it lies; drawn as SVG by the template.

Colour is a ramp of one hue by lightness, so that it reads without colour vision; the level is marked by one to five small
squares besides, and the value stands in the tile as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enishi.web import wording

TILE_WIDTH, TILE_HEIGHT, GAP = 76, 54, 3
LEVELS = 5

ROWS = """
-- -- -- -- -- -- -- -- -- -- -- -- -- 01
-- -- -- -- -- -- -- -- -- -- -- -- 02 --
-- -- -- -- -- -- -- -- -- -- -- 05 03 --
-- -- -- -- -- -- -- -- -- -- -- 06 04 --
-- -- -- -- -- -- -- -- 17 16 15 07 -- --
-- -- -- -- -- -- -- 18 21 20 10 09 08 --
-- -- 35 32 31 28 26 25 23 19 11 13 12 --
41 40 -- 34 33 27 29 24 22 -- 14 -- -- --
42 43 44 -- -- -- 30 -- -- -- -- -- -- --
-- 46 45 38 37 -- -- -- -- -- -- -- -- --
47 -- -- 39 36 -- -- -- -- -- -- -- -- --
""".split("\n")[1:-1]
PLACES = {
    code: (column, row)
    for row, line in enumerate(ROWS)
    for column, code in enumerate(line.split())
    if code != "--"
}


@dataclass(frozen=True)
class Tile:
    """One prefecture: where it is drawn (SVG units), what it says, and its level 0 to 5."""

    code: str
    x: int
    y: int
    name: str
    value: str
    spoken: str
    level: int
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Level:
    """One entry of the legend."""

    level: int
    words: str
    marks: tuple[int, ...]


@dataclass(frozen=True)
class TileMap:
    """A map ready to draw."""

    title: str
    tiles: tuple[Tile, ...]
    legend: tuple[Level, ...]
    width: int = 14 * (TILE_WIDTH + GAP) - GAP
    height: int = 11 * (TILE_HEIGHT + GAP) - GAP


@dataclass(frozen=True)
class Value:
    """What a prefecture shows: its names, the number that is classed, and how it is written, short and in full."""

    name: str
    latin: str
    number: float
    short: str
    full: str


def done_map(parts: Mapping[str, tuple[str, str, int, int]], title: str) -> TileMap:
    """A map of how much is done, in fixed classes. `parts`: by prefecture code its names, part and whole."""
    words = [_("none"), _("up to 25%"), _("up to 50%"), _("up to 75%"), _("less than all"), _("all")]
    tiles = []
    for code, (name, latin, part, whole) in parts.items():
        level = 0 if not part else 5 if part == whole else min(4, -(-part * 4 // whole))
        value = Value(name, latin, part, wording.percent(part, whole), f"{part:,} / {whole:,}")
        tiles.append(_tile(code, value, level))
    return TileMap(title, tuple(tile for tile in tiles if tile), _legend(words))


def classed_map(values: Mapping[str, Value], title: str) -> TileMap:
    """A map of numbers in five classes with about as many prefectures in each; nothing is a class of its own.

    Equal numbers never fall in two classes.
    """
    known = sorted((value.number, value.short) for value in values.values() if value.number)
    ends = (
        [known[max(0, round(len(known) * part / LEVELS) - 1)] for part in range(1, LEVELS + 1)]
        if known
        else []
    )
    words = [_("none"), *(_("up to %(most)s") % {"most": short} for _number, short in ends)]
    tiles = []
    for code, value in values.items():
        level = (
            next(place for place, end in enumerate(ends, 1) if value.number <= end[0]) if value.number else 0
        )
        tiles.append(_tile(code, value, level))
    return TileMap(title, tuple(tile for tile in tiles if tile), _legend(words))


def money(name: str, latin: str, amount: int) -> Value:
    """An amount of yen as a tile shows it."""
    return Value(name, latin, amount, short_yen(amount), wording.yen(amount))


def count(name: str, latin: str, number: int) -> Value:
    """A count as a tile shows it."""
    return Value(name, latin, number, short_count(number), f"{number:,}")


def share(name: str, latin: str, part: int, whole: int) -> Value:
    """A share of a whole as a tile shows it."""
    return Value(
        name, latin, part / whole if whole else 0, wording.percent(part, whole), f"{part:,} / {whole:,}"
    )


def short_yen(amount: int) -> str:
    """Yen in the space of a tile: `1,394億`, `¥139.4bn`."""
    if wording.japanese():
        for unit, word in ((10**12, "兆"), (10**8, "億"), (10**4, "万")):
            if amount >= unit:
                return f"{amount / unit:,.1f}{word}" if amount < 100 * unit else f"{amount // unit:,}{word}"
        return f"{amount:,}"
    for unit, word in ((10**12, "tn"), (10**9, "bn"), (10**6, "m"), (10**3, "k")):
        if amount >= unit:
            return f"¥{amount / unit:,.1f}{word}"
    return f"¥{amount:,}"


def short_count(value: int) -> str:
    """A count in the space of a tile: `13.9万`, `139k`; below 10,000 in full."""
    if value < 10_000:
        return f"{value:,}"
    if wording.japanese():
        return f"{value / 10_000:,.1f}万" if value < 10**6 else f"{value // 10_000:,}万"
    return f"{value / 1000:,.0f}k" if value < 10**6 else f"{value / 10**6:,.1f}m"


def _tile(code: str, value: Value, level: int) -> Tile | None:
    if code not in PLACES:
        return None
    column, row = PLACES[code]
    short = value.name if value.name == "北海道" else value.name[:-1]
    return Tile(
        code=code,
        x=column * (TILE_WIDTH + GAP),
        y=row * (TILE_HEIGHT + GAP),
        name=short if wording.japanese() else value.latin,
        value=value.short,
        spoken=value.full,
        level=level,
        marks=_marks(level),
    )


def _marks(level: int) -> tuple[int, ...]:
    return tuple(6 + place * 8 for place in range(level))


def _legend(words: list[str]) -> tuple[Level, ...]:
    return tuple(Level(level, said, _marks(level)) for level, said in enumerate(words))
