"""How a step is taken for thousands of moves of one municipality at once: in one transaction, each whole or not at all.

What a batch cannot take it leaves, with the reason, as it was: that goes the usual way, by the use cases of `moves.filing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import DatabaseError, connections, transaction

from enishi.platform.services import database_of

T = TypeVar("T")

ELSEWHERE = "this database has no set-based way"
TWICE = "the same person or household stands in another move of this batch"
UNKNOWN = "this municipality knows no such move"


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch: the moves that took the step, in order; those left as they were, each with the reason."""

    done: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)


class Unfit(Exception):
    """Some moves of a batch cannot be taken: `left` says which and why. What the batch did is undone; it goes on without them."""

    def __init__(self, left: Mapping[str, str]) -> None:
        self.left = left


class NotPlain(Exception):
    """One move cannot be taken by a batch; says why. Raised before anything of it is changed."""


def set_based(muni: str) -> bool:
    """Whether the database of a municipality is one that a batch knows."""
    return bool(connections[database_of(muni)].vendor == "postgresql")


def in_one_go(
    muni: str, items: Sequence[T], name: Callable[[T], str], work: Callable[[list[T], dict[str, str]], None]
) -> Batch:
    """Does `work(items, left)`, which puts the names of those that it does not take in `left`, for as many as can be.

    Call it inside the transaction of the municipality. What the database refuses is looked for by halves: one bad row keeps
    nobody else back.
    """
    left: dict[str, str] = {}
    alias = database_of(muni)

    def attempt(part: list[T]) -> None:
        while part:
            mine: dict[str, str] = {}
            try:
                with transaction.atomic(using=alias):
                    work(part, mine)
            except Unfit as unfit:
                left.update(unfit.left)
                part = [one for one in part if name(one) not in unfit.left]
            except DatabaseError as error:
                if len(part) == 1:
                    left[name(part[0])] = str(error).splitlines()[0]
                    return
                attempt(part[: len(part) // 2])
                part = part[len(part) // 2 :]
            else:
                left.update(mine)
                return

    attempt(list(items))
    return Batch(tuple(one for one in map(name, items) if one not in left), left)


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array of them, for `%s::bigint[]`; without those that are none of its numbers, and
    nobody's.
    """
    return f"{{{','.join(str(one) for one in values if -(2**63) <= one < 2**63)}}}"


def rows_of(cursor: Any, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    cursor.execute(statement, values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
