"""A programme of benefits as dated data: what its file must say, and what is refused in it.

The engines use `Programme`; the pages also show `titles`, `summary`, `legal_basis` and `review`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from enishi.kernel.errors import BadInput

ALWAYS_EXCLUDED = ("R02", "R03", "R04", "R01", "R06", "R05")
BATCH_RECORDS = 999_999


@dataclass(frozen=True)
class Amount:
    """Whole yen for one person, in force on [`since`, `until`)."""

    yen: int
    since: date
    until: date | None
    law: str

    def in_force_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class LegalBasis:
    """Where a programme stands in law. Texts, `article` too, by language (`ja`, `en`)."""

    name: Mapping[str, str]
    article: Mapping[str, str]
    note: Mapping[str, str]


@dataclass(frozen=True)
class Programme:
    """One programme, checked. `amount`: whole yen for one person on the reference date."""

    name: str
    cycle: int
    titles: Mapping[str, str]
    summary: Mapping[str, str]
    reference_date: date
    amount: int
    payer: str
    application_months: int | None
    value_date: date
    daily_capacity: int | None
    exclusions: tuple[str, ...]
    legal_basis: tuple[LegalBasis, ...]
    review: Mapping[str, str]
    state_originator: Mapping[str, str] | None = None
    batch_records: int = BATCH_RECORDS


def programme_of(
    said: Mapping[str, Any],
    where: Callable[[str], str],
    is_banking_day: Callable[[date], bool],
) -> Programme:
    """The programme that a schema-checked mapping says.

    `where(field)` names file and line of a field for messages. Raises BadInput for a date that does not exist, amounts that
    overlap, no amount in force on the reference date, a value date that is no banking day or lies before the
    reference date, exclusions that do not fit, or a State programme without its originator.
    """

    def a_date(field: str, text: Any) -> date:
        try:
            return date.fromisoformat(str(text))
        except ValueError as error:
            raise BadInput(
                f"{field}: {text!r} is no date ({error})",
                where=where(field),
                todo="write a real day as YYYY-MM-DD",
            ) from error

    reference = a_date("reference_date", said["reference_date"])
    value = a_date("value_date", said["value_date"])
    amounts = sorted(
        (
            Amount(
                yen=int(entry["yen"]),
                since=a_date("amounts", entry["from"]),
                until=None if entry["until"] is None else a_date("amounts", entry["until"]),
                law=str(entry["law"]),
            )
            for entry in said["amounts"]
        ),
        key=lambda amount: amount.since,
    )
    for amount in amounts:
        if amount.until is not None and amount.until <= amount.since:
            raise BadInput(
                f"an amount ends ({amount.until}) before it begins ({amount.since})",
                where=where("amounts"),
                todo="`until` is the first day on which the amount no longer holds",
            )
    for earlier, later in pairwise(amounts):
        if earlier.until is None or earlier.until > later.since:
            raise BadInput(
                f"two amounts overlap: from {earlier.since} and from {later.since}",
                where=where("amounts"),
                todo="end the earlier amount on the day on which the later one begins",
            )
    in_force = [amount for amount in amounts if amount.in_force_on(reference)]
    if not in_force:
        raise BadInput(
            f"no amount is in force on the reference date {reference}",
            where=where("amounts"),
            todo="give an amount whose `from` and `until` enclose the reference date",
        )
    if value <= reference:
        raise BadInput(
            f"the value date {value} does not come after the reference date {reference}",
            where=where("value_date"),
            todo="choose a banking day after the reference date",
        )
    if not is_banking_day(value):
        raise BadInput(
            f"{value} is not a banking day",
            where=where("value_date"),
            todo="choose a day on which banks settle",
        )
    months = said["application_months"]
    expected = (*ALWAYS_EXCLUDED, "N01") if months is not None else ALWAYS_EXCLUDED
    if sorted(said["exclusions"]) != sorted(expected):
        raise BadInput(
            f"exclusions are {said['exclusions']}, but this programme's must be {list(expected)}",
            where=where("exclusions"),
            todo="N01 goes with `application_months`; the others hold for every programme of this kind",
        )
    originator = said.get("state_originator")
    if (said["payer"] == "state") != (originator is not None):
        raise BadInput(
            "`state_originator` goes with `payer: state`, and only with it",
            where=where("payer"),
            todo="name the State's account, or let the municipality pay",
        )
    return Programme(
        name=said["name"],
        cycle=said["cycle"],
        titles=said["title"],
        summary=said["summary"],
        reference_date=reference,
        amount=in_force[0].yen,
        payer=said["payer"],
        application_months=months,
        value_date=value,
        daily_capacity=said["daily_capacity"],
        exclusions=expected,
        legal_basis=tuple(
            LegalBasis(entry["name"], entry["article"], entry["note"]) for entry in said["legal_basis"]
        ),
        review=said["review"],
        state_originator=originator,
    )
