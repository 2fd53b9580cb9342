"""What the record of the person on the desk says today, for forms that change it."""

from __future__ import annotations

from enishi.register.services import record_as_of
from enishi.register.terms import Entered
from enishi.web.register.acts import words
from enishi.web.register.acts.desk import Desk


def held_of(desk: Desk) -> tuple[Entered, ...]:
    """What the record of the desk's person says today, recorded as read."""
    assert desk.person is not None
    record = record_as_of(desk.reader, desk.muni, desk.person, on=desk.today)
    return record.entered if record else ()


def one_of(held: tuple[Entered, ...], group: str, kind: str = "") -> Entered | None:
    return next((one for one in held if (one.group, one.kind) == (group, kind)), None)


def in_words(held: tuple[Entered, ...], *groups: str) -> list[tuple[str, str]]:
    """The groups of the record in words; `name:alias` for one kind of a group."""
    return [
        (words.group(one.group, one.kind), words.said(one.group, one.items))
        for wanted in groups
        for one in held
        if wanted in (one.group, f"{one.group}:{one.kind}")
    ]
