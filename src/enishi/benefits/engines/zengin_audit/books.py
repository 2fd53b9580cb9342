"""The books of one part against each other:

decisions, ledger and letters (docs/benefits-run.md, sections 2 to 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines.zengin_audit.finding import Finding, Findings
from enishi.benefits.engines.zengin_audit.manifest import STATE
from enishi.benefits.engines.zengin_audit.register import Fault, register_faults
from enishi.benefits.engines.zengin_audit.tables import SCHEMAS, read_table
from enishi.kernel.errors import BadInput
from enishi.platform.snapshots import Snapshot

CODES = ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01")
REASONS: dict[str, list[str | None]] = {"transfer": [None], "letter": ["A01"], "held": ["A02", "H01", "H02"]}
BY_MUNICIPALITY = ("persons", *CODES, "entitled_yen", "paid_elsewhere_yen")
BY_PAYER = (
    "paid_for_others_yen", "payments", "ledger_yen", "transfers", "transfer_yen", "letters", "letter_yen",
    "held", "held_yen", "A02", "H01", "H02",
)  # fmt: skip
COLUMNS = (*BY_MUNICIPALITY, *BY_PAYER)
LIMIT_OF_A_PART = 200
_NAMED = 5
_col = pl.col


@dataclass(frozen=True)
class BookTask:
    """A part, and what the manifest says of it and of the programme; None where it does not say it.

    `shards`: those of the snapshot that it takes together.
    """

    folder: Path
    part: str
    key_prefix: str | None
    amount: int | None
    payer: str | None
    rows: int | None
    payers: tuple[str, ...] | None
    shards: tuple[str, ...]
    snapshot: Snapshot | None


@dataclass(frozen=True)
class BookFacts:
    """A part's sums, all 0 where its tables are not `readable`.

    `sums`: the reconciliation's columns by municipality, or the payer in its place; `transfers`: records by
    payer; `persons`, `payments`, `letters`: rows; `span`: smallest and largest payment, None without any.
    """

    part: str
    findings: tuple[Finding, ...]
    more: int = 0
    readable: bool = False
    sums: tuple[dict[str, Any], ...] = ()
    transfers: dict[str, int] = field(default_factory=dict)
    persons: int = 0
    payments: int = 0
    letters: int = 0
    span: tuple[int, int] | None = None


def judge_books(task: BookTask) -> BookFacts:
    """Checks a part's books row by row and adds them up. The files' hashes were found right before."""
    found = Findings(LIMIT_OF_A_PART)
    try:
        decisions, ledger, letters = (
            read_table(task.folder / name / f"{task.part}.parquet", schema)
            for name, schema in SCHEMAS.items()
        )
    except BadInput as error:
        name = Path(error.where).relative_to(task.folder).as_posix()
        found.add(error.what, error.todo, file=name)
        return BookFacts(task.part, tuple(found))
    for file, what, rows, name in (
        *_decision_faults(decisions, task),
        *_ledger_faults(ledger, task),
        *_payment_faults(decisions, ledger),
        *_letter_faults(ledger, letters),
    ):
        _name(found, f"{file}/{task.part}.parquet", what, rows, name)
    if task.rows is not None and decisions.height != task.rows:
        what = f"holds {decisions.height:,} decisions, the manifest says {task.rows:,} persons"
        found.add(what, _AGAIN, file=f"decisions/{task.part}.parquet")
    if task.payers is not None and sorted(set(ledger["payer"])) != list(task.payers):
        what = "its payers are not those that the manifest says of this part"
        found.add(what, _AGAIN, file=f"ledger/{task.part}.parquet")
    if task.snapshot is not None:
        for file, what, rows, name in register_faults(decisions, letters, task.shards, task.snapshot):
            _name(found, f"{file}/{task.part}.parquet", what, rows, name)
    transfers = ledger.filter(_col("route") == "transfer").group_by("payer").len()
    payments = ledger["payment"].to_numpy()
    return BookFacts(
        task.part,
        tuple(found),
        found.more,
        True,
        tuple(sums_of(decisions, ledger).iter_rows(named=True)),
        dict(transfers.iter_rows()),
        decisions.height,
        ledger.height,
        letters.height,
        (int(payments.min()), int(payments.max())) if len(payments) else None,
    )


_AGAIN = "compute the run again into a new folder, and report this"


def _name(found: Findings, file: str, what: str, rows: pl.DataFrame, name: str) -> None:
    if rows.height:
        first = ", ".join(str(one) for one in rows[name].head(_NAMED).to_list())
        more = f" and {rows.height - _NAMED:,} more" if rows.height > _NAMED else ""
        found.add(f"{what}: {name} {first}{more}", _AGAIN, file=file, name=name)


def _ascending(name: str) -> pl.Expr:
    before = _col(name).shift(1)
    return before.is_null() | (_col(name) > before)


def _broken(table: pl.DataFrame, rules: dict[str, pl.Expr]) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rules that do not hold, each with its rows; where nothing is known a rule does not hold."""
    holds = table.select(rule.fill_null(False).all().alias(what) for what, rule in rules.items()).row(
        0, named=True
    )
    for what, rule in rules.items():
        if not holds[what]:
            yield what, table.filter(~rule.fill_null(False))


