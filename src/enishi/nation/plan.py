"""Which shards a nation has, and which units they hold: known before anybody is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from enishi.nation.census import Census, Int64s
from enishi.nation.unit import Unit

SHARD_SIZE = 500_000
LARGEST_HOUSEHOLD = 100
"""Rows by which a part of a municipality may pass its mark, to end with a whole household."""


@dataclass(frozen=True)
class Task:
    """Work that one process does in one go: shards `first` to `first + parts - 1`.

    Either whole municipalities in one shard, or one large municipality in several parts that end with the
    first whole household at or past every `mark` rows. `rows`: at most.
    """

    units: tuple[Unit, ...]
    first: int
    parts: int
    mark: int
    rows: int

    @property
    def shards(self) -> range:
        return range(self.first, self.first + self.parts)


def plan(census: Census, cells: Int64s, seed: int, shard_size: int = SHARD_SIZE) -> list[Task]:
    """Tasks in the order of their shards. `shard_size`: most persons in a shard."""
    units = [
        Unit(index + 1, code, cells[index]) for index, code in enumerate(census.codes) if cells[index].any()
    ]
    municipality = dict(zip(census.codes, census.municipalities, strict=True))
    tasks: list[Task] = []
    for _, group in groupby(units, key=lambda unit: unit.code[:2]):
        cities = [tuple(wards) for _, wards in groupby(group, key=lambda unit: municipality[unit.code])]
        tasks.extend(_prefecture(cities, seed, shard_size))
    placed = []
    first = 1
    for task in tasks:
        placed.append(Task(task.units, first, task.parts, task.mark, task.rows))
        first += task.parts
    return placed


def _prefecture(cities: list[tuple[Unit, ...]], seed: int, shard_size: int) -> Iterator[Task]:
    together: list[Unit] = []
    rows = 0
    for city in cities:
        own = sum(unit.rows_at_most(seed) for unit in city)
        if together and rows + own > shard_size:
            yield Task(tuple(together), 0, 1, shard_size, rows)
            together, rows = [], 0
        if own > shard_size:
            parts = -(-own // max(shard_size - LARGEST_HOUSEHOLD, 1))
            yield Task(city, 0, parts, -(-own // parts), own)
        else:
            together.extend(city)
            rows += own
    if together:
        yield Task(tuple(together), 0, 1, shard_size, rows)
