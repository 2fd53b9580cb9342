"""Rows of persons/ for a block of units: names, addresses, movement, and what accounts.py adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.nation import demography as rates
from enishi.nation.accounts import account_columns
from enishi.nation.foreigners import STATUSES
from enishi.nation.heads import HEAD, RELATIONS
from enishi.nation.households import YEAR
from enishi.nation.movement import ENTRIES, EXITS, NEVER, Stay
from enishi.nation.naming import Called, called
from enishi.nation.reference import Reference
from enishi.nation.unit import People

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

WORD = 2**16
PROTECTED_WOMEN, PROTECTED_MEN = 24, 2
"""Of 65,536 adult women and men who are not heads (about 1 in 5,000 of all adult women)."""
WITH_CHILDREN = 0.55
NEVER_APPLIES, APPLIES_LATE = 0.006, 0.003
MONTHS = 89
"""Days after the start within which nearly all apply: three months."""
TOWN_SKEW = 1.7

STRING, DATE = pl.String(), pl.Date()
SCHEMA: dict[str, pl.DataType] = {
    "person": pl.Int64(),
    "household": pl.Int64(),
    "muni": STRING,
    "ward": STRING,
    "sex": pl.Int8(),
    "birth_date": DATE,
    "relation": STRING,
    "cell": pl.Int8(),
    "surname": STRING,
    "given": STRING,
    "surname_kana": STRING,
    "given_kana": STRING,
    "former_surname": STRING,
    "former_surname_kana": STRING,
    "alias": STRING,
    "alias_kana": STRING,
    "latin_name": STRING,
    "latin_kana": STRING,
    "nationality": STRING,
    "residence_status": STRING,
    "institution": STRING,
    "postcode": STRING,
    "town": STRING,
    "resident_from": DATE,
    "entry": STRING,
    "resident_until": DATE,
    "exit": STRING,
    "protected_muni": STRING,
    "bank": STRING,
    "branch": STRING,
    "account_type": STRING,
    "account_number": STRING,
    "account_holder": STRING,
    "applied_on": DATE,
}


@dataclass(frozen=True)
class Piece:
    """Whole households of a group of units: its people's rows `first` to `end` (past the last)."""

    people: People
    first: int
    end: int


def persons(pieces: list[Piece], reference: Reference, on: int) -> pl.DataFrame:
    """The rows of the pieces, in order, as docs/snapshot.md has them. `on`: days since 1970."""
    people = _joined(pieces)
    home, unit = people.household, people.unit
    adult = people.birth <= on - 18 * YEAR
    names = called(people, home, adult, reference.names)
    unit_of_home = np.empty(people.households, dtype=np.int64)
    unit_of_home[home] = unit
    town = _towns(people, unit_of_home, reference)[home]
    columns = {
        "person": pl.Series(people.person),
        "household": pl.Series(people.household_id),
        "muni": _texts(reference.muni, unit),
        "ward": _texts(reference.ward, unit),
        "sex": pl.Series(people.sex + np.int8(1)),
        "birth_date": pl.Series(people.birth).cast(pl.Date),
        "relation": _texts(pl.Series(RELATIONS), people.relation),
        "cell": _masked(pl.Series(people.cell), people.cell >= 0),
    }
    columns |= _names(people, names, reference)
    columns |= _foreign(people, names, reference, on)
    columns |= {
        "institution": _texts(pl.Series([None, *rates.INSTITUTIONS]), people.institution + 1),
        "postcode": _texts(reference.postcode, town),
        "town": _texts(reference.town, town),
    }
    columns |= _stay(people.stay)
    columns["protected_muni"] = _protected(people, home, unit, adult, reference)
    columns |= account_columns(people, home, reference.prefecture[unit], adult, names, reference)
    columns["applied_on"] = _applied(people, home, reference.start[unit_of_home])
    return pl.DataFrame({name: columns[name] for name in SCHEMA}, schema=SCHEMA)


def _joined(pieces: list[Piece]) -> People:
    """The people of all pieces, their households numbered from 0."""
    parts = []
    homes = []
    base = 0
    for piece in pieces:
        whole, rows = piece.people, slice(piece.first, piece.end)
        start, stop = int(whole.household[piece.first]), int(whole.household[piece.end - 1]) + 1
        homes.append(whole.household[rows] - (start - base))
        base += stop - start
        parts.append((whole, rows, slice(start, stop)))
    names = (
        "unit",
        "person",
        "household_id",
        "sex",
        "birth",
        "cell",
        "relation",
        "foreign",
        "institution",
        "surname",
    )
    columns = {
        name: np.concatenate([getattr(whole, name)[rows] for whole, rows, _ in parts]) for name in names
    }
    return People(
        **columns,
        stay=Stay.joined([whole.stay.of(rows) for whole, rows, _ in parts]),
        household=np.concatenate(homes),
        households=base,
        words=np.concatenate([whole.words[:, rows] for whole, rows, _ in parts], axis=1),
        household_words=np.concatenate([whole.household_words[:, own] for whole, _, own in parts], axis=1),
    )


def person_ids(pieces: list[Piece]) -> Int64s:
    """Ids of the rows of the pieces."""
    return np.concatenate([piece.people.person[piece.first : piece.end] for piece in pieces])


def _texts(words: pl.Series, places: npt.NDArray[np.integer]) -> pl.Series:
    return words.gather(pl.Series(places))


def _masked(values: pl.Series, known: Bools) -> pl.Series:
    frame = pl.DataFrame({"value": values, "known": known})
    return frame.select(pl.when("known").then("value")).to_series()


def _dates(days: Int32s) -> pl.Series:
    return _masked(pl.Series(days), np.abs(days) < NEVER).cast(pl.Date)


