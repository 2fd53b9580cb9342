"""The fast path: one shard's decisions, ledger, letters and bank records with Polars (docs/benefits-run.md, 2 to 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from enishi.benefits.engines import zengin
from enishi.benefits.engines.banks import directory
from enishi.benefits.rules.entitlement import ENTITLED, ORDER, last_day_to_apply
from enishi.benefits.rules.payment import STATE
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput
from enishi.kernel.kana import match_form

FACTS = (
    "person household muni birth_date relation resident_from resident_until exit protected_muni applied_on"
).split()
PAYEE_FACTS = (
    "surname given surname_kana given_kana former_surname_kana alias_kana latin_name latin_kana "
    "postcode town bank branch account_type account_number account_holder"
).split()
TEXTS = ("muni", "relation", "exit", "protected_muni", *PAYEE_FACTS)


@dataclass(frozen=True)
class Outcome:
    """What one shard gives. `records`: payer -> its data records (n, 120), in the order of the bank file."""

    decisions: pl.DataFrame
    ledger: pl.DataFrame
    letters: pl.DataFrame
    records: dict[str, zengin.Bytes]


def last_days(municipalities: pl.DataFrame, months: int) -> pl.DataFrame:
    """`muni`, `last_day`: until when an application counts in each municipality."""
    return municipalities.select(
        "muni",
        pl.col("application_start")
        .map_elements(lambda start: last_day_to_apply(start, months), return_dtype=pl.Date)
        .alias("last_day"),
    )


def judge(
    shard: Path,
    programme: Programme,
    municipalities: pl.DataFrame,
    declined: pl.Series | None = None,
    paid: pl.Series | None = None,
) -> Outcome:
    """Decides and pays for every person of one shard file. Raises BadInput naming file, row and column."""
    persons = pl.read_parquet(shard, columns=[*FACTS, *PAYEE_FACTS]).with_columns(pl.col(TEXTS).cast(pl.String))
    decided = _decisions(persons.select(FACTS), programme, municipalities, declined, paid)
    payments = _payments(shard, persons, decided, programme)
    ledger = payments.select(
        "payment",
        key=pl.format("{}/{}/{}", pl.lit(programme.name), pl.lit(programme.cycle), "payment"),
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
    transfers = payments.filter(route="transfer").sort("payer", "muni", "household", "payment")
    return Outcome(
        decisions=_with_payments(decided, payments).sort("person"),
        ledger=ledger.sort("payment"),
        letters=_letters(payments.filter(route="letter"), persons).sort("payment"),
        records=_records(transfers),
    )


def _decisions(
    facts: pl.DataFrame,
    programme: Programme,
    municipalities: pl.DataFrame,
    declined: pl.Series | None,
    paid: pl.Series | None,
) -> pl.DataFrame:
    """`facts` with `grounds`, `code` and `amount`."""
    day = pl.lit(programme.reference_date)
    gone = (pl.col("resident_until") <= day).fill_null(False)
    died = (pl.col("exit") == "death").fill_null(False)
    born_after = pl.col("birth_date") > day
    late = pl.lit(False)
    if programme.application_months is not None:
        facts = facts.join(last_days(municipalities, programme.application_months), on="muni", how="left")
        late = pl.col("applied_on").is_null() | (pl.col("applied_on") > pl.col("last_day"))
    holds = {
        "R02": born_after,
        "R03": gone & died,
        "R04": gone & ~died,
        "R01": (pl.col("resident_from") > day).fill_null(False) & ~born_after,
        "R06": pl.lit(False) if paid is None else pl.col("person").is_in(paid.implode()),
        "R05": pl.lit(False) if declined is None else pl.col("person").is_in(declined.implode()),
        "N01": late,
    }
    bits = pl.sum_horizontal(
        pl.when(holds[ground]).then(1 << place).otherwise(0).cast(pl.UInt8) for place, ground in enumerate(ORDER)
    )
    return facts.with_columns(bits.cast(pl.UInt8).alias("_bits")).with_columns(
        grounds=_word("_bits", lambda grounds: "+".join(grounds)),
        code=_word("_bits", lambda grounds: grounds[0] if grounds else ENTITLED),
        amount=pl.when(pl.col("_bits") == 0).then(pl.lit(programme.amount, pl.Int64)).otherwise(pl.lit(0, pl.Int64)),
    )


def _word(column: str, name) -> pl.Expr:  # type: ignore[no-untyped-def]  # name: Callable[[list[str]], str]
    """The word for each set of grounds, written as bits in `ORDER`."""
    sets = [[ground for place, ground in enumerate(ORDER) if bits >> place & 1] for bits in range(1 << len(ORDER))]
    words = pl.Series([name(grounds) for grounds in sets], dtype=pl.String)
    return pl.lit(words).gather(pl.col(column))


def _payments(shard: Path, persons: pl.DataFrame, decided: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """One row a payment, with the payee's facts, `row` (1-based) of the payee, `institution`, route and reason."""
    day = programme.reference_date
    numbered = decided.with_row_index("row", 1)
    entitled = numbered.filter(code=ENTITLED)
    heads = numbered.filter(
        (pl.col("relation") == "head")
        & (pl.col("resident_from").is_null() | (pl.col("resident_from") <= day))
        & (pl.col("resident_until").is_null() | (pl.col("resident_until") > day))
    ).select(
        "household", payee="person", payee_row="row", head_exit="exit", head_protected="protected_muni"
    )
    if (double := heads.filter(pl.col("household").is_duplicated())).height:
        raise BadInput(
            f"household {double['household'][0]} has two heads",
            where=f"{shard.name}, row {double['payee_row'][1]}, column relation",
            todo="correct the register: a household has one head on a day",
        )
    together = [
        pl.col("person").min().alias("payment"),
        pl.len().cast(pl.Int64).alias("persons"),
        pl.col("amount").sum(),
        pl.col("muni").first(),
    ]
    apart = (
        entitled.filter(pl.col("protected_muni").is_not_null())
        .sort("birth_date", "person")
        .group_by("household", "protected_muni", maintain_order=True)
        .agg(*together, pl.col("person").first().alias("payee"), pl.col("row").first().alias("payee_row"))
        .select(
            "payment", "persons", "amount", "muni", "household", "payee", "payee_row",
            payer="protected_muni", apart="protected_muni", held=pl.lit(None, pl.String), protected=pl.lit(True),
        )
    )  # fmt: skip
    headed = pl.col("payee").is_not_null() & pl.col("head_protected").is_null()
    families = (
        entitled.filter(pl.col("protected_muni").is_null())
        .group_by("household", maintain_order=True)
        .agg(*together)
        .join(heads, on="household", how="left", maintain_order="left")
        .select(
            "payment", "persons", "amount", "muni", "household",
            payee=pl.when(headed).then("payee"), payee_row=pl.when(headed).then("payee_row"),
            payer="muni", apart=pl.lit(""),
            held=pl.when(~headed).then(pl.lit("H02")).when(pl.col("head_exit") == "death").then(pl.lit("H01")),
            protected=pl.lit(False),
        )
    )  # fmt: skip
    payments = pl.concat([families, apart])
    if programme.payer == "state":
        payments = payments.with_columns(payer=pl.lit(STATE))
    rows = (payments["payee_row"].cast(pl.Int64) - 1).cast(pl.UInt32)
    payees = persons.select(PAYEE_FACTS)
    payments = pl.concat([payments, payees.select(pl.all().gather(rows))], how="horizontal")
    return _routed(shard, _with_institution(shard, payments))


