"""Which part of a reading belongs to which character: the alignment that needs the least explaining.

A dynamic programme over the characters and the letters of the reading. What each step costs decides which of several alignments
is shown; whether the reading is accepted, the evidence in it decides (`rules.readings.judged`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from enishi.names.engines.dictionary import Dictionary
from enishi.names.rules.readings import Change, Evidence, Kind, Part
from enishi.names.rules.sounds import before, behind, may_begin, parts

COSTS = {
    Evidence.KANA: 0,
    Evidence.ON: 1,
    Evidence.KUN: 1,
    Evidence.NANORI: 1,
    Evidence.CLASSICAL: 2,
    Evidence.ATTESTED: 4,
    Evidence.PARTIAL: 40,
    Evidence.SILENT: 60,
    Evidence.NONE: 1000,
}
CHANGED = 1
"""A voiced or geminated sound more."""
PER_LETTER = 10
"""Of what nothing explains, each letter: the least possible is left over."""
LONGEST = 8
"""Letters that one character has at most."""

Path = tuple[int, tuple[Part, ...]]


class Aligner:
    """Aligns readings with characters by a dictionary. `loose`: with parts of readings, silent characters and what nothing
    explains.
    """

    def __init__(self, dictionary: Dictionary, kind: Kind, *, loose: bool = True) -> None:
        self.dictionary, self.kind, self.loose = dictionary, kind, loose
        self._sounds = lru_cache(maxsize=65_536)(self._sounds_of)

    def align(self, name: str, reading: str) -> tuple[Part, ...] | None:
        """The alignment of all of both; None only where it is not to be loose and there is no full one."""
        letters = self.dictionary.letters(name)
        characters = [known for _, known in letters]
        best: dict[int, Path] = {0: (0, ())}
        for place, character in enumerate(characters):
            left = len(characters) - place - 1
            before_it = characters[place - 1] if place else ""
            sounds = self._sounds(character, before_it, place > 0, left > 0)
            reached: dict[int, Path] = {}
            for start, (cost, path) in best.items():
                for end, step, part in self._steps(character, sounds, reading, start):
                    total = cost + step
                    if end not in reached or total < reached[end][0]:
                        reached[end] = (total, (*path, part))
            best = reached
        if self.loose:
            for end in [place for place in best if place < len(reading)]:
                cost, path = best[end]
                rest = reading[end:]
                total = cost + COSTS[Evidence.NONE] + PER_LETTER * len(rest)
                if len(reading) not in best or total < best[len(reading)][0]:
                    best[len(reading)] = (total, (*path, Part("", rest, Evidence.NONE)))
        if len(reading) not in best:
            return None
        _, path = best[len(reading)]
        registered = tuple(
            replace(part, characters=letter) for part, (letter, _) in zip(path, letters, strict=False)
        )
        return registered + path[len(letters) :]

    def _steps(
        self, character: str, sounds: dict[str, tuple[int, Part]], reading: str, start: int
    ) -> Iterator[tuple[int, int, Part]]:
        """Where this character's part may end, what that costs, and the part."""
        for end in range(start + 1, min(start + LONGEST, len(reading)) + 1):
            segment = reading[start:end]
            if segment in sounds:
                yield end, *sounds[segment]
            elif self.loose and may_begin(segment[0]):
                yield (
                    end,
                    COSTS[Evidence.NONE] + PER_LETTER * len(segment),
                    Part(character, segment, Evidence.NONE),
                )
        if self.loose:
            names = self.dictionary.silent.get(self.kind, {}).get(character, "")
            yield start, COSTS[Evidence.SILENT], Part(character, "", Evidence.SILENT, str(names))

    def _sounds_of(
        self, character: str, before_it: str, inside: bool, followed: bool
    ) -> dict[str, tuple[int, Part]]:
        """What this character may sound like here, with what each costs."""
        repeated = before_it if character in "々ゝヽ" and before_it else character
        entries = self.dictionary.entries(repeated, self.kind)
        found: dict[str, tuple[int, Part]] = {}

        def add(reading: str, evidence: Evidence, source: str, changes: tuple[Change, ...] = ()) -> None:
            cost = COSTS[evidence] + CHANGED * len(changes)
            if reading and (reading not in found or cost < found[reading][0]):
                found[reading] = (cost, Part(character, reading, evidence, source, changes))

        for reading, entry in entries.items():
            if entry.inside and not inside:
                continue
            add(reading, entry.evidence, entry.source)
            voiced = behind(reading) if inside and entry.evidence is not Evidence.ATTESTED else {}
            for sound, change in voiced.items():
                add(sound, entry.evidence, entry.source, (change,))
            if followed and entry.evidence is Evidence.ON:
                for sound, change in before(reading).items():
                    add(sound, entry.evidence, entry.source, (change,))
                for beginning, first in voiced.items():
                    for sound, change in before(beginning).items():
                        add(sound, entry.evidence, entry.source, (first, change))
        if self.loose:
            for reading, entry in entries.items():
                if entry.evidence in (Evidence.ON, Evidence.KUN, Evidence.NANORI) and not entry.inside:
                    for sound in parts(reading):
                        add(sound, Evidence.PARTIAL, entry.source)
        return found
