"""Sections 1 and 2 of docs/benefits-run.md in SQL: the grounds against each person, and the one decision.

Table `judged`, one row a person: row (`shards.ROW`), person, household, muni, birth_date, protected_muni, heads
(is head on the day), mask (bit i: ground i of `GROUNDS`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from enishi.benefits.engines.second.connection import line, literal, parquet, readable
from enishi.benefits.engines.second.shards import ROW, Shards
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput

GROUNDS = ("R02", "R03", "R04", "R01", "R06", "R05", "N01")
"""In the order in which they are named and in which the first gives the code."""
COLUMNS = "person, household, muni, birth_date, protected_muni, relation, resident_from, resident_until, exit, applied_on"
CODES = ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01")


def add_municipalities(connection: duckdb.DuckDBPyConnection, programme: Programme, snapshot: Path) -> None:
    """Creates the tables `towns` (muni, last_day for applications) and `grounds` (mask, code, said: code, grounds
    and amount in canonical text).

    A period of months from the start of a day ends with the day before the corresponding day, or with the
    last day of a month that has none: Civil Code art. 143(2).
    """
    file = snapshot / "municipalities.parquet"
    months = programme.application_months or 0
    with readable(connection, {file.name: file}, "muni, application_start"):
        connection.execute(
            f"""CREATE TEMP TABLE towns AS
            SELECT muni, CASE WHEN day(corresponding) = day(application_start)
                THEN corresponding - 1 ELSE corresponding END AS last_day
            FROM (
                SELECT muni, application_start,
                    (application_start + to_months({months}))::DATE AS corresponding
                FROM {parquet(file)}
            )"""
        )
    masks = range(2 ** len(GROUNDS))
    holding = [[ground for bit, ground in enumerate(GROUNDS) if mask >> bit & 1] for mask in masks]
    codes = [[*held, "E00"][0] for held in holding]
    said = [
        f"{code}|{'+'.join(held)}|{0 if held else programme.amount}"
        for code, held in zip(codes, holding, strict=True)
    ]
    connection.execute(
        "CREATE TEMP TABLE grounds AS SELECT unnest($1::UTINYINT[]) AS mask, unnest($2::VARCHAR[]) AS code, "
        "unnest($3::VARCHAR[]) AS said",
        [list(masks), codes, said],
    )


def decide(
    connection: duckdb.DuckDBPyConnection,
    programme: Programme,
    shards: Shards,
    *,
    declined: Path | None,
    paid: list[Path],
) -> None:
    """Creates the table `judged`, and `refused` and `paid_before` (person).

    Raises BadInput for a municipality that the snapshot does not list, and for a file that cannot be read.
    """
    ref = literal(programme.reference_date)
    for table, files, which in (
        ("refused", [declined] if declined is not None else [], ""),
        ("paid_before", paid, "WHERE code = 'E00'"),
    ):
        connection.execute(f"CREATE TEMP TABLE {table} (person BIGINT)")
        for given in files:
            with readable(connection, {str(given): given}, "person, code" if which else "person"):
                connection.execute(f"INSERT INTO {table} SELECT person FROM {parquet(given)} {which}")
    conditions = {
        "R02": f"birth_date > {ref}",
        "R03": f"exit = 'death' AND resident_until <= {ref}",
        "R04": f"exit IS DISTINCT FROM 'death' AND resident_until <= {ref}",
        "R01": f"resident_from > {ref} AND birth_date <= {ref}",
        "R06": "person IN (SELECT person FROM paid_before)",
        "R05": "person IN (SELECT person FROM refused)",
        "N01": "applied_on IS NULL OR applied_on > last_day"
        if programme.application_months is not None
        else "false",
    }
    mask = " + ".join(
        f"CASE WHEN {conditions[ground]} THEN {2**bit} ELSE 0 END" for bit, ground in enumerate(GROUNDS)
    )
    last_days = "LEFT JOIN towns USING (muni)" if programme.application_months is not None else ""
    with readable(connection, shards.files, COLUMNS):
        connection.execute(
            f"""CREATE TEMP TABLE judged AS
            SELECT {ROW} AS row, person, household, muni, birth_date, protected_muni,
                relation = 'head' AND (resident_from IS NULL OR resident_from <= {ref})
                    AND (resident_until IS NULL OR resident_until > {ref}) AS heads,
                ({mask})::UTINYINT AS mask
            FROM {shards.rows()} {last_days}"""
        )
    _check_places(connection, shards)


def _check_places(connection: duckdb.DuckDBPyConnection, shards: Shards) -> None:
    """Raises BadInput for the first row with a municipality that the snapshot does not list."""
    unknown = connection.execute(
        f"""SELECT muni FROM (
            SELECT DISTINCT muni FROM {shards.rows()}
            UNION ALL
            SELECT DISTINCT protected_muni FROM {shards.rows()} WHERE protected_muni IS NOT NULL
        ) ANTI JOIN towns USING (muni) LIMIT 1"""
    ).fetchall()
    strange = (
        connection.execute(
            """SELECT row, judged.muni, protected_muni, home.muni IS NULL
        FROM judged LEFT JOIN towns home ON home.muni = judged.muni
            LEFT JOIN towns refuge ON refuge.muni = protected_muni
        WHERE home.muni IS NULL OR (refuge.muni IS NULL AND protected_muni IS NOT NULL)
        ORDER BY row LIMIT 1"""
        ).fetchone()
        if unknown
        else None
    )
    if strange is not None:
        row, home, refuge, home_unknown = strange
        code, column = (home, "muni") if home_unknown else (refuge, "protected_muni")
        raise BadInput(
            f"{code!r} is not a municipality of this snapshot",
            where=shards.place(row, column),
            todo="correct the code, or add the municipality to municipalities.parquet",
        )


def canonical() -> str:
    """The query of the decisions' canonical text. Needs `judged`, `grounds`, `homes` and `shelters`."""
    fields = line(
        "j.person",
        "j.household",
        "j.muni",
        "said",
        "CASE WHEN mask = 0 THEN CASE WHEN j.protected_muni IS NULL THEN h.payment ELSE s.payment END END",
        "CASE WHEN mask = 0 AND j.protected_muni IS NOT NULL THEN 'D1' END",
    )
    return f"""
        SELECT {fields} AS line, person AS place FROM judged j JOIN grounds USING (mask)
        LEFT JOIN homes h ON h.household = j.household
        LEFT JOIN shelters s ON s.household = j.household AND s.protected_muni = j.protected_muni"""