def _with_institution(shard: Path, payments: pl.DataFrame) -> pl.DataFrame:
    """Adds `institution`: the row of the payee's branch in the bank directory. Raises BadInput for a faulty account."""
    branches = directory().with_row_index("institution").select("bank", "branch", "institution")
    joined = payments.join(branches, on=["bank", "branch"], how="left", maintain_order="left")
    has = pl.col("bank").is_not_null()
    sound = {
        "branch": (pl.col("institution").is_not_null(), "no such bank or branch"),
        "account_type": (pl.col("account_type").is_in(["1", "2", "4"]), "not an account type of a transfer"),
        "account_number": (pl.col("account_number").str.contains(r"^[0-9]{7}$"), "not seven digits"),
        "account_holder": (
            pl.col("account_holder").str.contains(r"^[0-9A-Z ().\-ｱ-ﾟ]{1,30}$"),
            "characters that a bank refuses, or not 1 to 30 of them",
        ),
    }
    faulty = joined.filter(has & ~pl.all_horizontal(test.fill_null(False) for test, _ in sound.values()))
    if faulty.height:
        first = faulty.sort("payee_row").head(1)
        column, what = next(
            (column, what) for column, (test, what) in sound.items() if not first.select(test.fill_null(False)).item()
        )
        raise BadInput(
            f"{what}: {first[column][0]!r} (bank {first['bank'][0]}, branch {first['branch'][0]}); "
            f"{faulty.height} such accounts in this file",
            where=f"{shard.name}, row {first['payee_row'][0]}, column {column}",
            todo="have the account corrected or withdrawn, then take the snapshot again",
        )
    return joined


