"""The fast path: one part's decisions, ledger, letters and bank records with Polars (docs/benefits-run.md, 2 to 5).

Whole columns at a time. The texts of payees are filtered and never reordered: they stay in the order of their rows
("payee order"); `payees` says which payment each belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines import accounts, zengin
from enishi.benefits.engines.places import Places
from enishi.benefits.rules.entitlement import ENTITLED, ORDER, last_day_to_apply
from enishi.benefits.rules.payment import STATE
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput

FACTS = "person household muni birth_date relation resident_from resident_until exit protected_muni".split()
ADDRESSEE = "surname given latin_name postcode town".split()
NOBODY = -1
Rows = NDArray[np.int64]


def _words(words: Sequence[str | None]) -> pl.Series:
    """A table of words by code."""
    return pl.Series(words, dtype=pl.Enum(list(dict.fromkeys(word for word in words if word is not None))))


TRANSFER, NO_ACCOUNT, OTHER_HOLDER, HEAD_DEAD, NO_PAYEE = range(5)
REASON_OF = _words([None, "A01", "A02", "H01", "H02"])
ROUTE_OF = _words(["transfer", "letter", "held", "held", "held"])
_HELD = [
    [ground for place, ground in enumerate(ORDER) if bits >> place & 1] for bits in range(1 << len(ORDER))
]
CODE_OF = _words([held[0] if held else ENTITLED for held in _HELD])
GROUNDS_OF = _words(["+".join(held) for held in _HELD])


@dataclass(frozen=True)
class Outcome:
    """What one part gives. `records`: payer -> its data records (n, 120), in the order of the bank file."""

    decisions: pl.DataFrame
    ledger: pl.DataFrame
    letters: pl.DataFrame
    records: dict[str, zengin.Bytes]


def judge(
    files: Sequence[Path],
    programme: Programme,
    municipalities: pl.DataFrame,
    declined: pl.Series | None = None,
    paid: pl.Series | None = None,
) -> Outcome:
    """Decides and pays for every person of these shard files. Raises BadInput naming file, row and column."""
    columns = [*FACTS, "applied_on"] if programme.application_months is not None else FACTS
    frames = [pl.read_parquet(file, columns=columns) for file in files]
    places = Places.of(files, [frame.height for frame in frames])
    facts = _with_towns(places, pl.concat(frames), municipalities)
    _refuse_disorder(places, facts["person"], facts["household"])
    decided = _decisions(facts, programme, municipalities, declined, paid)
    payments, payment_of_row = _payments(places, decided, programme)

    payee_row = payments["payee_row"].to_numpy()
    with_payee = np.flatnonzero(payee_row != NOBODY)
    payees = with_payee[np.argsort(payee_row[with_payee], kind="stable")]
    rows = payee_row[payees]
    texts = _texts(files, decided, rows)
    owned = texts["bank"].is_not_null()
    account = accounts.check(places, texts.filter(owned), rows[owned.to_numpy()])
    reasons = payments["held"].to_numpy().copy()
    found = np.full(len(payees), NO_ACCOUNT, np.uint8)
    found[owned.to_numpy()] = np.where(account["alike"].to_numpy(), TRANSFER, OTHER_HOLDER)
    reasons[payees] = np.where(reasons[payees] == TRANSFER, found, reasons[payees])

    ledger = _ledger(payments, reasons, programme)
    by_letter = reasons[payees] == NO_ACCOUNT
    by_transfer = reasons[payees] == TRANSFER
    return Outcome(
        decisions=_in_order(_decision_table(decided, payment_of_row, programme.amount), "person"),
        ledger=ledger,
        letters=_in_order(
            _letters(ledger[payees[by_letter]], texts.select(ADDRESSEE).filter(pl.Series(by_letter))),
            "payment",
        ),
        records=_records(
            payments[payees[by_transfer]], account.filter(pl.Series(by_transfer[owned.to_numpy()]))
        ),
    )


def _refuse_disorder(places: Places, person: pl.Series, household: pl.Series) -> None:
    """Raises BadInput unless every person stands once and every household's rows lie together (docs/snapshot.md)."""
    ascending = person.is_sorted() and not (person.diff() == 0).any()
    if not ascending and (twice := person.is_duplicated()).any():
        raise BadInput(
            f"person {person.filter(twice)[0]} stands twice",
            where=places.where(twice.arg_max() or 0, "person"),
            todo="a snapshot names each person once; take it again",
        )
    begins = household.ne_missing(household.shift(1))
    if not household.is_sorted() and begins.sum() != household.n_unique():
        parted = begins & ~household.is_first_distinct()
        raise BadInput(
            f"household {household.filter(parted)[0]} is in two places",
            where=places.where(parted.arg_max() or 0, "household"),
            todo="a household's rows lie together in a snapshot; take it again",
        )


