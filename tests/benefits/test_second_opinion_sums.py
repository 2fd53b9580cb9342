"""The second opinion on the reconciliation, against sums written by hand (docs/benefits-run.md, section 6)."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from enishi.benefits.engines.second import judge_reconciliation
from enishi.kernel.errors import Disagreement
from tests.benefits.second_opinion import judged, programme, reconciliation_text, state_programme
from tests.factories import CHIYODA, CHUO, SAPPORO, account, municipality, person


class TestReconciliation:
    def people(self) -> list[dict[str, Any]]:
        home = {"household": 9, "muni": CHIYODA}
        return [
            person(1, **home, **account("ｼｹﾝ ﾀﾛｳ")),
            person(2, **home, relation="spouse", protected_muni=CHUO, **account("ｼｹﾝ ﾀﾛｳ", "2222222")),
            person(3, **home, relation="child", protected_muni=CHUO),
            person(4, **account("ﾍﾞﾂｼﾞﾝ")),
            person(5, resident_until=date(2020, 4, 28), exit="death"),
            person(6, relation="child"),
            person(7, muni=CHUO),
            person(8, muni=CHUO, resident_until=date(2020, 4, 27), exit="death"),
            person(9, muni=CHUO, resident_until=date(2020, 4, 27), exit="abroad"),
            person(10, muni=CHUO, resident_from=date(2020, 4, 28), entry="move_in"),
            person(
                11, muni=CHUO, birth_date=date(2020, 4, 28), resident_from=date(2020, 4, 28), entry="birth"
            ),
            person(12, muni=CHUO),
            person(13, muni=CHUO),
        ]

    def test_by_municipality_of_registration_and_by_payer(self, tmp_path: Path) -> None:
        towns = [municipality(code) for code in (SAPPORO, CHIYODA, CHUO)]
        texts = judged(tmp_path, self.people(), declined=[12], paid={13: "E00"}, municipalities=towns)
        lines, digest = reconciliation_text(programme(), texts.snapshot, texts.work)
        assert lines == [
            SAPPORO + "|0" * 23,
            f"{CHIYODA}|6|6|0|0|0|0|0|0|0|600000|200000|0|4|400000|1|100000|0|0|3|300000|1|1|1",
            f"{CHUO}|7|1|1|1|1|1|1|1|0|100000|0|200000|2|300000|1|200000|1|100000|0|0|0|0|0",
        ]
        assert digest == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()

    def test_of_the_state_has_a_row_of_its_own(self, tmp_path: Path) -> None:
        texts = judged(tmp_path, self.people(), state_programme(), declined=[12, 13])
        lines, _digest = reconciliation_text(state_programme(), texts.snapshot, texts.work)
        assert lines == [
            f"{CHIYODA}|6|6|0|0|0|0|0|0|0|600000|0|0" + "|0" * 11,
            f"{CHUO}|7|1|1|1|1|1|2|0|0|100000|0|0" + "|0" * 11,
            "STATE" + "|0" * 12 + "|6|700000|2|300000|1|100000|3|300000|1|1|1",
        ]

    @pytest.mark.parametrize(
        "column", ["persons", "E00", "entitled_yen", "ledger_yen", "held", "transfers", "A02"]
    )
    def test_a_sum_that_does_not_add_up_stops_the_run(self, tmp_path: Path, column: str) -> None:
        texts = judged(tmp_path, self.people())
        part = texts.work / "reconciliation/0001.parquet"
        pl.read_parquet(part).with_columns(pl.col(column) + 1).write_parquet(part)
        with pytest.raises(Disagreement, match="does not hold"):
            judge_reconciliation(programme(), texts.snapshot, texts.work, ["0001"])

    def test_a_person_whom_the_manifest_counts_and_nobody_judged_stops_the_run(self, tmp_path: Path) -> None:
        texts = judged(tmp_path, [person(1), person(2)])
        manifest = texts.snapshot / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"persons": 2,', '"persons": 3,'))
        with pytest.raises(Disagreement, match="persons = 3"):
            judge_reconciliation(programme(), texts.snapshot, texts.work, ["0001"])
