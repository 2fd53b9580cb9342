"""Whether a reading is one of a name's characters: three answers, each with its evidence.

Family Register Act, art. 13(2): the reading of a name's characters must be one that is generally recognised as a reading
(氏名として用いられる文字の読み方として一般に認められているもの). The test binds whoever gets a name anew: the newborn and the
naturalised. Who is registered already and uses another reading may go on using it, with proof (supplementary provisions of
Act 48 of 2023): to them nothing is refused here, it is only put before a person.

As the notices of the municipalities restate it: a reading that a dictionary gives, a part of one (部分音訓), a reading of the
whole (熟字訓) and a character that is not read (置き字) are accepted; a reading without any relation to sound or meaning, or with
words that have nothing to do with the characters, is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """Which part of a name."""

    SURNAME = "surname"
    GIVEN = "given"


class Filing(StrEnum):
    """Whose reading is filed: it decides whether the test of art. 13(2) binds."""

    BIRTH = "birth"
    NATURALISATION = "naturalisation"
    REGISTERED = "registered"


class Place(IntEnum):
    """Where in a name a character stands: bit 1, behind another (`is_inside`); bit 0, before another (`is_followed`)."""

    ALONE = 0
    FIRST = 1
    LAST = 2
    MIDDLE = 3

    @classmethod
    def of(cls, index: int, characters: int) -> Place:
        """The place of character `index` (from 0) of so many."""
        return cls(2 * (index > 0) + (index < characters - 1))

    @property
    def is_inside(self) -> bool:
        return self >= Place.LAST

    @property
    def is_followed(self) -> bool:
        return self in (Place.FIRST, Place.MIDDLE)


class Evidence(StrEnum):
    """Why a part of the reading belongs to its characters."""

    ON = "on"
    KUN = "kun"
    NANORI = "nanori"
    CLASSICAL = "classical"
    KANA = "kana"
    ATTESTED = "attested"
    WORD = "word"
    PARTIAL = "partial"
    SILENT = "silent"
    NONE = "none"


class Change(StrEnum):
    """What became of the sound between two characters."""

    VOICED = "voiced"
    HALF_VOICED = "half_voiced"
    GEMINATED = "geminated"


class Verdict(StrEnum):
    """The answer. `REFUSE_CANDIDATE`: a person decides whether to refuse; only where art. 13(2) binds."""

    ACCEPT = "accept"
    REVIEW = "review"
    REFUSE_CANDIDATE = "refuse_candidate"


@dataclass(frozen=True, slots=True)
class Part:
    """Characters and the part of the reading that is theirs (`reading` empty: not read; `characters` empty: left over).

    `source`: the dictionary's entry, such as `つと.める`; of what is attested, or of a silent character, in how many listed names
    it is so. `changes`: what the sound underwent. `rarity`: -ln of this reading's share among those of its character there, in
    listed names; 0 where nothing is known of it.
    """

    characters: str
    reading: str
    evidence: Evidence
    source: str = ""
    changes: tuple[Change, ...] = ()
    rarity: float = 0.0

    @property
    def is_full(self) -> bool:
        """Whether it explains its characters without a person's judgement. A silent one: if enough listed names have it so."""
        return self.evidence in FULL or (self.evidence is Evidence.SILENT and bool(self.source))


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one reading: verdict, the alignment, whether a list of names has this very pair (`listed`: which), and
    whether the readings, each of them known, are rare together.
    """

    verdict: Verdict
    parts: tuple[Part, ...]
    listed: tuple[str, ...] = ()
    rare: bool = False

    @property
    def rarity(self) -> float:
        """-ln of how usual the readings of all parts are together."""
        return sum(part.rarity for part in self.parts)


FULL = frozenset(
    {
        Evidence.ON,
        Evidence.KUN,
        Evidence.NANORI,
        Evidence.CLASSICAL,
        Evidence.KANA,
        Evidence.ATTESTED,
        Evidence.WORD,
    }
)
"""What explains a character fully."""


RAREST = 8.5
"""So rare the readings of several characters may be together, on no list, without a person's look: a sum of -ln of shares, one in
5,000. Readings that names hardly ever have, two at once, are more often a slip than a name. Chosen on the names of IPAdic.
"""


def judged(parts: tuple[Part, ...], listed: tuple[str, ...], filing: Filing) -> Finding:
    """The verdict on a reading. `parts`: the best alignment found, with `Evidence.NONE` where nothing explains a part; `listed`:
    lists of names that have the pair.

    - every part explained fully, no more than one character silent: accept, unless they are together too rare;
    - a name of a list: accept; for a new name only if every character has a part in it, else review;
    - parts of readings or silent characters, on no list: review;
    - anything else: refuse candidate for a new name, review for the registered.
    """
    related = bool(parts) and all(part.evidence is not Evidence.NONE for part in parts)
    silent = sum(part.evidence is Evidence.SILENT for part in parts)
    if related and silent <= 1 and all(part.is_full for part in parts):
        rare = len(parts) > 1 and sum(part.rarity for part in parts) > RAREST and not listed
        return Finding(Verdict.REVIEW if rare else Verdict.ACCEPT, parts, listed, rare)
    if listed and (related or filing is Filing.REGISTERED):
        return Finding(Verdict.ACCEPT, parts, listed)
    if listed or related or filing is Filing.REGISTERED:
        return Finding(Verdict.REVIEW, parts, listed)
    return Finding(Verdict.REFUSE_CANDIDATE, parts, listed)
