"""The fast path: one shard's decisions, ledger, letters and bank records with Polars (docs/benefits-run.md, 2 to 5)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enishi.benefits.engines import accounts, zengin
from enishi.benefits.rules.entitlement import ENTITLED, ORDER, last_day_to_apply
from enishi.benefits.rules.payment import STATE
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput

FACTS = "person household muni birth_date relation resident_from resident_until exit protected_muni".split()
PAYEE_FACTS = (
    "surname given surname_kana given_kana former_surname_kana alias_kana latin_name latin_kana "
    "postcode town bank branch account_type account_number account_holder"
).split()
NOBODY = -1
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """What one shard gives. `records`: payer -> its data records (n, 120), in the order of the bank file."""

    decisions: pl.DataFrame
    ledger: pl.DataFrame
    letters: pl.DataFrame
    records: dict[str, zengin.Bytes]


def judge(
    shard: Path,
    programme: Programme,
    municipalities: pl.DataFrame,
    declined: pl.Series | None = None,
    paid: pl.Series | None = None,
) -> Outcome:
    """Decides and pays for every person of one shard file. Raises BadInput naming file, row and column."""
    facts = [*FACTS, "applied_on"] if programme.application_months is not None else FACTS
    persons = pl.read_parquet(shard, columns=[*facts, *PAYEE_FACTS])
    _refuse_disorder(shard, persons["person"], persons["household"])
    _refuse_unknown_towns(shard, persons, municipalities)
    decided = _decisions(persons.select(facts), programme, municipalities, declined, paid)
    groups, payment_of_row = _groups(shard, decided, programme)
    payees = persons.select(pl.col(PAYEE_FACTS).gather(groups["payee_row"]))
    payments = accounts.with_routes(shard, pl.concat([groups, payees], how="horizontal"))
    transfers = payments.filter(route="transfer")
    return Outcome(
        decisions=_in_order(
            decided.select(
                "person",
                "household",
                "muni",
                "code",
                "grounds",
                "amount",
                payment=pl.when(code=ENTITLED).then(pl.lit(payment_of_row)),
                override=pl.when((pl.col("code") == ENTITLED) & pl.col("protected_muni").is_not_null()).then(
                    pl.lit("D1")
                ),
            ),
            "person",
        ),
        ledger=_in_order(_ledger(payments, programme), "payment"),
        letters=_in_order(_letters(payments.filter(route="letter")), "payment"),
        records=_records(transfers),
    )


def _refuse_disorder(shard: Path, person: pl.Series, household: pl.Series) -> None:
    """Raises BadInput unless every person stands once and every household's rows lie together (docs/snapshot.md)."""
    ascending = person.is_sorted() and not (person.diff() == 0).any()
    if not ascending and (twice := person.is_duplicated()).any():
        raise BadInput(
            f"person {person.filter(twice)[0]} stands twice",
            where=f"{shard.name}, row {(twice.arg_max() or 0) + 1}, column person",
            todo="a snapshot names each person once; take it again",
        )
    begins = household.ne_missing(household.shift(1))
    if not household.is_sorted() and begins.sum() != household.n_unique():
        parted = begins & ~household.is_first_distinct()
        raise BadInput(
            f"household {household.filter(parted)[0]} is in two places",
            where=f"{shard.name}, row {(parted.arg_max() or 0) + 1}, column household",
            todo="a household's rows lie together in a snapshot; take it again",
        )


def _refuse_unknown_towns(shard: Path, persons: pl.DataFrame, municipalities: pl.DataFrame) -> None:
    """Raises BadInput for a code that no municipality of the snapshot has: nobody would pay."""
    for column in ("muni", "protected_muni"):
        codes = persons[column].cast(pl.String)
        unknown = set(codes.drop_nulls().unique()) - set(municipalities["muni"])
        if unknown:
            row = codes.is_in(sorted(unknown)).arg_max() or 0
            raise BadInput(
                f"{codes[row]} is no municipality of this snapshot",
                where=f"{shard.name}, row {row + 1}, column {column}",
                todo="correct the code, or take the snapshot again",
            )


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
    """`facts` with `grounds`, `code` and `amount`, in the order of the file."""
    facts = facts.with_columns(pl.col("muni", "protected_muni").cast(pl.String))
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
        facts = facts.join(windows, on="muni", how="left", maintain_order="left")
        holds["N01"] = pl.col("applied_on").is_null() | (pl.col("applied_on") > pl.col("last_day"))
    bits = pl.sum_horizontal(
        holds[ground].cast(pl.UInt8) * pl.lit(1 << place, pl.UInt8)
        for place, ground in enumerate(ORDER)
        if ground in holds
    ).cast(pl.UInt8)
    sets = [
        [ground for place, ground in enumerate(ORDER) if bits >> place & 1] for bits in range(1 << len(ORDER))
    ]
    grounds = pl.Series(["+".join(held) for held in sets])
    codes = pl.Series([held[0] if held else ENTITLED for held in sets])
    facts = facts.with_columns(bits=bits)
    return facts.with_columns(
        grounds=grounds.gather(facts["bits"]),
        code=codes.gather(facts["bits"]),
        amount=pl.when(bits=0).then(pl.lit(programme.amount, pl.Int64)).otherwise(pl.lit(0, pl.Int64)),
    )


