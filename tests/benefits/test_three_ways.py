"""The same nation judged three ways: pure rules (the oracle), Polars and DuckDB give the same decisions and payments."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enishi.benefits.engines import canonical, fast, second
from enishi.benefits.engines.programme_files import load
from enishi.benefits.rules.entitlement import Decision, decide
from enishi.benefits.rules.payment import Payment, payments_of
from enishi.benefits.rules.programme import Programme
from enishi.platform.snapshots import Snapshot
from tests import factories
from tests.benefits.households import TOWNS, facts, nation

PUSH, _ = load("special-fixed-benefit-2020")
APPLIED, _ = load("special-fixed-benefit-2020-as-applied")
STATE = dataclasses.replace(
    PUSH,
    payer="state",
    state_originator={
        "consignor_code": "9900000001",
        "originator": "SYNTHETIC ｺｸ",
        "bank": "0001",
        "branch": "001",
        "account_type": "1",
        "account_number": "0000001",
    },
)
HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large]
IN_THREE_WAYS = pytest.mark.parametrize(
    "programme", [PUSH, APPLIED, STATE], ids=["push", "as-applied", "state"]
)
FEW = st.frozensets(st.integers(1, 6), max_size=3)
WILD = given(people=nation(), declined=FEW, paid=FEW)


def oracle(
    rows: list[dict[str, Any]],
    towns: pl.DataFrame,
    programme: Programme,
    declined: frozenset[int],
    paid: frozenset[int],
) -> tuple[dict[int, Decision], dict[int, Payment]]:
    starts = dict(towns.select("muni", "application_start").iter_rows())
    people = [facts(row, declined, paid) for row in rows]
    decisions = {one.person: decide(one, programme, starts[one.muni]) for one in people}
    payments = {}
    for household in {one.household for one in people}:
        members = [one for one in people if one.household == household]
        payments |= {found.payment: found for found in payments_of(members, decisions, programme)}
    return decisions, payments


def compare(
    programme: Programme,
    people: list[dict[str, Any]],
    declined: frozenset[int],
    paid: frozenset[int],
    folder: Path,
) -> None:
    towns = [factories.municipality(code) for code in TOWNS]
    snapshot = Snapshot.open(factories.small_snapshot(folder / "in", people, municipalities=towns))
    municipalities = pl.read_parquet(snapshot.folder / "municipalities.parquet")
    declined_file = folder / "declined.parquet"
    pl.DataFrame({"person": sorted(declined)}, schema={"person": pl.Int64}).write_parquet(declined_file)
    paid_file = folder / "paid.parquet"
    pl.DataFrame(
        {"person": sorted(paid), "code": ["E00"] * len(paid)}, schema={"person": pl.Int64, "code": pl.String}
    ).write_parquet(paid_file)
    for shard in snapshot.shards:
        file = snapshot.folder / shard.file
        rows = pl.read_parquet(file).rows(named=True)
        decisions, payments = oracle(rows, municipalities, programme, declined, paid)
        outcome = fast.judge(
            [file],
            programme,
            municipalities,
            pl.Series(sorted(declined), dtype=pl.Int64),
            pl.Series(sorted(paid), dtype=pl.Int64),
        )
        decided = {row["person"]: row for row in outcome.decisions.rows(named=True)}
        assert decided.keys() == decisions.keys()
        for person, decision in decisions.items():
            row = decided[person]
            assert (row["code"], row["grounds"], row["amount"]) == (
                decision.code,
                "+".join(decision.grounds),
                decision.amount,
            )
        columns = [entry.name for entry in dataclasses.fields(Payment)]
        ledger = {
            row["payment"]: Payment(**{name: row[name] for name in columns})
            for row in outcome.ledger.rows(named=True)
        }
        assert ledger == payments
        assert sum(row["amount"] for row in decided.values()) == sum(one.amount for one in payments.values())
        for table in ("decisions", "ledger", "letters"):
            place = folder / "out" / table
            place.mkdir(parents=True, exist_ok=True)
            getattr(outcome, table).write_parquet(place / f"{shard.name}.parquet")
        judged = second.judge_part(
            programme,
            snapshot.folder,
            [shard.name],
            folder / "work",
            declined=declined_file,
            paid=[paid_file],
        )
        written = canonical.part_hashes(folder / "out", shard.name)
        assert {name: getattr(judged, name) for name in written} == written
        assert {payer: count for payer, (count, _) in judged.transfers.items()} == {
            payer: len(records) for payer, records in outcome.records.items()
        }


@IN_THREE_WAYS
@settings(max_examples=8, deadline=None, suppress_health_check=HEALTH)
@WILD
def test_oracle_polars_and_duckdb_agree_on_every_person_and_payment(
    programme: Programme, people: list[dict[str, Any]], declined: frozenset[int], paid: frozenset[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(programme, people, declined, paid, Path(folder))


@pytest.mark.slow
@IN_THREE_WAYS
@settings(max_examples=150, deadline=None, suppress_health_check=HEALTH)
@WILD
def test_they_agree_on_many_more(
    programme: Programme, people: list[dict[str, Any]], declined: frozenset[int], paid: frozenset[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(programme, people, declined, paid, Path(folder))
