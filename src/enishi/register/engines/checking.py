"""What a snapshot's persons and municipalities must be like before a row of them enters the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from enishi.kernel.errors import BadInput
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.vocabulary import Entry, Exit, Institution, NameKind, Relation, StatusKind


@dataclass(frozen=True)
class Column:
    """`width`: the most characters of a text; `words`: the closed list it is from; `shape`: a regular
    expression.
    """

    dtype: pl.DataType
    null: bool = False
    width: int | None = None
    words: type[StrEnum] | None = None
    shape: str | None = None


def flag() -> Column:
    return Column(pl.Boolean())


def text(width: int, *, null: bool = False) -> Column:
    return Column(pl.String(), null, width)


def word(words: type[StrEnum], *, null: bool = False) -> Column:
    return Column(pl.String(), null, words=words)


def shaped(shape: str, *, null: bool = False) -> Column:
    return Column(pl.String(), null, shape=f"^(?:{shape})$")


CODE, DIGITS_7 = "[0-9]{6}", "[0-9]{7}"
PERSONS = {
    "person": Column(pl.Int64()),
    "household": Column(pl.Int64()),
    "muni": shaped(CODE),
    "ward": shaped(CODE, null=True),
    "sex": Column(pl.Int8()),
    "birth_date": Column(pl.Date()),
    "relation": word(Relation),
    "cell": Column(pl.Int8(), null=True),
    "surname": text(60, null=True),
    "given": text(60, null=True),
    "surname_kana": text(90, null=True),
    "given_kana": text(90, null=True),
    "former_surname": text(60, null=True),
    "former_surname_kana": text(90, null=True),
    "alias": text(150, null=True),
    "alias_kana": text(200, null=True),
    "latin_name": text(150, null=True),
    "latin_kana": text(200, null=True),
    "nationality": shaped("[A-Z]{3}"),
    "residence_status": text(60, null=True),
    "institution": word(Institution, null=True),
    "postcode": shaped(DIGITS_7),
    "town": text(100),
    "resident_from": Column(pl.Date(), null=True),
    "entry": word(Entry, null=True),
    "resident_until": Column(pl.Date(), null=True),
    "exit": word(Exit, null=True),
    "protected_muni": shaped(CODE, null=True),
    "bank": shaped("[0-9]{4}", null=True),
    "branch": shaped("[0-9]{3}", null=True),
    "account_type": shaped("[124]", null=True),
    "account_number": shaped(DIGITS_7, null=True),
    "account_holder": text(30, null=True),
    "applied_on": Column(pl.Date(), null=True),
}
NAME_PARTS = ("surname", "given", "surname_kana", "given_kana")
ACCOUNT = ("bank", "branch", "account_type", "account_number", "account_holder")
ITEMS = {
    "person": Column(pl.Int64()),
    "block": text(60),
    "building": text(100),
    "building_kana": text(150),
    "domicile": text(200, null=True),
    "first_listed": text(120, null=True),
    **{kind.value: flag() for kind in StatusKind},
}
"""Columns of a file of `items/`; a flag for each status item."""

ACTS = {
    "muni": shaped(CODE),
    "kind": word(Kind),
    "effective": Column(pl.Date()),
    "reported_on": Column(pl.Date(), null=True),
    "recorded_at": Column(pl.Datetime("us", "UTC")),
    "persons": Column(pl.List(pl.Int64())),
    "facts": text(20_000),
}
HISTORY = {
    "group": Column(pl.String()),
    "muni": shaped(CODE),
    "person": Column(pl.Int64()),
    "kind": word(NameKind, null=True),
    "since": Column(pl.Date(), null=True),
    "until": Column(pl.Date(), null=True),
    "begun": Column(pl.Int32(), null=True),
    "ended": Column(pl.Int32(), null=True),
    "birth_date": Column(pl.Date(), null=True),
    "sex": Column(pl.Int8(), null=True),
    **{name: text(PERSONS[name].width or 0, null=True) for name in NAME_PARTS},
    "whole": text(150, null=True),
    "whole_kana": text(200, null=True),
    "entry": word(Entry, null=True),
    "exit": word(Exit, null=True),
    "came_from": text(2_000, null=True),
    "going_to": text(2_000, null=True),
    "ward": shaped(CODE, null=True),
    "postcode": shaped(DIGITS_7, null=True),
    "town": text(100, null=True),
    "institution": word(Institution, null=True),
    "household": Column(pl.Int64(), null=True),
    "relation": text(60, null=True),
    "nationality": shaped("[A-Z]{3}", null=True),
    "residence_status": text(60, null=True),
}
GROUPS = {
    "particulars": ("birth_date", "sex"),
    "name": ("kind",),
    "residence": (),
    "address": ("postcode", "town"),
    "membership": ("household", "relation"),
    "foreign_status": ("nationality",),
}
"""Groups of facts in a file of `history/`, each with what a row of it must say."""

MUNICIPALITIES = {
    "muni": shaped(CODE),
    "prefecture": shaped("[0-9]{2}"),
    "prefecture_name": text(20),
    "name": text(40),
    "name_kana": text(60),
    "name_latin": text(60),
    "prefecture_latin": text(20),
    "consignor_code": shaped("[0-9]{10}"),
    "originator": text(40),
    "bank": shaped("[0-9]{4}"),
    "branch": shaped("[0-9]{3}"),
    "account_type": shaped("[124]"),
    "account_number": shaped(DIGITS_7),
    "application_start": Column(pl.Date()),
}


@dataclass(frozen=True)
class Fault:
    """Rows of which `rows` is true are wrong in `column`."""

    rows: pl.Expr
    column: str
    what: str


def checked_items(path: Path, persons: pl.DataFrame) -> pl.DataFrame:
    """The rows of a shard's items, one for each of its persons in the same order. Raises BadInput as `checked_persons`."""
    frame = _typed(path, ITEMS)
    half = Fault(
        pl.col("domicile").is_null() != pl.col("first_listed").is_null(),
        "domicile",
        "a registered domicile has a first-listed person, and the other way round",
    )
    _refuse(path, frame, [*_of_columns(ITEMS), half])
    if not frame["person"].equals(persons["person"]):
        raise BadInput(
            "the persons of this file are not those of its shard",
            where=str(path),
            todo="build the snapshot again",
        )
    return frame


