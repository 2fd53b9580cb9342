"""Addressee numbers (宛名番号) for everybody whom a municipality takes over, set-based."""

from __future__ import annotations

import polars as pl

from enishi.platform.frames import insert_frame
from enishi.register.models import Addressee, Counter

COUNTER = "addressee"


def number(persons: pl.DataFrame) -> None:
    """Gives each of `persons` (`muni`, `person`) the next number of their municipality, in the order of the rows.

    Call in the transaction that brings them in. The counters stand behind the last number given; a municipality whose
    people lie in several files goes on where the file before it ended.
    """
    munis = persons["muni"].unique(maintain_order=True)
    held = dict(Counter.objects.filter(name=COUNTER, muni__in=munis.to_list()).values_list("muni", "next"))
    first = pl.DataFrame({"muni": munis, "first": [held.get(muni, 1) for muni in munis]})
    numbered = persons.join(first, on="muni", how="left", maintain_order="left").select(
        "muni", "person", number=pl.col("first") + pl.int_range(pl.len()).over("muni")
    )
    blank = pl.lit("")
    insert_frame(
        Addressee._meta.db_table,
        numbered.with_columns(name=blank, kana=blank, kana_key=blank, birth_wording=blank),
    )
    set_counters(COUNTER, numbered.group_by("muni", maintain_order=True).agg(pl.col("number").max() + 1))


def set_counters(name: str, after: pl.DataFrame) -> None:
    """Sets the counter of a kind to the next number of each municipality. `after`: `muni` and that number."""
    Counter.objects.bulk_create(
        (Counter(muni=muni, name=name, next=number) for muni, number in after.iter_rows()),
        update_conflicts=True,
        unique_fields=["muni", "name"],
        update_fields=["next"],
    )
