"""Population and its change (人口動態) as tables that anybody may see."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from enishi.register.rules.statistics import Households, Line, Period, check_ended


def statistics(
    period: Period, *, today: date, known_at: datetime | None = None, muni: str = ""
) -> tuple[list[Line], list[Households]]:
    """The tables of population and its change over whole months (`rules.statistics`), nothing personal in them.

    `known_at`: as the register knew it at that moment; `muni`: of one municipality, whose rows alone are read; blank: of all.
    Raises BadInput for a period that has not ended, Refused for a register that is still being loaded, Disagreement where a
    cell does not balance: such tables are not handed out.
    """
    from enishi.register.engines.statistics import tables

    check_ended(period, today)
    return tables(period, known_at, muni)


def write_statistics(
    period: Period, out: Path, *, today: date, known_at: datetime | None = None
) -> list[Path]:
    """Writes both tables as CSV files into a folder and returns their paths. Raises as `statistics`."""
    from enishi.register.engines.statistics import write

    return write(*statistics(period, today=today, known_at=known_at), period, out)
