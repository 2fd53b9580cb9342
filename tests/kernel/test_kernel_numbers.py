from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import cn, in_

from enishi.kernel import corporate_number, individual_number, resident_code, vector
from enishi.kernel.errors import BadInput

BODIES_11 = st.integers(0, 10**11 - 1)
BODIES_12 = st.integers(0, 10**12 - 1)


@given(BODIES_11)
def test_individual_check_digit_agrees_with_the_outside_implementation(body: int) -> None:
    text = f"{body:011}"
    assert individual_number.check_digit(text) == in_.calc_check_digit(text)


@given(st.integers(0, 10**12 - 1))
def test_individual_number_is_valid_exactly_when_the_outside_implementation_says_so(number: int) -> None:
    assert individual_number.is_valid(f"{number:012}") == in_.is_valid(f"{number:012}")


@given(BODIES_12)
def test_corporate_check_digit_agrees_with_the_outside_implementation(body: int) -> None:
    text = f"{body:012}"
    assert corporate_number.check_digit(text) == cn.calc_check_digit(text)


@given(st.integers(0, 10**13 - 1))
def test_corporate_number_is_valid_exactly_when_the_outside_implementation_says_so(number: int) -> None:
    assert corporate_number.is_valid(f"{number:013}") == cn.is_valid(f"{number:013}")


@pytest.mark.parametrize(
    ("body", "digit"),
    [
        ("00000000000", "0"),  # remainder 0
        ("00000000006", "0"),  # 6 x 2 = 12, remainder 1
        ("00000000001", "9"),  # remainder 2
        ("00000000005", "1"),  # remainder 10
        ("10000000000", "5"),  # the highest digit weighs 6
        ("00000100000", "4"),  # the sixth from the lowest weighs 7
        ("00001000000", "9"),  # the seventh weighs 2 again
    ],
)
def test_individual_check_digit_worked_by_hand(body: str, digit: str) -> None:
    assert individual_number.check_digit(body) == digit


@pytest.mark.parametrize(
    ("body", "digit"),
    [
        ("000000000000", "9"),  # remainder 0
        ("000000000001", "8"),  # the lowest digit weighs 1
        ("000000000010", "7"),  # the next weighs 2
        ("000000000009", "9"),
        ("700110005901", "8"),  # the tax agency's own published number
    ],
)
def test_corporate_check_digit_worked_by_hand(body: str, digit: str) -> None:
    assert corporate_number.check_digit(body) == digit


@pytest.mark.parametrize(
    "written",
    ["621498320257", "6214 9832 0257", "6214-9832-0257", "６２１４　９８３２　０２５７", " 621498320257 "],
)
def test_an_individual_number_is_read_as_people_write_it(written: str) -> None:
    assert individual_number.parse(written) == "621498320257"


@pytest.mark.parametrize(
    "written", ["621498320258", "62149832025", "6214983202577", "62149832025X", "", "٦٢١٤٩٨٣٢٠٢٥٧"]
)
def test_a_wrong_individual_number_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(BadInput) as refusal:
        individual_number.parse(written)
    message = str(refusal.value)
    assert "individual number" in message
    assert "What to do" in message
    digits = "".join(filter(str.isdigit, written))
    assert not any(digits[i : i + 4] in message for i in range(len(digits) - 3))
    assert not any(digits[i : i + 4] in repr(refusal.value) for i in range(len(digits) - 3))


@pytest.mark.parametrize("number", ["６２１４９８３２０２５７", "6214 9832 0257", "", "621498320257\n"])
def test_only_the_kept_form_of_an_individual_number_is_valid(number: str) -> None:
    assert not individual_number.is_valid(number)


@pytest.mark.parametrize("written", ["5835678256246", "5-8356-7825-6246", "５８３５６７８２５６２４６"])
def test_a_corporate_number_is_read_as_people_write_it(written: str) -> None:
    assert corporate_number.parse(written) == "5835678256246"


