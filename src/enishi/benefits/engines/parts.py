"""The parts of a run: consecutive small shards of the snapshot together, so that a small nation has few pieces of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enishi.platform.snapshots import Shard

MOST_TOGETHER = 250_000
"""Persons; a shard that has more is a part alone."""


@dataclass(frozen=True)
class Part:
    """Consecutive shards that a run takes in one piece."""

    shards: tuple[Shard, ...]

    @property
    def name(self) -> str:
        """That of its first shard."""
        return self.shards[0].name

    @property
    def rows(self) -> int:
        return sum(shard.rows for shard in self.shards)

    @property
    def person_min(self) -> int:
        return min(shard.person_min for shard in self.shards)

    @property
    def person_max(self) -> int:
        return max(shard.person_max for shard in self.shards)


def parts_of(shards: Iterable[Shard]) -> tuple[Part, ...]:
    """Shards in their order, taken together while they have at most `MOST_TOGETHER` persons."""
    parts: list[Part] = []
    for shard in shards:
        if parts and parts[-1].rows + shard.rows <= MOST_TOGETHER:
            parts[-1] = Part((*parts[-1].shards, shard))
        else:
            parts.append(Part((shard,)))
    return tuple(parts)
