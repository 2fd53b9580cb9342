"""Which shards a nation has, and which units they hold: known before anybody is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from enishi.nation.census import Census, Int64s
from enishi.nation.unit import Unit

SHARD_SIZE = 500_000
LARGEST_HOUSEHOLD = 100
"""Rows by which a part of a municipality may pass its mark, to end with a whole household."""
GROUP = 16_384
"""Units with fewer residents are drawn together with their neighbours, up to about so many."""

Group = tuple[Unit, ...]


@dataclass(frozen=True)
class Task:
    """Work that one process does in one go: shards `first` to `first + parts - 1`.

    Either whole municipalities in one shard, or one large municipality in several parts that end with the
    first whole household at or past every `mark` rows. `rows`: at most. `groups`: those that the units were
    drawn with, first unit and the one past the last of each that belong to the task.
    """

    groups: tuple[tuple[Group, int, int], ...]
    first: int
    parts: int
    mark: int
    rows: int

    @property
    def shards(self) -> range:
        return range(self.first, self.first + self.parts)

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for group, first, end in self.groups for unit in group[first:end])


def plan(census: Census, cells: Int64s, seed: int, shard_size: int = SHARD_SIZE) -> list[Task]:
    """Tasks in the order of their shards. `shard_size`: most persons in a shard."""
    units = [
        Unit(index + 1, code, cells[index], _phase(seed, code))
        for index, code in enumerate(census.codes)
        if cells[index].any()
    ]
    municipality = dict(zip(census.codes, census.municipalities, strict=True))
    tasks: list[Task] = []
    for _, members in groupby(units, key=lambda unit: unit.code[:2]):
        prefecture = list(members)
        groups = list(_groups(prefecture))
        cities = [tuple(wards) for _, wards in groupby(prefecture, key=lambda unit: municipality[unit.code])]
        tasks.extend(
            replace(task, groups=tuple(_within(groups, wanted)))
            for task, wanted in _prefecture(cities, shard_size)
        )
    placed = []
    first = 1
    for task in tasks:
        placed.append(replace(task, first=first))
        first += task.parts
    return placed


def _phase(seed: int, code: str) -> float:
    return float(np.random.Generator(np.random.SFC64([seed, int(code), 1])).random())


def _groups(units: list[Unit]) -> Iterator[Group]:
    """Neighbours in code order of one prefecture: large units alone, small ones together."""
    together: list[Unit] = []
    size = 0
    for unit in units:
        residents = unit.residents
        if together and (residents >= GROUP or size >= GROUP):
            yield tuple(together)
            together, size = [], 0
        together.append(unit)
        size += residents
        if residents >= GROUP:
            yield tuple(together)
            together, size = [], 0
    if together:
        yield tuple(together)


def _within(groups: list[Group], wanted: tuple[Unit, ...]) -> Iterator[tuple[Group, int, int]]:
    """The groups that hold the wanted units, which follow each other."""
    first, last = wanted[0].ordinal, wanted[-1].ordinal
    for group in groups:
        places = [place for place, unit in enumerate(group) if first <= unit.ordinal <= last]
        if places:
            yield group, places[0], places[-1] + 1


def _prefecture(cities: list[tuple[Unit, ...]], shard_size: int) -> Iterator[tuple[Task, tuple[Unit, ...]]]:
    together: list[Unit] = []
    rows = 0
    for city in cities:
        own = sum(unit.rows_at_most for unit in city)
        if together and rows + own > shard_size:
            yield Task((), 0, 1, shard_size, rows), tuple(together)
            together, rows = [], 0
        if own > shard_size:
            parts = -(-own // max(shard_size - LARGEST_HOUSEHOLD, 1))
            yield Task((), 0, parts, -(-own // parts), own), city
        else:
            together.extend(city)
            rows += own
    if together:
        yield Task((), 0, 1, shard_size, rows), tuple(together)
