"""The second opinion on bank files, against bytes written by hand (docs/benefits-run.md, section 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.benefits.engines.second import (
    days_needed,
    judge_bank_files,
    judge_part,
    judge_reconciliation,
    part_files,
)
from enishi.benefits.engines.second.batches import Originator, files_of_payer
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput, Disagreement
from tests.benefits.second_opinion import Texts, judged, programme, state_programme
from tests.factories import CHIYODA, CHUO, SAPPORO, account, municipality, person, small_snapshot

MIZUHO = "0001ﾐｽﾞﾎ           001ﾄｳｷﾖｳ          "
END = "9" + " " * 119
FRIDAY, MONDAY, TUESDAY = "20200529", "20200601", "20200602"


def header(originator: str, day: str, account_number: str = "9131016") -> str:
    return f"{originator:<54}{day[4:]}{MIZUHO}2{account_number}{'':17}"


def record(holder: str, yen: int, payment: int, number: str = "0000001") -> str:
    return f"2{MIZUHO}00001{number}{holder:<30}{yen:010}0{payment:020}7        "


def trailer(count: int, yen: int) -> str:
    return f"8{count:06}{yen:012}{'':101}"


def put(out: Path, name: str, *records: str) -> Path:
    """Writes a bank file of these records, each of which must have 120 bytes."""
    assert [len(one.encode("cp932")) for one in records] == [120] * len(records)
    file = out / "zengin" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes("".join(records).encode("cp932"))
    return file


def town(tmp_path: Path, count: int, rules: Programme | None = None) -> Texts:
    """`count` residents of Chiyoda who live alone, each with an account."""
    return judged(tmp_path, [person(n, **account("ｼｹﾝ ﾀﾛｳ", f"{n:07}")) for n in range(1, count + 1)], rules)


def record_of(n: int) -> str:
    return record("ｼｹﾝ ﾀﾛｳ", 100_000, n, f"{n:07}")


class TestBankFiles:
    def family(self, tmp_path: Path, rules: Programme | None = None) -> Texts:
        people = [
            person(31, household=9, surname_kana="サトウ", given_kana="ガク", **account("ｻﾄｳ ｶﾞｸ", "1234567")),
            person(32, household=9, relation="child"),
            person(33, household=9, relation="spouse", protected_muni=CHUO, **account("ｼｹﾝ ﾀﾛｳ")),
            person(20, household=8, muni=CHUO, **account("ｼｹﾝ ﾀﾛｳ", "0000020")),
            person(40, household=6, **account("ｼｹﾝ ﾀﾛｳ", "0000040")),
            person(41, household=7),
        ]
        return judged(tmp_path, people, rules)

    def put_family(self, out: Path) -> None:
        put(
            out,
            f"{CHIYODA}/{FRIDAY}-001.txt",
            header("12109913101601SYNTHETIC ﾁﾖﾀﾞｸ", FRIDAY),
            record("ｼｹﾝ ﾀﾛｳ", 100_000, 40, "0000040"),
            record("ｻﾄｳ ｶﾞｸ", 200_000, 31, "1234567"),
            trailer(2, 300_000),
            END,
        )
        put(
            out,
            f"{CHUO}/{FRIDAY}-001.txt",
            header("12109913102401SYNTHETIC ﾁﾕｳｵｳｸ", FRIDAY, "9131024"),
            record("ｼｹﾝ ﾀﾛｳ", 100_000, 33),
            record("ｼｹﾝ ﾀﾛｳ", 100_000, 20, "0000020"),
            trailer(2, 200_000),
            END,
        )

    def test_of_each_payer_by_registered_municipality_and_household(self, tmp_path: Path) -> None:
        texts = self.family(tmp_path)
        self.put_family(tmp_path)
        assert judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"]) == []
        assert judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"], [CHUO]) == []

    def test_of_the_state_hold_everybody(self, tmp_path: Path) -> None:
        rules = state_programme()
        texts = self.family(tmp_path, rules)
        head = f"12109900000001{'SYNTHETIC ｺｸ':<40}0529{MIZUHO}17654321{'':17}"
        put(
            tmp_path,
            f"STATE/{FRIDAY}-001.txt",
            head,
            record("ｼｹﾝ ﾀﾛｳ", 100_000, 40, "0000040"),
            record("ｻﾄｳ ｶﾞｸ", 200_000, 31, "1234567"),
            record("ｼｹﾝ ﾀﾛｳ", 100_000, 33),
            record("ｼｹﾝ ﾀﾛｳ", 100_000, 20, "0000020"),
            trailer(4, 500_000),
            END,
        )
        assert judge_bank_files(rules, texts.snapshot, texts.work, tmp_path, ["0001"]) == []

    @pytest.mark.parametrize("place", [0, 57, 119, 120, 190, 330, 361, 480, 599])
    def test_one_altered_byte_is_found_and_named(self, tmp_path: Path, place: int) -> None:
        texts = self.family(tmp_path)
        self.put_family(tmp_path)
        file = tmp_path / f"zengin/{CHIYODA}/{FRIDAY}-001.txt"
        there = bytearray(file.read_bytes())
        there[place] ^= 1
        file.write_bytes(there)
        found = judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"])
        assert len(found) == 1
        where = (
            f"zengin/{CHIYODA}/{FRIDAY}-001.txt: record {place // 120 + 1}, byte {place % 120 + 1}: expected "
        )
        assert found[0].startswith(where)
        assert found[0].endswith(f"(0x{there[place]:02X})")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda there: there[:-1], "ends before record 5, byte 120"),
            (lambda there: there[:240], "ends before record 3, byte 1"),
            (lambda there: b"", "ends before record 1, byte 1"),
            (lambda there: there + b"\x1a", "goes on after record 5, where it must end"),
            (
                lambda there: there[:240] + there[360:],
                "record 3, byte 1: expected '2' (0x32), found '8' (0x38)",
            ),
        ],
    )
    def test_a_file_too_short_or_too_long_is_named(
        self, tmp_path: Path, change: Callable[[bytes], bytes], words: str
    ) -> None:
        texts = self.family(tmp_path)
        self.put_family(tmp_path)
        file = tmp_path / f"zengin/{CHUO}/{FRIDAY}-001.txt"
        file.write_bytes(change(file.read_bytes()))
        assert judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"]) == [
            f"zengin/{CHUO}/{FRIDAY}-001.txt: {words}"
        ]

    def test_missing_and_surplus_files_are_named(self, tmp_path: Path) -> None:
        texts = self.family(tmp_path)
        self.put_family(tmp_path)
        (tmp_path / f"zengin/{CHIYODA}/{FRIDAY}-001.txt").rename(
            tmp_path / f"zengin/{CHIYODA}/{FRIDAY}-002.txt"
        )
        put(tmp_path, f"{SAPPORO}/{FRIDAY}-001.txt", END)
        missing = f"zengin/{CHIYODA}/{FRIDAY}-001.txt: missing"
        surplus = f"zengin/{CHIYODA}/{FRIDAY}-002.txt: surplus, nothing is paid by it"
        assert judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"]) == [
            f"zengin/{SAPPORO}: surplus, nobody pays by it",
            missing,
            surplus,
        ]
        assert judge_bank_files(
            programme(), texts.snapshot, texts.work, tmp_path, ["0001"], [SAPPORO, CHIYODA]
        ) == [
            f"zengin/{SAPPORO}/{FRIDAY}-001.txt: surplus, nothing is paid by it",
            missing,
            surplus,
        ]

    def test_nobody_paid_by_transfer_is_no_file(self, tmp_path: Path) -> None:
        texts = judged(tmp_path, [person(1)])
        assert (
            judge_bank_files(programme(daily_capacity=1), texts.snapshot, texts.work, tmp_path, ["0001"])
            == []
        )

    @pytest.mark.parametrize(
        ("columns", "column"),
        [
            ({"bank": "9998"}, "bank"),
            ({"branch": "999"}, "branch"),
            ({"consignor_code": "123"}, "consignor_code"),
            ({"originator": "SYNTHETIC 千代田区"}, "originator"),
            ({"originator": "S" * 41}, "originator"),
            ({"account_type": "5"}, "account_type"),
            ({"account_number": None}, "account_number"),
        ],
    )
    def test_an_originator_that_cannot_head_a_file_is_refused(
        self, tmp_path: Path, columns: dict[str, Any], column: str
    ) -> None:
        towns = [municipality(SAPPORO), municipality(CHIYODA, **columns)]
        texts = judged(tmp_path, [person(1, **account("ｼｹﾝ ﾀﾛｳ"))], municipalities=towns)
        with pytest.raises(BadInput) as refusal:
            judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"])
        assert refusal.value.where == f"municipalities.parquet, row 2, column {column}"

    def test_a_value_date_on_which_banks_rest_is_refused(self, tmp_path: Path) -> None:
        texts = town(tmp_path, 1)
        with pytest.raises(BadInput, match="2020-05-30 is not a banking day"):
            judge_bank_files(
                programme(value_date=date(2020, 5, 30)), texts.snapshot, texts.work, tmp_path, ["0001"]
            )

    def test_a_part_without_its_second_opinion_is_named(self, tmp_path: Path) -> None:
        snapshot = small_snapshot(tmp_path / "snapshot", [person(1), person(2, muni=SAPPORO)])
        judge_part(programme(), snapshot, ["0001"], tmp_path / "work", declined=None, paid=[])
        with pytest.raises(Disagreement, match="part 0002"):
            judge_bank_files(programme(), snapshot, tmp_path / "work", tmp_path, ["0001", "0002"])
        with pytest.raises(Disagreement, match="part 0002"):
            judge_reconciliation(programme(), snapshot, tmp_path / "work", ["0001", "0002"])

    def test_records_of_many_shards_come_in_order(self, tmp_path: Path) -> None:
        people = [
            person(1, household=9, muni=CHUO, protected_muni=SAPPORO, **account("ｼｹﾝ ﾀﾛｳ", "0000001")),
            person(2, household=8, muni=SAPPORO, **account("ｼｹﾝ ﾀﾛｳ", "0000002")),
            person(3, household=7, muni=CHUO, protected_muni=SAPPORO, **account("ｼｹﾝ ﾀﾛｳ", "0000003")),
        ]
        snapshot = small_snapshot(tmp_path / "snapshot", people)
        for shard in ("0002", "0001"):
            judge_part(programme(), snapshot, [shard], tmp_path / "work", declined=None, paid=[])
        put(
            tmp_path,
            f"{SAPPORO}/{FRIDAY}-001.txt",
            header("12109901100201SYNTHETIC ｻﾂﾎﾟﾛｼ", FRIDAY, "9011002"),
            *(record_of(n) for n in (2, 3, 1)),
            trailer(3, 300_000),
            END,
        )
        assert judge_bank_files(programme(), snapshot, tmp_path / "work", tmp_path, ["0001", "0002"]) == []

    def test_records_of_a_municipality_that_parts_cut_follow_each_other(self, tmp_path: Path) -> None:
        people = [
            person(n, muni=town, **account("ｼｹﾝ ﾀﾛｳ", f"{n:07}")) for n, town in ((1, SAPPORO), (2, CHIYODA))
        ]
        snapshot = small_snapshot(tmp_path / "snapshot", people)
        first, second = (snapshot / f"persons/{shard}.parquet" for shard in ("0001", "0002"))
        pl.read_parquet(second).with_columns(muni=pl.lit(SAPPORO)).write_parquet(second)
        for shard in ("0001", "0002"):
            judge_part(programme(), snapshot, [shard], tmp_path / "work", declined=None, paid=[])
        put(
            tmp_path,
            f"{SAPPORO}/{FRIDAY}-001.txt",
            header("12109901100201SYNTHETIC ｻﾂﾎﾟﾛｼ", FRIDAY, "9011002"),
            *(record_of(n) for n in (1, 2)),
            trailer(2, 200_000),
            END,
        )
        for parts in (["0001", "0002"], ["0002", "0001"]):
            assert judge_bank_files(programme(), snapshot, tmp_path / "work", tmp_path, parts) == []

        pl.read_parquet(first).with_columns(household=pl.lit(1, pl.Int64)).write_parquet(first)
        pl.read_parquet(second).with_columns(household=pl.lit(1, pl.Int64)).write_parquet(second)
        for shard in ("0001", "0002"):
            judge_part(programme(), snapshot, [shard], tmp_path / "work", declined=None, paid=[])
        with pytest.raises(BadInput, match=f"households of {SAPPORO} are not in order"):
            judge_bank_files(programme(), snapshot, tmp_path / "work", tmp_path, ["0001", "0002"])


class TestDays:
    def test_spread_over_banking_days_by_the_capacity(self, tmp_path: Path) -> None:
        rules = programme(daily_capacity=2)
        texts = town(tmp_path, 5, rules)
        head = "12109913101601SYNTHETIC ﾁﾖﾀﾞｸ"
        for day, payments in ((FRIDAY, (1,)), (MONDAY, (2, 3)), (TUESDAY, (4, 5))):
            records = [record_of(n) for n in payments]
            total = trailer(len(payments), 100_000 * len(payments))
            put(tmp_path, f"{CHIYODA}/{day}-001.txt", header(head, day), *records, total, END)
        assert judge_bank_files(rules, texts.snapshot, texts.work, tmp_path, ["0001"]) == []

    @pytest.mark.parametrize(
        ("counts", "capacity", "days"),
        [
            ({}, 1, 1),
            ({"a": 10, "b": 10}, None, 1),
            ({"a": 10, "b": 10}, 20, 1),
            ({"a": 10, "b": 10}, 19, 2),
            ({"a": 10, "b": 10}, 9, 3),
            ({"a": 10, "b": 10}, 2, 10),
            ({"a": 5, "b": 1, "c": 0}, 2, 5),
        ],
    )
    def test_needed(self, counts: dict[str, int], capacity: int | None, days: int) -> None:
        assert days_needed(programme(daily_capacity=capacity), counts) == days

    def test_a_capacity_below_the_number_of_payers_is_refused(self) -> None:
        with pytest.raises(BadInput, match="3 payers") as refusal:
            days_needed(programme(daily_capacity=2), {"a": 1, "b": 2, "c": 3})
        assert refusal.value.where == "programme trial, daily_capacity"

    @given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(0, 60))
    def test_needed_are_the_fewest_that_keep_every_day(self, sizes: list[int], spare: int) -> None:
        capacity = len(sizes) + spare

        def keeps(days: int) -> bool:
            return all(
                sum(n * (day + 1) // days - n * day // days for n in sizes) <= capacity for day in range(days)
            )

        fewest = next(days for days in range(1, 61) if keeps(days))
        counts = {str(payer): n for payer, n in enumerate(sizes)}
        assert days_needed(programme(daily_capacity=capacity), counts) == fewest


class TestBatches:
    def test_a_new_one_begins_at_the_most_records_and_anew_each_day(self, tmp_path: Path) -> None:
        rules = programme(batch_records=2, daily_capacity=4)
        texts = town(tmp_path, 7, rules)
        head = "12109913101601SYNTHETIC ﾁﾖﾀﾞｸ"
        for name, payments in {
            f"{FRIDAY}-001": (1, 2),
            f"{FRIDAY}-002": (3,),
            f"{MONDAY}-001": (4, 5),
            f"{MONDAY}-002": (6, 7),
        }.items():
            records = [record_of(n) for n in payments]
            total = trailer(len(payments), 100_000 * len(payments))
            put(tmp_path, f"{CHIYODA}/{name}.txt", header(head, name[:8]), *records, total, END)
        assert judge_bank_files(rules, texts.snapshot, texts.work, tmp_path, ["0001"]) == []

    def files(
        self, yens: list[int], pieces: list[int], days: int = 1, limit: int = 999_999
    ) -> dict[str, bytes]:
        originator = Originator("9913101601", "SYNTHETIC", MIZUHO, "2", "9131016")
        dates = tuple(date(2020, 6, 1) + timedelta(days=n) for n in range(days))
        rows, at = [], 0
        for size in [*pieces, len(yens)]:
            some = yens[at : at + size]
            rows.append("".join(record("ｱ", yen, at + n) for n, yen in enumerate(some)).encode("cp932"))
            at += size
        found: dict[str, bytes] = {}
        for name, piece in files_of_payer(originator, rows, len(yens), dates, batch_records=limit):
            found[name] = found.get(name, b"") + piece
        return found

    @pytest.mark.parametrize(("last", "files"), [(999, 1), (1_000, 2)])
    def test_a_new_one_begins_when_the_total_would_not_fit_twelve_digits(self, last: int, files: int) -> None:
        found = self.files([9_999_999_999] * 99 + [9_999_999_099, last], [])
        assert len(found) == files
        assert sum(9_999_999_999 for _ in range(99)) + 9_999_999_099 + 999 == 999_999_999_999
        trailers = [content[-240:-120].decode() for content in found.values()]
        if files == 1:
            assert trailers == [trailer(101, 999_999_999_999)]
        else:
            assert trailers == [trailer(100, 999_999_999_000), trailer(1, 1_000)]

    @given(
        st.lists(st.sampled_from([1, 100_000, 9_999_999_999]), min_size=1, max_size=120),
        st.lists(st.integers(1, 50), max_size=5),
        st.integers(1, 4),
        st.integers(1, 110),
    )
    def test_are_the_same_however_the_records_arrive(
        self, yens: list[int], pieces: list[int], days: int, limit: int
    ) -> None:
        found = self.files(yens, pieces, days, limit)
        assert found == self.files(yens, [], days, limit)
        paid = []
        for content in found.values():
            records = [content[at : at + 120] for at in range(0, len(content), 120)]
            data = [int(one[80:90]) for one in records[1:-2]]
            assert (records[0][:1], records[-2], records[-1]) == (
                b"1",
                trailer(len(data), sum(data)).encode(),
                END.encode(),
            )
            assert 1 <= len(data) <= limit
            assert sum(data) <= 999_999_999_999
            paid += data
        assert paid == yens

    def test_segments_that_lost_a_record_are_noticed(self, tmp_path: Path) -> None:
        texts = town(tmp_path, 3)
        segment, _sums = part_files(texts.work, "0001")
        segment.write_bytes(segment.read_bytes()[:-120])
        with pytest.raises(Disagreement, match="3 transfers"):
            judge_bank_files(programme(), texts.snapshot, texts.work, tmp_path, ["0001"])
