"""The second opinion by worked examples: decisions, payments and letters of docs/benefits-run.md, sections 2 to 4."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from enishi.benefits.engines.second import judge_part, part_files
from enishi.benefits.engines.second.kana import is_party_text
from enishi.kernel.errors import BadInput
from tests.benefits.second_opinion import REF, judged, programme, state_programme
from tests.factories import CHIYODA, CHUO, SAPPORO, account, municipality, person, small_snapshot

DAY = timedelta(days=1)
FOREIGN = dict.fromkeys(("surname", "given", "surname_kana", "given_kana"))
HOLDS_NOTHING: dict[str, Any] = {}


class TestGrounds:
    @pytest.mark.parametrize(
        ("columns", "expected"),
        [
            (HOLDS_NOTHING, "E00 "),
            ({"birth_date": REF - DAY, "resident_from": REF - DAY, "entry": "birth"}, "E00 "),
            ({"birth_date": REF, "resident_from": REF, "entry": "birth"}, "E00 "),
            ({"birth_date": REF + DAY, "resident_from": REF + DAY, "entry": "birth"}, "R02 R02"),
            ({"resident_from": REF - DAY, "entry": "move_in"}, "E00 "),
            ({"resident_from": REF, "entry": "from_abroad"}, "E00 "),
            ({"resident_from": REF + DAY, "entry": "move_in"}, "R01 R01"),
            ({"birth_date": REF, "resident_from": REF + DAY, "entry": "move_in"}, "R01 R01"),
            ({"resident_until": REF - DAY, "exit": "death"}, "R03 R03"),
            ({"resident_until": REF, "exit": "death"}, "R03 R03"),
            ({"resident_until": REF + DAY, "exit": "death"}, "E00 "),
            ({"resident_until": REF - DAY, "exit": "abroad"}, "R04 R04"),
            ({"resident_until": REF, "exit": "move_out"}, "R04 R04"),
            ({"resident_until": REF + DAY, "exit": "abroad"}, "E00 "),
            ({"resident_until": REF, "exit": None}, "R04 R04"),
            ({"resident_until": REF + DAY, "exit": None}, "E00 "),
        ],
    )
    def test_by_the_day(self, tmp_path: Path, columns: dict[str, Any], expected: str) -> None:
        assert judged(tmp_path, [person(1, **columns)]).codes() == {1: expected}

    def test_the_first_gives_the_code_and_all_are_named_in_order(self, tmp_path: Path) -> None:
        gone = {"resident_until": REF - DAY}
        people = [
            person(1),
            person(2),
            person(3),
            person(4, resident_from=REF + DAY),
            person(5, **gone, exit="death"),
            person(6, **gone, exit="abroad", applied_on=date(2020, 6, 1)),
            person(7, birth_date=REF + DAY),
            person(8, applied_on=date(2020, 6, 1)),
        ]
        texts = judged(
            tmp_path,
            people,
            programme(application_months=3),
            declined=[2, 3, 4, 5, 6, 7],
            paid={1: "E00", 3: "E00", 4: "R05", 6: "E00", 8: "R05"},
        )
        assert texts.codes() == {
            1: "R06 R06+N01",
            2: "R05 R05+N01",
            3: "R06 R06+R05+N01",
            4: "R01 R01+R05+N01",
            5: "R03 R03+R05+N01",
            6: "R04 R04+R06+R05",
            7: "R02 R02+R05+N01",
            8: "E00 ",
        }

    def test_without_an_application_period_nobody_must_apply(self, tmp_path: Path) -> None:
        assert judged(tmp_path, [person(1, applied_on=None)]).codes() == {1: "E00 "}

    @pytest.mark.parametrize(
        ("start", "months", "last_day"),
        [
            (date(2020, 5, 10), 3, date(2020, 8, 9)),
            (date(2020, 5, 1), 3, date(2020, 7, 31)),
            (date(2020, 11, 30), 3, date(2021, 2, 28)),
            (date(2019, 11, 30), 3, date(2020, 2, 29)),
            (date(2019, 11, 29), 3, date(2020, 2, 28)),
            (date(2020, 12, 1), 3, date(2021, 2, 28)),
            (date(2020, 3, 31), 1, date(2020, 4, 30)),
            (date(2020, 3, 30), 1, date(2020, 4, 29)),
            (date(2020, 2, 29), 12, date(2021, 2, 28)),
            (date(2020, 10, 15), 3, date(2021, 1, 14)),
        ],
    )
    def test_last_day_for_applications(
        self, tmp_path: Path, start: date, months: int, last_day: date
    ) -> None:
        people = [
            person(n, applied_on=day) for n, day in enumerate((last_day, last_day + DAY, None), start=1)
        ]
        texts = judged(
            tmp_path,
            people,
            programme(application_months=months),
            municipalities=[municipality(CHIYODA, application_start=start)],
        )
        assert texts.codes() == {1: "E00 ", 2: "N01 N01", 3: "N01 N01"}

    def test_the_period_is_the_municipalitys_own(self, tmp_path: Path) -> None:
        late = date(2020, 8, 20)
        texts = judged(
            tmp_path,
            [person(1, applied_on=late), person(2, muni=CHUO, applied_on=late)],
            programme(application_months=3),
            municipalities=[municipality(CHIYODA), municipality(CHUO, application_start=date(2020, 5, 25))],
        )
        assert texts.codes() == {1: "N01 N01", 2: "E00 "}


class TestPaymentsOfAHousehold:
    def test_one_payment_to_the_head_for_all_of_them(self, tmp_path: Path) -> None:
        home = {"household": 7, "muni": CHIYODA}
        people = [
            person(12, **home, **account("ｼｹﾝ ﾀﾛｳ")),
            person(11, **home, relation="spouse", **account("ｼｹﾝ ﾊﾅ", "9999999")),
            person(
                13, **home, relation="child", birth_date=REF + DAY, resident_from=REF + DAY, entry="birth"
            ),
        ]
        texts = judged(tmp_path, people)
        assert texts.decisions == [
            f"11|7|{CHIYODA}|E00||100000|11|",
            f"12|7|{CHIYODA}|E00||100000|11|",
            f"13|7|{CHIYODA}|R02|R02|0||",
        ]
        assert texts.ledger == [f"11|trial/2/11|{CHIYODA}|{CHIYODA}|7|12|2|200000|transfer||false"]
        assert texts.letters == []
        assert texts.verdict.part == "0001"
        assert texts.verdict.transfers == {CHIYODA: (1, 200_000)}

    def test_a_head_who_gets_nothing_is_still_the_payee(self, tmp_path: Path) -> None:
        texts = judged(
            tmp_path,
            [person(1, household=7, **account("ｼｹﾝ ﾀﾛｳ")), person(2, household=7, relation="child")],
            declined=[1],
        )
        assert texts.routes() == {2: f"{CHIYODA} 1 transfer"}
        assert texts.verdict.transfers == {CHIYODA: (1, 100_000)}

    @pytest.mark.parametrize(
        ("head", "expected"),
        [
            ({"resident_until": REF, "exit": "death"}, f"{CHIYODA}  held H02"),
            ({"resident_until": REF, "exit": "abroad"}, f"{CHIYODA}  held H02"),
            ({"resident_from": REF + DAY, "entry": "move_in"}, f"{CHIYODA}  held H02"),
            ({"relation": "cohabitant"}, f"{CHIYODA}  held H02"),
            ({"resident_until": REF + DAY, "exit": "death"}, f"{CHIYODA} 2 held H01"),
            ({"resident_until": REF + DAY, "exit": "abroad"}, f"{CHIYODA} 2 letter A01"),
            ({"resident_from": REF, "entry": "move_in"}, f"{CHIYODA} 2 letter A01"),
        ],
    )
    def test_head_on_the_day(self, tmp_path: Path, head: dict[str, Any], expected: str) -> None:
        child = person(1, household=7, relation="child")
        assert judged(tmp_path, [child, person(2, household=7, **head)]).routes() == {1: expected}

    def test_a_new_head_after_the_old_one_died_is_the_payee(self, tmp_path: Path) -> None:
        people = [
            person(1, household=7, resident_until=REF, exit="death"),
            person(2, household=7),
            person(3, household=7, resident_from=REF + DAY, entry="move_in"),
        ]
        assert judged(tmp_path, people).routes() == {2: f"{CHIYODA} 2 letter A01"}

    def test_nobody_entitled_is_no_payment(self, tmp_path: Path) -> None:
        texts = judged(tmp_path, [person(1)], declined=[1])
        assert (texts.ledger, texts.letters, texts.verdict.transfers) == ([], [], {})


class TestProtectedPersons:
    HOME = {"household": 7, "muni": CHIYODA}
    TOWNS = (municipality(CHIYODA), municipality(CHUO), municipality("011002"))

    def test_each_place_of_refuge_pays_its_own_and_nobody_learns_where(self, tmp_path: Path) -> None:
        people = [
            person(1, **self.HOME, **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, **self.HOME, relation="spouse", protected_muni=CHUO, birth_date=date(1985, 5, 5)),
            person(3, **self.HOME, relation="child", protected_muni=CHUO, birth_date=date(2010, 1, 1)),
            person(4, **self.HOME, relation="child", protected_muni="011002", birth_date=date(2001, 1, 2)),
            person(5, **self.HOME, relation="parent", protected_muni="011002", birth_date=date(2001, 1, 1), **account("ｼｹﾝ ﾀﾛｳ", "5555555")),
            person(6, **self.HOME, relation="child"),
        ]  # fmt: skip
        texts = judged(tmp_path, people, municipalities=self.TOWNS)
        assert texts.decisions == [
            f"1|7|{CHIYODA}|E00||100000|1|",
            f"2|7|{CHIYODA}|E00||100000|2|D1",
            f"3|7|{CHIYODA}|E00||100000|2|D1",
            f"4|7|{CHIYODA}|E00||100000|4|D1",
            f"5|7|{CHIYODA}|E00||100000|4|D1",
            f"6|7|{CHIYODA}|E00||100000|1|",
        ]
        assert texts.ledger == [
            f"1|trial/2/1|{CHIYODA}|{CHIYODA}|7|1|2|200000|transfer||false",
            f"2|trial/2/2|{CHUO}|{CHIYODA}|7|2|2|200000|letter|A01|true",
            f"4|trial/2/4|011002|{CHIYODA}|7|5|2|200000|transfer||true",
        ]
        assert texts.letters == [f"2|{CHUO}|2|試験\u30002郎|||200000|2|office"]
        assert texts.verdict.transfers == {CHIYODA: (1, 200_000), "011002": (1, 200_000)}

    def test_of_the_same_birth_date_the_smaller_number_is_the_payee(self, tmp_path: Path) -> None:
        twins = [person(n, **self.HOME, relation="child", protected_muni=CHUO) for n in (9, 8)]
        assert judged(tmp_path, twins).routes() == {8: f"{CHUO} 8 letter A01"}

    def test_the_oldest_who_is_not_entitled_is_not_the_payee(self, tmp_path: Path) -> None:
        people = [
            person(1, **self.HOME, relation="parent", protected_muni=CHUO, birth_date=date(1950, 1, 1)),
            person(2, **self.HOME, relation="child", protected_muni=CHUO),
        ]
        texts = judged(tmp_path, people, declined=[1])
        assert texts.routes() == {2: f"{CHUO} 2 letter A01"}
        assert texts.decisions[0] == f"1|7|{CHIYODA}|R05|R05|0||"

    def test_a_protected_head_is_not_the_payee_of_the_others(self, tmp_path: Path) -> None:
        people = [
            person(1, **self.HOME, protected_muni=CHUO, resident_until=REF + DAY, exit="death", **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, **self.HOME, relation="child"),
        ]  # fmt: skip
        assert judged(tmp_path, people).routes() == {1: f"{CHUO} 1 transfer", 2: f"{CHIYODA}  held H02"}


class TestTheStateAsPayer:
    def test_pays_every_group_by_the_same_rules(self, tmp_path: Path) -> None:
        people = [
            person(1, household=7, **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, household=7, relation="spouse", protected_muni=CHUO),
        ]
        texts = judged(tmp_path, people, state_programme())
        assert texts.ledger == [
            f"1|trial/2/1|STATE|{CHIYODA}|7|1|1|100000|transfer||false",
            f"2|trial/2/2|STATE|{CHIYODA}|7|2|1|100000|letter|A01|true",
        ]
        assert texts.verdict.transfers == {"STATE": (1, 100_000)}
        assert texts.letters == ["2|STATE|2|試験\u30002郎|||100000|1|office"]


class TestLetters:
    def test_hold_name_and_address_as_registered(self, tmp_path: Path) -> None:
        people = [
            person(1, surname="髙\U000e0100橋", given='"花"', postcode="1000005", town="丸の内"),
            person(2, **FOREIGN, latin_name="NGUYEN VAN ANH", nationality="VNM"),
            person(3, surname="山田", given=None),
        ]
        assert judged(tmp_path, people).letters == [
            f'1|{CHIYODA}|1|髙\U000e0100橋\u3000"花"|1000005|丸の内|100000|1|post',
            f"2|{CHIYODA}|2|NGUYEN VAN ANH|1000001|千代田|100000|1|post",
            f"3|{CHIYODA}|3|山田|1000001|千代田|100000|1|post",
        ]


class TestBadInput:
    @pytest.mark.parametrize(
        ("columns", "what", "column"),
        [
            ({"bank": "9998"}, "no bank '9998'", "bank"),
            ({"bank": "", "branch": ""}, "no bank ''", "bank"),
            ({"branch": "999"}, "no branch '999'", "branch"),
            ({"branch": None}, "no branch None", "branch"),
            ({"account_type": "3"}, "'3'", "account_type"),
            ({"account_type": None}, "None", "account_type"),
            ({"account_number": "123456"}, "seven digits", "account_number"),
            ({"account_number": "12345678"}, "seven digits", "account_number"),
            ({"account_number": "123456٣"}, "seven digits", "account_number"),
            ({"account_number": None}, "seven digits", "account_number"),
            ({"account_holder": None}, "no holder", "account_holder"),
            ({"account_holder": ""}, "no holder", "account_holder"),
            ({"account_holder": "ｱ" * 31}, "31 characters", "account_holder"),
            *[({"account_holder": f"ｼｹﾝ{bad}"}, "refuse", "account_holder") for bad in "ｰｬｦaア、_/\u3000\n"],
        ],
    )
    def test_account_of_a_payee(
        self, tmp_path: Path, columns: dict[str, Any], what: str, column: str
    ) -> None:
        people = [person(1), person(2, **account("ｼｹﾝ ﾀﾛｳ") | columns)]
        with pytest.raises(BadInput) as refusal:
            judged(tmp_path, people)
        assert refusal.value.where == f"persons/0001.parquet, row 2, column {column}"
        assert what in refusal.value.what

    def test_account_of_somebody_who_receives_nothing_stops_nobody(self, tmp_path: Path) -> None:
        people = [
            person(1, household=7, **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, household=7, relation="child", **account("ｰ") | {"bank": "9998"}),
            person(3, **account("ｰ"), resident_until=REF, exit="abroad"),
        ]
        assert judged(tmp_path, people).routes() == {1: f"{CHIYODA} 1 transfer"}

    @pytest.mark.parametrize("holder", ["ｱ" * 30, "A", "()-. 0ｶﾞﾊﾟ", "ｱﾝ"])
    def test_every_character_of_the_party_set_is_taken(self, tmp_path: Path, holder: str) -> None:
        assert is_party_text(holder)
        assert judged(tmp_path, [person(1, **account(holder))]).routes() == {1: f"{CHIYODA} 1 held A02"}

    def test_two_heads_on_the_day(self, tmp_path: Path) -> None:
        people = [person(1), person(2, household=5000), person(3, household=5000, relation="child"), person(4, household=5000)]  # fmt: skip
        with pytest.raises(BadInput, match="household 5000") as refusal:
            judged(tmp_path, people, declined=[2, 4])
        assert refusal.value.where == "persons/0001.parquet, row 4, column relation"

    def test_a_municipality_that_is_not_listed(self, tmp_path: Path) -> None:
        towns = [municipality(CHIYODA)]
        with pytest.raises(BadInput) as home:
            judged(tmp_path / "home", [person(1), person(2, muni=CHUO)], municipalities=towns)
        assert home.value.where == "persons/0001.parquet, row 2, column muni"
        with pytest.raises(BadInput) as refuge:
            judged(tmp_path / "refuge", [person(1), person(2, protected_muni=CHUO)], municipalities=towns)
        assert refuge.value.where == "persons/0001.parquet, row 2, column protected_muni"

    def test_a_payment_too_large_for_a_transfer(self, tmp_path: Path) -> None:
        home = [person(1, household=7, **account("ｼｹﾝ ﾀﾛｳ")), person(2, household=7, relation="child")]
        assert judged(tmp_path, home, programme(amount=4_999_999_999)).verdict.transfers == {CHIYODA: (1, 9_999_999_998)}  # fmt: skip
        with pytest.raises(BadInput, match="10000000000 yen"):
            judged(tmp_path, home, programme(amount=5_000_000_000))

    def test_a_shard_that_is_missing_or_cut(self, tmp_path: Path) -> None:
        snapshot = small_snapshot(tmp_path / "snapshot", [person(1)])
        with pytest.raises(BadInput) as missing:
            judge_part(programme(), snapshot, ["0002"], tmp_path / "work", declined=None, paid=[])
        assert missing.value.where == "persons/0002.parquet"
        file = snapshot / "persons/0001.parquet"
        file.write_bytes(file.read_bytes()[:-100])
        with pytest.raises(BadInput) as cut:
            judge_part(programme(), snapshot, ["0001"], tmp_path / "work", declined=None, paid=[])
        assert cut.value.where == "persons/0001.parquet"
        assert list((tmp_path / "work/scratch").iterdir()) == []

    def test_an_earlier_run_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        snapshot = small_snapshot(tmp_path / "snapshot", [person(1)])
        missing, torn = tmp_path / "0001.parquet", tmp_path / "0002.parquet"
        torn.write_bytes(b"PAR1 torn PAR1")
        for earlier in (missing, torn):
            with pytest.raises(BadInput) as refusal:
                judge_part(programme(), snapshot, ["0001"], tmp_path / "work", declined=None, paid=[earlier])
            assert refusal.value.where == str(earlier)


class TestSeveralShardsTogether:
    """A shard of the test snapshots is a prefecture: Sapporo comes first, Chiyoda second."""

    BOTH = ("0001", "0002")

    def test_give_the_tables_of_both_in_order(self, tmp_path: Path) -> None:
        people = [
            person(1, **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, muni=SAPPORO, **account("ｼｹﾝ ﾀﾛｳ")),
            person(3),
            person(4, muni=SAPPORO),
            person(5, muni=SAPPORO, protected_muni=CHIYODA, **account("ｼｹﾝ ﾀﾛｳ")),
        ]
        together = judged(tmp_path / "together", people, declined=[4], shards=self.BOTH)
        alone = [judged(tmp_path / shard, people, declined=[4], shards=[shard]) for shard in self.BOTH]
        for table in ("decisions", "ledger", "letters"):
            lines = sorted(line for texts in alone for line in getattr(texts, table))
            assert getattr(together, table) == lines
        assert together.codes().keys() == {1, 2, 3, 4, 5}
        assert together.verdict.part == "0001"
        assert together.verdict.transfers == {CHIYODA: (2, 200_000), SAPPORO: (1, 100_000)}

    def test_leave_one_file_of_records_in_the_order_of_bank_files(self, tmp_path: Path) -> None:
        people = [
            person(3, **account("ｼｹﾝ ﾀﾛｳ")),
            person(1, muni=SAPPORO, protected_muni=CHIYODA, **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, muni=SAPPORO, **account("ｼｹﾝ ﾀﾛｳ")),
        ]
        records, _sums = part_files(judged(tmp_path, people, shards=self.BOTH).work, "0001")
        said = records.read_bytes()
        assert [int(said[at + 91 : at + 111]) for at in range(0, len(said), 120)] == [2, 1, 3]

    @pytest.mark.parametrize(
        ("columns", "column"),
        [
            ({"muni": "131999"}, "muni"),
            ({"household": 10}, "relation"),
            (account("ｼｹﾝ ﾀﾛｳ") | {"bank": "9998"}, "bank"),
            (account("ｼｹﾝ｡"), "account_holder"),
        ],
    )
    def test_name_the_file_and_row_of_a_fault(
        self, tmp_path: Path, columns: dict[str, Any], column: str
    ) -> None:
        people = [
            person(1, muni=SAPPORO),
            person(2, muni=SAPPORO),
            person(10, household=10),
            person(11, household=10, relation="child"),
            person(12, **columns),
        ]
        towns = [municipality(SAPPORO), municipality(CHIYODA)]
        with pytest.raises(BadInput) as refusal:
            judged(tmp_path, people, municipalities=towns, shards=self.BOTH)

        assert refusal.value.where == f"persons/0002.parquet, row 3, column {column}"

    def test_name_the_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        snapshot = small_snapshot(tmp_path / "snapshot", [person(1), person(2, muni=SAPPORO)])
        file = snapshot / "persons/0002.parquet"
        whole = pl.read_parquet(file)
        for damage in (
            lambda: file.write_bytes(file.read_bytes()[:-100]),
            lambda: whole.drop("exit").write_parquet(file),
            lambda: whole.drop("account_holder").write_parquet(file),
            lambda: file.unlink(),
        ):
            damage()
            with pytest.raises(BadInput) as refusal:
                judge_part(programme(), snapshot, self.BOTH, tmp_path / "work", declined=None, paid=[])
            assert refusal.value.where == "persons/0002.parquet"
