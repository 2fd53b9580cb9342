"""Reconciliation: persons in = decisions out, and every yen in exactly one place (docs/benefits-run.md, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from enishi.benefits.rules.entitlement import ENTITLED
from enishi.benefits.rules.payment import STATE
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import Disagreement

CODES = ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01")
BY_REGISTER = ("persons", *CODES, "entitled_yen", "paid_elsewhere_yen")
BY_PAYER = (
    "paid_for_others_yen payments ledger_yen transfers transfer_yen letters letter_yen held held_yen A02 H01 H02"
).split()
COLUMNS = (*BY_REGISTER, *BY_PAYER)


def of_part(decisions: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """What one part of a run adds: `muni` and the columns of the reconciliation, for each municipality that it touches."""
    code, elsewhere = pl.col("code"), (pl.col("payer") != pl.col("muni")) & (pl.col("payer") != STATE)
    registered = decisions.group_by("muni").agg(
        pl.len().alias("persons"),
        *((code == name).sum().alias(name) for name in CODES),
        pl.col("amount").sum().alias("entitled_yen"),
    )
    away = ledger.filter(elsewhere).group_by("muni").agg(pl.col("amount").sum().alias("paid_elsewhere_yen"))
    amount, route, reason = pl.col("amount"), pl.col("route"), pl.col("reason")
    paid = ledger.group_by(muni="payer").agg(
        amount.filter(elsewhere).sum().alias("paid_for_others_yen"),
        pl.len().alias("payments"),
        amount.sum().alias("ledger_yen"),
        *(
            made
            for word, count, yen in (
                ("transfer", "transfers", "transfer_yen"),
                ("letter", "letters", "letter_yen"),
                ("held", "held", "held_yen"),
            )
            for made in ((route == word).sum().alias(count), amount.filter(route == word).sum().alias(yen))
        ),
        *((reason == name).sum().alias(name) for name in ("A02", "H01", "H02")),
    )
    return (
        registered.join(away, on="muni", how="full", coalesce=True)
        .join(paid, on="muni", how="full", coalesce=True)
        .with_columns(pl.col(COLUMNS).cast(pl.Int64).fill_null(0))
        .select("muni", *COLUMNS)
        .sort("muni")
    )


def of_all(parts: Iterable[pl.DataFrame], municipalities: pl.DataFrame) -> pl.DataFrame:
    """All parts summed: a row for each municipality, and for the State where it pays; by `muni`."""
    whole = pl.concat([municipalities.select("muni"), *(part.select("muni") for part in parts)]).unique()
    summed = pl.concat(list(parts)).group_by("muni").agg(pl.col(COLUMNS).sum())
    return whole.join(summed, on="muni", how="left").with_columns(pl.col(COLUMNS).fill_null(0)).sort("muni")


def totals(table: pl.DataFrame) -> dict[str, int]:
    """The whole nation's sums."""
    return table.select(pl.col(COLUMNS).sum()).row(0, named=True)


def check(table: pl.DataFrame, programme: Programme, files: Mapping[str, tuple[int, int]]) -> None:
    """Raises Disagreement unless every equation holds, row by row. `files`: payer -> (count, yen) of its trailers."""
    trailers = pl.DataFrame(
        [(payer, *sums) for payer, sums in files.items()],
        schema={"muni": pl.String, "file_records": pl.Int64, "file_yen": pl.Int64},
        orient="row",
    )
    both = table.join(trailers, on="muni", how="full", coalesce=True).with_columns(
        pl.col(*COLUMNS, "file_records", "file_yen").fill_null(0)
    )
    column = pl.col
    equations = {
        "persons in = decisions out": column("persons") == pl.sum_horizontal(CODES),
        f"{ENTITLED} x amount = entitled yen": column(ENTITLED) * programme.amount == column("entitled_yen"),
        "ledger = transfers + letters + held": column("ledger_yen")
        == column("transfer_yen") + column("letter_yen") + column("held_yen"),
        "payments = transfers + letters + held": column("payments")
        == column("transfers") + column("letters") + column("held"),
        "bank files' totals = transfers (yen)": column("file_yen") == column("transfer_yen"),
        "bank files' counts = transfers": column("file_records") == column("transfers"),
    }
    if programme.payer == "municipality":
        equations["entitled - paid elsewhere + paid for others = ledger"] = column("entitled_yen") - column(
            "paid_elsewhere_yen"
        ) + column("paid_for_others_yen") == column("ledger_yen")
    for equation, holds in equations.items():
        broken = both.filter(~holds)
        if broken.height:
            raise Disagreement(
                f"the reconciliation does not hold: {equation}; first in {broken['muni'][0]}, {broken.height} in all",
                where="reconciliation",
                todo="nothing is released; report this with the programme and the snapshot",
            )
    sums = totals(table)
    if sums["entitled_yen"] != sums["ledger_yen"]:
        raise Disagreement(
            f"entitled {sums['entitled_yen']} yen, ledger {sums['ledger_yen']} yen",
            where="reconciliation",
            todo="nothing is released; report this with the programme and the snapshot",
        )
