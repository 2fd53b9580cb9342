"""Bank files and a finished run made by hand for tests of the auditor: bytes from the published table, rows written out.

Nothing here calls the program's own writer, engines or reader: what they agree on would prove nothing. Two helpers at
the end only show what an audit answered. All of it is invented.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from enishi.benefits.engines.zengin_audit.finding import Finding
from enishi.benefits.engines.zengin_audit.run import Audit
from tests.factories import CHIYODA, SAPPORO, YOKOHAMA, account, person, small_snapshot

MIZUHO = ("0001", "ﾐｽﾞﾎ", "001", "ﾄｳｷﾖｳ")
RESONA = ("0010", "ﾘｿﾅ", "015", "ｶﾞｸｴﾝﾀﾞｲﾜﾁﾖｳ")
AMOUNT = 100_000
FIRST_DAY, SECOND_DAY = "20200529", "20200601"
CODES = ("E00", "R01", "R02", "R03", "R04", "R05", "R06", "N01")


def c(text: str, width: int) -> bytes:
    """C of the table: JIS X 0201, left-aligned."""
    return text.encode("cp932").ljust(width, b" ")


def n(number: int | str, width: int) -> bytes:
    """N of the table: digits, right-aligned."""
    return str(number).rjust(width, "0").encode("ascii")


def header(muni: str = CHIYODA, originator: str = "SYNTHETIC ﾁﾖﾀﾞｸ", mmdd: str = "0529") -> bytes:
    """The header of a municipality with its account at Mizuho, Tokyo."""
    bank, bank_name, branch, branch_name = MIZUHO
    record = b"1" + b"21" + b"0" + n(f"99{muni}01", 10) + c(originator, 40) + n(mmdd, 4)
    record += n(bank, 4) + c(bank_name, 15) + n(branch, 3) + c(branch_name, 15) + b"2" + n(f"9{muni}", 7)
    return record + b" " * 17


def data(
    payment: int,
    holder: str = "ｻﾄｳ ｹﾝ",
    number: str = "0000001",
    yen: int = AMOUNT,
    bank: tuple[str, str, str, str] = MIZUHO,
    kind: str = "1",
) -> bytes:
    """A data record as this project writes it."""
    code, name, branch, branch_name = bank
    record = b"2" + n(code, 4) + c(name, 15) + n(branch, 3) + c(branch_name, 15) + b"0000" + kind.encode()
    record += n(number, 7) + c(holder, 30) + n(yen, 10) + b"0" + n(payment, 20) + b"7" + b" " + b" " * 7
    return record


def trailer(count: int, yen: int) -> bytes:
    return b"8" + n(count, 6) + n(yen, 12) + b" " * 101


END = b"9" + b" " * 119


def whole(first: bytes, records: Iterable[bytes]) -> bytes:
    """A file: header, data records, their trailer, end."""
    records = list(records)
    yen = sum(int(record[80:90]) for record in records)
    return b"".join([first, *records, trailer(len(records), yen), END])


def chiyoda_file() -> bytes:
    """A sound file of three records at two banks."""
    return whole(
        header(),
        [
            data(1, "ｻﾄｳ ｹﾝ", "0000001", 3 * AMOUNT),
            data(4, "ｽｽﾞｷ ﾊｼﾞﾒ", "1234567"),
            data(12, "NGUYEN VAN-ANH (A.B)", "7654321", bank=RESONA, kind="4"),
        ],
    )


def people() -> list[dict[str, Any]]:
    """Two households and three singles in Chiyoda, a protected spouse in Yokohama who is paid by Sapporo, one dead."""
    resona = {"bank": "0010", "branch": "015", "account_type": "4"}
    return [
        person(1, household=11, surname_kana="サトウ", given_kana="ケン", **account("ｻﾄｳ ｹﾝ")),
        person(2, household=11, relation="spouse"),
        person(3, household=11, relation="child"),
        person(4, household=12, surname_kana="スズキ", given_kana="ハジメ", **account("ｽｽﾞｷ ﾊｼﾞﾒ", "1234567")),
        person(5, household=13, surname_kana="タナカ", given_kana="キヨシ", **account("ﾀﾅｶ ｷﾖｼ", "0000005") | resona),
        person(6, household=14),
        person(7, household=15, surname_kana="イトウ", given_kana="ショウ", **account("ﾁｶﾞｳ ﾋﾄ", "0000007")),
        person(8, household=41, muni=YOKOHAMA, surname_kana="ワタナベ", given_kana="イサム", **account("ﾜﾀﾅﾍﾞ ｲｻﾑ", "2222222")),
        person(9, household=41, muni=YOKOHAMA, relation="spouse", surname_kana="ワタナベ", given_kana="メグミ", protected_muni=SAPPORO, **account("ﾜﾀﾅﾍﾞ ﾒｸﾞﾐ", "3333333")),
        person(10, household=42, muni=YOKOHAMA, exit="death"),
        person(11, household=43, muni=YOKOHAMA, surname_kana="ヤマダ", given_kana="マナブ", **account("ﾔﾏﾀﾞ ﾏﾅﾌﾞ", "4444444")),
    ]  # fmt: skip


# payment, payer, muni, household, payee, persons, route, reason, protected
PAYMENTS: dict[str, list[tuple[Any, ...]]] = {
    "0001": [
        (1, CHIYODA, CHIYODA, 11, 1, 3, "transfer", None, False),
        (4, CHIYODA, CHIYODA, 12, 4, 1, "transfer", None, False),
        (5, CHIYODA, CHIYODA, 13, 5, 1, "transfer", None, False),
        (6, CHIYODA, CHIYODA, 14, 6, 1, "letter", "A01", False),
        (7, CHIYODA, CHIYODA, 15, 7, 1, "held", "A02", False),
    ],
    "0002": [
        (8, YOKOHAMA, YOKOHAMA, 41, 8, 1, "transfer", None, False),
        (9, SAPPORO, YOKOHAMA, 41, 9, 1, "transfer", None, True),
        (11, YOKOHAMA, YOKOHAMA, 43, 11, 1, "transfer", None, False),
    ],
}
PERSONS = {"0001": [1, 2, 3, 4, 5, 6, 7], "0002": [8, 9, 10, 11]}
# Two transfers a day at most over two days: one record, then the rest (floor(n (d + 1) / D) - floor(n d / D)).
BANK_FILES: dict[str, bytes] = {
    f"zengin/{CHIYODA}/{FIRST_DAY}-001.txt": whole(header(), [data(1, "ｻﾄｳ ｹﾝ", "0000001", 3 * AMOUNT)]),
    f"zengin/{CHIYODA}/{SECOND_DAY}-001.txt": whole(
        header(mmdd="0601"),
        [data(4, "ｽｽﾞｷ ﾊｼﾞﾒ", "1234567"), data(5, "ﾀﾅｶ ｷﾖｼ", "0000005", bank=RESONA, kind="4")],
    ),
    f"zengin/{YOKOHAMA}/{FIRST_DAY}-001.txt": whole(
        header(YOKOHAMA, "SYNTHETIC ﾖｺﾊﾏｼ"), [data(8, "ﾜﾀﾅﾍﾞ ｲｻﾑ", "2222222")]
    ),
    f"zengin/{YOKOHAMA}/{SECOND_DAY}-001.txt": whole(
        header(YOKOHAMA, "SYNTHETIC ﾖｺﾊﾏｼ", "0601"), [data(11, "ﾔﾏﾀﾞ ﾏﾅﾌﾞ", "4444444")]
    ),
    f"zengin/{SAPPORO}/{SECOND_DAY}-001.txt": whole(
        header(SAPPORO, "SYNTHETIC ｻﾂﾎﾟﾛｼ", "0601"), [data(9, "ﾜﾀﾅﾍﾞ ﾒｸﾞﾐ", "3333333")]
    ),
}
CAPACITY = 4
# muni -> persons, E00, R03, entitled, elsewhere, for others, then payments and yen by route, A02
RECONCILIATION = {
    SAPPORO: (0, 0, 0, 0, 0, 1, (1, 1), (1, 1), (0, 0), (0, 0), 0),
    CHIYODA: (7, 7, 0, 7, 0, 0, (5, 7), (3, 5), (1, 1), (1, 1), 1),
    YOKOHAMA: (4, 3, 1, 3, 1, 0, (2, 2), (2, 2), (0, 0), (0, 0), 0),
}


def decisions(shard: str) -> pl.DataFrame:
    """One row a person: everybody is entitled but person 10, who died before the day."""
    paid_in = {1: 1, 2: 1, 3: 1}
    towns = {row["person"]: row for row in people()}
    rows = [
        {
            "person": who,
            "household": towns[who]["household"],
            "muni": towns[who]["muni"],
            "code": "R03" if who == 10 else "E00",
            "grounds": "R03" if who == 10 else "",
            "amount": 0 if who == 10 else AMOUNT,
            "payment": None if who == 10 else paid_in.get(who, who),
            "override": "D1" if who == 9 else None,
        }
        for who in PERSONS[shard]
    ]
    return pl.DataFrame(rows, schema_overrides={"override": pl.String})


def ledger(shard: str) -> pl.DataFrame:
    names = ("payment", "payer", "muni", "household", "payee", "persons", "route", "reason", "protected")
    table = pl.DataFrame(PAYMENTS[shard], schema=names, orient="row", infer_schema_length=None)
    return table.select(
        "payment",
        pl.format("by-hand/1/{}", "payment").alias("key"),
        *names[1:6],
        (pl.col("persons") * AMOUNT).alias("amount"),
        pl.lit("benefit_expense").alias("debit"),
        pl.lit("payable").alias("credit"),
        pl.col("route"),
        pl.col("reason").cast(pl.String),
        pl.col("protected"),
    )


def letters(shard: str) -> pl.DataFrame:
    rows = [
        (payment, payer, payee, f"試験　{payee}郎", "1000001", "千代田", persons * AMOUNT, persons, "post")
        for payment, payer, _, _, payee, persons, route, _, _ in PAYMENTS[shard]
        if route == "letter"
    ]
    names = ("payment", "payer", "payee", "name", "postcode", "town", "amount", "persons", "delivery")
    numbers = ("payment", "payee", "amount", "persons")
    schema = {name: pl.Int64 if name in numbers else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def reconciliation() -> pl.DataFrame:
    rows = []
    for muni, (persons, e00, r03, own, away, others, paid, sent, letter, held, a02) in RECONCILIATION.items():
        row: dict[str, Any] = {"muni": muni, "persons": persons} | dict.fromkeys(CODES, 0)
        row |= {"E00": e00, "R03": r03, "entitled_yen": own * AMOUNT, "paid_elsewhere_yen": away * AMOUNT}
        row |= {"paid_for_others_yen": others * AMOUNT}
        for (count, hundred_thousands), (name, yen) in zip(
            (paid, sent, letter, held),
            (
                ("payments", "ledger_yen"),
                ("transfers", "transfer_yen"),
                ("letters", "letter_yen"),
                ("held", "held_yen"),
            ),
            strict=True,
        ):
            row |= {name: count, yen: hundred_thousands * AMOUNT}
        rows.append(row | {"A02": a02, "H01": 0, "H02": 0})
    return pl.DataFrame(rows)


def as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def sealed(folder: Path, **changes: Any) -> None:
    """Writes the manifest of whatever lies in `folder`; `changes` replace top-level keys before it gets its id."""
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    table = pl.read_parquet(folder / "reconciliation/municipalities.parquet")
    manifest = {
        "format": "enishi-run/1",
        "synthetic": True,
        "programme": {
            "name": "by-hand",
            "cycle": 1,
            "reference_date": "2020-04-27",
            "amount": AMOUNT,
            "value_date": "2020-05-29",
            "payer": "municipality",
            "daily_capacity": CAPACITY,
        },
        "parts": [
            {
                "name": shard,
                "shards": [shard],
                "rows": len(who),
                "payers": sorted({payer for _, payer, *_ in PAYMENTS[shard]}),
            }
            for shard, who in PERSONS.items()
        ],
        "totals": table.drop("muni").sum().row(0, named=True),
        "files": files,
    } | changes
    manifest["id"] = hashlib.sha256(as_json(manifest)).hexdigest()
    (folder / "manifest.json").write_bytes(as_json(manifest))


def finished_run(folder: Path, files: Mapping[str, bytes] | None = None) -> tuple[Path, Path]:
    """A finished run in folder/run of a snapshot in folder/snapshot. `files`: other bank files than `BANK_FILES`."""
    snapshot = small_snapshot(folder / "snapshot", people())
    run = folder / "run"
    tables = {"decisions": decisions, "ledger": ledger, "letters": letters}
    for name, table in tables.items():
        for shard in PERSONS:
            (run / name).mkdir(parents=True, exist_ok=True)
            table(shard).write_parquet(run / name / f"{shard}.parquet")
    for name, bank_file in (BANK_FILES if files is None else files).items():
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_bytes(bank_file)
    (run / "municipalities.parquet").write_bytes((snapshot / "municipalities.parquet").read_bytes())
    (run / "reconciliation").mkdir()
    reconciliation().write_parquet(run / "reconciliation/municipalities.parquet")
    totals = reconciliation().drop("muni").sum().row(0, named=True)
    (run / "reconciliation/nation.json").write_bytes(as_json(totals))
    said = (snapshot / "manifest.json").read_bytes()
    sealed(run, snapshot={"id": json.loads(said)["id"], "manifest": hashlib.sha256(said).hexdigest()})
    return run, snapshot


def reseal(run: Path) -> None:
    """Makes the manifest agree with the folder again, as somebody would who wants an alteration to pass."""
    sealed(run, snapshot=json.loads((run / "manifest.json").read_bytes())["snapshot"])


def of(audited: Audit, file: str) -> list[Finding]:
    """The findings of one file."""
    return [one for one in audited.findings if one.file == file]


def names_the_byte(found: Iterable[Finding], at: int) -> bool:
    """Whether findings of a bank file name the byte at this offset.

    A letter taken from before a voiced mark is named by the mark: which of the two was altered, the bytes do not tell.
    """
    record, byte = at // 120 + 1, at % 120 + 1
    return any(
        (one.record, one.byte) == (record, byte)
        or ((one.record, one.byte) == (record, byte + 1) and "lost its letter" in str(one))
        for one in found
    )


def said(audited: Audit) -> str:
    """All findings as they are printed."""
    return "\n".join(map(str, audited.findings))
