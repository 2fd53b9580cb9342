"""Which characters a font draws: its character map, read from the font file itself.

Source: OpenType specification, tables `cmap` (formats 4, 12, 14) and the collection header `ttcf`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
INVISIBLE = frozenset("\n\r\t")


@dataclass(frozen=True)
class Coverage:
    """What a font draws: single characters, and pairs of a character and a variation selector."""

    family: str
    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]


def undrawn(text: str, fonts: tuple[Coverage, ...]) -> tuple[str, ...]:
    """The characters of `text` (with their variation selector) that none of the fonts draws, each once, in
    order.
    """
    missing: dict[str, None] = {}
    place = 0
    while place < len(text):
        code = ord(text[place])
        selector = ord(text[place + 1]) if place + 1 < len(text) else 0
        if selector in SELECTORS:
            if not any((code, selector) in font.variants for font in fonts):
                missing[text[place : place + 2]] = None
            place += 2
            continue
        if text[place] not in INVISIBLE and not any(code in font.characters for font in fonts):
            missing[text[place]] = None
        place += 1
    return tuple(missing)


@cache
def coverage(path: Path, index: int, family: str) -> Coverage:
    """A font's coverage. `index`: which font of a collection. Raises OSError or struct.error for no font."""
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    places = {
        tag: offset
        for tag, _, offset, _ in struct.iter_unpack(">4sIII", data[start + 12 : start + 12 + 16 * tables])
    }
    cmap = places[b"cmap"]
    characters: set[int] = set()
    variants: set[tuple[int, int]] = set()
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        table = cmap + offset
        form = struct.unpack_from(">H", data, table)[0]
        if form == 14:
            variants |= _variants(data, table)
        elif form == 12 and (platform, encoding) in ((3, 10), (0, 4), (0, 6)):
            characters |= _groups(data, table)
        elif form == 4 and (platform, encoding) in ((3, 1), (0, 3)):
            characters |= _segments(data, table)
    return Coverage(
        family, frozenset(characters), frozenset(pair for pair in variants if pair[0] in characters)
    )


def _groups(data: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">I", data, table + 12)[0]
    groups = np.frombuffer(data, ">u4", count * 3, table + 16).reshape(count, 3)
    return {
        code
        for first, last, glyph in groups.tolist()
        for code in range(first + (1 if glyph == 0 else 0), last + 1)
    }


def _segments(data: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    last = np.frombuffer(data, ">u2", count, table + 14)
    first = np.frombuffer(data, ">u2", count, table + 16 + 2 * count)
    delta = np.frombuffer(data, ">i2", count, table + 16 + 4 * count)
    ranges = table + 16 + 6 * count
    offsets = np.frombuffer(data, ">u2", count, ranges)
    drawn: set[int] = set()
    for number in range(count):
        for code in range(int(first[number]), int(last[number]) + 1):
            if offset := int(offsets[number]):
                glyph = struct.unpack_from(
                    ">H", data, ranges + 2 * number + offset + 2 * (code - int(first[number]))
                )[0]
            else:
                glyph = (code + int(delta[number])) & 0xFFFF
            if glyph:
                drawn.add(code)
    return drawn - {0xFFFF}


def _variants(data: bytes, table: int) -> set[tuple[int, int]]:
    """Pairs of format 14: a variant's own glyph, or the default glyph where the font names it the default."""
    found: set[tuple[int, int]] = set()
    for number in range(struct.unpack_from(">I", data, table + 6)[0]):
        record = data[table + 10 + 11 * number : table + 21 + 11 * number]
        selector = int.from_bytes(record[:3])
        default, own = struct.unpack(">II", record[3:])
        if default:
            for one in range(struct.unpack_from(">I", data, table + default)[0]):
                entry = data[table + default + 4 + 4 * one : table + default + 8 + 4 * one]
                first = int.from_bytes(entry[:3])
                found |= {(code, selector) for code in range(first, first + entry[3] + 1)}
        if own:
            for one in range(struct.unpack_from(">I", data, table + own)[0]):
                place = table + own + 4 + 5 * one
                found.add((int.from_bytes(data[place : place + 3]), selector))
    return found