@pytest.mark.parametrize(
    ("written", "says"),
    [("2835678256246", "should be 5"), ("583567825624", "13 digits"), ("abc", "13 digits")],
)
def test_a_wrong_corporate_number_is_refused_with_what_is_wrong(written: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        corporate_number.parse(written)


@pytest.mark.parametrize(
    ("check", "body"),
    [
        (individual_number.check_digit, "123"),
        (corporate_number.check_digit, "123"),
        (corporate_number.check_digit, "x" * 12),
    ],
)
def test_a_body_of_another_length_has_no_check_digit(check: object, body: str) -> None:
    assert callable(check)
    with pytest.raises(BadInput):
        check(body)


def test_a_resident_code_has_only_a_shape() -> None:
    assert resident_code.parse("1234-5678-901") == "12345678901"
    assert resident_code.has_shape("00000000000")
    for wrong in ("1234567890", "123456789012", "1234567890a", "１２３４５６７８９０１"):
        assert not resident_code.has_shape(wrong)


def test_a_wrong_resident_code_is_refused_without_being_repeated() -> None:
    with pytest.raises(BadInput) as refusal:
        resident_code.parse("9876543210")
    assert "9876" not in str(refusal.value)


@given(BODIES_12, st.integers(0, 11), st.integers(1, 9))
def test_one_mistyped_digit_of_a_corporate_number_is_noticed_but_0_for_9(
    body: int, place: int, shift: int
) -> None:
    right = f"{body:012}"
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    unnoticed = corporate_number.check_digit(right) == corporate_number.check_digit(wrong)
    assert unnoticed == ({right[place], wrong[place]} == {"0", "9"})


@given(st.lists(BODIES_11, min_size=1, max_size=50))
def test_columns_of_individual_numbers_agree_with_single_ones(bodies: list[int]) -> None:
    numbers = vector.individual_numbers(np.array(bodies, dtype=np.int64))
    expected = [f"{body:011}" + individual_number.check_digit(f"{body:011}") for body in bodies]
    assert [f"{number:012}" for number in numbers.tolist()] == expected
    assert vector.are_individual_numbers(numbers).all()


@given(st.lists(BODIES_12, min_size=1, max_size=50))
def test_columns_of_corporate_numbers_agree_with_single_ones(bodies: list[int]) -> None:
    numbers = vector.corporate_numbers(np.array(bodies, dtype=np.int64))
    expected = [corporate_number.check_digit(f"{body:012}") + f"{body:012}" for body in bodies]
    assert [f"{number:013}" for number in numbers.tolist()] == expected
    assert vector.are_corporate_numbers(numbers).all()


def test_columns_find_the_numbers_that_do_not_check() -> None:
    individual = np.array([621498320257, 621498320258, -1, 10**12, 2**63 - 1, -(2**63)], dtype=np.int64)
    assert vector.are_individual_numbers(individual).tolist() == [True, False, False, False, False, False]
    corporate = np.array([5835678256246, 2835678256246, -1, 10**13], dtype=np.int64)
    assert vector.are_corporate_numbers(corporate).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    "function", [vector.individual_numbers, vector.corporate_numbers, vector.municipality_codes]
)
def test_a_column_outside_the_range_is_refused_without_its_values(function: object) -> None:
    assert callable(function)
    for column in (
        np.array([-7654321]),
        np.array([10**12 + 7654321]),
        np.array([1.0]),
        np.array([1], dtype=np.int32),
    ):
        with pytest.raises(BadInput) as refusal:
            function(column)
        assert "7654321" not in str(refusal.value)


def test_the_first_value_past_the_range_is_refused_and_the_last_within_is_not() -> None:
    limits = {
        vector.individual_numbers: 10**11,
        vector.corporate_numbers: 10**12,
        vector.municipality_codes: 10**5,
    }
    for function, limit in limits.items():
        assert function(np.array([limit - 1], dtype=np.int64)).size == 1
        for outside in (limit, -1):
            with pytest.raises(BadInput):
                function(np.array([outside], dtype=np.int64))


@pytest.mark.parametrize(
    "function", [vector.individual_numbers, vector.corporate_numbers, vector.municipality_codes]
)
def test_an_empty_column_stays_empty(function: object) -> None:
    assert callable(function)
    assert function(np.array([], dtype=np.int64)).tolist() == []


def test_the_extremes_of_the_range_have_check_digits() -> None:
    last = vector.individual_numbers(np.array([0, 10**11 - 1], dtype=np.int64)).tolist()
    assert last == [0, int("9" * 11 + in_.calc_check_digit("9" * 11))]
    corporate = vector.corporate_numbers(np.array([0, 10**12 - 1], dtype=np.int64)).tolist()
    assert corporate == [9 * 10**12, int(cn.calc_check_digit("9" * 12) + "9" * 12)]
