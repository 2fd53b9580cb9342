"""What an act changed, day by day: the record before and after it, laid side by side.

An act supersedes facts and enters others, most of which say again what was said before for other days. What really
differs is found by cutting both at every day on which one of them begins or ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from enishi.register.records import Entered

Items = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """For the days from `since` up to, not including, `until` (None: long before, still running) a group of items read
    `before` and reads `after`; None where the record said, or says, nothing of the group on those days.
    """

    group: str
    kind: str
    since: date | None
    until: date | None
    before: Items | None
    after: Items | None


def differences(ceased: Iterable[Entered], entered: Iterable[Entered]) -> tuple[Difference, ...]:
    """What differs between the facts that an act superseded and those that it entered, of one person.

    In the order of the groups as they come, each by day. Days on which both say the same are left out, and neighbouring
    days with the same difference are one.
    """
    old, new = list(ceased), list(entered)
    kinds = dict.fromkeys((one.group, one.kind) for one in [*old, *new])
    return tuple(
        found
        for group, kind in kinds
        for found in _of_group(group, kind, _only(old, group, kind), _only(new, group, kind))
    )


def _only(facts: Sequence[Entered], group: str, kind: str) -> list[Entered]:
    return [one for one in facts if (one.group, one.kind) == (group, kind)]


def _of_group(group: str, kind: str, old: list[Entered], new: list[Entered]) -> list[Difference]:
    borders = sorted({day for one in [*old, *new] for day in (one.since, one.until) if day is not None})
    found: list[Difference] = []
    for since, until in pairwise([None, *borders, None]):
        before, after = _on(old, since, until), _on(new, since, until)
        if before == after:
            continue
        last = found[-1] if found else None
        if last and (last.until, last.before, last.after) == (since, before, after) and since is not None:
            found[-1] = Difference(group, kind, last.since, until, before, after)
        else:
            found.append(Difference(group, kind, since, until, before, after))
    return found


def _on(facts: list[Entered], since: date | None, until: date | None) -> Items | None:
    """What the facts say on the days between two neighbouring borders."""
    for one in facts:
        begins = one.since is None or (since is not None and one.since <= since)
        lasts = one.until is None or (until is not None and until <= one.until)
        if begins and lasts:
            return one.items
    return None
