"""Movement within 90 days either side of the day: births, deaths, arrivals, departures, moves.

People on the register on the day are in the cells, and get the day they came from or the day they go. Those
who had gone before it, or come only after it, are rows of their own outside the cells. A domestic move
shows on one side only: the person who moves out of one place is not the one who moves in elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enishi.nation import demography as rates
from enishi.nation.households import Draft, Int8s, Int32s, Int64s

ENTRIES = ("birth", "from_abroad", "move_in")
EXITS = ("death", "abroad", "move_out")
BIRTH, FROM_ABROAD, MOVE_IN = range(3)
DEATH, ABROAD, MOVE_OUT = range(3)
NEVER = np.int32(2**31 - 1)
"""In `since`: long before (negative); in `until`: not known to end."""

WINDOW = rates.WINDOW


@dataclass
class Stay:
    """When each row of a unit is on its register. `since`, `until`: days since 1970, half-open; `entry`,
    `exit`: or -1.
    """

    since: Int32s
    entry: Int8s
    until: Int32s
    exit: Int8s

    @classmethod
    def long(cls, size: int) -> Stay:
        return cls(
            np.full(size, -NEVER, dtype=np.int32),
            np.full(size, -1, dtype=np.int8),
            np.full(size, NEVER, dtype=np.int32),
            np.full(size, -1, dtype=np.int8),
        )

    @classmethod
    def joined(cls, parts: list[Stay]) -> Stay:
        """The rows of all parts, in order."""
        names = ("since", "entry", "until", "exit")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def of(self, rows: Int64s | slice) -> Stay:
        """These rows, in this order."""
        return Stay(self.since[rows], self.entry[rows], self.until[rows], self.exit[rows])


OUTSIDE = tuple(rates.BEFORE | rates.AFTER)


def planned(residents: int, phase: float) -> tuple[int, ...]:
    """How many rows outside the cells a unit has at most, by kind as in OUTSIDE. `phase`: 0 to 1, the same
    for all kinds of a unit.
    """
    return tuple(int(residents * share + phase) for share in (rates.BEFORE | rates.AFTER).values())


def stays(rng: np.random.Generator, draft: Draft, foreign: Int8s, head_of: Int64s) -> Stay:
    """Entries before and exits after the day of those in the cells. `head_of`: by root, the row of its
    head."""
    n, on = draft.size, draft.on
    stay = Stay.long(n)
    roots = np.nonzero(draft.root == np.arange(n))[0]
    heads = head_of[roots]
    u = rng.random((4, len(roots)), dtype=np.float32)
    move = rates.MOVES[draft.band[heads]]
    settled = draft.institution[roots] >= 0
    move = np.where(settled, 0.01, move)
    abroad = np.asarray(rates.COMES_FROM_ABROAD)[foreign[roots]]
    came = np.where(u[0] < abroad, FROM_ABROAD, np.where(u[0] < abroad + move, MOVE_IN, -1)).astype(np.int8)
    leaves = np.asarray(rates.LEAVES_ABROAD)[foreign[roots]]
    goes = np.where(u[1] < leaves, ABROAD, np.where(u[1] < leaves + move, MOVE_OUT, -1)).astype(np.int8)
    goes[came >= 0] = -1
    _whole(
        draft, roots[came >= 0], came[came >= 0], on - (u[2][came >= 0] * WINDOW).astype(np.int32), stay, True
    )
    _whole(
        draft,
        roots[goes >= 0],
        goes[goes >= 0],
        on + 1 + (u[3][goes >= 0] * WINDOW).astype(np.int32),
        stay,
        False,
    )
    born = (draft.birth > on - WINDOW) & (draft.birth >= stay.since)
    stay.since[born] = draft.birth[born]
    stay.entry[born] = BIRTH
    dead = np.nonzero(rng.random(n, dtype=np.float32) < rates.DIES[draft.sex, draft.band])[0]
    until = on + 1 + (rng.random(len(dead)) * WINDOW).astype(np.int32)
    first = until < stay.until[dead]
    stay.until[dead[first]] = until[first]
    stay.exit[dead[first]] = DEATH
    return stay


def _whole(draft: Draft, roots: Int64s, how: Int8s, day: Int32s, stay: Stay, entry: bool) -> None:
    """Whole households come or go on one day."""
    if not len(roots):
        return
    days = np.full(draft.size, -NEVER, dtype=np.int32)
    ways = np.full(draft.size, -1, dtype=np.int8)
    days[roots], ways[roots] = day, how
    rows = np.nonzero(ways[draft.root] >= 0)[0]
    if entry:
        stay.since[rows], stay.entry[rows] = days[draft.root[rows]], ways[draft.root[rows]]
    else:
        stay.until[rows], stay.exit[rows] = days[draft.root[rows]], ways[draft.root[rows]]
