"""How rare the readings of many names are: what `aligning` finds one by one, for a batch in one pass of arrays.

Names and readings become numbers: a letter of kana 7 bits, a piece of a reading up to 7 letters 49 bits, with its character 64.
One table has every piece that a character may fully sound like, with its rarity at each place in a name. Names of so many
characters and readings of so many letters go together through one dynamic programme, from left to right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np

from enishi.names.engines.aligning import LONGEST
from enishi.names.engines.dictionary import REPEATS, Dictionary
from enishi.names.rules.readings import Kind, Place
from enishi.names.rules.sounds import is_kana

CHARACTERS, LETTERS = 8, 16
"""Of a name and of a reading, at most; longer ones are left to the aligner."""
CHUNK = 100_000
"""Names that go through the arrays together."""
LETTER_BITS = 7
CHARACTER_BITS = 15
FIRST_LETTER = ord("ァ") - 1
POINTS = 0x40000
"""Code points that are looked up; there are no characters of names beyond."""
SPREAD = np.uint64(0x9E37_79B9_7F4A_7C15)
EMPTY = np.uint64(0)


class Screen:
    """The rarities of one kind by a dictionary. A character is laid out when first met; one batch at a time."""

    def __init__(self, dictionary: Dictionary, kind: Kind) -> None:
        self.dictionary, self.kind = dictionary, kind
        letters = [chr(point) for point in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))]
        self._characters = sorted({*dictionary.characters, *filter(is_kana, letters)})
        self._number = _numbers(self._characters, dictionary.folded)
        self._met = np.zeros(len(self._characters) + 1, dtype=bool)
        self._pieces: dict[int, list[float]] = {}
        self._silent = np.full((len(Place), len(self._characters) + 1), np.inf)
        self._working = Lock()
        self._lay_out()

    def rarities(self, names: Sequence[str], readings: Sequence[str]) -> np.ndarray:
        """The least rarity of a full alignment of each name (without selectors) with its reading (kana): of all its parts, at
        most one character silent; infinite where there is none, not a number where one of both is longer than `CHARACTERS` or
        `LETTERS`.
        """
        starts = range(0, len(names), CHUNK)
        with self._working:
            parts = [
                self._rarities(names[start : start + CHUNK], readings[start : start + CHUNK])
                for start in starts
            ]
        return np.concatenate([np.empty(0), *parts])

    def _rarities(self, names: Sequence[str], readings: Sequence[str]) -> np.ndarray:
        found = np.full(len(names), np.nan)
        points, characters = _points(names, CHARACTERS)
        kana, letters = _points(readings, LETTERS)
        fits = (characters <= CHARACTERS) & (letters <= LETTERS) & (characters > 0) & (letters > 0)
        numbers = self._number[np.minimum(points, POINTS - 1)]
        repeated = np.logical_or.reduce([points[:, 1:] == ord(letter) for letter in REPEATS])
        for row, index in np.argwhere(repeated):
            numbers[row, index + 1] = numbers[row, index]
        self._meet(np.flatnonzero(np.bincount(numbers.ravel())))
        codes = (kana - np.uint32(FIRST_LETTER)).astype(np.uint64)
        shape = np.where(fits, characters * (LETTERS + 1) + letters, 0)
        order = np.argsort(shape, kind="stable")
        shapes, starts = np.unique(shape[order], return_index=True)
        for one, rows in zip(shapes, np.split(order, starts[1:]), strict=True):
            if one:
                count, length = divmod(int(one), LETTERS + 1)
                found[rows] = self._least(numbers[rows, :count].T, codes[rows, :length].T)
        return found

    def _least(self, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Of names of one length with readings of one length: `numbers` (characters, names), `codes` (letters, names)."""
        count = len(numbers)
        pieces = _pieces(codes)
        places = [Place.of(index, count) for index in range(count)]
        least = self._whole(numbers, places, pieces, len(codes))
        if count > 1:
            for index, place in enumerate(places):
                silent = self._silent[place][numbers[index]]
                (rows,) = np.nonzero(np.isfinite(silent))
                if len(rows):
                    others = [other for other in range(count) if other != index]
                    rest = self._whole(
                        numbers[others][:, rows],
                        [places[other] for other in others],
                        {cut: piece[rows] for cut, piece in pieces.items()},
                        len(codes),
                    )
                    least[rows] = np.minimum(least[rows], rest + silent[rows])
        return least

    def _whole(
        self, numbers: np.ndarray, places: list[Place], pieces: dict[tuple[int, int], np.ndarray], length: int
    ) -> np.ndarray:
        """The least sum of rarities over all ways to part the reading among the characters, none of them silent."""
        count = len(places)
        reached = {0: np.zeros(numbers.shape[1])}
        for index, place in enumerate(places):
            left = count - index - 1
            character = numbers[index].astype(np.uint64)
            following: dict[int, np.ndarray] = {}
            ends = range(index + 1, length - left + 1) if left else (length,)
            for end in ends:
                for start in range(max(index, end - LONGEST), end):
                    if start in reached:
                        cost = reached[start] + self._cost(pieces[start, end] | character, place)
                        known = following.get(end)
                        following[end] = cost if known is None else np.minimum(known, cost)
            reached = following
        return reached.get(length, np.full(numbers.shape[1], np.inf))

    def _cost(self, keys: np.ndarray, place: Place) -> np.ndarray:
        """The rarity of each piece with its character (as one key) there; infinite for what it does not sound like."""
        slots = ((keys * SPREAD) >> self._shift).view(np.int64)
        costs: np.ndarray = self._costs[place][slots]
        held = self._keys[slots]
        (rows,) = np.nonzero((held != keys) & (held != EMPTY))
        while len(rows):
            slots[rows] = (slots[rows] + 1) & self._mask
            held = self._keys[slots[rows]]
            costs[rows] = self._costs[place][slots[rows]]
            rows = rows[(held != keys[rows]) & (held != EMPTY)]
        return costs

    def _meet(self, numbers: np.ndarray) -> None:
        """Lays out the pieces of characters not met before."""
        new = [int(number) for number in numbers if number and not self._met[number]]
        for number in new:
            character = self._characters[number - 1]
            for sound in self.dictionary.sounds(character, self.kind):
                if len(sound.reading) <= LONGEST:
                    self._take(number, sound.reading, [place for place in Place if sound.stands(place)])
            if self.dictionary.silent.get(self.kind, {}).get(character):
                for place in Place:
                    self._silent[place, number] = self.dictionary.rarity(character, "", self.kind, place)
            self._met[number] = True
        if new:
            self._lay_out()

    def _take(self, number: int, reading: str, places: list[Place]) -> None:
        key = number
        for index, letter in enumerate(reading):
            key |= (ord(letter) - FIRST_LETTER) << (CHARACTER_BITS + LETTER_BITS * index)
        costs = self._pieces.setdefault(key, [np.inf] * len(Place))
        for place in places:
            if costs[place] == np.inf:
                character = self._characters[number - 1]
                costs[place] = self.dictionary.rarity(character, reading, self.kind, place)

    def _lay_out(self) -> None:
        """Puts every piece into a table with open addresses, at most a quarter full: keys, and rarities by place."""
        bits = max((4 * len(self._pieces)).bit_length(), 4)
        self._shift, self._mask = np.uint64(64 - bits), (1 << bits) - 1
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._costs = np.full((len(Place), 1 << bits), np.inf)
        keys = np.fromiter(self._pieces, dtype=np.uint64, count=len(self._pieces))
        costs = np.array(list(self._pieces.values())).reshape(-1, len(Place))
        slots = ((keys * SPREAD) >> self._shift).view(np.int64)
        while len(keys):
            free = self._keys[slots] == EMPTY
            self._keys[slots[free]] = keys[free]
            put = self._keys[slots] == keys
            self._costs[:, slots[put]] = costs[put].T
            keys, costs, slots = keys[~put], costs[~put], (slots[~put] + 1) & self._mask


