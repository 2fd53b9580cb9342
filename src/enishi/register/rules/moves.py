"""What the law asks of reports of moves (Basic Resident Register Act arts 22 to 25): days, lateness, who is left behind.

Pure functions; `today` is the day on which the report is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from enishi.kernel.calendar import FIRST_DAY, is_office_holiday
from enishi.kernel.deadlines import end_of_period
from enishi.kernel.errors import BadInput, Refused

DAYS_TO_REPORT = 14
"""Moves in and within are reported within 14 days of the move (arts 22(1), 23), the day after it being the first."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address (住所) as it is reported: where a resident lives, comes from or goes to.

    `muni`: six digits, blank abroad, where `town` is the address as written and `country` its code (ISO 3166-1 alpha-3).
    `ward`: of a designated city; `town_id`: 町字ID; `block`: 番地号; `building`: 方書.
    """

    muni: str
    town: str
    ward: str = ""
    postcode: str = ""
    town_id: str = ""
    block: str = ""
    building: str = ""
    building_kana: str = ""
    country: str = "JPN"


def last_day_to_report(moved: date) -> date:
    """The last day on which a move in or within is reported in time; of a move before days off are known, without them."""
    if moved < FIRST_DAY:
        return moved + timedelta(days=DAYS_TO_REPORT)
    return end_of_period(moved, days=DAYS_TO_REPORT, is_holiday=is_office_holiday)


def days_late(moved: date, reported: date) -> int:
    """By how many days a report is late; 0 in time. A late one is accepted and its lateness recorded (art. 52(2))."""
    return max(0, (reported - last_day_to_report(moved)).days)


def check_report(moved: date, reported: date, today: date, *, ahead: bool) -> None:
    """Raises Refused for a report of the future, and for a move of the future unless it may be announced `ahead`
    (a move out is reported before it, art. 24).
    """
    if reported > today:
        raise Refused(
            f"the day of the report, {reported}, has not come",
            where="day of report",
            todo="give the day on which the report was received",
        )
    if moved > reported and not ahead:
        raise Refused(
            f"nobody has moved yet on {moved}",
            where="day of the move",
            todo="take the report from the day of the move on; a move out may be announced before",
        )


def check_day(day: date, born: date, since: date | None, until: date | None) -> None:
    """Raises Refused where a person was not born, or not a resident, on the day before the act takes effect."""
    if day < born:
        raise Refused(
            f"the person was born on {born}",
            where="day of the act",
            todo="check the day of the act, or correct the date of birth first",
        )
    if since is not None and day < since:
        raise Refused(
            f"the person has been a resident since {since} only",
            where="day of the act",
            todo="acts come in order: check the day, or correct the day of becoming a resident first",
        )
    if until is not None and day >= until:
        raise Refused(
            f"the person left the register on {until - timedelta(days=1)}",
            where="day of the act",
            todo="look at the record: nothing more can be reported of a residence that has ended",
        )


def check_place(place: Place) -> None:
    """Raises BadInput for an address of a municipality without town or postcode, or of neither country nor municipality."""
    if not place.town.strip():
        raise BadInput("the address has no town", where="address, town", todo="enter the town and the number")
    if place.muni and not (
        len(place.postcode) == 7 and place.postcode.isdecimal() and place.postcode.isascii()
    ):
        raise BadInput(
            f"{place.postcode!r} is no postcode",
            where="address, postcode",
            todo="enter seven digits without hyphen",
        )
    if not place.muni and place.country == "JPN":
        raise BadInput(
            "the address names no municipality",
            where="address",
            todo="choose the municipality, or the country",
        )
