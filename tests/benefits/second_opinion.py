"""What the tests of the second opinion share: programmes, a judged small snapshot, and canonical texts to read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from enishi.benefits.engines.second import SecondPart, judge_part, part, reconciliation
from enishi.benefits.engines.second.connection import canonical_sha256
from enishi.benefits.rules.programme import Programme
from tests.factories import small_snapshot

REF = date(2020, 4, 27)
STATE_ORIGINATOR = {
    "consignor_code": "9900000001",
    "originator": "SYNTHETIC ｺｸ",
    "bank": "0001",
    "branch": "001",
    "account_type": "1",
    "account_number": "7654321",
}


def programme(**changes: Any) -> Programme:
    """100,000 yen a person on 27 April 2020, paid by municipalities on 29 May, unless `changes` say otherwise."""
    said: dict[str, Any] = {
        "name": "trial",
        "cycle": 2,
        "titles": {},
        "summary": {},
        "reference_date": REF,
        "amount": 100_000,
        "payer": "municipality",
        "application_months": None,
        "value_date": date(2020, 5, 29),
        "daily_capacity": None,
        "exclusions": (),
        "legal_basis": (),
        "review": {},
    }
    return Programme(**said | changes)


def state_programme(**changes: Any) -> Programme:
    """The same, paid by the State."""
    return programme(payer="state", state_originator=STATE_ORIGINATOR, **changes)


@dataclass(frozen=True)
class Texts:
    """The canonical texts of one part as lists of lines, and the verdict that hashed them."""

    decisions: list[str]
    ledger: list[str]
    letters: list[str]
    verdict: SecondPart
    snapshot: Path
    work: Path

    def codes(self) -> dict[int, str]:
        """code and grounds of each person: `E00 `, `R04 R04+R05`."""
        fields = (line.split("|") for line in self.decisions)
        return {int(person): f"{code} {grounds}" for person, _home, _muni, code, grounds, *_ in fields}

    def routes(self) -> dict[int, str]:
        """payer, payee, route and reason of each payment."""
        fields = (line.split("|") for line in self.ledger)
        return {
            int(payment): " ".join((payer, payee, route, reason)).strip()
            for payment, _key, payer, _muni, _home, payee, _n, _yen, route, reason, _ in fields
        }


def judged(
    tmp_path: Path,
    people: Sequence[Mapping[str, Any]],
    rules: Programme | None = None,
    *,
    declined: Iterable[int] = (),
    paid: Mapping[int, str] | None = None,
    municipalities: Sequence[Mapping[str, Any]] | None = None,
    shards: Sequence[str] = ("0001",),
) -> Texts:
    """Judges these shards of a snapshot together. `paid`: the code that each person had in an earlier run."""
    snapshot = small_snapshot(tmp_path / "snapshot", people, municipalities=municipalities)
    refusals = tmp_path / "declined.parquet"
    pl.DataFrame({"person": list(declined)}, schema={"person": pl.Int64}).write_parquet(refusals)
    earlier = []
    if paid is not None:
        earlier.append(tmp_path / "earlier.parquet")
        pl.DataFrame({"person": list(paid), "code": list(paid.values())}).write_parquet(earlier[0])
    with pytest.MonkeyPatch.context() as patch:
        texts = _listening(patch, part)
        verdict = judge_part(
            rules or programme(), snapshot, shards, tmp_path / "work", declined=refusals, paid=earlier
        )
    decisions, ledger, letters = texts
    for text, digest in zip(texts, (verdict.decisions, verdict.ledger, verdict.letters), strict=True):
        assert hashlib.sha256("".join(f"{line}\n" for line in text).encode()).hexdigest() == digest
    return Texts(decisions, ledger, letters, verdict, snapshot, tmp_path / "work")


def reconciliation_text(rules: Programme, snapshot: Path, work: Path) -> tuple[list[str], str]:
    """The lines of the reconciliation's canonical text, and their hash as the second opinion gives it."""
    with pytest.MonkeyPatch.context() as patch:
        texts = _listening(patch, reconciliation)
        digest = reconciliation.judge_reconciliation(rules, snapshot, work, ["0001"])
    return texts[0], digest


def _listening(patch: pytest.MonkeyPatch, module: Any) -> list[list[str]]:
    texts: list[list[str]] = []

    def listen(connection: duckdb.DuckDBPyConnection, query: str) -> str:
        rows = connection.execute(f"SELECT line FROM ({query}) ORDER BY place").fetchall()
        texts.append([line.removesuffix("\n") for (line,) in rows])
        return canonical_sha256(connection, query)

    patch.setattr(module, "canonical_sha256", listen)
    return texts
