"""Check digits of whole NumPy columns at once, looked up in tables of 10^6 and 10^5 partial sums.

The only module of the kernel that uses NumPy. Formulas and sources are those of `individual_number`,
`corporate_number` and `municipality`, from whose weights the tables are made. No message repeats a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from enishi.kernel import corporate_number, individual_number, municipality
from enishi.kernel.errors import BadInput

Int64s = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

MILLION = 10**6


def individual_check_digits(bodies: Int64s) -> Int8s:
    """Check digits (int8, same shape) of bodies of individual numbers, 0 <= body < 10^11. Raises BadInput."""
    _check_range(bodies, 10**11, "individual number bodies")
    low, high, check = _individual_tables()
    thousands = bodies // MILLION
    digits: Int8s = check[low[bodies - thousands * MILLION] + high[thousands]]
    return digits


def individual_numbers(bodies: Int64s) -> Int64s:
    """Individual numbers as integers below 10^12 (leading zeros are to be restored in text).

    Raises BadInput.
    """
    return bodies * 10 + individual_check_digits(bodies)


def are_individual_numbers(numbers: Int64s) -> Bools:
    """Whether the last of twelve digits checks, for each number. Outside 0 <= number < 10^12: False."""
    within = (numbers >= 0) & (numbers < 10**12)
    bodies = np.where(within, numbers, 0) // 10
    valid: Bools = within & (individual_check_digits(bodies) == numbers - bodies * 10)
    return valid


def corporate_check_digits(bodies: Int64s) -> Int8s:
    """Check digits 1 to 9 (int8, same shape) of bodies of corporate numbers, 0 <= body < 10^12.

    Raises BadInput.
    """
    _check_range(bodies, 10**12, "corporate number bodies")
    partial, check = _corporate_tables()
    thousands = bodies // MILLION
    digits: Int8s = check[partial[bodies - thousands * MILLION] + partial[thousands]]
    return digits


def corporate_numbers(bodies: Int64s) -> Int64s:
    """Corporate numbers as integers of 13 digits. Raises BadInput."""
    return corporate_check_digits(bodies).astype(np.int64) * 10**12 + bodies


def are_corporate_numbers(numbers: Int64s) -> Bools:
    """Whether the first of thirteen digits checks, for each number. Outside 0 <= number < 10^13: False."""
    within = (numbers >= 0) & (numbers < 10**13)
    bodies = np.where(within, numbers, 0) % 10**12
    valid: Bools = within & (corporate_check_digits(bodies) == numbers // 10**12)
    return valid


def municipality_codes(five: Int64s) -> Int64s:
    """Six-digit local government codes, as integers, of five-digit ones, 0 <= code < 10^5.

    Raises BadInput.
    """
    _check_range(five, 10**5, "local government codes")
    return five * 10 + _municipality_table()[five]


def are_municipality_codes(six: Int64s) -> Bools:
    """Whether the last of six digits checks, for each code. Outside 0 <= code < 10^6: False."""
    within = (six >= 0) & (six < MILLION)
    five = np.where(within, six, 0) // 10
    valid: Bools = within & (municipality_codes(five) == six)
    return valid


def _check_range(values: Int64s, below: int, what: str) -> None:
    if values.dtype != np.int64:
        raise BadInput(
            f"{what} are an array of int64, not of {values.dtype}", where="array", todo="cast it first"
        )
    if values.size and (int(values.min()) < 0 or int(values.max()) >= below):
        raise BadInput(
            f"{what} lie between 0 and {below - 1}", where="array", todo="look for a check digit left on"
        )


def _weighted_sums(weights: Sequence[int]) -> Int64s:
    """Sums of digit times weight for all numbers of len(weights) digits, highest digit first."""
    sums = np.zeros(1, dtype=np.int64)
    for weight in weights:
        sums = (sums[:, None] + weight * np.arange(10, dtype=np.int64)).ravel()
    return sums


@lru_cache(maxsize=1)
def _individual_tables() -> tuple[Int8s, Int8s, Int8s]:
    weights = individual_number.WEIGHTS
    low = (_weighted_sums(weights[5:]) % 11).astype(np.int8)
    high = (_weighted_sums(weights[:5]) % 11).astype(np.int8)
    remainders = np.arange(21) % 11
    return low, high, np.where(remainders <= 1, 0, 11 - remainders).astype(np.int8)


@lru_cache(maxsize=1)
def _corporate_tables() -> tuple[Int8s, Int8s]:
    partial = (_weighted_sums(corporate_number.WEIGHTS[6:]) % 9).astype(np.int8)
    return partial, (9 - np.arange(17) % 9).astype(np.int8)


@lru_cache(maxsize=1)
def _municipality_table() -> Int8s:
    return ((11 - _weighted_sums(municipality.WEIGHTS) % 11) % 10).astype(np.int8)