def _routed(shard: Path, payments: pl.DataFrame) -> pl.DataFrame:
    """Adds `route` and `reason`."""
    holder = pl.col("account_holder").str.replace_many([" ", "-", ".", "(", ")"], [""] * 5)
    given = _projected(payments["given_kana"])
    names = [
        _projected(payments["surname_kana"]) + given,
        _projected(payments["former_surname_kana"]) + given,
        *(_projected(payments[column]) for column in ("alias_kana", "latin_name", "latin_kana")),
    ]
    alike = pl.any_horizontal((holder == pl.lit(name)).fill_null(False) for name in names)
    reason = (
        pl.when(pl.col("held").is_not_null())
        .then("held")
        .when(pl.col("bank").is_null())
        .then(pl.lit("A01"))
        .when(~alike)
        .then(pl.lit("A02"))
    )
    return payments.with_columns(reason=reason).with_columns(
        route=pl.when(pl.col("reason").is_null())
        .then(pl.lit("transfer"))
        .when(pl.col("reason") == "A01")
        .then(pl.lit("letter"))
        .otherwise(pl.lit("held"))
    )


_FORMS: dict[str, str] = {}
"""Match forms already made in this process: a nation has few different names."""


def _projected(names: pl.Series) -> pl.Series:
    """Match form of each name; null stays null."""
    distinct = names.drop_nulls().unique()
    forms = []
    for name in distinct:
        form = _FORMS.get(name)
        if form is None:
            form = _FORMS[name] = match_form(name)
        forms.append(form)
    return names.replace_strict(distinct, pl.Series(forms, dtype=pl.String), default=None, return_dtype=pl.String)


def _records(transfers: pl.DataFrame) -> dict[str, zengin.Bytes]:
    """Data records of each payer, in order."""
    if transfers.is_empty():
        return {}
    holders = zengin.bytes_of(transfers["account_holder"], zengin.HOLDER_WIDTH)
    records = zengin.data_records(transfers, holders)
    runs = transfers.select(pl.col("payer").rle()).unnest("payer")
    borders = [0, *np.cumsum(runs["len"].to_numpy()).tolist()]
    return {
        payer: records[borders[place] : borders[place + 1]] for place, payer in enumerate(runs["value"].to_list())
    }


def _letters(letters: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The payments of route `letter` with what a letter needs."""
    name = (
        pl.when(pl.col("surname").is_not_null())
        .then(pl.concat_str("surname", pl.lit("\u3000"), "given"))
        .otherwise("latin_name")
    )
    return letters.select(
        "payment",
        "payer",
        "payee",
        name=name,
        postcode=pl.when(~pl.col("protected")).then("postcode"),
        town=pl.when(~pl.col("protected")).then("town"),
        amount="amount",
        persons="persons",
        delivery=pl.when("protected").then(pl.lit("office")).otherwise(pl.lit("post")),
    )


def _with_payments(decided: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """The decisions table: each entitled person's payment, and D1 where it is made apart."""
    numbers = payments.select("household", "apart", "payment")
    entitled = pl.col("code") == ENTITLED
    return (
        decided.with_columns(apart=pl.col("protected_muni").fill_null(""))
        .join(numbers, on=["household", "apart"], how="left")
        .select(
            "person",
            "household",
            "muni",
            "code",
            "grounds",
            "amount",
            payment=pl.when(entitled).then("payment"),
            override=pl.when(entitled & pl.col("protected_muni").is_not_null()).then(pl.lit("D1")),
        )
    )


