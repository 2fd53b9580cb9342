"""Who lived where in the years before the day: the families of the day looked back upon, and those who have gone.

Works on the rows of a shard (persons.py) as columns. docs/nation.md says what is modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enishi.kernel.errors import BadInput
from enishi.nation.history.departed import departed
from enishi.nation.history.draws import Span
from enishi.nation.history.families import (
    LAYER,
    arrivals,
    born_or_arrived,
    families_of,
    moves_within,
    people_of_the_day,
)
from enishi.nation.history.kin import dead_parents, dead_spouses, married, merged, widowed
from enishi.nation.reference import Reference
from enishi.nation.unit import UNIT_IDS


@dataclass(frozen=True)
class Past:
    """`people`: everybody on the register between the start and the day; `moves`: days on which families moved within.

    People: `family` (whose addresses they share), `since`, `until` (days since 1970, null: no such day), `entry`, `exit`;
    `household`, `relation` (a path) from `join` on, `household_before`, `relation_before` before it, `why` it changed.
    `addressed`: first day at the family's address, null from the start. `layer`: 0 for those with a row on the day.
    """

    people: pl.DataFrame
    moves: pl.DataFrame


def past(frame: pl.DataFrame, reference: Reference, span: Span) -> Past:
    """The past of the households of a shard. Raises BadInput for a unit so large that ids do not suffice."""
    if frame.select((((pl.col("person") - 1) % UNIT_IDS) >= LAYER).any()).item():
        raise BadInput(
            f"a unit has more than {LAYER:,} people: too many for a history",
            where="--history",
            todo="leave --history out",
        )
    people = people_of_the_day(frame, reference, span)
    families = families_of(people, span)
    gone, gone_families = departed(people, families, span, reference)
    people = pl.concat([people, gone], how="diagonal")
    families = arrivals(pl.concat([families, gone_families], how="diagonal"), span)
    people = born_or_arrived(people, families, span)
    people = married(people, families, span)
    people = pl.concat([people, dead_spouses(people, families, span, reference)], how="diagonal")
    people = widowed(people)
    people = pl.concat([people, dead_parents(people, families, span, reference)], how="diagonal")
    return Past(merged(people, families, span), moves_within(families, span))
