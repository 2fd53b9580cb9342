"""The dictionaries of this package, and what they say of a character or a name. Built by `engines.building`, read once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import as_file, files
from math import log
from re import escape
from typing import Any

import polars as pl

from enishi.kernel.kana import katakana
from enishi.kernel.variants import REDUCED
from enishi.names.rules.readings import Change, Evidence, Kind, Place
from enishi.names.rules.sounds import before, behind, is_kana, of_kun, of_letter, parts
from enishi.platform import glyphs

SELECTORS = frozenset(glyphs.SELECTORS)
SELECTING = r"\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}"
"""The same for regular expressions over columns."""
FOLDED = (range(0x0000, 0x3400), range(0xF900, 0x10000), range(0x1F200, 0x1F300), range(0x2F800, 0x2FA20))
"""Where Unicode has forms of characters that normalization KC folds."""
REPEATS = "々ゝヽ"

FILES = ("characters", "names", "attested", "usage", "words", "weights")
UNSEEN, CHOICES = 0.1, 10
"""A reading not met counts as this part of a name, among so many readings that a character might have."""
ELSEWHERE = 5
"""So many names at a place the readings at all places together count as."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading of a character, with what stands for it in the dictionary. `inside`: only behind another character."""

    evidence: Evidence
    source: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """What a character may sound like in a name, and why. `inside`: only behind another one; `followed`: only before one."""

    reading: str
    evidence: Evidence
    source: str
    changes: tuple[Change, ...] = ()
    inside: bool = False
    followed: bool = False

    def stands(self, place: Place) -> bool:
        """Whether it may stand there."""
        return (place.is_inside or not self.inside) and (place.is_followed or not self.followed)


Counts = tuple[int, int, int, int]
"""In how many listed names a character is read so, by `Place`; persons of a list count as well."""


