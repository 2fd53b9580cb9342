"""Acts and facts of many moves at once: read by person, changed in memory as `facts` and `journal` do, written by tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from enishi.kernel.errors import Refused
from enishi.platform.services import database_of, insert_rows
from enishi.register.chain import BEGINNING, hash_of
from enishi.register.engines.moving_batches import NotPlain, Unfit, numbers, rows_of
from enishi.register.engines.moving_rows import Row, columns_of
from enishi.register.facts import NOT_ITEMS
from enishi.register.guards import LOADING
from enishi.register.models import Fact, SetAside
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.vocabulary import Manner

ACT = ("muni", "number", "kind", "manner", "article", "effective", "effective_latest", "effective_wording", "reported_on",
       "recorded_at", "actor", "reason", "key", "facts", "corrects", "previous_hash", "hash")  # fmt: skip
UNSOUND = """
WITH own AS (SELECT DISTINCT m.person, m.household FROM register_membership m
  WHERE m.muni = %(muni)s AND m.person = ANY(%(persons)s))
SELECT DISTINCT own.person FROM own JOIN register_membership m
  ON m.muni = %(muni)s AND m.household = own.household AND m.superseded_at IS NULL
WHERE NOT coalesce(daterange(m.since, m.until) <@ (
    SELECT range_agg(daterange(r.since, r.until)) FROM register_residence r
    WHERE r.muni = %(muni)s AND r.person = m.person AND r.superseded_at IS NULL), false)
  OR NOT coalesce(daterange(m.since, m.until) <@ (
    SELECT range_agg(daterange(h.since, h.until)) FROM register_membership h
    WHERE h.muni = %(muni)s AND h.household = m.household AND h.relation = 'head' AND h.superseded_at IS NULL), false)"""
"""What `guards.WholeHouseholds` asks for each row, once for all of them: who of the persons has, or had, a place in a household
with a member who is no resident, or with a day without head.
"""
NOT_WHOLE = "a household would not be whole"
OF_ALL = frozenset({"muni", "recorded_at", "superseded_at", "superseded_by"})
"""Columns that are the same for all that the register says now in a municipality, or that no act reads of it."""
UNSAID = {"birth_wording": "", "since_wording": ""}
"""What a fact's column holds where an act says nothing of it; else null."""


class Acts:
    """The acts that a batch adds to the journal of a municipality. From here on the transaction is alone in it."""

    def __init__(self, muni: str, now: datetime, keys: Collection[str], cursor: Any) -> None:
        if SetAside.objects.using(database_of(muni)).exists():
            raise Refused(
                "a nation is being loaded into this register, which takes no acts until that has ended",
                where="register",
                todo="send the batch again when the loading has ended",
            )
        self.muni, self.now, self.cursor = muni, now, cursor
        cursor.execute(
            "INSERT INTO register_counter (muni, name, next) VALUES (%s, 'act', 1) ON CONFLICT DO NOTHING",
            [muni],
        )
        ((following,),) = rows_of(
            cursor, "SELECT next FROM register_counter WHERE muni = %s AND name = 'act' FOR UPDATE", [muni]
        )
        self._next = int(following)
        last = rows_of(
            cursor, "SELECT hash FROM register_act WHERE muni = %s AND number = %s", [muni, self._next - 1]
        )
        self._hash: str = last[0][0] if last else BEGINNING
        found = rows_of(
            cursor, "SELECT key FROM register_act WHERE muni = %s AND key = ANY(%s)", [muni, list(keys)]
        )
        self.known = {key for (key,) in found}
        """Those of the keys that stand for an act already."""
        self._rows: list[tuple[Any, ...]] = []
        self._persons: list[tuple[str, int, int]] = []

    def add(
        self,
        kind: Kind,
        day: date,
        reported_on: date | None,
        by: str,
        key: str,
        persons: Iterable[int],
        facts: dict[str, Any],
        corrects: int | None = None,
    ) -> int:
        """An act as `journal.record` writes it. Returns its number."""
        touched = sorted(set(persons))
        act = {
            "muni": self.muni,
            "number": self._next,
            "kind": kind.value,
            "manner": (Manner.EX_OFFICIO if reported_on is None else Manner.REPORT).value,
            "article": CATALOGUE[kind].article,
            "effective": day,
            "effective_latest": day,
            "effective_wording": "",
            "reported_on": reported_on,
            "recorded_at": self.now,
            "actor": by[:60],
            "reason": "",
            "key": key,
            "facts": facts,
            "corrects": corrects,
        }
        made = hash_of(act | {"persons": touched}, self._hash)
        said = act | {"facts": json.dumps(facts), "previous_hash": self._hash, "hash": made}
        self._rows.append(tuple(said[name] for name in ACT))
        self._persons += ((self.muni, self._next, person) for person in touched)
        self._next, self._hash = self._next + 1, made
        return self._next - 1

    def write(self) -> None:
        """The acts and whom they touch."""
        if not self._rows:
            return
        alias = database_of(self.muni)
        insert_rows("register_act", ACT, self._rows, using=alias)
        insert_rows("register_actperson", ("muni", "act", "person"), self._persons, using=alias)
        self.cursor.execute(
            "UPDATE register_counter SET next = %s WHERE muni = %s AND name = 'act'", [self._next, self.muni]
        )


