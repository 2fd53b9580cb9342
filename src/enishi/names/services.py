"""The use cases of names: what other rooms may ask."""

from __future__ import annotations

from functools import cache

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import REGISTERED_KANA
from enishi.names.engines.aligning import Aligner
from enishi.names.engines.building import build as build_dictionaries
from enishi.names.engines.dictionary import SELECTORS, dictionary
from enishi.names.explaining import explained
from enishi.names.rules.readings import Change, Evidence, Filing, Finding, Kind, Part, Verdict, judged

__all__ = [
    "Change",
    "Evidence",
    "Filing",
    "Finding",
    "Kind",
    "Part",
    "Verdict",
    "build_dictionaries",
    "examine",
    "explained",
]

LONGEST_NAME = 50
LONGEST_READING = 100


def examine(name: str, reading: str, kind: Kind = Kind.GIVEN, filing: Filing = Filing.REGISTERED) -> Finding:
    """Whether `reading` is one of the characters of `name`, with the alignment and the source of each part.

    `name`: one part of a name as registered, with its variation selectors; nothing is changed in it. `reading`: full-width
    katakana as registered (`kernel.kana.is_registered_kana`). Raises BadInput with the place of what is not. Source: Family
    Register Act, art. 13(2) (`rules.readings`).
    """
    _check(name, reading)
    usual = dictionary().usual(name)
    if reading in dictionary().words.get(usual, ()):
        parts: tuple[Part, ...] = (Part(name, reading, Evidence.WORD),)
    else:
        parts = _aligner(kind).align(name, reading) or ()
    listed = dictionary().lists(name, reading) or dictionary().lists(usual, reading)
    return judged(parts, listed, filing, dictionary().rarity(parts, kind))


@cache
def _aligner(kind: Kind) -> Aligner:
    return Aligner(dictionary(), kind)


def _check(name: str, reading: str) -> None:
    for text, what, longest in ((name, "name", LONGEST_NAME), (reading, "reading", LONGEST_READING)):
        if not text.strip():
            raise BadInput(f"the {what} is empty", where=what, todo=f"give the {what}")
        if len(text) > longest:
            raise BadInput(
                f"the {what} is longer than {longest} characters",
                where=what,
                todo="give one part of a name alone",
            )
    for place, letter in enumerate(name, 1):
        selects = ord(letter) in SELECTORS
        if (selects and place == 1) or not (selects or letter.isprintable()) or letter.isspace():
            raise BadInput(
                f"U+{ord(letter):04X} is no character of a name",
                where=f"name, character {place}",
                todo="give surname or given name alone, as it is registered",
            )
    for place, letter in enumerate(reading, 1):
        if letter not in REGISTERED_KANA or (place == 1 and letter == "ー"):
            raise BadInput(
                f"U+{ord(letter):04X} cannot stand here in a registered reading",
                where=f"reading, character {place}",
                todo="give the reading in full-width katakana, with small ャュョッ where they are small",
            )
