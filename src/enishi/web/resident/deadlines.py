"""The days of the law that a resident has to know about a move, written out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enishi.register import terms


@dataclass(frozen=True)
class Deadlines:
    """Of a move on `day`: last day to report the move in, last day on which the card is enough; whether each has passed."""

    day: date
    report: date
    card: date
    report_passed: bool
    card_passed: bool


def deadlines_of(day: date, today: date) -> Deadlines:
    """The deadlines of a move on a day (Basic Resident Register Act arts 22, 24-2)."""
    report = terms.last_day_to_report(day)
    card = terms.move_terms.card_route_ends(day, day)
    return Deadlines(day, report, card, report < today, card < today)
