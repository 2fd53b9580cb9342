"""Hand-made snapshots for tests: `small_snapshot(folder)` writes docs/snapshot.md's layout with a handful of people.

Everything in them is invented. A person is a dict of the columns that a test cares about; `person()` fills in the rest.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
from stdnum.jp import in_ as individual_number

FORMAT = "enishi-snapshot/1"
NOTICE = "Everybody in this snapshot is synthetic: invented by a test, never a resident of any country."
DAY = date(2020, 4, 27)

PERSONS: dict[str, Any] = {
    "person": pl.Int64,
    "household": pl.Int64,
    "muni": pl.String,
    "ward": pl.String,
    "sex": pl.Int8,
    "birth_date": pl.Date,
    "relation": pl.String,
    "cell": pl.Int8,
    "surname": pl.String,
    "given": pl.String,
    "surname_kana": pl.String,
    "given_kana": pl.String,
    "former_surname": pl.String,
    "former_surname_kana": pl.String,
    "alias": pl.String,
    "alias_kana": pl.String,
    "latin_name": pl.String,
    "latin_kana": pl.String,
    "nationality": pl.String,
    "residence_status": pl.String,
    "institution": pl.String,
    "postcode": pl.String,
    "town": pl.String,
    "resident_from": pl.Date,
    "entry": pl.String,
    "resident_until": pl.Date,
    "exit": pl.String,
    "protected_muni": pl.String,
    "bank": pl.String,
    "branch": pl.String,
    "account_type": pl.String,
    "account_number": pl.String,
    "account_holder": pl.String,
    "applied_on": pl.Date,
}
MUNICIPALITIES: dict[str, Any] = {
    "muni": pl.String,
    "prefecture": pl.String,
    "prefecture_name": pl.String,
    "name": pl.String,
    "name_kana": pl.String,
    "name_latin": pl.String,
    "prefecture_latin": pl.String,
    "consignor_code": pl.String,
    "originator": pl.String,
    "bank": pl.String,
    "branch": pl.String,
    "account_type": pl.String,
    "account_number": pl.String,
    "application_start": pl.Date,
}
NUMBERS: dict[str, Any] = {"person": pl.Int64, "number": pl.String}

SAPPORO, CHIYODA, CHUO, YOKOHAMA = "011002", "131016", "131024", "141003"


def municipality(muni: str, **columns: Any) -> dict[str, Any]:
    """One row of municipalities.parquet; the four named above have their real names, others an invented one."""
    known = {
        SAPPORO: ("北海道", "札幌市", "サッポロシ", "Sapporo", "Hokkaido", "SYNTHETIC ｻﾂﾎﾟﾛｼ"),
        CHIYODA: ("東京都", "千代田区", "チヨダク", "Chiyoda", "Tokyo", "SYNTHETIC ﾁﾖﾀﾞｸ"),
        CHUO: ("東京都", "中央区", "チュウオウク", "Chuo", "Tokyo", "SYNTHETIC ﾁﾕｳｵｳｸ"),
        YOKOHAMA: ("神奈川県", "横浜市", "ヨコハマシ", "Yokohama", "Kanagawa", "SYNTHETIC ﾖｺﾊﾏｼ"),
    }
    prefecture, name, kana, latin, prefecture_latin, originator = known.get(
        muni, ("試験県", f"試験{muni}市", "シケンシ", "Shiken", "Shiken", "SYNTHETIC ｼｹﾝｼ")
    )
    row = {
        "muni": muni,
        "prefecture": muni[:2],
        "prefecture_name": prefecture,
        "name": name,
        "name_kana": kana,
        "name_latin": latin,
        "prefecture_latin": prefecture_latin,
        "consignor_code": f"99{muni}01",
        "originator": originator,
        "bank": "0001",
        "branch": "001",
        "account_type": "2",
        "account_number": f"9{muni}",
        "application_start": date(2020, 5, 10),
    }
    return _row(row, columns, MUNICIPALITIES)


def person(number: int, **columns: Any) -> dict[str, Any]:
    """One row of persons/: an adult living alone in Chiyoda, without an account, unless `columns` say otherwise."""
    row = dict.fromkeys(PERSONS) | {
        "person": number,
        "household": 1000 + number,
        "muni": CHIYODA,
        "sex": 1 + number % 2,
        "birth_date": date(1980, 1, 1),
        "relation": "head",
        "cell": 8,
        "surname": "試験",
        "given": f"{number}郎",
        "surname_kana": "シケン",
        "given_kana": "タロウ",
        "nationality": "JPN",
        "postcode": "1000001",
        "town": "千代田",
    }
    return _row(row, columns, PERSONS)


def account(holder: str, number: str = "0000001") -> dict[str, Any]:
    """The columns of a registered account at bank 0001, branch 001; to be spread into `person()`."""
    return {
        "bank": "0001",
        "branch": "001",
        "account_type": "1",
        "account_number": number,
        "account_holder": holder,
    }


def neighbours() -> list[dict[str, Any]]:
    """A small town: a family, an elder, a foreign resident, someone protected, newborn, dead, arrived and departed."""
    family = {"household": 11, "surname": "佐藤", "surname_kana": "サトウ", "town": "丸の内"}
    protected = {
        "household": 41,
        "muni": YOKOHAMA,
        "ward": "141011",
        "town": "鶴見中央",
        "postcode": "2300051",
    }
    return [
        person(1, **family, given="健", given_kana="ケン", sex=1, cell=8, **account("ｻﾄｳ ｹﾝ")),
        person(2, **family, given="花", given_kana="ハナ", sex=2, relation="spouse", former_surname="髙橋", former_surname_kana="タカハシ"),
        person(3, **family, given="葵", given_kana="アオイ", sex=2, relation="child", birth_date=date(2020, 4, 27), cell=0, resident_from=date(2020, 4, 27), entry="birth"),
        person(4, household=12, surname="鈴木", surname_kana="スズキ", given="一", given_kana="ハジメ", sex=1, birth_date=date(1931, 12, 31), cell=17, institution="elder_home", **account("ｽｽﾞｷ ﾊｼﾞﾒ", "1234567")),
        person(5, household=21, muni=CHUO, surname=None, given=None, surname_kana=None, given_kana=None, latin_name="NGUYEN VAN ANH", latin_kana="グエン ヴァン アン", alias="山本　安", alias_kana="ヤマモト　アン", nationality="VNM", residence_status="engineer", town="銀座", postcode="1040061", **account("NGUYEN VAN ANH", "7654321")),
        person(6, household=22, muni=CHUO, surname="田中", surname_kana="タナカ", given="清", given_kana="キヨシ", birth_date=date(1950, 2, 28), cell=None, town="築地", postcode="1040045", resident_until=date(2020, 4, 27), exit="death"),
        person(7, household=23, muni=CHUO, surname="伊藤", surname_kana="イトウ", given="翔", given_kana="ショウ", cell=None, town="築地", postcode="1040045", resident_from=date(2020, 4, 28), entry="from_abroad"),
        person(8, **protected, surname="渡辺", surname_kana="ワタナベ", given="勇", given_kana="イサム", sex=1, **account("ﾜﾀﾅﾍﾞ ｲｻﾑ", "2222222")),
        person(9, **protected, surname="渡辺", surname_kana="ワタナベ", given="恵", given_kana="メグミ", sex=2, relation="spouse", protected_muni=SAPPORO, **account("ﾜﾀﾅﾍﾞ ﾒｸﾞﾐ", "3333333")),
        person(10, household=51, muni=SAPPORO, surname="山田", surname_kana="ヤマダ", given="学", given_kana="マナブ", cell=None, town="北一条西", postcode="0600001", resident_until=date(2020, 4, 20), exit="abroad"),
    ]  # fmt: skip


def small_snapshot(
    folder: Path,
    people: Sequence[Mapping[str, Any]] | None = None,
    *,
    municipalities: Sequence[Mapping[str, Any]] | None = None,
    on: date = DAY,
    source: str = "nation",
    build: Mapping[str, Any] | None = None,
    numbers: bool = False,
) -> Path:
    """Writes a snapshot and returns `folder`. One shard for each prefecture that has people.

    `people`: rows of `person()`, or dicts with at least `person`; default `neighbours()`. `municipalities`: default, those
    that the people name, as home or as `protected_muni`. `numbers`: also writes individual numbers with right check digits.
    """
    rows = [
        person(row["person"], **_without(row, "person"))
        for row in (neighbours() if people is None else people)
    ]
    rows.sort(key=lambda row: (row["muni"], row["household"], row["person"]))
    if municipalities is None:
        codes = {row["muni"] for row in rows} | {row["protected_muni"] for row in rows} - {None}
        towns = [municipality(code) for code in sorted(codes)]
    else:
        towns = [municipality(row["muni"], **_without(row, "muni")) for row in municipalities]
        towns.sort(key=lambda row: row["muni"])
    built = dict(build) if build is not None else {"by": "tests.factories", "persons": len(rows)}
    head = {"source": source, "on": on.isoformat(), "build": built}
    identity = hashlib.sha256(canonical(head)).hexdigest()
    shards, secrets = [], []
    for index, (_prefecture, group) in enumerate(groupby(rows, key=lambda row: row["muni"][:2]), start=1):
        shard = list(group)
        name = f"persons/{index:04d}.parquet"
        ids = [row["person"] for row in shard]
        shards.append(
            _write(folder, name, shard, PERSONS, identity)
            | {
                "municipalities": sorted({row["muni"] for row in shard}),
                "person_min": min(ids),
                "person_max": max(ids),
            }
        )
        if numbers:
            sealed = [{"person": who, "number": individual_number_of(who)} for who in ids]
            secrets.append(_write(folder, f"numbers/{index:04d}.parquet", sealed, NUMBERS, identity))
    manifest = head | {
        "format": FORMAT,
        "synthetic": True,
        "notice": NOTICE,
        "id": identity,
        "persons": len(rows),
        "municipalities": _write(folder, "municipalities.parquet", towns, MUNICIPALITIES, identity),
        "shards": shards,
    }
    if source == "nation":
        manifest["numbers"] = secrets
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, sort_keys=True), encoding="utf-8"
    )
    return folder


def individual_number_of(who: int) -> str:
    """The individual number that `small_snapshot(numbers=True)` gives a person: arbitrary, with the right check digit."""
    body = str(random.Random(who).randrange(10**10, 10**11))
    return body + str(individual_number.calc_check_digit(body))


def canonical(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON: UTF-8, sorted keys, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _write(
    folder: Path, name: str, rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any], identity: str
) -> dict[str, Any]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(list(rows), schema=dict(schema), orient="row")
    frame.write_parquet(path, metadata={"enishi.snapshot": identity, "enishi.synthetic": "true"})
    return {"file": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": len(frame)}


def _row(defaults: dict[str, Any], columns: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := columns.keys() - schema.keys():
        raise TypeError(f"not a column of docs/snapshot.md: {', '.join(sorted(unknown))}")
    return {name: (defaults | dict(columns))[name] for name in schema}


def _without(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}
