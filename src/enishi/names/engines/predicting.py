"""How a name is probably read: n best readings, each with its probability.

Candidates are the readings that lists of names have, and those put together from the usual readings of the characters. What
speaks for each is weighed by a conditional logit (McFadden 1974): P(reading) is proportional to exp(w · features), the weights
fitted on persons of a list from whom nothing else was counted (`engines.building`). Everything by columns: a batch is one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import polars as pl

from enishi.names.engines.dictionary import Dictionary
from enishi.names.rules.readings import Kind, Place

CHOICES = 8
"""Readings of a character that are tried, the most usual ones."""
PATHS = 12
"""Readings put together that are kept, for each name."""
LONGEST = 6
"""Characters of a name for which readings are put together."""
LEAST = 1e-4
"""Of what the characters give no share to."""
UNKNOWN = 0.3
"""Persons that a reading without any counts as."""
FEATURES = ("composed", "listed", "persons", "names_so", "word", "composed_alone", "persons_so", "letters")
"""What is weighed: ln of the share of the reading among those put together; whether a list has it; ln of the listed persons with
name and reading; ln of the listed names that are read so; whether it is the reading of a word (熟字訓); the first again if no
list has it; ln of the listed persons who are called so; letters of the reading.
"""


class Predictor:
    """Predicts readings of one kind by a dictionary. `weights`: of `FEATURES`, in their order."""

    def __init__(self, dictionary: Dictionary, kind: Kind, weights: Sequence[float] = ()) -> None:
        self.dictionary, self.kind, self.weights = dictionary, kind, np.array(weights)
        self._known: dict[tuple[str, Place], tuple[list[str], list[float]]] = {}

    @cached_property
    def listed(self) -> pl.DataFrame:
        """(name, reading, persons) of the list."""
        return self.dictionary.listed(self.kind)

    @cached_property
    def readings(self) -> pl.DataFrame:
        """(reading, names_so, persons_so): how many listed names and persons are called so."""
        return self.listed.group_by("reading").agg(
            names_so=pl.len().cast(pl.Float64), persons_so=pl.col("persons").sum()
        )

    @cached_property
    def words(self) -> pl.DataFrame:
        """(name, reading) of words."""
        rows = [(word, reading) for word, found in self.dictionary.words.items() for reading in found]
        return pl.DataFrame(rows, schema={"name": pl.String, "reading": pl.String}, orient="row")

    def predict(self, names: pl.Series, n: int) -> pl.DataFrame:
        """(name, reading, probability, rank from 1), at most `n` rows a name, of distinct names as the dictionaries write them
        (`Dictionary.usual`), 々 as the character before it in `composed` alone. A name of which nothing is known has no row.
        """
        found, features = self.candidates(names)
        place = found["place"].to_numpy()
        chance = np.exp(features @ self.weights)
        chance /= np.bincount(place, chance)[place]
        order = np.lexsort((-chance, place))
        rank = np.arange(len(order)) - np.searchsorted(place[order], place[order]) + 1
        order, rank = order[rank <= n], rank[rank <= n]
        return (
            found[order]
            .select(
                "reading",
                name=names.gather(found["place"][order]),
                probability=pl.lit(pl.Series(chance[order])),
                rank=pl.lit(pl.Series(rank)),
            )
            .select("name", "reading", "probability", "rank")
        )

    def candidates(self, names: pl.Series) -> tuple[pl.DataFrame, np.ndarray]:
        """(place of the name, reading) and beside them `FEATURES` as a matrix, the same rows each time."""
        asked = pl.DataFrame({"name": names}).with_row_index("place")
        listed = asked.join(self.listed, on="name")
        words = asked.join(self.words, on="name")
        if self.kind is Kind.SURNAME:
            words = words.join(listed, on="place", how="anti")
        none = {name: pl.lit(0.0) for name in ("share", "listed", "persons", "word")}
        found = (
            pl.concat(
                [
                    self.composed(names).select("place", "reading", **none | {"share": pl.col("share")}),
                    listed.select(
                        "place", "reading", **none | {"listed": pl.lit(1.0), "persons": pl.col("persons")}
                    ),
                    words.select("place", "reading", **none | {"word": pl.lit(1.0)}),
                ]
            )
            .group_by("place", "reading", maintain_order=True)
            .agg(pl.all().sum())
            .join(self.readings, on="reading", how="left", maintain_order="left")
        )
        column = {name: found[name].fill_null(0.0).to_numpy() for name in (*none, "names_so", "persons_so")}
        place = found["place"].to_numpy()
        shares = np.bincount(place, column["share"])[place]
        composed = np.log(column["share"] / np.maximum(shares, 1e-300) + LEAST)
        features = {
            "composed": composed,
            "listed": column["listed"],
            "persons": np.log(column["persons"] + UNKNOWN),
            "names_so": np.log1p(column["names_so"]),
            "word": column["word"],
            "composed_alone": (1 - column["listed"]) * composed,
            "persons_so": np.log1p(column["persons_so"]),
            "letters": found["reading"].str.len_chars().to_numpy().astype(float),
        }
        return found.select("place", "reading"), np.stack([features[name] for name in FEATURES], axis=1)

    def composed(self, names: pl.Series) -> pl.DataFrame:
        """(place, reading, share): readings put together from those of the characters, the same one perhaps more than once; the
        share is the product of those of its parts.
        """
        asked = pl.DataFrame({"name": names}).with_row_index("place")
        groups = asked.with_columns(letters=pl.col("name").str.len_chars()).group_by("letters")
        found = [self._composed(group, length) for (length,), group in groups if 0 < length <= LONGEST]
        empty = pl.DataFrame(schema={"place": pl.UInt32, "reading": pl.String, "share": pl.Float64})
        return pl.concat([empty, *found])

    def _composed(self, group: pl.DataFrame, length: int) -> pl.DataFrame:
        """The same, not yet as shares of one, of names that are so long; a beam of `PATHS` from left to right."""
        points = np.array(group["name"].to_list(), dtype=f"U{length}").view(np.uint32).reshape(-1, length)
        total = np.zeros((len(points), 1))
        chosen: list[np.ndarray] = []
        sounds: list[pl.Series] = []
        for index in range(length):
            characters, codes = np.unique(points[:, index], return_inverse=True)
            readings, costs = self._usual([chr(point) for point in characters], Place.of(index, length))
            sounds.append(readings)
            wider = (total[:, :, None] + costs[codes][:, None, :]).reshape(len(points), -1)
            kept = min(PATHS, wider.shape[1])
            best = np.argpartition(wider, kept - 1, axis=1)[:, :kept]
            total = np.take_along_axis(wider, best, axis=1)
            chosen = [np.take_along_axis(column, best // CHOICES, axis=1) for column in chosen]
            chosen.append(codes[:, None] * CHOICES + best % CHOICES)
        reached = np.isfinite(total)
        texts = [readings.gather(column[reached]) for readings, column in zip(sounds, chosen, strict=True)]
        places = np.repeat(group["place"].to_numpy(), reached.sum(axis=1))
        return pl.DataFrame(
            {
                "place": places,
                "reading": pl.select(pl.concat_str(texts)).to_series(),
                "share": np.exp(-total[reached]),
            }
        )

    def _usual(self, characters: Sequence[str], place: Place) -> tuple[pl.Series, np.ndarray]:
        """The readings of characters at a place, `CHOICES` each, one after the other, and their rarities (characters, CHOICES);
        infinite where there is none.
        """
        costs = np.full((len(characters), CHOICES), np.inf)
        readings: list[str] = []
        for row, character in enumerate(characters):
            if (character, place) not in self._known:
                self._known[character, place] = self._of(character, place)
            found, rarities = self._known[character, place]
            readings += found + [""] * (CHOICES - len(found))
            costs[row, : len(found)] = rarities
        return pl.Series(readings, dtype=pl.String), costs

    def _of(self, character: str, place: Place) -> tuple[list[str], list[float]]:
        """The most usual readings of one character there, and their rarities."""
        used = self.dictionary.usage.get(self.kind, {}).get(character)
        known = list(used) if used else self._spoken(character, place)
        ranked = sorted(
            (self.dictionary.rarity(character, reading, self.kind, place), reading) for reading in known
        )[:CHOICES]
        return [reading for _, reading in ranked], [rarity for rarity, _ in ranked]

    def _spoken(self, character: str, place: Place) -> set[str]:
        """The readings that the dictionary of characters gives of one that no listed name has."""
        return {
            sound.reading
            for sound in self.dictionary.sounds(character, self.kind)
            if sound.stands(place) and not sound.changes
        }