def checked_acts(path: Path, municipalities: set[str]) -> pl.DataFrame:
    """The acts of a shard's history. Raises BadInput as `checked_persons`."""
    frame = _typed(path, ACTS)
    moment = pl.col("recorded_at")
    manner = pl.when(pl.col("reported_on").is_null()).then(pl.lit("ex_officio")).otherwise(pl.lit("report"))
    lawful = pl.lit(False)
    for kind, entry in CATALOGUE.items():
        lawful |= (pl.col("kind") == kind.value) & manner.is_in([way.value for way in entry.manners])
    persons = pl.col("persons")
    faults = [
        Fault(~pl.col("muni").is_in(sorted(municipalities)), "muni", "no municipality of this shard"),
        Fault(moment.dt.microsecond() != 0, "recorded_at", "not a whole second"),
        Fault(pl.col("kind") == Kind.TAKE_OVER.value, "kind", "the first act is not part of a history"),
        Fault(~lawful, "reported_on", "this act does not come about this way"),
        Fault(persons.list.len() == 0, "persons", "an act touches somebody"),
        Fault(persons != persons.list.unique().list.sort(), "persons", "not ascending, or twice"),
    ]
    _refuse(path, frame, [*_of_columns(ACTS), *faults])
    return frame


def checked_history(path: Path, acts: int, municipalities: set[str]) -> pl.DataFrame:
    """The facts of a shard's history; `acts`: how many acts its file of acts has. Raises BadInput as `checked_persons`."""
    frame = _typed(path, HISTORY)
    begun, ended = pl.col("begun"), pl.col("ended")
    faults = [
        Fault(~pl.col("group").is_in(list(GROUPS)), "group", f"none of {', '.join(GROUPS)}"),
        Fault(~pl.col("muni").is_in(sorted(municipalities)), "muni", "no municipality of this shard"),
        Fault(pl.col("until") <= pl.col("since"), "until", "it ends before it has lasted a day"),
        Fault((begun < 0) | (begun >= acts), "begun", "no act of this shard"),
        Fault((ended < 0) | (ended >= acts) | (ended <= begun), "ended", "no later act of this shard"),
        Fault(pl.col("until").is_not_null() & ended.is_null(), "ended", "an end that no act told"),
    ]
    for group, needed in GROUPS.items():
        of_group = pl.col("group") == group
        faults += [Fault(of_group & pl.col(name).is_null(), name, "a value is missing") for name in needed]
    _refuse(path, frame, [*_of_columns(HISTORY), *faults])
    return frame


