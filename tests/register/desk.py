"""A registrar's desk for tests: reports and orders of one municipality."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from enishi.kernel.partial_date import PartialDate
from enishi.platform.services import Reader
from enishi.register.models import Fact, PersonName
from enishi.register.rules.parts import NewName, Report
from enishi.register.vocabulary import NameKind
from tests.factories import CHIYODA

DAY = date(2020, 6, 1)
TODAY = date(2020, 6, 10)
NOW = datetime(2099, 6, 10, 3, 0, tzinfo=UTC)
"""Later than the loading of a family, which is recorded at the real moment."""

OFFICER = Reader("officer:1", "today's work", "Basic Resident Register Act 1", muni=CHIYODA)
_keys = count(1)


def report(day: date = DAY, key: str = "", **said: Any) -> Report:
    """A report at the counter; each has a key of its own unless one is given."""
    key = key or f"report {next(_keys)}"
    return replace(
        Report(CHIYODA, PartialDate.of(day), min(day, TODAY), "officer:1", key, NOW, TODAY), **said
    )


def ordered(day: date = DAY, key: str = "", **said: Any) -> Report:
    """An act ex officio."""
    return report(day, key, **({"reported_on": None} | said))


def held(model: type[Fact], person: int, day: date = DAY, **which: Any) -> Any:
    """What the register says now of a day."""
    return model._default_manager.filter(person=person, **which).as_of(day).first()


def names_on(person: int, day: date) -> dict[str, str]:
    """The names of a day by kind."""
    rows = PersonName.objects.filter(person=person).as_of(day)
    return {row.kind: row.whole or f"{row.surname or ''}{row.given or ''}" for row in rows}


def latin(text: str) -> NewName:
    return NewName(NameKind.LATIN, whole=text)


def everything(*models: type[Fact]) -> dict[str, list[str]]:
    """What the register says now, row by row, whatever acts stand behind it."""
    from enishi.register.facts import FACTS

    hidden = {"id", "act", "recorded_at", "superseded_at", "superseded_by"}
    return {
        model.__name__: sorted(
            str([(name, value) for name, value in row.items() if name not in hidden])
            for row in model._default_manager.believed().values()
        )
        for model in models or FACTS
    }
