"""Which part of a reading belongs to which character: the alignment with the most usual readings and the least left to explain.

A dynamic programme over the characters and the letters of the reading. A full explanation costs the rarity of the reading, any
other more than all full ones. The cost decides which of several alignments is shown; whether the reading is accepted, its
evidence decides (`rules.readings.judged`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from enishi.names.engines.dictionary import Dictionary, Sound
from enishi.names.rules.readings import FULL, Evidence, Kind, Part, Place
from enishi.names.rules.sounds import may_begin

NEARNESS = {
    Evidence.KANA: 0,
    Evidence.ON: 1,
    Evidence.KUN: 1,
    Evidence.NANORI: 1,
    Evidence.CLASSICAL: 2,
    Evidence.ATTESTED: 4,
}
"""Of equally usual explanations the lesser is shown; a voiced or geminated sound counts one more."""
LOOSE = {Evidence.PARTIAL: 100.0, Evidence.SILENT: 150.0, Evidence.NONE: 10_000.0}
"""What an explanation costs that is none without a person's judgement."""
PER_LETTER = 100.0
"""Of what nothing explains, each letter: the least possible is left over."""
LONGEST = 7
"""Letters that one character has at most."""

Cost = tuple[float, int]
Path = tuple[Cost, tuple[Part, ...]]
State = tuple[int, bool]
"""How many letters have their character, and whether a character before was silent: a second one is less likely by far."""


class Aligner:
    """Aligns readings with characters by a dictionary. `loose`: with parts of readings, silent characters and what nothing
    explains.
    """

    def __init__(self, dictionary: Dictionary, kind: Kind, *, loose: bool = True) -> None:
        self.dictionary, self.kind, self.loose = dictionary, kind, loose
        self._parts = lru_cache(maxsize=65_536)(self._parts_of)

    def align(self, name: str, reading: str) -> tuple[Part, ...] | None:
        """The alignment of all of both; None only where it is not to be loose and there is no full one."""
        letters = self.dictionary.letters(name)
        best: dict[State, Path] = {(0, False): ((0.0, 0), ())}
        for index, (_, character) in enumerate(letters):
            parts = self._parts(character, Place.of(index, len(letters)))
            reached: dict[State, Path] = {}
            for state, (cost, path) in best.items():
                for after, step, part in self._steps(character, parts, reading, state):
                    _shorten(reached, after, (cost[0] + step[0], cost[1] + step[1]), (*path, part))
            best = reached
        whole: dict[State, Path] = {}
        for (end, _), (cost, path) in best.items():
            if end == len(reading):
                _shorten(whole, (0, False), cost, path)
            elif self.loose:
                rest = Part("", reading[end:], Evidence.NONE)
                _shorten(whole, (0, False), (cost[0] + _unexplained(rest), cost[1]), (*path, rest))
        if not whole:
            return None
        _, path = whole[0, False]
        registered = tuple(
            replace(part, characters=letter) for part, (letter, _) in zip(path, letters, strict=False)
        )
        return registered + path[len(letters) :]

    def _steps(
        self, character: str, parts: dict[str, tuple[Cost, Part]], reading: str, state: State
    ) -> Iterator[tuple[State, Cost, Part]]:
        """How far this character's part may reach, what that costs, and the part."""
        start, silent = state
        for end in range(start + 1, min(start + LONGEST, len(reading)) + 1):
            segment = reading[start:end]
            if segment in parts:
                yield (end, silent), *parts[segment]
            elif self.loose and may_begin(segment[0]):
                part = Part(character, segment, Evidence.NONE)
                yield (end, silent), (_unexplained(part), 0), part
        if self.loose:
            cost, part = parts[""]
            again = LOOSE[Evidence.SILENT] if silent else 0.0
            yield (start, True), (cost[0] + again, cost[1]), part

    def _parts_of(self, character: str, place: Place) -> dict[str, tuple[Cost, Part]]:
        """What this character may sound like there, with what each costs."""
        found: dict[str, tuple[Cost, Part]] = {}

        def add(sound: Sound) -> None:
            rarity, nearness = 0.0, len(sound.changes)
            if sound.evidence in FULL:
                rarity = self.dictionary.rarity(character, sound.reading, self.kind, place)
                nearness += NEARNESS[sound.evidence]
            cost = (LOOSE.get(sound.evidence, rarity), nearness)
            if sound.reading and (sound.reading not in found or cost < found[sound.reading][0]):
                part = Part(character, sound.reading, sound.evidence, sound.source, sound.changes, rarity)
                found[sound.reading] = (cost, part)

        for sound in self.dictionary.sounds(character, self.kind):
            if sound.stands(place):
                add(sound)
        if self.loose:
            for sound in self.dictionary.partial(character, self.kind):
                add(sound)
            found[""] = self._silent(character, place)
        return found

    def _silent(self, character: str, place: Place) -> tuple[Cost, Part]:
        """The character not read, and in how many listed names that is so."""
        names = self.dictionary.silent.get(self.kind, {}).get(character, 0)
        rarity = self.dictionary.rarity(character, "", self.kind, place) if names else 0.0
        part = Part(character, "", Evidence.SILENT, str(names or ""), (), rarity)
        return (rarity if names else LOOSE[Evidence.SILENT], NEARNESS[Evidence.ATTESTED]), part


def _unexplained(part: Part) -> float:
    return LOOSE[Evidence.NONE] + PER_LETTER * len(part.reading)


def _shorten(paths: dict[State, Path], state: State, cost: Cost, path: tuple[Part, ...]) -> None:
    """Takes a path if it is the first or the cheapest to a state."""
    if state not in paths or cost < paths[state][0]:
        paths[state] = (cost, path)
