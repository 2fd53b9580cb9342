"""Where a full name parts into surname and given name, with its reading or without."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log, prod

from enishi.kernel.errors import BadInput
from enishi.names.engines.dictionary import SELECTORS, dictionary
from enishi.names.examining import LONGEST_NAME, LONGEST_READING, aligner
from enishi.names.rules.readings import Evidence, Kind

LISTED = 0.5
"""A name of a list without listed persons counts as so many persons."""
UNLISTED = 0.01
"""A surname or given name on no list."""
USUAL = {Kind.SURNAME: (0.08, 0.75, 0.16), Kind.GIVEN: (0.11, 0.71, 0.18)}
"""The shares of one, two and more characters among the surnames and given names of listed persons."""
LONGEST_PART, LONGEST_PART_READING = 6, 12
"""Characters, and letters of the reading, of a surname or given name in a full name that has no space."""
SEPARATORS = " \u3000"


@dataclass(frozen=True, slots=True)
class FullName:
    """A full name in its two parts, each with its reading if one was given; `probability` against all other ways to part it."""

    surname: str
    given: str
    surname_reading: str
    given_reading: str
    probability: float


def split(name: str, reading: str = "") -> FullName:
    """Parts a full name; where it has one space, there. `reading`: of the whole, in katakana, with a space or without, or empty.

    Raises BadInput if name or reading is too long or cannot have two parts.
    """
    for text, what, longest in ((name, "name", LONGEST_NAME), (reading, "reading", LONGEST_READING)):
        if len(text) > longest:
            raise BadInput(
                f"the {what} is longer than {longest} characters", where=what, todo="give one person's name"
            )
    cuts = [
        (parts, readings)
        for parts in _cuts(name, LONGEST_PART)
        for readings in (_cuts(reading, LONGEST_PART_READING) if reading else [("", "")])
    ]
    if len(cuts) == 1:
        return FullName(*cuts[0][0], *cuts[0][1], 1.0)
    listed = [cut for cut in cuts if _are_listed(*cut)]
    ways = [FullName(*parts, *readings, _weight(parts, readings)) for parts, readings in listed or cuts]
    if not ways:
        raise BadInput(
            "this cannot be a surname and a given name",
            where="reading" if _cuts(name, LONGEST_PART) else "name",
            todo="give a full name of two characters or more, with a reading of two letters or more or none",
        )
    best = max(ways, key=lambda way: way.probability)
    return replace(best, probability=best.probability / sum(way.probability for way in ways))


def _cuts(text: str, longest: int) -> list[tuple[str, str]]:
    """All ways to cut a text in two parts, none too long; at its space if it has one. A selector stays with its character."""
    parts = text.strip(SEPARATORS)
    for separator in SEPARATORS:
        parts = parts.replace(separator, " ")
    if " " in parts:
        first, _, second = parts.partition(" ")
        return [(first, second.strip())]
    letters = [place for place in range(1, len(parts)) if ord(parts[place]) not in SELECTORS]
    places = letters[max(len(letters) - longest, 0) : longest]
    return [(parts[:cut], parts[cut:]) for cut in places]


def _are_listed(parts: tuple[str, str], readings: tuple[str, str]) -> bool:
    """Whether both parts stand in their lists with their readings."""
    return all(
        reading and reading in dictionary().readings(part, kind)
        for part, reading, kind in zip(parts, readings, Kind, strict=True)
    )


def _weight(parts: tuple[str, str], readings: tuple[str, str]) -> float:
    """How much speaks for one way to part a name."""
    return prod(
        _persons(part, reading, kind) for part, reading, kind in zip(parts, readings, Kind, strict=True)
    )


@lru_cache(maxsize=65_536)
def _persons(name: str, reading: str, kind: Kind) -> float:
    """How many persons a name (with its reading, if one is given) counts as."""
    listed = dictionary().readings(name, kind)
    length = USUAL[kind][min(len(dictionary().usual(name)), 3) - 1]
    if not reading:
        return length * (sum(listed.values()) + LISTED if listed else UNLISTED)
    if reading in listed:
        return length * (listed[reading] + LISTED)
    parts = aligner(kind).align(name, reading) or ()
    loose = sum(not part.is_full for part in parts)
    unexplained = sum(len(part.reading) + 1 for part in parts if part.evidence is Evidence.NONE)
    rarity = sum(part.rarity for part in parts)
    return length * UNLISTED * exp(-min(rarity + log(1000) * (loose + unexplained), 600.0))