def _decision_faults(decisions: pl.DataFrame, task: BookTask) -> Iterator[Fault]:
    entitled = _col("code") == "E00"
    each = _col("amount") == task.amount if task.amount is not None else _col("amount") > 0
    rules = {
        "persons are not in ascending order, or one stands twice": _ascending("person"),
        "unknown code": _col("code").is_in(CODES),
        "entitled without the programme's amount, or not entitled with one": pl.when(entitled)
        .then(each)
        .otherwise(_col("amount") == 0),
        "entitled without a payment, or not entitled with one": entitled == _col("payment").is_not_null(),
        "the code is not the first of the grounds": pl.when(entitled)
        .then(_col("grounds") == "")
        .otherwise(_col("grounds").str.starts_with(_col("code"))),
    }
    for what, rows in _broken(decisions, rules):
        yield "decisions", what, rows, "person"


def _ledger_faults(ledger: pl.DataFrame, task: BookTask) -> Iterator[Fault]:
    reason = pl.any_horizontal(
        *(
            (_col("route") == route) & _col("reason").is_in(allowed, nulls_equal=True)
            for route, allowed in REASONS.items()
        )
    )
    rules = {
        "payments are not in ascending order, or one stands twice": _ascending("payment"),
        "both sides of the entry are not benefit_expense and payable": (_col("debit") == "benefit_expense")
        & (_col("credit") == "payable"),
        "a route or a reason that do not go together": reason,
        "a transfer without a payee": (_col("route") != "transfer") | _col("payee").is_not_null(),
        "the amount is not above zero": _col("amount") > 0,
    }
    if task.key_prefix is not None:
        rules["a key that is not of this programme, cycle and payment"] = _col("key") == pl.format(
            task.key_prefix + "{}", _col("payment")
        )
    if task.amount is not None:
        rules["the amount is not persons x the programme's amount"] = (
            _col("amount") == _col("persons") * task.amount
        )
    if task.payer == "state":
        rules["the payer is not the State"] = _col("payer") == STATE
    else:
        rules["another payer than the municipality"] = (_col("payer") == _col("muni")) | _col("protected")
    for what, rows in _broken(ledger, rules):
        yield "ledger", what, rows, "payment"


def _payments_agree(decisions: pl.DataFrame, ledger: pl.DataFrame) -> bool:
    """Whether decisions and ledger say the same of every payment:

    quickly, and without saying where they do not.
    """
    number = _col("muni").cast(pl.Int64, strict=False).fill_null(-1)
    paid = decisions.filter(_col("payment").is_not_null()).select(
        "payment", "person", "household", "amount", number, apart=_col("override").eq_missing("D1")
    )
    booked = ledger.with_columns(number)
    if booked.select(pl.exclude("reason", "payee").null_count().sum()).sum_horizontal().item():
        return False
    payments, payment = booked["payment"].to_numpy(), paid["payment"].to_numpy()
    if not len(payments) or (payments[1:] <= payments[:-1]).any():
        return not len(payments) and not len(payment)
    at = np.minimum(np.searchsorted(payments, payment), len(payments) - 1)
    person, amount = paid["person"].to_numpy(), paid["amount"].to_numpy()
    return bool(
        (payments[at] == payment).all()
        and (person >= payment).all()
        and (np.bincount(at[person == payment], minlength=len(payments)) == 1).all()
        and (np.bincount(at, minlength=len(payments)) == booked["persons"].to_numpy()).all()
        and (_sums(at, amount, len(payments)) == booked["amount"].to_numpy()).all()
        and all(
            (booked[name].to_numpy()[at] == paid[same].to_numpy()).all()
            for name, same in (("household", "household"), ("muni", "muni"), ("protected", "apart"))
        )
    )


