from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
import zengin_code
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel import kana
from enishi.kernel.errors import BadInput
from enishi.kernel.kana import ZENGIN_BANK, ZENGIN_PARTY, bank_kana, bank_name_kana, match_form, truncate
from enishi.kernel.language import choose
from enishi.kernel.reasons import REASONS, ReasonCode, ground, label
from enishi.kernel.yen import HIGHEST, LOWEST, format_yen, total, yen

KATAKANA = "".join(chr(code) for code in range(ord("ァ"), ord("ヶ") + 1)) + "ー"
REGISTERED = st.text(st.sampled_from(sorted(kana.REGISTERED_KANA)), min_size=1, max_size=20)
BANK_TEXT = st.text(st.sampled_from(sorted(ZENGIN_PARTY)), max_size=40)


def test_the_zengin_sets_are_those_of_the_single_byte_code() -> None:
    letters = bytes([*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0xB1, 0xE0)]).decode("cp932")
    assert frozenset(letters + " ()-.") == ZENGIN_PARTY
    assert frozenset(letters + " -") == ZENGIN_BANK
    assert not ZENGIN_PARTY & set("ｦｧｨｩｪｫｬｭｮｯｰ･｡｢｣,/¥'abc")


@pytest.mark.parametrize(
    ("registered", "image"),
    [
        ("サトウ　キョウコ", "ｻﾄｳ ｷﾖｳｺ"),
        ("ヴェロニカ", "ｳﾞｴﾛﾆｶ"),
        ("リョーコ", "ﾘﾖ-ｺ"),
        ("ガッキ", "ｶﾞﾂｷ"),
        ("パピプペポ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"),
        ("ヲグラ", "ｵｸﾞﾗ"),
        ("ｦｸﾞﾗ", "ｵｸﾞﾗ"),
        ("ヰセヱ", "ｲｾｴ"),
        ("ヮヵヶ", "ﾜｶｹ"),
        ("ｷｮｳｺ", "ｷﾖｳｺ"),
        ("カ\u3099", "ｶﾞ"),
        ("カ゛ハ゜", "ｶﾞﾊﾟ"),
        ("さとう", "ｻﾄｳ"),
        ("Nguyen Van An", "NGUYEN VAN AN"),
        ("ＮＧＵＹＥＮ　ａｎ１２", "NGUYEN AN12"),
        ("カ）エニシ．コ", "ｶ)ｴﾆｼ.ｺ"),
        ("Ａ－Ｂ−Ｃ‐Ｄ", "A-B-C-D"),
        ("", ""),
    ],
)
def test_registered_names_as_a_bank_writes_them(registered: str, image: str) -> None:
    assert bank_kana(registered) == image


def test_the_projection_of_each_katakana_is_its_large_form_after_normalisation() -> None:
    large = dict(zip("ァィゥェォッャュョヮヵヶヰヱヲー", "アイウエオツヤユヨワカケイエオ-", strict=True))
    for letter in KATAKANA:
        assert unicodedata.normalize("NFKC", bank_kana(letter)) == large.get(letter, letter), letter


def test_hiragana_has_the_image_of_its_katakana() -> None:
    for code in range(ord("ァ"), ord("ヶ") + 1):
        assert bank_kana(chr(code - 0x60)) == bank_kana(chr(code)), chr(code)


@given(st.text(st.sampled_from(sorted(kana.PROJECTION)), max_size=30))
def test_an_image_holds_only_zengin_characters_and_is_its_own_image(text: str) -> None:
    image = bank_kana(text)
    assert set(image) <= ZENGIN_PARTY
    assert bank_kana(image) == image
    assert image == "".join(kana.PROJECTION[letter] for letter in text)


@given(st.text(max_size=15))
def test_a_character_without_an_image_is_named_with_its_place(text: str) -> None:
    strange = [(place, letter) for place, letter in enumerate(text, 1) if letter not in kana.PROJECTION]
    if not strange:
        assert set(bank_kana(text)) <= ZENGIN_PARTY
        return
    with pytest.raises(BadInput) as refusal:
        bank_kana(text)
    place, letter = strange[0]
    assert refusal.value.where == f"name, character {place}"
    assert f"U+{ord(letter):04X}" in refusal.value.what


@pytest.mark.parametrize(
    "text", ["佐藤", "サトウ・ハナ", "O'Brien", "É", "ヽ", "､", "𛂦", "ハナ\n", "ﾊﾅ\u00a0"]
)
def test_signs_that_banks_do_not_take_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no image"):
        bank_kana(text)


def test_the_message_about_a_character_does_not_repeat_the_name() -> None:
    with pytest.raises(BadInput) as refusal:
        bank_kana("タナカ花")
    assert "タナカ" not in str(refusal.value)


def test_every_bank_and_branch_in_japan_has_a_name_for_bank_files() -> None:
    names = [bank.kana for bank in zengin_code.Bank.all.values()]
    names += [branch.kana for bank in zengin_code.Bank.all.values() for branch in bank.branches.values()]
    assert len(names) > 25_000
    for name in set(names):
        image = bank_name_kana(name)
        assert image
        assert set(image) <= ZENGIN_BANK


def test_bank_names_keep_the_hyphen_and_lose_the_full_stop() -> None:
    assert bank_name_kana("Ｂ．Ｍ－セツト") == "BM-ｾﾂﾄ"
    assert bank_name_kana("エニシ（カ") == "ｴﾆｼｶ"


