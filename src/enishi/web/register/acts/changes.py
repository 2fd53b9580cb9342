"""What an act changes, person by person and in words: for the preview and for the page of a performed act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enishi.register.terms import Changes, Difference, Found, Seated, differences
from enishi.web import wording
from enishi.web.register.acts import words

NONE = "–"


@dataclass(frozen=True)
class Row:
    """One line of a preview: what of the record, for which days, before and after. `same`: only the days differ."""

    what: str
    days: str
    before: str
    after: str


@dataclass(frozen=True)
class PersonRows:
    """One person's lines. `person`: 0 for somebody whom the act makes; `name`: as the record or the act says it."""

    person: int
    name: str
    rows: tuple[Row, ...]


def in_words(changes: Iterable[Changes], known: Mapping[int, Seated | Found]) -> list[PersonRows]:
    """Changes in words. `known`: those who lie on the desk; of others the name and sex that the act enters."""
    found = []
    for one in changes:
        who = known.get(one.person)
        name, sex = (who.name.text, who.sex) if who else (_name_entered(one), _sex(one))
        rows = tuple(_row(difference, sex) for difference in differences(one.ceased, one.entered))
        found.append(PersonRows(one.person, name, rows))
    return found


def _row(one: Difference, sex: int) -> Row:
    return Row(
        what=words.group(one.group, one.kind),
        days=days(one.since, one.until),
        before=words.said(one.group, one.before, sex) if one.before else NONE,
        after=words.said(one.group, one.after, sex) if one.after else NONE,
    )


def days(since: date | None, until: date | None) -> str:
    """A period of days in words; `until` is the first day no longer in it."""
    if since is None and until is None:
        return pgettext("days", "all along")
    if until is None:
        assert since is not None
        return _("from %(day)s") % {"day": wording.day(since)}
    last = wording.day(until - timedelta(days=1))
    if since is None:
        return _("until %(day)s") % {"day": last}
    return _("from %(first)s to %(last)s") % {"first": wording.day(since), "last": last}


def _name_entered(one: Changes) -> str:
    names = [entered for entered in one.entered if entered.group == "name"]
    return words.said("name", names[0].items) if names else str(one.person)


def _sex(one: Changes) -> int:
    particulars = [fact for fact in one.entered if fact.group == "particulars"]
    return int(particulars[0].items["sex"]) if particulars else 0


def touched(rows: Sequence[PersonRows]) -> int:
    """How many persons' records change."""
    return sum(bool(one.rows) for one in rows)
