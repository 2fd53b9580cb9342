"""A name for a system that has fewer characters: one way only, each step recorded, and what is no rule left to a person.

A selector is taken off at once: the character base gives the registered form and its base the same character. Any further step
(髙 to 高) needs a ground: the official reduction map (MJ縮退マップ) where it is loaded and names one character, or the choice of
a person. Until then other forms are candidates. The registered name itself is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enishi.kernel.variants import REDUCED


class Target(StrEnum):
    """What the narrow system has: the characters of CP932 (Windows-31J), or of JIS X 0213:2004."""

    CP932 = "cp932"
    JIS_X_0213 = "jis_x_0213"


class Ground(StrEnum):
    """What a step rests on."""

    SELECTOR = "selector"
    UNIFICATION = "unification"
    REGISTER_NOTICES = "register_notices"
    NOTICE_582 = "notice_582"
    DICTIONARIES = "dictionaries"
    ANALOGY = "analogy"
    FREQUENT = "frequent"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """A character that another may be reduced to, and why; `rank`: the map's own order (順位 or ホップ数), 0 if it gives none."""

    character: str
    ground: Ground
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One character reduced: its place in the name (from 1), before, after, and why."""

    place: int
    before: str
    after: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Reduced:
    """The name for the narrow system, or None while characters are open: those for which a person has to choose, with options."""

    text: str | None
    steps: tuple[Step, ...]
    open: tuple[tuple[int, str, tuple[Option, ...]], ...] = ()


PRIVATE_USE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))
"""Characters that mean something in one system alone (外字)."""
_CODECS = {Target.CP932: "cp932", Target.JIS_X_0213: "shift_jis_2004"}
_FIRM = (Ground.UNIFICATION, Ground.REGISTER_NOTICES, Ground.NOTICE_582)
"""Grounds of law and standard; dictionaries and analogy are never enough without a person."""


def reduced(
    name: Sequence[tuple[str, str]],
    target: Target,
    official: Mapping[str, Sequence[Option]] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Reduced:
    """A name reduced. `name`: (character, selector or "") one after the other; `official`: options by character with its
    selector, of the map that was loaded; `chosen`: what a person chose, by character with its selector.
    """
    text, steps, open_ = "", [], []
    for place, (character, selector) in enumerate(name, 1):
        form = character + selector
        if chosen and form in chosen:
            steps.append(Step(place, form, chosen[form], Ground.CHOICE))
            text += chosen[form]
            continue
        if selector:
            steps.append(Step(place, form, character, Ground.SELECTOR))
        if fits(character, target):
            text += character
            continue
        options = _options(form, character, target, official or {})
        firm = {option.character for option in options if option.ground in _FIRM}
        if len(firm) == 1:
            option = next(option for option in options if option.ground in _FIRM)
            steps.append(Step(place, character, option.character, option.ground))
            text += option.character
        else:
            open_.append((place, form, options))
    return Reduced(None if open_ else text, tuple(steps), tuple(open_))


def fits(text: str, target: Target) -> bool:
    """Whether the narrow system has all characters; those of private use it has not."""
    try:
        text.encode(_CODECS[target])
    except UnicodeEncodeError:
        return False
    return not any(map(is_private, text))


def is_private(letter: str) -> bool:
    """Whether a character is of private use."""
    return any(ord(letter) in part for part in PRIVATE_USE)


def _options(
    form: str, character: str, target: Target, official: Mapping[str, Sequence[Option]]
) -> tuple[Option, ...]:
    """Characters that the narrow system has, the best ground first: of the map, then of the forms frequent in names."""
    order = list(Ground)
    found = sorted(
        [*official.get(form, ()), *(official.get(character, ()) if form != character else ())],
        key=lambda option: (order.index(option.ground), option.rank),
    )
    if character in REDUCED:
        found.append(Option(REDUCED[character], Ground.FREQUENT))
    known: dict[str, Option] = {}
    for option in found:
        if fits(option.character, target):
            known.setdefault(option.character, option)
    return tuple(known.values())