def _names(people: People, names: Called, reference: Reference) -> dict[str, pl.Series]:
    words = reference.names.words
    count_surnames, count_givens = reference.names.surnames, reference.names.givens
    surname, given = names.surname + 1, names.given + 1
    surname[names.foreign] = np.where(names.kanji, 1 + count_surnames + names.full, 0)
    given[names.foreign] = np.where(names.kanji, 1 + count_givens + names.full, 0)
    kana, given_kana = surname.copy(), given.copy()
    former = np.zeros(people.size, dtype=np.int64)
    former[names.former] = names.former_surname + 1
    return {
        "surname": _texts(words.surname, surname),
        "given": _texts(words.given, given),
        "surname_kana": _texts(words.surname_kana, kana),
        "given_kana": _texts(words.given_kana, given_kana),
        "former_surname": _texts(words.surname, former),
        "former_surname_kana": _texts(words.surname_kana, former),
    }


def _foreign(people: People, names: Called, reference: Reference, on: int) -> dict[str, pl.Series]:
    words, lists = reference.names.words, reference.names.foreign
    latin = np.zeros(people.size, dtype=np.int64)
    latin[names.foreign] = names.full + 1
    nationality = np.zeros(people.size, dtype=np.int64)
    nationality[names.foreign] = names.nationality + 1
    draw = (people.words[1][names.foreign] >> 4) & 0xFF
    status = lists.status[names.nationality, draw].astype(np.int64)
    minor = people.birth[names.foreign] > on - 18 * YEAR
    dependent, settled = STATUSES.index("dependent"), STATUSES.index("long_term_resident")
    working = np.isin(status, [STATUSES.index(name) for name in STATUSES[3:8]])
    status = np.where(minor & working, dependent, status)
    old = people.birth[names.foreign] < on - 60 * YEAR
    status = np.where(old & (working | (status == dependent)), settled, status) + 1
    statuses = np.zeros(people.size, dtype=np.int64)
    statuses[names.foreign] = status
    rows = names.foreign[names.alias]
    place = np.zeros(people.size, dtype=np.uint32)
    place[rows] = np.arange(1, len(rows) + 1)
    where = pl.Series(place)
    surname, given = names.surname[rows] + 1, names.given[rows] + 1
    nothing = pl.Series([None], dtype=pl.String)
    alias = _texts(words.surname, surname) + "\u3000" + _texts(words.given, given)
    kana = _texts(words.surname_kana, surname) + "\u3000" + _texts(words.given_kana, given)
    return {
        "alias": pl.concat([nothing, alias]).gather(where),
        "alias_kana": pl.concat([nothing, kana]).gather(where),
        "latin_name": _texts(words.latin, latin),
        "latin_kana": _texts(words.latin_kana, latin),
        "nationality": _texts(pl.Series(["JPN", *lists.nationality]), nationality),
        "residence_status": _texts(pl.Series([None, *STATUSES]), statuses),
    }


def _towns(people: People, unit: Int64s, reference: Reference) -> Int64s:
    """Town of each household: the first ones of the postal data more often, in a different order in every
    unit.
    """
    first = reference.town_first[unit]
    count = reference.town_first[unit + 1] - first
    u = people.household_words[2] * (1 / 2**32)
    place = (u**TOWN_SKEW * count).astype(np.int64)
    town: Int64s = first + (place * 7919 + unit * 31) % count
    return town


def _stay(stay: Stay) -> dict[str, pl.Series]:
    return {
        "resident_from": _dates(stay.since),
        "entry": _texts(pl.Series([None, *ENTRIES]), stay.entry + 1),
        "resident_until": _dates(stay.until),
        "exit": _texts(pl.Series([None, *EXITS]), stay.exit + 1),
    }


def _protected(people: People, home: Int64s, unit: Int64s, adult: Bools, reference: Reference) -> pl.Series:
    """Where protected people really live: adults who are not heads, some with the children of the
    household."""
    dice = people.words[5] >> 16
    limit = np.where(people.sex == 1, PROTECTED_WOMEN, PROTECTED_MEN)
    resident = people.cell >= 0
    chosen = (dice < limit) & adult & resident & (people.relation != HEAD) & (people.institution < 0)
    rows = np.nonzero(chosen)[0]
    place = np.zeros(people.size, dtype=np.int64)
    if len(rows):
        word = people.household_words[4][home[rows]]
        lives = np.searchsorted(reference.share, word * (reference.share[-1] / 2**32), side="right")
        lives = np.minimum(lives, len(reference.others) - 1)
        own = reference.own[unit[rows]]
        lives = np.where(lives == own, (lives + 1) % len(reference.others), lives)
        place[rows] = lives + 1
        taking = (people.words[3][rows] & 0xFFFF) < WITH_CHILDREN * WORD
        where = np.zeros(people.households, dtype=np.int64)
        where[home[rows[taking]]] = lives[taking] + 1
        children = np.nonzero(~adult & resident & (where[home] > 0) & (people.relation != HEAD))[0]
        place[children] = where[home[children]]
    return pl.concat([pl.Series([None], dtype=pl.String), reference.others]).gather(pl.Series(place))


def _applied(people: People, home: Int64s, start: Int64s) -> pl.Series:
    """Day of each household's application, the same on every member; none where nobody of it is a
    resident."""
    word = people.household_words[4]
    dice = (word & 0xFFFF) / WORD
    speed = (word >> 16) / WORD
    days = np.where(dice < NEVER_APPLIES + APPLIES_LATE, MONTHS + 4 + 30 * speed, MONTHS * speed**2.3)
    day = (start + days.astype(np.int64)).astype(np.int32)
    resident = np.bincount(home[people.cell >= 0], minlength=people.households) > 0
    day[(dice < NEVER_APPLIES) | ~resident] = NEVER
    return _dates(day[home])
