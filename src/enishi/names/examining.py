"""Whether readings are those of their characters: one by one with the evidence, or many at once with the verdict alone."""

from __future__ import annotations

from functools import cache
from unicodedata import category

import numpy as np
import polars as pl

from enishi.kernel.errors import BadInput
from enishi.kernel.kana import REGISTERED_KANA
from enishi.names.engines.aligning import Aligner
from enishi.names.engines.dictionary import SELECTING, SELECTORS, dictionary
from enishi.names.engines.screening import CHARACTERS, LETTERS, Screen
from enishi.names.rules.readings import RAREST, Evidence, Filing, Finding, Kind, Part, Verdict, judged

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
        parts = aligner(kind).align(name, reading) or ()
    return judged(parts, dictionary().lists(name, reading), filing)


@cache
def aligner(kind: Kind) -> Aligner:
    """The aligner of one kind by the dictionaries of the package."""
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
        if _is_no_letter(letter) or (place == 1 and ord(letter) in SELECTORS):
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


def _is_no_letter(letter: str) -> bool:
    """Whether it is white space, a control or half a character, or of private use. What this Python's Unicode does not have yet
    among the ideographs of planes 2 and 3 is a letter.
    """
    sort = category(letter)
    return (
        sort[0] == "Z"
        or sort in ("Cc", "Cf", "Cs", "Co")
        or (sort == "Cn" and not 2 <= ord(letter) >> 16 <= 3)
    )


PLAIN_NAME = rf"^(?:[^\p{{C}}\p{{Z}}{SELECTING}][{SELECTING}]*){{1,{CHARACTERS}}}$"
PLAIN_READING = (
    rf"^[{''.join(sorted(REGISTERED_KANA - {'ー'}))}][{''.join(sorted(REGISTERED_KANA))}]{{0,{LETTERS - 1}}}$"
)
"""What goes through arrays; anything else is looked at one by one, and bad input is named there."""


def examine_many(
    names: pl.Series, readings: pl.Series, kind: Kind = Kind.GIVEN, filing: Filing = Filing.REGISTERED
) -> pl.DataFrame:
    """(verdict, problem) for each pair, in their order: the verdict of `examine`; or none, and what is wrong with the input."""
    binds = filing is not Filing.REGISTERED
    pairs = pl.DataFrame(
        {"name": names, "reading": readings}, schema={"name": pl.String, "reading": pl.String}
    ).with_columns(usual=dictionary().usual_of(pl.col("name")))
    known = pairs.join(_whole(), on=["usual", "reading"], how="left", maintain_order="left").select(
        plain=pl.col("name").str.contains(PLAIN_NAME) & pl.col("reading").str.contains(PLAIN_READING),
        listed="listed",
        word="word",
    )
    plain, listed, word = (known[column].fill_null(value=False).to_numpy() for column in known.columns)
    accepted = plain & (word | (listed & (not binds)))
    asked = np.flatnonzero(plain & ~accepted)
    open_ = pairs["usual"].gather(asked)
    rarity = screen(kind).rarities(open_.to_list(), pairs["reading"].gather(asked).to_list())
    usual = (rarity <= RAREST) | (open_.str.len_chars() == 1).to_numpy() | listed[asked]
    reviewed = np.isfinite(rarity) | (not binds)
    code = np.where(accepted, 1, 0)
    code[asked] = np.where(np.isfinite(rarity) & usual, 1, np.where(reviewed, 2, 0))
    verdict = pl.Series([None, Verdict.ACCEPT.value, Verdict.REVIEW.value], dtype=pl.String).gather(code)
    problem = pl.Series([None], dtype=pl.String).new_from_index(0, len(pairs))
    if len(singly := np.flatnonzero(code == 0)):
        rest = pairs[singly].select("name", "reading")
        found = [_verdict(name, reading, kind, filing) for name, reading in rest.iter_rows()]
        verdict = verdict.scatter(singly, [one for one, _ in found])
        problem = problem.scatter(singly, [one for _, one in found])
    return pl.DataFrame({"verdict": verdict, "problem": problem})


def _verdict(
    name: str | None, reading: str | None, kind: Kind, filing: Filing
) -> tuple[str | None, str | None]:
    try:
        return examine(name or "", reading or "", kind, filing).verdict.value, None
    except BadInput as error:
        return None, f"{error.where}: {error.what}"


@cache
def screen(kind: Kind) -> Screen:
    """The screen of one kind by the dictionaries of the package."""
    return Screen(dictionary(), kind)


@cache
def _whole() -> pl.DataFrame:
    """(usual, reading, listed, word): pairs that a list of names has, of either kind, and words with their readings."""
    known = dictionary()
    words = [(word, reading) for word, found in known.words.items() for reading in found]
    pairs = [known.listed(kind).select("name", "reading", listed=True, word=False) for kind in Kind]
    spelled = pl.DataFrame(words, schema={"name": pl.String, "reading": pl.String}, orient="row")
    found = pl.concat([*pairs, spelled.select("name", "reading", listed=False, word=True)])
    return found.group_by(usual="name", reading="reading").agg(pl.col("listed", "word").any())
