"""The door of number/: issue, find, reveal, change. Law: My Number Act (Act 27 of 2013); for resident codes the Basic
Resident Register Act (Act 81 of 1967), arts 30-2 to 30-5.

No message, log line or record of this room contains a number or a code. Every `find`, `reveal` and `change` needs a
decision taken elsewhere by the law of the act at hand. The first two leave a line in the read record, whatever came of it;
a change reads nothing, and the register's journal holds its act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from django.views.decorators.debug import sensitive_variables

from enishi.number.store import CODES, NUMBERS, Decision

__all__ = [
    "Decision",
    "change",
    "change_code",
    "find",
    "find_code",
    "has_code",
    "has_number",
    "issue",
    "issue_code",
    "issue_missing",
    "load_numbers",
    "reveal",
    "reveal_code",
]


def has_number(person: int) -> bool:
    """Whether a person has a number; says nothing about which."""
    return NUMBERS.has(person)


def has_code(person: int) -> bool:
    """Whether a person has a resident code; says nothing about which."""
    return CODES.has(person)


def issue(person: int) -> None:
    """Generates a number that nobody has or had and seals it for a person (My Number Act arts. 7, 8).

    Random in its eleven digits (the system's own randomness), the twelfth is the check digit. Raises Refused
    where the person has one already.
    """
    NUMBERS.issue(person)


def issue_code(person: int) -> None:
    """Generates a resident code that nobody has or had and seals it for a person (art. 30-3).

    Ten random digits and a check digit, whose official formula is not known here (`kernel.resident_code`). Raises Refused
    where the person has one already.
    """
    CODES.issue(person)


def issue_missing(persons: Iterable[int]) -> None:
    """A number and a resident code for each of the persons who has none yet, as `issue` and `issue_code`, many at a time."""
    from enishi.number.engines.issuing import issue_missing

    issue_missing(persons)


def change(person: int, decision: Decision, on: date, key: str) -> None:
    """A new number in the place of one that may be misused, valid from `on` (My Number Act art. 7(2)).

    The old one stays sealed with the days of its validity and is never given to anybody. `key`: the act's; called again with
    it, nothing changes. Raises Refused without an allowing decision or for a day before the present one began, BadInput
    where the person has none.
    """
    NUMBERS.change(person, decision, on, key)


def change_code(person: int, decision: Decision, on: date, key: str) -> None:
    """A new resident code at the resident's request (art. 30-4); else as `change`."""
    CODES.change(person, decision, on, key)


@sensitive_variables()
def find(number: str, decision: Decision, on: date | None = None) -> int | None:
    """The person who bears a number (`on`: who bore it on a day), or None. Raises Refused without an allowing decision,
    BadInput for no number.
    """
    return NUMBERS.find(number, decision, on)


@sensitive_variables()
def find_code(code: str, decision: Decision, on: date | None = None) -> int | None:
    """The person who has a resident code, as `find`."""
    return CODES.find(code, decision, on)


@sensitive_variables()
def reveal(person: int, decision: Decision, on: date | None = None) -> str:
    """A person's number in the clear (`on`: that of a day). Raises Refused, in the same words, without an allowing decision,
    where the person's record is closed to the reader, and where there is none.
    """
    return NUMBERS.reveal(person, decision, on)


@sensitive_variables()
def reveal_code(person: int, decision: Decision, on: date | None = None) -> str:
    """A person's resident code in the clear, as `reveal`."""
    return CODES.reveal(person, decision, on)


def load_numbers(folder: Path, progress: Callable[[str, int], object] | None = None) -> int:
    """Seals the numbers of a snapshot's `numbers/` files; returns how many this call sealed. Everybody in them gets a
    resident code too.

    Set-based, a file a transaction, resumable: a file that is sealed already is left alone. Raises BadInput
    for a file that is missing, altered or holds what is no number (naming the row, never its content),
    Refused where the vault holds another nation's numbers. `progress(file, rows)` is called after each file.
    """
    from enishi.number.engines.load import load

    return load(folder, progress)
