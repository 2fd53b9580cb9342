"""The run added up by municipality, and the equations that must hold (docs/benefits-run.md, section 6)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from enishi.benefits.engines.second.connection import canonical_sha256, database, line, parquet, readable
from enishi.benefits.engines.second.decisions import CODES
from enishi.benefits.engines.second.sums import collect_sums
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput, Disagreement

BY_HOME = ("persons", *CODES, "entitled_yen")
BY_PAYER = (
    "payments",
    "ledger_yen",
    "transfers",
    "transfer_yen",
    "letters",
    "letter_yen",
    "held",
    "held_yen",
    "A02",
    "H01",
    "H02",
)
COLUMNS = ("muni", *BY_HOME, "paid_elsewhere_yen", "paid_for_others_yen", *BY_PAYER)


def judge_reconciliation(programme: Programme, snapshot: Path, work: Path, parts: Sequence[str]) -> str:
    """SHA-256 (hex) of the reconciliation's canonical text (section 7), once its equations hold.

    `parts`: the names of all parts of the run. Raises Disagreement that names the row whose equation does not
    hold, or a part that has not been judged; BadInput for a snapshot without manifest.
    """
    state = programme.payer == "state"
    with database(work, memory="200MB") as connection:
        collect_sums(connection, work, parts)
        _add_rows(connection, snapshot, state=state)
        _check(connection, snapshot, programme.amount, state=state)
        return canonical_sha256(
            connection, f"SELECT {line(*COLUMNS)} AS line, muni AS place FROM municipalities"
        )


def _add_rows(connection: duckdb.DuckDBPyConnection, snapshot: Path, *, state: bool) -> None:
    """Creates `municipalities`: section 6's columns; a row for each municipality, and for a paying State."""
    file = snapshot / "municipalities.parquet"
    the_state = " UNION ALL SELECT 'STATE'" if state else ""
    homes = ", ".join(f"sum({column})::BIGINT AS {column}" for column in BY_HOME)
    payers = ", ".join(f"sum({column})::BIGINT AS {column}" for column in BY_PAYER)
    elsewhere = "0::BIGINT" if state else "sum(ledger_yen) FILTER (payer <> muni)::BIGINT"
    columns = ", ".join(f"coalesce({column}, 0)::BIGINT AS {column}" for column in COLUMNS[1:])
    with readable(connection, {file.name: file}, "muni"):
        connection.execute(
            f"""CREATE TEMP TABLE municipalities AS
            SELECT muni, {columns}
            FROM (SELECT muni FROM {parquet(file)}{the_state})
            LEFT JOIN (SELECT muni, {homes} FROM sums WHERE payer IS NULL GROUP BY muni) USING (muni)
            LEFT JOIN (SELECT muni, {elsewhere} AS paid_elsewhere_yen FROM sums GROUP BY muni) USING (muni)
            LEFT JOIN (
                SELECT payer AS muni, {payers}, {elsewhere} AS paid_for_others_yen
                FROM sums WHERE payer IS NOT NULL GROUP BY payer
            ) USING (muni)"""
        )


def _check(connection: duckdb.DuckDBPyConnection, snapshot: Path, amount: int, *, state: bool) -> None:
    """The equations of section 6, for each row and for the whole."""
    everywhere = (
        f"persons = {' + '.join(CODES)}",
        f"E00 * {amount} = entitled_yen",
        "ledger_yen = transfer_yen + letter_yen + held_yen",
        "payments = transfers + letters + held",
        "held = A02 + H01 + H02",
    )
    balance = "entitled_yen - paid_elsewhere_yen + paid_for_others_yen = ledger_yen"
    whole = ", ".join(f"sum({column})::HUGEINT AS {column}" for column in COLUMNS[1:])
    for equation in everywhere if state else (*everywhere, balance):
        _must_hold(connection, equation, "SELECT * FROM municipalities ORDER BY muni")
    manifest_persons = f"persons = {_persons(snapshot)}"
    for equation in (*everywhere, balance, manifest_persons):
        _must_hold(connection, equation, f"SELECT 'the whole' AS muni, {whole} FROM municipalities")


def _persons(snapshot: Path) -> int:
    """Rows of the snapshot, as its manifest says. Raises BadInput where that is missing or unreadable."""
    try:
        return int(json.loads((snapshot / "manifest.json").read_bytes())["persons"])
    except (FileNotFoundError, ValueError) as error:
        raise BadInput(
            "the folder has no readable manifest, so it is no snapshot",
            where=str(snapshot / "manifest.json"),
            todo="build the snapshot again, or name another folder",
        ) from error


def _must_hold(connection: duckdb.DuckDBPyConnection, equation: str, rows: str) -> None:
    wrong = connection.execute(
        f"SELECT muni FROM ({rows}) WHERE NOT coalesce({equation}, false) LIMIT 1"
    ).fetchone()
    if wrong is not None:
        raise Disagreement(
            f"this does not hold: {equation}",
            where=f"second opinion's reconciliation, {wrong[0]}",
            todo="nothing may be released: keep both folders and look for the defect in the engines",
        )