def _with_towns(places: Places, facts: pl.DataFrame, municipalities: pl.DataFrame) -> pl.DataFrame:
    """`muni` and `protected_muni` as one Enum in the order of codes. Raises BadInput for a code of no municipality."""
    towns = pl.Enum(sorted({*municipalities["muni"], STATE}))
    listed = facts.with_columns(pl.col("muni", "protected_muni").cast(towns, strict=False))
    for column in ("muni", "protected_muni"):
        unknown = listed[column].is_null() & facts[column].is_not_null()
        if unknown.any() or (facts[column] == STATE).any():
            row = (unknown | (facts[column] == STATE)).fill_null(False).arg_max() or 0
            raise BadInput(
                f"{facts[column][row]} is no municipality of this snapshot",
                where=places.where(row, column),
                todo="correct the code, or take the snapshot again",
            )
    return listed


def _in_order(table: pl.DataFrame, column: str) -> pl.DataFrame:
    return table if table[column].is_sorted() else table.sort(column)


def last_days(municipalities: pl.DataFrame, months: int) -> pl.DataFrame:
    """`muni`, `last_day`: until when an application counts in each municipality."""
    days = [last_day_to_apply(start, months) for start in municipalities["application_start"]]
    return municipalities.select("muni", last_day=pl.Series(days, dtype=pl.Date))


def _decisions(
    facts: pl.DataFrame,
    programme: Programme,
    municipalities: pl.DataFrame,
    declined: pl.Series | None,
    paid: pl.Series | None,
) -> pl.DataFrame:
    """`facts` with `bits`, the grounds that hold (bit i: `ORDER[i]`), in the order of the file."""
    day = pl.lit(programme.reference_date)
    gone = (pl.col("resident_until") <= day).fill_null(False)
    died = (pl.col("exit") == "death").fill_null(False)
    born_after = pl.col("birth_date") > day
    holds = {
        "R02": born_after,
        "R03": gone & died,
        "R04": gone & ~died,
        "R01": (pl.col("resident_from") > day).fill_null(False) & ~born_after,
    }
    if paid is not None:
        holds["R06"] = pl.col("person").is_in(paid.implode())
    if declined is not None:
        holds["R05"] = pl.col("person").is_in(declined.implode())
    if programme.application_months is not None:
        windows = last_days(municipalities, programme.application_months)
        facts = facts.join(
            windows.with_columns(pl.col("muni").cast(facts["muni"].dtype)),
            on="muni",
            how="left",
            maintain_order="left",
        )
        holds["N01"] = pl.col("applied_on").is_null() | (pl.col("applied_on") > pl.col("last_day"))
    bits = pl.sum_horizontal(
        holds[ground].cast(pl.UInt8) * pl.lit(1 << place, pl.UInt8)
        for place, ground in enumerate(ORDER)
        if ground in holds
    ).cast(pl.UInt8)
    return facts.with_columns(bits=bits)


def _decision_table(decided: pl.DataFrame, payment_of_row: Rows, amount: int) -> pl.DataFrame:
    """The decisions as they are written, one row a person."""
    entitled, bits = pl.col("bits") == 0, decided["bits"]
    return decided.select(
        "person",
        "household",
        "muni",
        code=CODE_OF.gather(bits),
        grounds=GROUNDS_OF.gather(bits),
        amount=pl.when(entitled).then(pl.lit(amount, pl.Int64)).otherwise(pl.lit(0, pl.Int64)),
        payment=pl.when(entitled).then(pl.lit(pl.Series(payment_of_row))),
        override=pl.when(entitled & pl.col("protected_muni").is_not_null()).then(
            pl.lit("D1", pl.Enum(["D1"]))
        ),
    )