@pytest.mark.parametrize(
    ("register", "holder"),
    [
        ("サトウ　キョウコ", "ｻﾄｳ ｷﾖｳｺ"),
        ("サトウ　キョーコ", "ｻﾄｳｷﾖｺ"),
        ("NGUYEN VAN AN", "NGUYENVANAN"),
        ("ヲグラ　ヂュンイチ", "ｵｸﾞﾗ ﾁﾞﾕﾝｲﾁ"),
    ],
)
def test_holder_and_register_names_agree_in_their_match_form(register: str, holder: str) -> None:
    assert match_form(register) == match_form(holder)


@pytest.mark.parametrize(
    ("one", "other"),
    [("サトウ", "サドウ"), ("ハナ", "バナ"), ("ヒロ", "ピロ"), ("スズキ", "スヅキ"), ("リョウ", "リュウ")],
)
def test_names_that_sound_different_do_not_agree(one: str, other: str) -> None:
    assert match_form(one) != match_form(other)


@given(BANK_TEXT, st.integers(0, 40))
def test_truncation_never_splits_a_letter_from_its_mark(text: str, width: int) -> None:
    cut = truncate(text, width)
    assert text.startswith(cut)
    assert len(cut) <= width
    if cut != text:
        rest = text[len(cut) :]
        assert rest[0] not in "ﾞﾟ" or not cut
        letter_with_marks = len(rest) - len(rest[1:].lstrip("ﾞﾟ"))
        assert len(cut) + letter_with_marks > width


def test_truncation_at_the_width_of_a_bank_file() -> None:
    assert truncate("ｱ" * 29 + "ｶﾞ", 30) == "ｱ" * 29
    assert truncate("ｱ" * 28 + "ｶﾞ", 30) == "ｱ" * 28 + "ｶﾞ"
    assert truncate("ｱ" * 29 + "ｶｻ", 30) == "ｱ" * 29 + "ｶ"
    assert truncate("ﾊﾟ", 0) == truncate("ﾊﾟ", 1) == ""
    assert truncate("ｱ", 30) == "ｱ"


@given(REGISTERED)
def test_every_registered_reading_has_a_bank_name(text: str) -> None:
    assert bank_kana(text)
    assert kana.is_registered_kana(text) == (not text.startswith("ー"))


def test_registered_readings_are_full_width_katakana() -> None:
    assert kana.is_registered_kana("サトウ")
    assert kana.is_registered_kana("リョーコ")
    for wrong in (
        "",
        "さとう",
        "ｻﾄｳ",
        "サトウ ハナ",
        "サトウ　ハナ",
        "佐藤",
        "ーコ",
        "ヽ",
        "Ａ",
        "サトウ・ハナ",
    ):
        assert not kana.is_registered_kana(wrong)
    assert kana.is_registered_kana("サトウ　ハナ", full_name=True)
    for wrong in ("サトウ　", "　ハナ", "サトウ　　ハナ", "", "サトウ　ーコ"):
        assert not kana.is_registered_kana(wrong, full_name=True)


def test_yen_are_whole_and_fit_in_64_bits() -> None:
    assert yen(100_000) == 100_000
    assert yen(HIGHEST) == 2**63 - 1
    assert yen(LOWEST) == -(2**63)
    for wrong in (HIGHEST + 1, LOWEST - 1):
        with pytest.raises(BadInput, match="64 bits"):
            yen(wrong)


@pytest.mark.parametrize("wrong", [1.0, True, "100", Decimal(1), None, float("nan")])
def test_what_is_not_a_whole_number_of_yen_is_refused(wrong: object) -> None:
    with pytest.raises(BadInput, match="whole number of yen"):
        yen(wrong)


def test_a_sum_that_32_bits_would_lose_is_kept() -> None:
    assert total([100_000] * 30_000) == 3_000_000_000
    assert total([]) == 0
    with pytest.raises(BadInput, match="64 bits"):
        total([HIGHEST, 1])
    with pytest.raises(BadInput, match="bool"):
        total([True])


def test_yen_are_written_in_the_reader_s_language() -> None:
    assert format_yen(12_734_414_500_000, "ja") == "12,734,414,500,000円"
    assert format_yen(100_000, "en") == "100,000 yen"
    assert format_yen(-500, "en-gb") == "-500 yen"
    with pytest.raises(BadInput, match="no wording"):
        format_yen(1, "fr")


def test_a_region_after_the_language_is_ignored() -> None:
    assert choose("ja-JP", ja="あ", en="a") == "あ"
    assert choose("en_US", ja="あ", en="a") == "a"
    for wrong in ("", "jap", "english"):
        with pytest.raises(BadInput):
            choose(wrong, ja="あ", en="a")


def test_every_reason_has_its_own_label_and_a_ground_in_both_languages() -> None:
    assert set(REASONS) == set(ReasonCode)
    assert {str(code) for code in ReasonCode} == {
        "E00",
        "R01",
        "R02",
        "R03",
        "R04",
        "R05",
        "R06",
        "N01",
        "A01",
        "A02",
        "H01",
        "H02",
        "D1",
    }
    for language in ("ja", "en"):
        labels = [label(code, language) for code in ReasonCode]
        assert len(set(labels)) == len(labels)
        assert all(ground(code, language) for code in ReasonCode)
    for code in ReasonCode:
        assert label(code, "en").isascii()
        assert not label(code, "ja").isascii()
        assert ground(code, "en").isascii()


def test_a_reason_is_found_by_its_written_code() -> None:
    assert label("R03", "en") == label(ReasonCode.DIED_BEFORE, "en") == "Died before the reference date"
    with pytest.raises(BadInput, match="R99"):
        label("R99", "en")
    with pytest.raises(BadInput, match="no wording"):
        label("E00", "fr")
