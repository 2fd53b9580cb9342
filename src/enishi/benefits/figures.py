"""The reconciled figures of a complete run, read from its own table, and the sums that must hold in them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from enishi.benefits.answers import Equation, Figures, ReasonFigure, RunFile
from enishi.benefits.engines.zengin_audit.reader import trailer_of
from enishi.benefits.wording import reason, say

CODES = ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01")
HELD = ("A02", "H01", "H02")
RECORD = 120


@lru_cache(maxsize=8)
def table_of(folder: Path, manifest: str) -> pl.DataFrame:
    """A complete run's reconciliation, one row for each municipality.

    `manifest`: its id, which the cache goes by.
    """
    return pl.read_parquet(folder / "reconciliation" / "municipalities.parquet")


def figures_of(row: dict[str, Any]) -> Figures:
    """One row of the reconciliation, or a sum of rows."""
    plain = {name: row[name] for name in Figures.__dataclass_fields__ if name in row}
    return Figures(
        **plain, codes={code: row[code] for code in CODES}, held_reasons={code: row[code] for code in HELD}
    )


def summed(table: pl.DataFrame) -> Figures:
    """The figures of several municipalities together."""
    return figures_of(table.select(pl.exclude("muni").sum()).row(0, named=True))


def reasons_of(figures: Figures) -> tuple[ReasonFigure, ...]:
    """How many persons have each code, and how many payments leave the way of a transfer and why."""
    return (
        *(ReasonFigure(code, reason(code), "decision", count) for code, count in figures.codes.items()),
        ReasonFigure("A01", reason("A01"), "payment", figures.letters),
        *(ReasonFigure(code, reason(code), "payment", count) for code, count in figures.held_reasons.items()),
    )


def trailers(folder: Path, names: Iterable[str]) -> tuple[int, int]:
    """(records, yen) by the trailers of bank files, as the second reader reads them."""
    records = yen = 0
    for name in names:
        with (folder / name).open("rb") as file:
            file.seek(-2 * RECORD, 2)
            trailer = trailer_of(file.read(RECORD))
        records, yen = records + trailer.count, yen + trailer.total
    return records, yen


def bank_files(manifest: dict[str, Any], muni: str = "") -> tuple[RunFile, ...]:
    """The bank files of a run's manifest, of one payer where `muni` is given, in order."""
    start = f"zengin/{muni}/" if muni else "zengin/"
    return tuple(
        RunFile(name, bound["sha256"], bound["bytes"])
        for name, bound in sorted(manifest["files"].items())
        if name.startswith(start)
    )


def equations_of(
    figures: Figures, amount: int, filed: tuple[int, int], *, whole: bool
) -> tuple[Equation, ...]:
    """The sums of docs/benefits-run.md, section 6.

    `filed`: what the bank files' trailers say; `whole`: of the nation.
    """
    yen = say("円", "yen")
    elsewhere = (
        ()
        if whole
        else (
            Equation(
                say(
                    "支給対象額 − 他団体が支払う額 ＋ 他団体に代わって支払う額 ＝ 台帳の合計",
                    "entitled − paid elsewhere + paid for others = ledger",
                ),
                figures.entitled_yen - figures.paid_elsewhere_yen + figures.paid_for_others_yen,
                figures.ledger_yen,
                yen,
            ),
        )
    )
    together = (
        (
            Equation(
                say("支給対象額 ＝ 台帳の合計", "entitled = ledger"),
                figures.entitled_yen,
                figures.ledger_yen,
                yen,
            ),
        )
        if whole
        else ()
    )
    return (
        Equation(
            say("登録者数 ＝ 決定の件数", "persons in = decisions out"),
            figures.persons,
            sum(figures.codes.values()),
            say("人", "persons"),
        ),
        Equation(
            say(
                f"支給対象者数 × {amount:,}円 ＝ 支給対象額", f"entitled persons × {amount:,} yen = entitled"
            ),
            figures.codes["E00"] * amount,
            figures.entitled_yen,
            yen,
        ),
        *elsewhere,
        *together,
        Equation(
            say("台帳の合計 ＝ 振込 ＋ 通知書 ＋ 保留", "ledger = transfers + letters + held"),
            figures.ledger_yen,
            figures.transfer_yen + figures.letter_yen + figures.held_yen,
            yen,
        ),
        Equation(
            say("振込の合計 ＝ 振込ファイルの合計欄", "transfers = totals of the bank files"),
            figures.transfer_yen,
            filed[1],
            yen,
        ),
        Equation(
            say("振込の件数 ＝ 振込ファイルの件数欄", "transfers = counts of the bank files"),
            figures.transfers,
            filed[0],
            say("件", "transfers"),
        ),
    )
