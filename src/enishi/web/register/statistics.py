"""Population and its change by month or year: as a table, in words, and as CSV. Nothing personal."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from enishi.kernel.errors import BadInput
from enishi.register import services as register
from enishi.register import terms
from enishi.web.guard import explain
from enishi.web.officer import Officer
from enishi.web.register.frame import context, for_register, nobody
from enishi.web.wording import sex

COLUMNS = tuple("begin births deaths moved_in from_abroad other_in moved_out to_abroad other_out end".split())
YEARS = 12
BAND, OLDEST = 5, 20


def column_words() -> dict[str, str]:
    """The columns of the table in words."""
    return {
        "begin": pgettext("statistics", "At the beginning"),
        "births": _("Births"),
        "deaths": _("Deaths"),
        "moved_in": _("Moved in"),
        "from_abroad": _("From abroad"),
        "other_in": _("Other entries"),
        "moved_out": _("Moved out"),
        "to_abroad": _("Abroad"),
        "other_out": _("Other erasures"),
        "end": pgettext("statistics", "At the end"),
    }


@for_register
@require_safe
def statistics(request: HttpRequest, officer: Officer, muni: str) -> HttpResponse:
    """The tables of a month or year that has ended."""
    year, month = _period(request, officer)
    name = f"{year:04d}-{month:02d}" if month else f"{year:04d}"
    fault = ""
    cells: list[Any] = []
    homes: list[Any] = []
    try:
        cells, homes = register.statistics(terms.period_of(name), today=officer.today, muni=muni)
    except BadInput:
        fault = _("This period has not ended: what happens in it is not known yet. Choose an earlier one.")
    if "csv" in request.GET:
        return explain(request, nobody()) if fault else _csv(muni, name, cells)
    total = _sum(cells, COLUMNS)
    shown = context(
        muni,
        "statistics",
        period=name,
        year=year,
        month=month,
        years=list(range(officer.today.year, officer.today.year - YEARS, -1)),
        months=list(range(1, 13)),
        fault=fault,
        heads=column_words(),
        groups=_groups(cells),
        bands=[
            (_band(band), _sum([one for one in cells if one.band == band], COLUMNS)) for band in _bands(cells)
        ],
        total=total,
        figures=dict(zip(COLUMNS, total, strict=True)),
        households=next(((one.japanese, one.foreign, one.mixed) for one in homes), None),
    )
    return render(request, "office/register/statistics.html", shown)


def _period(request: HttpRequest, officer: Officer) -> tuple[int, int]:
    """Year and month of the URL (month 0: the whole year); else the last month that has ended."""
    year, month = request.GET.get("year", ""), request.GET.get("month", "")
    last = (
        (officer.today.year, officer.today.month - 1)
        if officer.today.month > 1
        else (officer.today.year - 1, 12)
    )
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) > 1868):
        return last
    known = month.isascii() and month.isdigit() and len(month) < 3 and 1 <= int(month) <= 12
    return int(year), int(month) if known else 0


def _sum(cells: Sequence[Any], columns: Sequence[str]) -> list[int]:
    return [sum(getattr(one, column) for one in cells) for column in columns]


def _groups(cells: Sequence[Any]) -> list[tuple[str, list[int]]]:
    """Rows by nationality and sex."""
    found = []
    for foreign, words in ((False, _("Japanese residents")), (True, _("Foreign residents"))):
        for code in (1, 2):
            here = [one for one in cells if one.foreign is foreign and one.sex == code]
            found.append((f"{words}, {sex(code)}", _sum(here, COLUMNS)))
    return found


def _bands(cells: Sequence[Any]) -> list[int]:
    return sorted({one.band for one in cells})


def _band(band: int) -> str:
    if band >= OLDEST:
        return _("100 and over")
    return _("%(first)s to %(last)s") % {"first": band * BAND, "last": band * BAND + BAND - 1}


def _csv(muni: str, name: str, cells: Sequence[Any]) -> HttpResponse:
    """Every cell, UTF-8 with a byte order mark, so that spreadsheets know it."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="SYNTHETIC-{muni}-{name}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(("muni", "sex", "age", "nationality", *COLUMNS))
    for one in cells:
        age = f"{OLDEST * BAND}+" if one.band >= OLDEST else f"{one.band * BAND}-{one.band * BAND + BAND - 1}"
        nationality = "foreign" if one.foreign else "japanese"
        writer.writerow((one.muni, one.sex, age, nationality, *_sum([one], COLUMNS)))
    return answer