class Facts:
    """What the register says now of some persons of a municipality, and what the acts of a batch change of it.

    JSON columns are text here, as the database hands them out. Facts of a person are in the order in which they were entered.
    """

    def __init__(
        self, muni: str, now: datetime, persons: Collection[int], groups: Sequence[type[Fact]], cursor: Any
    ) -> None:
        self.muni, self.now, self.cursor = muni, now, cursor
        self._believed: dict[type[Fact], dict[int, list[Row]]] = {}
        self._begun: dict[type[Fact], list[Row]] = {model: [] for model in groups}
        self._ended: dict[type[Fact], list[tuple[int, int]]] = {model: [] for model in groups}
        asked = numbers(persons)
        for model in groups:
            names = ["id", *(name for name in columns_of(model) if name not in OF_ALL)]
            listed = ", ".join(f'"{name}"' for name in names)
            of: dict[int, list[Row]] = {}
            for values in rows_of(
                cursor,
                f'SELECT {listed} FROM "{model._meta.db_table}" WHERE muni = %s AND person = ANY(%s::bigint[]) '
                "AND superseded_at IS NULL ORDER BY id",
                [muni, asked],
            ):
                row = dict(zip(names, values, strict=True))
                of.setdefault(row["person"], []).append(row)
            self._believed[model] = of

    def of(self, model: type[Fact], person: int) -> list[Row]:
        """What the register says of a person now, of whatever days."""
        return self._believed[model].get(person, [])

    def on(self, model: type[Fact], person: int, day: date) -> list[Row]:
        """What holds of a person on a day."""
        return [row for row in self.of(model, person) if holds(row, day)]

    def standing(self, model: type[Fact], person: int, day: date) -> Row:
        """As `acts.performing.standing`. Raises NotPlain."""
        rows = self.of(model, person)
        held = [row for row in rows if holds(row, day)]
        if not held or any(row["since"] is not None and row["since"] > day for row in rows):
            raise NotPlain(f"person {person}: not one {model._meta.verbose_name} that stands on {day}")
        return held[0]

    def begin(
        self,
        act: int,
        model: type[Fact],
        person: int,
        since: date | None,
        until: date | None = None,
        **items: Any,
    ) -> None:
        """As `facts.begin`."""
        row = {
            "id": None,
            "muni": self.muni,
            "person": person,
            "since": since,
            "until": until,
            "recorded_at": self.now,
            "act": act,
            "superseded_at": None,
            "superseded_by": None,
        } | items
        self._begun[model].append(row)
        self._believed[model].setdefault(person, []).append(row)

    def restate(self, act: int, model: type[Fact], row: Row, **changes: Any) -> None:
        """As `facts.restate`."""
        self._supersede(act, model, row)
        said = {name: value for name, value in row.items() if name not in NOT_ITEMS}
        since, until = changes.pop("since", row["since"]), changes.pop("until", row["until"])
        self.begin(act, model, row["person"], since, until, **(said | changes))

    def end(self, act: int, model: type[Fact], row: Row, day: date, **items: Any) -> None:
        """As `facts.end`."""
        if row["since"] is not None and row["since"] >= day:
            self._supersede(act, model, row)
        else:
            self.restate(act, model, row, until=day, **items)

    def check_settled(self, model: type[Fact], person: int, day: date, kind: str | None = None) -> None:
        """Raises NotPlain where `settle` would refuse."""
        if any(row["since"] is not None and row["since"] > day for row in self._of_kind(model, person, kind)):
            raise NotPlain(f"person {person}: a later {model._meta.verbose_name} is entered already")

    def settle(self, act: int, model: type[Fact], person: int, day: date, **items: Any) -> None:
        """As `facts.settle`, of a person who was checked."""
        rows = self._of_kind(model, person, items.get("kind"))
        held = next((row for row in rows if holds(row, day)), None)
        if held is None:
            self.begin(act, model, person, day, **items)
        elif any(held[name] != value for name, value in items.items()):
            said = {name: value for name, value in held.items() if name not in NOT_ITEMS}
            self.end(act, model, held, day)
            self.begin(act, model, person, day, held["until"], **(said | items))

    def write(self, whole: dict[int, str] | None = None) -> None:
        """All changes. `whole`: persons whose households must be whole then, each with their move: raises Unfit for those who
        are in one that is not. The database's own guard, which asks the same for each row at the end of the transaction, stands
        aside for these rows.
        """
        self._set_guard("on")
        for model, ended in self._ended.items():
            self._write(model, ended, self._begun[model])
        self._set_guard("")
        if whole:
            rows = rows_of(self.cursor, UNSOUND, {"muni": self.muni, "persons": list(whole)})
            if rows:
                raise Unfit({whole[person]: NOT_WHOLE for (person,) in rows})

    def _write(self, model: type[Fact], ended: list[tuple[int, int]], begun: list[Row]) -> None:
        table = model._meta.db_table
        if ended:
            ids, acts = zip(*ended, strict=True)
            self.cursor.execute(
                f'UPDATE "{table}" f SET superseded_at = %s, superseded_by = v.act '
                "FROM unnest(%s::bigint[], %s::bigint[]) AS v (id, act) WHERE f.id = v.id AND f.superseded_at IS NULL",
                [self.now, numbers(ids), numbers(acts)],
            )
            if self.cursor.rowcount != len(ended):
                raise Refused(
                    "the record has changed since it was read",
                    where=f"municipality {self.muni}",
                    todo="send the batch again: nothing of it was done",
                )
        names = columns_of(model)
        rows = ([row.get(name, UNSAID.get(name)) for name in names] for row in begun)
        insert_rows(table, names, rows, using=database_of(self.muni))

    def _set_guard(self, word: str) -> None:
        self.cursor.execute("SELECT set_config(%s, %s, true)", [LOADING, word])

    def _supersede(self, act: int, model: type[Fact], row: Row) -> None:
        if row["id"] is None:
            raise NotPlain("a fact of this batch would be changed twice")
        self._ended[model].append((row["id"], act))
        self._believed[model][row["person"]].remove(row)

    def _of_kind(self, model: type[Fact], person: int, kind: str | None) -> list[Row]:
        return [row for row in self.of(model, person) if kind is None or row["kind"] == kind]


def holds(row: Row, day: date) -> bool:
    """Whether a fact holds on a day."""
    return (row["since"] is None or row["since"] <= day) and (row["until"] is None or row["until"] > day)
