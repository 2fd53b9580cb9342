"""Local government codes (全国地方公共団体コード): five digits, and a sixth that checks them.

Source: codes of prefectures and municipalities of the Ministry of Internal Affairs and Communications (JIS X
0401 and JIS X 0402). Five digits live at the edge (post offices, statistics); inside, a code is six. Wards of
designated cities (指定都市の区) have codes of their own and count as municipalities for the register (Basic
Resident Register Act, art. 38).

Limits: this module knows shapes, ranges and changes, not the list of all codes in force; a code that checks
need not exist. Changes are complete from `CHANGES_SINCE`, the day after the last merger (Iwafune into
Tochigi), to `CHANGES_UNTIL`: published lists name no merger since, two towns that became cities, and the
wards of Hamamatsu; the codes of the census of residents of 2023 and those of the post in October 2026 differ
by these wards alone. A small correction of the border between Hamana and Tenryu is not modelled. Changes of a
name that leave the code (Tamba-Sasayama, 2019) are not changes here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from enishi.kernel.digits import is_digits
from enishi.kernel.errors import BadInput
from enishi.kernel.language import choose

WEIGHTS = (6, 5, 4, 3, 2)
CHANGES_SINCE = date(2014, 4, 6)
CHANGES_UNTIL = date(2026, 10, 1)
PREFECTURES = 47


@dataclass(frozen=True, slots=True)
class CodeChange:
    """From `on` (day), `new` stands for the whole or a part of `old`, which is no longer in force.

    `kind`: `renumbered` (same area), `merged` (into a larger one) or `split` (`note` says which part).
    """

    on: date
    old: str
    old_name: str
    new: str
    new_name: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class DesignatedCity:
    """A designated city (指定都市, Local Autonomy Act art.

    252-19) and the range of six-digit codes of its wards.
    """

    code: str
    ja: str
    en: str
    first_ward: str
    last_ward: str


def with_check(five: str) -> str:
    """The six-digit code of a five-digit one: `13101` gives `131016`.

    Raises BadInput where it is not five digits.
    """
    if not is_digits(five, 5):
        raise BadInput(
            f"{five!r} is not a five-digit code", where="local government code", todo="pass five digits"
        )
    total = sum(int(digit) * weight for digit, weight in zip(five, WEIGHTS, strict=True))
    return five + str((11 - total % 11) % 10)


def five(six: str) -> str:
    """The five digits of a six-digit code that checks. Raises BadInput."""
    if not is_digits(six, 6):
        raise BadInput(
            f"{six!r} is not a six-digit code", where="local government code", todo="pass six digits"
        )
    if with_check(six[:5]) != six:
        raise BadInput(
            f"the last digit of {six} should be {with_check(six[:5])[-1]}",
            where="local government code",
            todo="compare the code with the official list",
        )
    return six[:5]


def is_valid(six: str) -> bool:
    """Whether `six` is six digits, begins with one of the 47 prefectures and checks.

    It need not be in force.
    """
    return is_digits(six, 6) and 1 <= int(six[:2]) <= PREFECTURES and with_check(six[:5]) == six


def prefecture_of(code: str) -> str:
    """The prefecture, `01` to `47`, of a code of five or six digits. Raises BadInput."""
    if code[:2] not in prefectures():
        raise BadInput(
            f"{code!r} lies in no prefecture", where="local government code", todo="pass five or six digits"
        )
    return code[:2]


def prefecture_name(code: str, language: str) -> str:
    """The name of a prefecture by its two digits, or by any code in it: `東京都`, `Tokyo`.

    Raises BadInput.
    """
    ja, en = prefectures()[prefecture_of(code)]
    return choose(language, ja=ja, en=en)


def designated_city_of(ward: str) -> str | None:
    """The designated city (six digits) of which `ward` (six digits) is or was a ward; else None.

    The special wards of Tokyo are municipalities, not wards of a city: None. Raises BadInput where the code
    does not check.
    """
    number = five(ward)
    for city in designated_cities():
        if city.first_ward <= number <= city.last_ward:
            return city.code
    return None


def successors(code: str, on: date) -> tuple[str, ...]:
    """The codes in force on `on` that stand for `code` (all six digits), in order.

    More than one where its area was split.

    A code without a known change stands for itself. Raises BadInput where the code does not check or begins
    only after `on`.
    """
    five(code)
    born = [change.on for change in code_changes() if change.new == code]
    if born and on < min(born):
        raise BadInput(
            f"{code} is in force only from {min(born)}",
            where="local government code",
            todo=f"not usable on {on}",
        )
    found = [code]
    for change_day in sorted({change.on for change in code_changes() if change.on <= on}):
        today = [change for change in code_changes() if change.on == change_day]
        gone = {change.old for change in today}
        kept = [known for known in found if known not in gone]
        found = kept + [change.new for change in today if change.old in found]
    return tuple(sorted(set(found)))


def current(code: str, on: date) -> str:
    """The one code in force on `on` that stands for `code` (six digits).

    Raises BadInput where the area was split: then the address decides, and the message names the candidates.
    """
    found = successors(code, on)
    if len(found) > 1:
        raise BadInput(
            f"{code} was split into {' and '.join(found)}",
            where="local government code",
            todo="decide by the address which of them applies",
        )
    return found[0]


@lru_cache(maxsize=1)
def prefectures() -> dict[str, tuple[str, str]]:
    """Names of the 47 prefectures in Japanese and English by their two digits."""
    return {row["code"]: (row["ja"], row["en"]) for row in _rows("prefectures.csv")}


@lru_cache(maxsize=1)
def designated_cities() -> tuple[DesignatedCity, ...]:
    """The 20 designated cities, in the order of their codes. Ward codes here have five digits."""
    cities = []
    for row in _rows("designated_cities.csv"):
        first, _, last = row["wards"].partition("-")
        cities.append(DesignatedCity(with_check(row["city"]), row["ja"], row["en"], first, last))
    return tuple(cities)


@lru_cache(maxsize=1)
def code_changes() -> tuple[CodeChange, ...]:
    """Every change of a code known here, by day and code."""
    return tuple(
        CodeChange(
            date.fromisoformat(row["on"]),
            with_check(row["old"]),
            row["old_name"],
            with_check(row["new"]),
            row["new_name"],
            row["kind"],
            row["note"],
        )
        for row in _rows("code_changes.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("enishi.kernel.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