def _payments(places: Places, decided: pl.DataFrame, programme: Programme) -> tuple[pl.DataFrame, Rows]:
    """(the payments by number, each row's payment). A household is a run of rows, since its rows lie together.

    Columns: `payment persons amount muni household payer payee payee_row protected held`; `payee_row` counts from 0 and is
    `NOBODY` where there is no payee, `held` is `TRANSFER` (not held), `HEAD_DEAD` or `NO_PAYEE`.
    """
    person, household = decided["person"].to_numpy(), decided["household"].to_numpy()
    run = np.cumsum(np.diff(household, prepend=household[:1]) != 0)
    head = _heads(places, decided, programme, run)
    protected = decided["protected_muni"].is_not_null().to_numpy()
    entitled = (decided["bits"] == 0).to_numpy()
    died = (decided["exit"] == "death").fill_null(False).to_numpy()

    family = np.flatnonzero(entitled & ~protected)
    first = np.flatnonzero(np.diff(run[family], prepend=-1))
    size = np.diff(first, append=len(family))
    number = np.minimum.reduceat(person[family], first) if len(first) else person[:0]
    payment_of_row = np.zeros(len(person), np.int64)
    payment_of_row[family] = np.repeat(number, size)
    payee_row = head[run[family[first]]]
    nobody = (payee_row == NOBODY) | protected[payee_row]
    held = np.where(nobody, NO_PAYEE, np.where(died[payee_row], HEAD_DEAD, TRANSFER))

    apart = _protected_groups(decided, np.flatnonzero(entitled & protected), run)
    for payment, rows in zip(apart["payment"], apart["rows"], strict=True):
        payment_of_row[rows.to_numpy()] = payment

    numbers = np.concatenate([number, apart["payment"].to_numpy()])
    order = np.argsort(numbers, kind="stable")
    persons = np.concatenate([size, apart["persons"].to_numpy()])[order]
    row = np.concatenate([family[first], apart["row"].to_numpy()])[order]
    payee_row = np.concatenate([np.where(nobody, NOBODY, payee_row), apart["row"].to_numpy()])[order]
    is_apart = order >= len(number)
    muni = decided["muni"].gather(row)
    refuge = decided["protected_muni"].gather(row)
    payer = (
        pl.lit(STATE, muni.dtype)
        if programme.payer == "state"
        else pl.when("protected").then(pl.lit(refuge)).otherwise(pl.lit(muni))
    )
    payments = pl.DataFrame(
        {
            "payment": numbers[order],
            "persons": persons,
            "amount": persons * programme.amount,
            "muni": muni,
            "household": household[row],
            "payee": person[payee_row],
            "payee_row": payee_row,
            "protected": is_apart,
            "held": np.concatenate([held, np.full(apart.height, TRANSFER)])[order].astype(np.uint8),
        }
    )
    return payments.with_columns(
        payer=payer, payee=pl.when(pl.col("payee_row") != NOBODY).then("payee")
    ), payment_of_row


def _heads(places: Places, decided: pl.DataFrame, programme: Programme, run: Rows) -> Rows:
    """The row of each household's head on the reference date, or NOBODY. Raises BadInput where there are two."""
    day = programme.reference_date
    rows = (
        decided.select(
            (pl.col("relation") == "head")
            & (pl.col("resident_from").is_null() | (pl.col("resident_from") <= day))
            & (pl.col("resident_until").is_null() | (pl.col("resident_until") > day))
        )
        .to_series()
        .arg_true()
        .to_numpy()
    )
    if len(second := rows[1:][np.diff(run[rows]) == 0]):
        row = int(second[0])
        raise BadInput(
            f"household {decided['household'][row]} has two heads",
            where=places.where(row, "relation"),
            todo="correct the register: a household has one head on a day",
        )
    head = np.full(int(run[-1]) + 1 if len(run) else 0, NOBODY, np.int64)
    head[run[rows]] = rows
    return head