def _groups(shard: Path, decided: pl.DataFrame, programme: Programme) -> tuple[pl.DataFrame, pl.Series]:
    """(the payments, each row's payment number). Households lie together in a snapshot, so that a household is a run of rows.

    Columns: `payment persons amount muni household payer payee payee_row protected held`; `payee_row` counts from 0 and is
    null for nobody, `held` is H01, H02 or null.
    """
    person, household = decided["person"].to_numpy(), decided["household"].to_numpy()
    run = np.cumsum(np.diff(household, prepend=household[:1]) != 0)
    runs = int(run[-1]) + 1 if len(run) else 0
    head = _heads(shard, decided, programme, run, runs)
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
    families = pl.DataFrame(
        {
            "payment": number,
            "persons": size.astype(np.int64),
            "row": family[first],
            "payee_row": np.where(nobody, NOBODY, payee_row),
            "held": pl.Series(np.where(nobody, 2, died[payee_row].astype(np.int64))).replace_strict(
                [0, 1, 2], [None, "H01", "H02"], return_dtype=pl.String
            ),
        }
    )
    apart = _protected_groups(decided, np.flatnonzero(entitled & protected), run)
    for payment, rows in zip(apart["payment"], apart["rows"], strict=True):
        payment_of_row[rows.to_numpy()] = payment
    groups = pl.concat(
        [families.with_columns(protected=False), apart.drop("rows").with_columns(protected=True)],
        how="diagonal",
    )
    rows, payees = groups["row"], groups["payee_row"].replace(NOBODY, None)
    home, refuge = decided["muni"].gather(rows), decided["protected_muni"].gather(rows)
    payer = pl.lit(STATE) if programme.payer == "state" else pl.coalesce(pl.lit(refuge), pl.lit(home))
    return groups.select(
        "payment",
        "persons",
        amount=pl.col("persons") * programme.amount,
        muni=home,
        household=decided["household"].gather(rows),
        payer=payer,
        payee=decided["person"].gather(payees),
        payee_row=payees,
        protected="protected",
        held="held",
    ), pl.Series("payment", payment_of_row)


def _heads(shard: Path, decided: pl.DataFrame, programme: Programme, run: Rows, runs: int) -> Rows:
    """The row of each household's head on the reference date, or NOBODY. Raises BadInput where there are two."""
    day = programme.reference_date
    rows = (
        decided.with_row_index("row")
        .filter(
            (pl.col("relation") == "head")
            & (pl.col("resident_from").is_null() | (pl.col("resident_from") <= day))
            & (pl.col("resident_until").is_null() | (pl.col("resident_until") > day))
        )["row"]
        .to_numpy()
        .astype(np.int64)
    )
    if len(second := rows[1:][np.diff(run[rows]) == 0]):
        raise BadInput(
            f"household {decided['household'][int(second[0])]} has two heads",
            where=f"{shard.name}, row {second[0] + 1}, column relation",
            todo="correct the register: a household has one head on a day",
        )
    head = np.full(runs, NOBODY, np.int64)
    head[run[rows]] = rows
    return head


def _protected_groups(decided: pl.DataFrame, rows: Rows, run: Rows) -> pl.DataFrame:
    """Payments apart: one for each household and refuge; the eldest is the payee."""
    return (
        decided.select("person", "birth_date", "protected_muni")
        .with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64), run=pl.lit(pl.Series(run)))
        .select(pl.all().gather(rows))
        .sort("birth_date", "person")
        .group_by("run", "protected_muni", maintain_order=True)
        .agg(
            payment=pl.col("person").min(),
            persons=pl.len().cast(pl.Int64),
            row=pl.col("row").first(),
            rows=pl.col("row"),
        )
        .select("payment", "persons", "row", "rows", payee_row="row", held=pl.lit(None, pl.String))
    )


def _ledger(payments: pl.DataFrame, programme: Programme) -> pl.DataFrame:
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
        debit=pl.lit("benefit_expense"),
        credit=pl.lit("payable"),
        route="route",
        reason="reason",
        protected="protected",
    )


def _letters(letters: pl.DataFrame) -> pl.DataFrame:
    """The payments of route `letter` with what a letter needs; a protected person's address is not in it."""
    name = (
        pl.when(pl.col("surname").is_not_null())
        .then(
            pl.concat_str(
                pl.col("surname").cast(pl.String),
                pl.concat_str(pl.lit("\u3000"), pl.col("given").cast(pl.String)),
                ignore_nulls=True,
            )
        )
        .otherwise(pl.col("latin_name").cast(pl.String))
    )
    return letters.select(
        "payment",
        "payer",
        "payee",
        name=name,
        postcode=pl.when(~pl.col("protected")).then(pl.col("postcode").cast(pl.String)),
        town=pl.when(~pl.col("protected")).then(pl.col("town").cast(pl.String)),
        amount="amount",
        persons="persons",
        delivery=pl.when("protected").then(pl.lit("office")).otherwise(pl.lit("post")),
    )


def _records(transfers: pl.DataFrame) -> dict[str, zengin.Bytes]:
    """Data records of each payer: payers by code, each one's records by municipality, household and payment."""
    if transfers.is_empty():
        return {}
    transfers = transfers.sort("payer", "muni", "household", "payment")
    records = zengin.data_records(transfers)
    runs = transfers.select(pl.col("payer").rle()).unnest("payer")
    borders = [0, *np.cumsum(runs["len"].to_numpy()).tolist()]
    return {
        payer: records[borders[place] : borders[place + 1]]
        for place, payer in enumerate(runs["value"].to_list())
    }
