"""What the register refuses, in Japanese as well: the rules speak English (`kernel.errors`), a clerk reads their own language.

The journal of refused acts keeps the words of the rule; they are put into the reader's language when they are shown. The
table pairs each sentence with its Japanese; `{holes}` stand for what a sentence says of this very case. A test reads the
rules and acts and fails on a sentence that is missing here.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from enishi.kernel.eras import GREGORIAN_FROM, format_long
from enishi.kernel.errors import EnishiError
from enishi.kernel.language import ENGLISH, choose
from enishi.register.refused_sentences import SENTENCES, WORDS
from enishi.register.rules.catalogue import CATALOGUE

HOLE = re.compile(r"\{(\w+)\}")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def in_words(error: EnishiError, language: str) -> EnishiError:
    """The same error in a language (`ja`, `en`). Whatever the table does not know stays as it was said."""
    return type(error)(
        sentence(error.what, language),
        where=sentence(error.where, language),
        todo=sentence(error.todo, language),
    )


def sentence(said: str, language: str) -> str:
    """A sentence of a refusal in a language; one that the table does not know, as it stands."""
    if not said or choose(language, ja="ja", en="en") == ENGLISH:
        return said
    if said in SENTENCES:
        return SENTENCES[said]
    for pattern, japanese in _patterns():
        if found := pattern.fullmatch(said):
            return japanese.format_map(
                {name: _filled(name, text) for name, text in found.groupdict().items()}
            )
    return said


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with holes, those that say most of themselves first."""
    with_holes = [(english, japanese) for english, japanese in SENTENCES.items() if HOLE.search(english)]
    with_holes.sort(key=lambda pair: -len(HOLE.sub("", pair[0])))
    return tuple((_pattern(english), japanese) for english, japanese in with_holes)


def _pattern(english: str) -> re.Pattern[str]:
    parts = HOLE.split(english)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL
    )


def _filled(name: str, text: str) -> str:
    """What stands in a hole: days in an era, acts and places by their Japanese words, all else as it is."""
    if name.startswith("day"):
        return ISO_DAY.sub(lambda found: _day(found[0]), text)
    if name == "acts":
        return "・".join(_act(one) for one in text.split(" or "))
    return WORDS.get(text, text.strip("'"))


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return format_long(day) if day >= GREGORIAN_FROM else f"{day.year}年{day.month}月{day.day}日"


def _act(english: str) -> str:
    return next((entry.ja for entry in CATALOGUE.values() if entry.en == english), english)
