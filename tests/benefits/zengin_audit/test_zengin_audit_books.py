"""The audit of a run's books, sums and manifest: what was cooked contradicts itself, also under a new seal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from enishi.benefits.engines.zengin_audit.run import Audit, audit
from enishi.benefits.engines.zengin_audit.sums import days_of
from tests.benefits.zengin_audit.by_hand import as_json, reseal, said, sealed
from tests.factories import CHIYODA, YOKOHAMA


def rewrite(run: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_parquet(run / name)).write_parquet(run / name)


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        ("ledger/0001.parquet", pl.col("amount") + pl.when(pl.col("payment") == 6).then(1).otherwise(0), "the amount is not persons x the programme's amount: payment 6"),
        ("ledger/0001.parquet", pl.col("payer").replace(CHIYODA, YOKOHAMA), "another payer than the municipality: payment 1, 4"),
        ("ledger/0001.parquet", pl.col("route").replace("letter", "held"), "a route or a reason that do not go together: payment 6"),
        ("ledger/0001.parquet", pl.col("key").str.replace("/1/", "/2/"), "a key that is not of this programme"),
        ("ledger/0001.parquet", pl.col("credit").replace("payable", "cash"), "both sides of the entry"),
        ("ledger/0002.parquet", pl.col("protected") & False, "protected in one place and not in the other: payment 9"),
        ("ledger/0001.parquet", pl.lit(4).alias("payment"), "payments are not in ascending order"),
        ("decisions/0001.parquet", pl.col("code").replace("E00", "X99"), "unknown code: person 1, 2, 3, 4, 5 and 2 more"),
        ("decisions/0002.parquet", pl.col("amount") * 2, "entitled without the programme's amount"),
        ("decisions/0002.parquet", pl.col("person") + 5, "not the snapshot"),
        ("letters/0001.parquet", pl.col("amount") + 1, "the letter says something else than the ledger: payment 6"),
        ("letters/0001.parquet", pl.col("delivery").replace("post", "office"), "the delivery does not fit the protection"),
        ("reconciliation/municipalities.parquet", pl.col("letters") + 1, "131016 has 2, the books sum to 1"),
        ("letters/0001.parquet", pl.col("name") + "様", "not the payee's name or address in the snapshot: payment 6"),
        ("letters/0001.parquet", pl.lit("9999999").alias("postcode"), "not the payee's name or address in the snapshot: payment 6"),
        ("letters/0001.parquet", pl.lit(None, pl.String).alias("town"), "not the payee's name or address in the snapshot: payment 6"),
        ("ledger/0001.parquet", pl.col("amount").cast(pl.String) + "yen", "cannot be read as a table of a run"),
        ("reconciliation/municipalities.parquet", pl.col("E00").alias("E0"), None),
    ],
)  # fmt: skip
def test_books_that_were_cooked_and_sealed_again_contradict_each_other(
    run: Path, snapshot: Path, name: str, change: pl.Expr, what: str | None
) -> None:
    rewrite(run, name, lambda table: table.with_columns(change))
    reseal(run)
    found = said(audit(run, snapshot=snapshot))
    if what is None:
        assert found == ""  # one column more changes nothing
    elif what == "not the snapshot":
        assert "no decision on this person of the snapshot: person 8, 9, 10, 11" in found
        assert "a decision on nobody in the snapshot: person 13, 14, 15, 16" in found
    else:
        assert what in found


def test_a_row_without_its_counterpart_is_found_in_each_book(run: Path) -> None:
    rewrite(run, "ledger/0001.parquet", lambda table: table.filter(pl.col("payment") != 7))
    rewrite(run, "letters/0001.parquet", lambda table: table.clear())
    reseal(run)
    found = said(audit(run))
    assert "decided, but not in the ledger: payment 7" in found
    assert "no letter for this payment: payment 6" in found


def test_totals_that_do_not_add_up_are_found(run: Path) -> None:
    totals = json.loads((run / "reconciliation/nation.json").read_bytes())
    (run / "reconciliation/nation.json").write_bytes(as_json(totals | {"persons": 12}))
    reseal(run)
    assert "reconciliation/nation.json, persons: says 12, the municipalities sum to 11" in said(audit(run))


def altered_manifest(run: Path, old: str, new: str) -> Audit:
    path = run / "manifest.json"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return audit(run)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"bytes": 480', '"bytes": 481', "what it says about zengin/"),
        ('"persons": 11', '"persons": 12', "its id is not the hash of what it says"),
        ('"id": "', '"id": "f', "its id is not the hash of what it says"),
        ('"cycle": 1', '"cycle":  1', "is not in canonical form from byte"),
        ('"cycle": 1', '"cycle": ,', "is no JSON from byte"),
        ('"enishi-run/1"', '"enishi-run/2"', "its format is 'enishi-run/2'"),
        ('"parts"', '"part"', "its list of files or parts is damaged"),
        ('"zengin/011002/', '"../zengin/011002/', "its list of files or parts is damaged"),
    ],
)
def test_an_altered_manifest_contradicts_itself(run: Path, old: str, new: str, what: str) -> None:
    found = altered_manifest(run, old, new)
    assert {one.file for one in found.findings} == {"manifest.json"}
    assert what in said(found)


def test_an_altered_name_of_the_snapshot_is_a_finding_not_another_snapshot(run: Path, snapshot: Path) -> None:
    bound = json.loads((run / "manifest.json").read_bytes())["snapshot"]["id"]
    altered_manifest(run, bound, bound[::-1])
    found = audit(run, snapshot=snapshot)
    assert "its id is not the hash of what it says" in said(found)
    assert any("names another one" in note for note in found.notes)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("synthetic", False),
        ("programme", None),
        ("programme.amount", "100000"),
        ("programme.amount", 0),
        ("programme.value_date", "2020-02-30"),
        ("programme.payer", "nobody"),
        ("programme.daily_capacity", -1),
        ("snapshot.id", "../.."),
        ("parts", [{"name": "0001", "rows": True, "shards": [], "payers": []}]),
        ("parts", [{"name": "0001", "rows": 7, "shards": [], "payers": []}] * 2),
        ("parts", [{"name": "0001", "rows": 7, "shards": ["0001"], "payers": None}]),
        ("files", {"zengin/x": {"sha256": 1, "bytes": 2}}),
        ("files", []),
    ],
)
def test_a_manifest_that_no_run_writes_is_found_under_a_right_id(run: Path, key: str, value: Any) -> None:
    manifest = json.loads((run / "manifest.json").read_bytes())
    *path, last = key.split(".")
    place = manifest[path[0]] if path else manifest
    place[last] = value
    sealed(
        run,
        **{name: manifest[name] for name in ("synthetic", "programme", "snapshot", "parts")}
        | ({"files": value} if key == "files" else {}),
    )
    found = audit(run)
    assert found.findings[0].file == "manifest.json"
    assert "no run writes" in said(found) or "is damaged" in said(found)


def with_last_part(run: Path, **changes: Any) -> None:
    """Seals the run anew with another entry for its last part."""
    manifest = json.loads((run / "manifest.json").read_bytes())
    *others, last = manifest["parts"]
    sealed(run, snapshot=manifest["snapshot"], parts=[*others, last | changes])


def test_a_part_that_hides_a_payer_is_found(run: Path) -> None:
    with_last_part(run, payers=[])
    assert "its payers are not those that the manifest says" in said(audit(run))


def test_parts_that_leave_out_a_shard_of_the_snapshot_are_found(run: Path, snapshot: Path) -> None:
    with_last_part(run, shards=[])
    assert "its parts are not the shards of the snapshot" in said(audit(run, snapshot=snapshot))


@pytest.mark.parametrize(
    ("counts", "capacity", "days"),
    [
        ([], None, 1),
        ([], 5, 1),
        ([6], None, 1),
        ([6], 6, 1),
        ([7], 6, 2),
        ([3, 2, 1], 4, 2),
        ([1, 1, 1], 3, 1),
        ([1, 1, 1, 1], 3, None),
        ([20], 2, 10),
        ([21], 2, None),
    ],
)
def test_days_needed_under_a_daily_capacity(
    counts: list[int], capacity: int | None, days: int | None
) -> None:
    assert days_of(counts, capacity, most=10) == days
