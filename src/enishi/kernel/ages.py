"""Reaching an age, in the two ways that the law knows. Every rule says which of them it uses.

The Act on Calculation of Ages (年齢計算ニ関スル法律, Act 50 of 1902) counts the day of birth, and Civil Code
art. 143 lets the year end with the day *before* the corresponding day: on that day, at its end, the age is
attained (`attainment_day`: school, pension, Long-Term Care Insurance at 40 and 65, child allowance). Other
rules speak of the birthday itself (`is_aged`: Latter-stage Elderly Healthcare at 75).
"""

from __future__ import annotations

from datetime import date, timedelta

from enishi.kernel.errors import BadInput


def attainment_day(birth: date, n: int) -> date:
    """The day at whose end someone born on `birth` attains the age of `n` years (n >= 1).

    It is the day before the n-th birthday: born on 1 April, 31 March. Born on 29 February, it is 28 February
    in every year: in a common year for want of the corresponding day (Civil Code art. 143(2), proviso), in a
    leap year as the day before it. Raises BadInput for n < 1 or a year past 9999.
    """
    if n < 1:
        raise BadInput(
            f"an age to attain is 1 or more, not {n}", where="age", todo="for birth itself use the birth date"
        )
    year = birth.year + n
    if year > date.max.year:
        raise BadInput(
            f"the year {year} is past the calendar", where="age", todo="check the age and the birth date"
        )
    if (birth.month, birth.day) == (2, 29):
        return date(year, 2, 28)
    return birth.replace(year=year) - timedelta(days=1)


def is_aged(birth: date, n: int, on: date) -> bool:
    """Whether on `on` the n-th birthday has come: true from the day after `attainment_day`.

    Born on 29 February: from 1 March in a common year, from 29 February in a leap year. n = 0: whether born.
    Raises BadInput.
    """
    return on >= birth if n == 0 else on > attainment_day(birth, n)


def age(birth: date, on: date) -> int:
    """Age in completed years on `on`, counted from birthday to birthday (満年齢).

    Raises BadInput where not yet born.
    """
    if on < birth:
        raise BadInput(
            f"{on} is before the birth", where="age", todo="compare the reference day and the birth date"
        )
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
