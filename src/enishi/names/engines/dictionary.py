"""The dictionaries of this package, and what they say of a character or a name. Built by `engines.building`, read once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import as_file, files
from math import log
from typing import Any

import polars as pl

from enishi.kernel.kana import katakana
from enishi.kernel.variants import REDUCED
from enishi.names.rules.readings import Evidence, Kind, Part
from enishi.names.rules.sounds import of_kun, of_letter

SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


UNSEEN, CHOICES = 0.3, 10
"""A reading not met counts as this part of a name, among so many readings that a character might have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading of a character, with what stands for it in the dictionary. `inside`: only behind another character."""

    evidence: Evidence
    source: str
    inside: bool = False


@dataclass(frozen=True)
class Dictionary:
    """What the data files hold.

    `characters`: each character's readings, as katakana, the nearest first. `attested`: readings found in the names of a list, by
    kind and character, with in how many. `silent`: characters that given names leave unread, likewise. `usage`: in how many
    listed names a character is read so. `names`: the readings of each listed name, by kind. `words`: readings of words that are
    not those of their characters (熟字訓).
    """

    characters: Mapping[str, Mapping[str, Entry]]
    attested: Mapping[Kind, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    silent: Mapping[Kind, Mapping[str, int]] = field(default_factory=dict)
    usage: Mapping[Kind, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    names: Mapping[Kind, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def entries(self, character: str, kind: Kind) -> dict[str, Entry]:
        """Every reading of one character in a name of a kind; of a kana letter its own sound."""
        own = katakana(character)
        found = {sound: Entry(Evidence.KANA, character, sound != own) for sound in of_letter(character)}
        for reading, entry in self.characters.get(character, {}).items():
            found.setdefault(reading, entry)
        for reading, count in self.attested.get(kind, {}).get(character, {}).items():
            found.setdefault(reading, Entry(Evidence.ATTESTED, str(count)))
        return found

    def lists(self, name: str, reading: str) -> tuple[str, ...]:
        """The kinds of names under which a list has this very pair."""
        return tuple(kind.value for kind in Kind if reading in self.names.get(kind, {}).get(name, ()))

    def rarity(self, parts: Sequence[Part], kind: Kind) -> float:
        """How rare the readings of the parts are together among listed names of a kind: the sum of -ln of each reading's share in
        the readings of its character. 0 is the most usual.
        """
        rare = 0.0
        for part in parts:
            readings = self.usage.get(kind, {}).get(self.usual(part.characters), {})
            silent = part.evidence is Evidence.SILENT and part.source
            so = int(part.source) if silent else readings.get(part.reading, 0)
            rare -= log((so + UNSEEN) / (sum(readings.values()) + UNSEEN * CHOICES))
        return rare

    def letters(self, name: str) -> list[tuple[str, str]]:
        """The characters of a name as registered, each with its selectors, beside the form of it that the dictionaries have."""
        found: list[tuple[str, str]] = []
        for letter in name:
            if ord(letter) in SELECTORS and found:
                found[-1] = (found[-1][0] + letter, found[-1][1])
            else:
                found.append((letter, self._known(letter)))
        return found

    def usual(self, name: str) -> str:
        """A name as the dictionaries write it."""
        return "".join(known for _, known in self.letters(name))

    def _known(self, letter: str) -> str:
        forms = (letter, unicodedata.normalize("NFKC", letter), REDUCED.get(letter, ""))
        return next((form for form in forms if form in self.characters), letter)


def of_readings(on: str, kun: str, nanori: str) -> dict[str, Entry]:
    """A character's readings as katakana, from a dictionary's three lists, each parted by spaces."""
    found: dict[str, Entry] = {}
    for entry in on.split():
        found.setdefault(katakana(entry).strip("-").replace(".", ""), Entry(Evidence.ON, entry))
    derived: list[tuple[str, Entry]] = []
    for entry in sorted(kun.split(), key=_goes_behind):
        for reading, evidence in of_kun(entry).items():
            made = Entry(evidence, entry, _goes_behind(entry))
            if evidence is Evidence.KUN:
                found.setdefault(reading, made)
            else:
                derived.append((reading, made))
    for entry in nanori.split():
        found.setdefault(katakana(entry).strip("-").replace(".", ""), Entry(Evidence.NANORI, entry))
    for reading, made in derived:
        found.setdefault(reading, made)
    return found


def _goes_behind(entry: str) -> bool:
    """The dictionary writes a hyphen before what stands only behind another character: -ごころ."""
    return entry.startswith("-")


@cache
def dictionary() -> Dictionary:
    """The dictionaries that come with the package."""
    with as_file(files("enishi.names.data")) as folder:
        characters, names, attested, usage, words = (
            pl.read_parquet(folder / f"{name}.parquet")
            for name in ("characters", "names", "attested", "usage", "words")
        )
    listed: dict[Kind, dict[str, frozenset[str]]] = {kind: {} for kind in Kind}
    for kind, name, readings in names.iter_rows():
        listed[Kind(kind)][name] = frozenset(readings.split())
    used: dict[Kind, dict[str, dict[str, int]]] = {kind: {} for kind in Kind}
    for kind, character, reading, count in usage.iter_rows():
        used[Kind(kind)].setdefault(character, {})[reading] = count
    plain = Dictionary({row[0]: of_readings(*row[1:]) for row in characters.iter_rows()})
    spelled = {word: frozenset(readings.split()) for word, readings in words.iter_rows()}
    return replace(with_attested(plain, attested.iter_rows()), usage=used, names=listed, words=spelled)


def with_attested(plain: Dictionary, rows: Iterable[tuple[Any, ...]]) -> Dictionary:
    """A dictionary with what listed names attest: (kind, character, reading, in how many names); blank: not read."""
    found: dict[Kind, dict[str, dict[str, int]]] = {kind: {} for kind in Kind}
    silent: dict[Kind, dict[str, int]] = {kind: {} for kind in Kind}
    for kind, character, reading, count in rows:
        if reading:
            found[Kind(kind)].setdefault(character, {})[reading] = count
        else:
            silent[Kind(kind)][character] = count
    return replace(plain, attested=found, silent=silent)
