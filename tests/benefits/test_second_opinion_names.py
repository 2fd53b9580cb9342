"""The second opinion on account holders and names: section 3, "Match", and the names of banks in section 5."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.benefits.engines.second.kana import bank_text, match_form
from tests.benefits.second_opinion import REF, judged
from tests.factories import CHIYODA, account, person

DAY = timedelta(days=1)
FOREIGN = dict.fromkeys(("surname", "given", "surname_kana", "given_kana"))


class TestAccountHolder:
    @pytest.mark.parametrize(
        ("names", "holder"),
        [
            ({"surname_kana": "サトウ", "given_kana": "キョウコ"}, "ｻﾄｳ ｷﾖｳｺ"),
            ({"surname_kana": "サトウ", "given_kana": "キョウコ"}, "ｻﾄｳｷﾖｳｺ"),
            ({"surname_kana": "オーノ", "given_kana": "ヴァン"}, "ｵ-ﾉ ｳﾞｱﾝ"),
            ({"surname_kana": "オーノ", "given_kana": "ヴァン"}, "ｵﾉ ｳﾞｱﾝ"),
            ({"surname_kana": "ヲヰヱ", "given_kana": "ヮヵヶ"}, "ｵｲｴ ﾜｶｹ"),
            ({"surname_kana": "パンダ", "given_kana": "ヂヅ"}, "ﾊﾟﾝﾀﾞ(ﾁﾞﾂﾞ)"),
            ({"former_surname_kana": "タカハシ", "given_kana": "ハナ"}, "ﾀｶﾊｼ ﾊﾅ"),
            ({**FOREIGN, "alias_kana": "ヤマモト\u3000アン"}, "ﾔﾏﾓﾄ ｱﾝ"),
            ({**FOREIGN, "latin_name": "NGUYEN VAN-ANH"}, "NGUYEN VAN ANH"),
            ({**FOREIGN, "latin_name": "Nguyen"}, "NGUYEN"),
            ({**FOREIGN, "latin_name": "NGUYEN", "latin_kana": "グエン"}, "ｸﾞｴﾝ"),
        ],
    )
    def test_agrees_with_any_kind_of_name(self, tmp_path: Path, names: dict[str, Any], holder: str) -> None:
        texts = judged(tmp_path, [person(1, **names, **account(holder))])
        assert texts.routes() == {1: f"{CHIYODA} 1 transfer"}

    @pytest.mark.parametrize(
        ("names", "holder"),
        [
            ({"surname_kana": "サトウ", "given_kana": "ケン"}, "ｻﾄｳ ｹﾝｼﾞ"),
            ({"surname_kana": "サトウ", "given_kana": "ケン"}, "ｹﾝ ｻﾄｳ"),
            ({"surname_kana": "サトウ", "given_kana": "ケン"}, "ｻﾄｳ"),
            ({"surname_kana": "ハト", "given_kana": "ケン"}, "ﾊﾞﾄ ｹﾝ"),
            ({"surname_kana": "サトウ", "given_kana": None}, "ｻﾄｳ"),
            ({**FOREIGN, "former_surname_kana": "タカハシ"}, "ﾀｶﾊｼ"),
            ({**FOREIGN, "latin_name": "NGUYEN VAN ANH"}, "VAN ANH NGUYEN"),
            ({**FOREIGN, "alias_kana": "安"}, "ｱﾝ"),
            (FOREIGN, "ｱﾝ"),
            ({**FOREIGN, "alias_kana": "\u3000"}, "-"),
        ],
    )
    def test_of_another_name_is_held(self, tmp_path: Path, names: dict[str, Any], holder: str) -> None:
        texts = judged(tmp_path, [person(1, **names, **account(holder))])
        assert texts.routes() == {1: f"{CHIYODA} 1 held A02"}
        assert texts.verdict.transfers == {}

    def test_of_a_dead_heads_account_is_not_compared(self, tmp_path: Path) -> None:
        head = person(1, resident_until=REF + DAY, exit="death", **account("ﾍﾞﾂｼﾞﾝ"))
        assert judged(tmp_path, [head]).routes() == {1: f"{CHIYODA} 1 held H01"}


class TestKana:
    @pytest.mark.parametrize(
        ("text", "form"),
        [
            ("キャッチ", "ｷﾔﾂﾁ"),
            ("ァィゥェォッャュョヮヵヶ", "ｱｲｳｴｵﾂﾔﾕﾖﾜｶｹ"),
            ("ヷヸヹヺヴ", "ﾜﾞｲﾞｴﾞｵﾞｳﾞ"),
            ("ハ\u3099ハ\u309aハ゛ハ゜", "ﾊﾞﾊﾟﾊﾞﾊﾟ"),
            ("ｧｯｬｦ", "ｱﾂﾔｵ"),
            ("ー ｰ‐−－（）().．", ""),
            ("ａＺ9９", "AZ99"),
            ("さとう", "ｻﾄｳ"),
            ("佐藤・'", "佐藤・'"),
        ],
    )
    def test_match_form(self, text: str, form: str) -> None:
        assert match_form(text) == form

    @given(st.text())
    def test_match_form_of_a_match_form_is_itself(self, text: str) -> None:
        assert match_form(match_form(text)) == match_form(text)

    @pytest.mark.parametrize(
        ("kana", "expected"),
        [
            ("トウキヨウ", "ﾄｳｷﾖｳ          "),
            ("クレデイ．アグリコル", "ｸﾚﾃﾞｲｱｸﾞﾘｺﾙ    "),
            ("イ－ハト－ヴ", "ｲ-ﾊﾄ-ｳﾞ        "),
            ("ソシエテ\u3000ジエネラル", "ｿｼｴﾃ ｼﾞｴﾈﾗﾙ    "),
            ("アイウエオカキクケコサシスセゾ", "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾ "),
            ("アイウエオカキクケコサシスゼ", "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾﾞ"),
            ("ＹＫＫ", "YKK            "),
        ],
    )
    def test_a_name_of_a_bank_fills_fifteen_places(self, kana: str, expected: str) -> None:
        assert bank_text(kana) == expected
        assert len(expected) == 15