def _sums(at: NDArray[np.intp], amounts: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Sums of `amounts` by place, in whole yen."""
    sums = np.zeros(count, np.int64)
    np.add.at(sums, at, amounts)
    return sums


def _payment_faults(decisions: pl.DataFrame, ledger: pl.DataFrame) -> Iterator[Fault]:
    if _payments_agree(decisions, ledger):
        return
    decided = (
        decisions.lazy()
        .filter(_col("payment").is_not_null())
        .group_by("payment")
        .agg(
            decided=_col("amount").sum(),
            heads=pl.len().cast(pl.Int64),
            first=_col("person").min(),
            home=_col("household").min(),
            homes=_col("household").max(),
            town=_col("muni").min(),
            towns=_col("muni").max(),
            apart=(_col("override") == "D1").fill_null(False).min(),
            any_apart=(_col("override") == "D1").fill_null(False).max(),
        )
    )
    both = (
        ledger.lazy()
        .select("payment", "amount", "persons", "household", "muni", "protected")
        .join(decided, on="payment", how="full", coalesce=True)
        .collect()
    )
    unbooked = both.filter(_col("amount").is_null())
    yield "ledger", "decided, but not in the ledger", unbooked, "payment"
    yield "ledger", "in the ledger, but decided for nobody", both.filter(_col("decided").is_null()), "payment"
    paired = both.drop_nulls(["amount", "decided"])
    rules = {
        "the amount is not the sum of the decisions": _col("amount") == _col("decided"),
        "the number of persons is not that of the decisions": _col("persons") == _col("heads"),
        "the payment's number is not its first person's": _col("payment") == _col("first"),
        "the household is not the decisions'": (_col("household") == _col("home"))
        & (_col("household") == _col("homes")),
        "the municipality is not the decisions'": (_col("muni") == _col("town"))
        & (_col("muni") == _col("towns")),
        "protected in one place and not in the other": (_col("protected") == _col("apart"))
        & (_col("protected") == _col("any_apart")),
    }
    for what, rows in _broken(paired, rules):
        yield "ledger", what, rows, "payment"


def _letter_faults(ledger: pl.DataFrame, letters: pl.DataFrame) -> Iterator[Fault]:
    columns = ("payer", "payee", "amount", "persons")
    both = (
        ledger.lazy()
        .filter(_col("route") == "letter")
        .select("payment", "protected", *columns)
        .join(letters.lazy().select("payment", "delivery", *columns), on="payment", how="full", coalesce=True)
        .collect()
    )
    yield "letters", "no letter for this payment", both.filter(_col("delivery").is_null()), "payment"
    yield "letters", "a letter without its payment", both.filter(_col("protected").is_null()), "payment"
    same = pl.all_horizontal(*(_col(name).eq_missing(_col(f"{name}_right")) for name in columns))
    paired = both.drop_nulls(["delivery", "protected"])
    rules = {
        "the letter says something else than the ledger": same,
        "the delivery does not fit the protection": (_col("delivery") == "office") == _col("protected"),
    }
    for what, rows in _broken(paired, rules):
        yield "letters", what, rows, "payment"


def sums_of(decisions: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """A part's part of the reconciliation (section 6):

    `muni`, then its columns; a payer's in the payer's row.
    """
    away = (_col("payer") != _col("muni")) & (_col("payer") != STATE)
    yen = _col("amount")
    parts = [
        decisions.group_by("muni").agg(
            pl.len().alias("persons"),
            *((_col("code") == code).sum().alias(code) for code in CODES),
            yen.sum().alias("entitled_yen"),
        ),
        ledger.filter(away).group_by("muni").agg(yen.sum().alias("paid_elsewhere_yen")),
        ledger.filter(away).group_by(muni="payer").agg(yen.sum().alias("paid_for_others_yen")),
        ledger.group_by(muni="payer").agg(
            pl.len().alias("payments"),
            yen.sum().alias("ledger_yen"),
            *((_col("reason") == reason).sum().alias(reason) for reason in ("A02", "H01", "H02")),
            *(
                made
                for route, name in (("transfer", "transfers"), ("letter", "letters"), ("held", "held"))
                for made in (
                    (_col("route") == route).sum().alias(name),
                    yen.filter(_col("route") == route).sum().alias(f"{route}_yen"),
                )
            ),
        ),
    ]
    stacked = pl.concat([part.with_columns(_col("muni").cast(pl.String)) for part in parts], how="diagonal")
    return stacked.group_by("muni").agg(_col(name).sum().cast(pl.Int64) for name in COLUMNS).sort("muni")