@dataclass(frozen=True)
class Dictionary:
    """What the data files hold.

    `characters`: each character's on, kun and nanori readings, in the dictionary's writing. `attested`: readings found in the
    names of a list, by kind and character, with in how many. `silent`: characters that given names leave unread, likewise.
    `usage`: how often a character is read so in listed names. `names`: the readings of each listed name, by kind, and beside them
    how many listed persons have each (`readings`). `words`: readings of words that are not those of their characters (熟字訓).
    `weights`: by which readings are predicted (`engines.predicting.FEATURES`).
    """

    characters: Mapping[str, tuple[str, str, str]]
    attested: Mapping[Kind, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    silent: Mapping[Kind, Mapping[str, int]] = field(default_factory=dict)
    usage: Mapping[Kind, Mapping[str, Mapping[str, Counts]]] = field(default_factory=dict)
    names: Mapping[Kind, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    weights: Mapping[Kind, tuple[float, ...]] = field(default_factory=dict)

    def sounds(self, character: str, kind: Kind) -> list[Sound]:
        """Everything that one character may fully sound like in a name of a kind, changed by its neighbours or not; the same
        reading may come more than once, for other reasons or other places.
        """
        found: list[Sound] = []
        for reading, entry in self._entries(character, kind).items():
            evidence, source = entry.evidence, entry.source
            found.append(Sound(reading, evidence, source, inside=entry.inside))
            if evidence is Evidence.ATTESTED:
                continue
            for voiced, change in behind(reading).items():
                found.append(Sound(voiced, evidence, source, (change,), inside=True))
                if evidence is Evidence.ON:
                    found += (
                        Sound(sound, evidence, source, (change, last), inside=True, followed=True)
                        for sound, last in before(voiced).items()
                    )
            if evidence is Evidence.ON:
                found += (
                    Sound(sound, evidence, source, (change,), inside=entry.inside, followed=True)
                    for sound, change in before(reading).items()
                )
        return found

    def partial(self, character: str, kind: Kind) -> list[Sound]:
        """The parts of its readings (部分音訓) that a name might use."""
        return [
            Sound(sound, Evidence.PARTIAL, entry.source)
            for reading, entry in self._entries(character, kind).items()
            if entry.evidence in (Evidence.ON, Evidence.KUN, Evidence.NANORI) and not entry.inside
            for sound in parts(reading)
        ]

    def _entries(self, character: str, kind: Kind) -> dict[str, Entry]:
        """Every reading of one character in a name of a kind, then those of its usual form; of a kana letter its sound."""
        found = {
            sound: Entry(Evidence.KANA, character, inside) for sound, inside in of_letter(character).items()
        }
        for form in (character, REDUCED.get(character, "")):
            for reading, entry in of_readings(*self.characters.get(form, ("", "", ""))).items():
                found.setdefault(reading, entry)
        for reading, count in self.attested.get(kind, {}).get(character, {}).items():
            found.setdefault(reading, Entry(Evidence.ATTESTED, str(count)))
        return found

    def rarity(self, character: str, reading: str, kind: Kind, place: Place) -> float:
        """-ln of a reading's share among those of its character at a place in listed names of a kind (a reading of "": silent).
        0 for kana that are read in one way and if the usage of no character is known.
        """
        if not self.usage or (is_kana(character) and len(of_letter(character)) == 1):
            return 0.0
        used, at_place, everywhere = self._used(character, kind)
        counts = used.get(reading, (0, 0, 0, 0))
        silent = 0 if reading else self.silent.get(kind, {}).get(character, 0)
        share = (sum(counts) + silent + UNSEEN) / (everywhere + UNSEEN * CHOICES)
        if silent:
            return -log(min(share, 1.0))
        return -log((counts[place] + ELSEWHERE * share) / (at_place[place] + ELSEWHERE))

    def _used(self, character: str, kind: Kind) -> tuple[Mapping[str, Counts], tuple[int, ...], int]:
        used = self.usage.get(kind, {}).get(character, {})
        at_place = tuple(map(sum, zip(*used.values(), strict=True))) or (0, 0, 0, 0)
        return used, at_place, sum(at_place)

    def readings(self, name: str, kind: Kind) -> dict[str, int]:
        """The readings that the list of a kind has of a name, each with how many listed persons have it."""
        readings, persons = self.names.get(kind, {}).get(self.usual(name), ("", ""))
        return dict(zip(readings.split(), map(int, persons.split()), strict=True))

    def lists(self, name: str, reading: str) -> tuple[str, ...]:
        """The kinds of names under which a list has this very pair."""
        return tuple(kind.value for kind in Kind if reading in self.readings(name, kind))

    def listed(self, kind: Kind) -> pl.DataFrame:
        """(name, reading, persons) of the list of a kind."""
        names = self.names.get(kind, {})
        columns = {
            "name": list(names),
            "reading": [readings for readings, _ in names.values()],
            "persons": [persons for _, persons in names.values()],
        }
        return (
            pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
            .with_columns(pl.col("reading", "persons").str.split(" "))
            .explode("reading", "persons")
            .with_columns(pl.col("persons").cast(pl.Float64))
        )

    def letters(self, name: str) -> list[tuple[str, str]]:
        """The characters of a name as registered, each with its selectors, beside the form that the dictionaries have; 々 is the
        character before it.
        """
        found: list[tuple[str, str]] = []
        for letter in name:
            if ord(letter) in SELECTORS and found:
                found[-1] = (found[-1][0] + letter, found[-1][1])
            else:
                repeated = letter in REPEATS and bool(found)
                found.append((letter, found[-1][1] if repeated else self._known(letter)))
        return found

    def usual(self, name: str) -> str:
        """A name as the lists write it."""
        return "".join(letter[0] if letter[0] in REPEATS else known for letter, known in self.letters(name))

    def usual_of(self, names: pl.Expr) -> pl.Expr:
        """`usual` of a column of names."""
        folded = self.folded
        letters = "".join(map(escape, folded))
        plain = names.str.replace_all(f"[{SELECTING}]", "").str.replace_many(folded)
        return pl.when(names.str.contains(f"[{letters}{SELECTING}]")).then(plain).otherwise(names)

    @cached_property
    def folded(self) -> dict[str, str]:
        """The letters that are looked up as another one."""
        letters = {
            chr(point) for span in FOLDED for point in span if unicodedata.category(chr(point)) != "Cs"
        }
        found = {letter: self._known(letter) for letter in sorted(letters | REDUCED.keys())}
        return {letter: form for letter, form in found.items() if letter != form}

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
        characters, names, attested, usage, words, weights = (
            pl.read_parquet(folder / f"{name}.parquet") for name in FILES
        )
    listed = {kind: as_listed(names.filter(kind=kind.value)) for kind in Kind}
    used: dict[Kind, dict[str, dict[str, Counts]]] = {kind: {} for kind in Kind}
    for kind, character, reading, *counts in usage.iter_rows():
        used[Kind(kind)].setdefault(character, {})[reading] = tuple(counts)
    plain = Dictionary({row[0]: row[1:] for row in characters.iter_rows()})
    spelled = {word: frozenset(readings.split()) for word, readings in words.iter_rows()}
    weighed = {kind: tuple(weights.filter(kind=kind.value)["weight"]) for kind in Kind}
    return replace(
        with_attested(plain, attested.iter_rows()), usage=used, names=listed, words=spelled, weights=weighed
    )


def as_listed(names: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """Listed names as a `Dictionary` has them, from columns name, readings and persons."""
    return dict(zip(names["name"], zip(names["readings"], names["persons"], strict=True), strict=True))


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