def checked_municipalities(path: Path) -> pl.DataFrame:
    """The rows of municipalities.parquet. Raises BadInput that names row and column."""
    frame = _typed(path, MUNICIPALITIES)
    twice = Fault(pl.col("muni").is_duplicated(), "muni", "this municipality stands here twice")
    _refuse(path, frame, [*_of_columns(MUNICIPALITIES), twice])
    return frame


def checked_persons(path: Path, municipalities: set[str]) -> pl.DataFrame:
    """The rows of a shard, text as plain strings. Raises BadInput that names row and column, never what a
    person's row holds.
    """
    frame = _typed(path, PERSONS)
    _refuse(path, frame, [*_of_columns(PERSONS), *_of_persons(municipalities)])
    return frame


def _of_persons(municipalities: set[str]) -> list[Fault]:
    known = pl.Series(sorted(municipalities), dtype=pl.String)
    days = pl.col("applied_on").fill_null(pl.date(1, 1, 1)).n_unique().over("household")
    parts = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in ACCOUNT)
    empty = pl.col("resident_until") <= pl.col("resident_from")
    towns = pl.col("muni").n_unique().over("household")
    return [
        Fault(pl.col("person") <= 0, "person", "a person id is positive"),
        Fault(pl.col("person").is_duplicated(), "person", "this person stands here twice"),
        Fault(pl.col("household") <= 0, "household", "a household id is positive"),
        Fault(~pl.col("sex").is_in([1, 2]), "sex", "sex is 1 or 2 (ISO/IEC 5218)"),
        Fault(~pl.col("muni").is_in(known.implode()), "muni", "this is not in municipalities.parquet"),
        Fault(empty, "resident_until", "the residence ends before it has lasted a day"),
        Fault(towns > 1, "muni", "this household lies in two municipalities"),
        Fault(days > 1, "applied_on", "the members of this household have different days of application"),
        Fault(
            ~parts.is_in([0, len(ACCOUNT)]), "bank", "the account is given in part: all five columns or none"
        ),
    ]


def _of_columns(expected: dict[str, Column]) -> Iterator[Fault]:
    for name, column in expected.items():
        value = pl.col(name)
        if not column.null:
            yield Fault(value.is_null(), name, "a value is missing")
        if column.width is not None:
            too_long = value.str.len_chars() > column.width
            yield Fault(too_long, name, f"longer than {column.width} characters")
        if column.words is not None:
            words = [word.value for word in column.words]
            yield Fault(~value.is_in(words), name, f"none of {', '.join(words)}")
        if column.shape is not None:
            yield Fault(~value.str.contains(column.shape), name, f"not of the form {column.shape}")


def _typed(path: Path, expected: dict[str, Column]) -> pl.DataFrame:
    frame = pl.read_parquet(path)
    if frame.columns != list(expected):
        wrong = [name for name in expected if name not in frame.columns] or frame.columns
        raise BadInput(
            f"the columns differ from docs/snapshot.md: look at {', '.join(wrong)}",
            where=str(path),
            todo="build the snapshot again with this version",
        )
    frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    for name, column in expected.items():
        if frame.schema[name] != column.dtype:
            raise BadInput(
                f"column {name} is of type {frame.schema[name]}, not {column.dtype}",
                where=str(path),
                todo="build the snapshot again with this version",
            )
    return frame


def _refuse(path: Path, frame: pl.DataFrame, faults: list[Fault]) -> None:
    """Looks for all faults in one pass; names the first row of the first that there is."""
    found = frame.select(fault.rows.any().alias(str(place)) for place, fault in enumerate(faults)).row(0)
    for fault, there in zip(faults, found, strict=True):
        if there:
            row = frame.select(fault=fault.rows)["fault"].fill_null(False).arg_true()[0]
            raise BadInput(
                fault.what,
                where=f"{path}, row {row + 1}, column {fault.column}",
                todo="build the snapshot again, or restore the file",
            )