def _protected_groups(decided: pl.DataFrame, rows: Rows, run: Rows) -> pl.DataFrame:
    """Payments apart: one for each household and refuge; the eldest is the payee. `payment persons row rows`."""
    return (
        decided[rows]
        .select("person", "birth_date", "protected_muni", row=pl.Series(rows), run=pl.Series(run[rows]))
        .sort("birth_date", "person")
        .group_by("run", "protected_muni", maintain_order=True)
        .agg(
            payment=pl.col("person").min(),
            persons=pl.len().cast(pl.Int64),
            payee_row=pl.col("row").first(),
            rows=pl.col("row"),
        )
        .select("payment", "persons", "rows", row="payee_row")
    )


def _texts(files: Sequence[Path], decided: pl.DataFrame, payee_rows: Rows) -> pl.DataFrame:
    """What the files say of the payees' names, addresses and accounts, in payee order.

    Only heads and protected persons can be payees: nobody else's are read.
    """
    may_be = (pl.col("relation") == "head") | pl.col("protected_muni").is_not_null()
    columns = list(dict.fromkeys([*ADDRESSEE, *accounts.ACCOUNT, *accounts.NAMES]))
    candidates = decided.select(may_be.fill_null(False)).to_series().to_numpy()
    is_payee = np.zeros(decided.height, bool)
    is_payee[payee_rows] = True
    read = pl.scan_parquet(list(files)).filter(may_be).select(columns).collect()
    return read.filter(pl.Series(is_payee[candidates]))


def _ledger(payments: pl.DataFrame, reasons: NDArray[np.uint8], programme: Programme) -> pl.DataFrame:
    """One journal entry a payment, with both its sides."""
    return payments.select(
        "payment",
        key=pl.concat_str(pl.lit(f"{programme.name}/{programme.cycle}/"), "payment"),
        payer="payer",
        muni="muni",
        household="household",
        payee="payee",
        persons="persons",
        amount="amount",
        debit=pl.lit("benefit_expense", pl.Enum(["benefit_expense"])),
        credit=pl.lit("payable", pl.Enum(["payable"])),
        route=ROUTE_OF.gather(reasons),
        reason=REASON_OF.gather(reasons),
        protected="protected",
    )


def _letters(entries: pl.DataFrame, addressees: pl.DataFrame) -> pl.DataFrame:
    """Ledger entries of route `letter` with what a letter needs; a protected person's address is not in it."""
    name = (
        pl.when(pl.col("surname").is_not_null())
        .then(pl.concat_str("surname", pl.lit("\u3000") + pl.col("given"), ignore_nulls=True))
        .otherwise("latin_name")
    )
    deliveries = pl.Enum(["post", "office"])
    return entries.hstack(addressees).select(
        "payment",
        "payer",
        "payee",
        name=name,
        postcode=pl.when(~pl.col("protected")).then("postcode"),
        town=pl.when(~pl.col("protected")).then("town"),
        amount="amount",
        persons="persons",
        delivery=pl.when("protected")
        .then(pl.lit("office", deliveries))
        .otherwise(pl.lit("post", deliveries)),
    )


def _records(payments: pl.DataFrame, account: pl.DataFrame) -> dict[str, zengin.Bytes]:
    """Data records of each payer: payers by code, each one's records by municipality, household and payment."""
    payer, muni = (payments[column].to_physical().to_numpy() for column in ("payer", "muni"))
    order = np.lexsort((payments["payment"].to_numpy(), payments["household"].to_numpy(), muni, payer))
    records = zengin.data_records(account.hstack(payments.select("amount", "payment")))[order]
    begins = np.flatnonzero(np.diff(payer[order], prepend=-1))
    names = payments["payer"].gather(order[begins]).to_list()
    return dict(zip(names, np.split(records, begins[1:]), strict=True)) if names else {}
