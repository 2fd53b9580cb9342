"""Codes change over time: which municipality stands for another since, and how to read on in the record that it closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enishi.kernel.errors import BadInput, Refused
from enishi.kernel.municipality import code_changes, is_valid
from enishi.platform.services import Reader, database_of, read_many_as
from enishi.register.answers import MunicipalityLine
from enishi.register.models import Municipality, Residence


@dataclass(frozen=True, slots=True)
class Residing:
    """A person on the register of a municipality under the code of the time. `until`: None, still there."""

    muni: str
    person: int
    since: date | None
    entry: str
    until: date | None
    exit: str


def found_municipality(line: MunicipalityLine, begins: date, *, account: tuple[str, str, str, str]) -> None:
    """Enters a municipality that comes into being by a merger, a division or a change of its code, before it takes over records.

    `account`: bank, branch, type and number for its payments. Raises BadInput for what is no code, Refused for one that is
    entered already, and where the official list has it begin on another day.
    """
    if not is_valid(line.muni) or line.muni[:2] != line.prefecture:
        raise BadInput(
            f"{line.muni!r} is no code of that prefecture", where="code", todo="enter all six digits"
        )
    official = [change.on for change in code_changes() if change.new == line.muni]
    if official and begins != min(official):
        raise Refused(
            f"by the official list {line.muni} begins on {min(official)}", where="code", todo="check the day"
        )
    if Municipality.objects.filter(muni=line.muni).exists():
        raise Refused(f"{line.muni} is entered already", where="code", todo="look at the list")
    bank, branch, account_type, number = account
    Municipality.objects.create(
        **{name: getattr(line, name) for name in MunicipalityLine.__dataclass_fields__},
        bank=bank,
        branch=branch,
        account_type=account_type,
        account_number=number,
        begins=begins,
    )


def in_force(muni: str, on: date) -> bool:
    """Whether a code stands for a municipality on a day."""
    row = Municipality.objects.filter(muni=muni).first()
    return (
        row is not None and (row.begins is None or row.begins <= on) and (row.ends is None or on < row.ends)
    )


def successors_of(muni: str) -> tuple[str, ...]:
    """The codes that stand for a municipality since it closed, one after the other; empty where it is still there."""
    found: list[str] = []
    here: str | None = muni
    while here := Municipality.objects.filter(muni=here).values_list("successor", flat=True).first():
        found.append(here)
    return tuple(found)


def predecessors_of(muni: str) -> tuple[str, ...]:
    """The codes of all municipalities whose records a municipality goes on with, nearest first."""
    found: list[str] = []
    waiting = [muni]
    while waiting:
        before = (
            Municipality.objects.filter(successor__in=waiting).order_by("muni").values_list("muni", flat=True)
        )
        waiting = [one for one in before if one not in found]
        found += waiting
    return tuple(found)


def residences_of(reader: Reader, muni: str, person: int) -> tuple[Residing, ...]:
    """A person's residences in a municipality and those it has come from, oldest first, each under the code of the time.

    Recorded. Empty where the reader is an officer of another municipality that none of them has become.
    """

    def fetch() -> list[Residing]:
        if reader.muni and reader.muni not in (muni, *successors_of(muni)):
            return []
        found = [
            Residing(row.muni, row.person, row.since, row.entry or "", row.until, row.exit or "")
            for code in (muni, *predecessors_of(muni))
            for row in Residence.objects.using(database_of(code)).believed().filter(muni=code, person=person)
        ]
        return sorted(found, key=lambda one: one.since or date.min)

    return tuple(read_many_as(reader, ("residence",), fetch, lambda one: one.person))
