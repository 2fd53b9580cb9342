"""Sections 1 and 2 of docs/benefits-run.md in SQL: the grounds against each person, and the one decision.

Table `judged`, one row a person: row (1-based, in the shard's file), person, household, muni, birth_date,
protected_muni, listed (its municipalities are known), heads (is head on the day), dead (left the register by
death), mask (bit i: ground i of `GROUNDS`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from enishi.benefits.engines.second.connection import line, literal, parquet, readable
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput

GROUNDS = ("R02", "R03", "R04", "R01", "R06", "R05", "N01")
"""In the order in which they are named and in which the first gives the code."""
CODES = ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01")


def add_municipalities(connection: duckdb.DuckDBPyConnection, programme: Programme, snapshot: Path) -> None:
    """Creates the tables `towns` (muni, last_day for applications) and `grounds` (mask, code, grounds).

    A period of months from the start of a day ends with the day before the corresponding day, or with the
    last day of a month that has none: Civil Code art. 143(2).
    """
    file = snapshot / "municipalities.parquet"
    months = programme.application_months or 0
    with readable(file, file.name):
        connection.execute(
            f"""CREATE TABLE towns AS
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
    connection.execute(
        "CREATE TABLE grounds AS SELECT unnest($1::UTINYINT[]) AS mask, unnest($2::VARCHAR[]) AS code, "
        "unnest($3::VARCHAR[]) AS grounds",
        [list(masks), [[*held, "E00"][0] for held in holding], ["+".join(held) for held in holding]],
    )


def decide(
    connection: duckdb.DuckDBPyConnection,
    programme: Programme,
    file: Path,
    name: str,
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
        connection.execute(f"CREATE TABLE {table} (person BIGINT)")
        for given in files:
            with readable(given, str(given)):
                connection.execute(f"INSERT INTO {table} SELECT person FROM {parquet(given)} {which}")
    conditions = {
        "R02": f"birth_date > {ref}",
        "R03": f"exit = 'death' AND resident_until <= {ref}",
        "R04": f"exit IS DISTINCT FROM 'death' AND resident_until <= {ref}",
        "R01": f"resident_from > {ref} AND birth_date <= {ref}",
        "R06": "person IN (SELECT person FROM paid_before)",
        "R05": "person IN (SELECT person FROM refused)",
        "N01": "applied_on IS NULL OR applied_on > home.last_day"
        if programme.application_months is not None
        else "false",
    }
    mask = " + ".join(
        f"CASE WHEN {conditions[ground]} THEN {2**bit} ELSE 0 END" for bit, ground in enumerate(GROUNDS)
    )
    with readable(file, name):
        connection.execute(
            f"""CREATE TABLE judged AS
            SELECT file_row_number + 1 AS row, person, household, p.muni, birth_date, protected_muni,
                home.muni IS NOT NULL AND (protected_muni IS NULL OR refuge.muni IS NOT NULL) AS listed,
                relation = 'head' AND (resident_from IS NULL OR resident_from <= {ref})
                    AND (resident_until IS NULL OR resident_until > {ref}) AS heads,
                exit IS NOT DISTINCT FROM 'death' AS dead,
                ({mask})::UTINYINT AS mask
            FROM {parquet(file, row_numbers=True)} p
            LEFT JOIN towns home ON home.muni = p.muni LEFT JOIN towns refuge ON refuge.muni = protected_muni"""
        )
    strange = connection.execute(
        """SELECT row, j.muni, protected_muni, home.muni IS NULL
        FROM judged j LEFT JOIN towns home USING (muni) WHERE NOT listed ORDER BY row LIMIT 1"""
    ).fetchone()
    if strange is not None:
        row, home, refuge, home_unknown = strange
        code, column = (home, "muni") if home_unknown else (refuge, "protected_muni")
        raise BadInput(
            f"{code!r} is not a municipality of this snapshot",
            where=f"{name}, row {row}, column {column}",
            todo="correct the code, or add the municipality to municipalities.parquet",
        )


def canonical(programme: Programme) -> str:
    """The query of the decisions' canonical text. Needs `judged`, `grounds`, `homes` and `shelters`."""
    fields = line(
        "j.person",
        "j.household",
        "j.muni",
        "g.code",
        "g.grounds",
        f"CASE WHEN j.mask = 0 THEN {programme.amount} ELSE 0 END",
        "CASE WHEN j.mask = 0 THEN CASE WHEN j.protected_muni IS NULL THEN h.payment ELSE s.payment END END",
        "CASE WHEN j.mask = 0 AND j.protected_muni IS NOT NULL THEN 'D1' END",
    )
    return f"""
        SELECT {fields} FROM judged j JOIN grounds g USING (mask)
        LEFT JOIN homes h ON h.household = j.household
        LEFT JOIN shelters s ON s.household = j.household AND s.protected_muni = j.protected_muni
        ORDER BY j.person"""