def _numbers(characters: list[str], folded: Mapping[str, str]) -> np.ndarray:
    """For each code point the number of its character, from 1, or of the form that the dictionaries have; else 0."""
    number = {character: place for place, character in enumerate(characters, 1)}
    found = np.zeros(POINTS, dtype=np.int64)
    for letter, form in {**folded, **{character: character for character in characters}}.items():
        found[ord(letter)] = number.get(form, 0)
    return found


def _points(texts: Sequence[str], longest: int) -> tuple[np.ndarray, np.ndarray]:
    """The code points of texts (0 behind their end), at most the first `longest`, and how many each has."""
    counts = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    width = min(max(int(counts.max(initial=1)), 1), longest)
    return np.array(texts, dtype=f"U{width}").view(np.uint32).reshape(len(texts), width), counts


def _pieces(codes: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """Every piece of readings of one length, by its beginning and end, as a number that leaves room for its character."""
    found = {}
    for start in range(len(codes)):
        piece = np.zeros(codes.shape[1], dtype=np.uint64)
        for end in range(start + 1, min(start + LONGEST, len(codes)) + 1):
            piece = piece | (codes[end - 1] << np.uint64(CHARACTER_BITS + LETTER_BITS * (end - start - 1)))
            found[start, end] = piece
    return found
