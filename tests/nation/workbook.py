"""A workbook in the form of the official one, with few places, made up."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from enishi.nation.census import COLUMNS, SHEET

PYRAMID = (
    (22, 26, 28, 29, 32, 33, 33, 37, 42, 48, 48, 41, 37, 36, 43, 32, 24, 14, 5, 1, 0),
    (21, 25, 26, 27, 31, 31, 32, 36, 39, 47, 47, 41, 38, 38, 48, 39, 33, 25, 14, 5, 1),
)
"""Persons per thousand, roughly, by sex and band."""

# Prefecture, code, name, size in thousands, persons of withheld age (male, female). A size of None: a total of others.
PLACES: tuple[tuple[str, str, str, int | None, int, int], ...] = (
    ("北海道", "011002", "札幌市", None, 0, 0),
    ("北海道", "011011", "札幌市中央区", 9, 0, 0),
    ("北海道", "011029", "札幌市北区", 7, 0, 0),
    ("北海道", "012025", "函館市", 6, 0, 0),
    ("北海道", "012092", "夕張市", 1, 6, 9),
    ("北海道", "016951", "色丹郡色丹村", 0, 0, 0),
    ("東京都", "131016", "千代田区", 5, 0, 0),
    ("東京都", "131121", "世田谷区", 14, 0, 0),
    ("東京都", "133604", "島しょ", None, 0, 0),
    ("東京都", "133612", "大島町", 1, 3, 2),
    ("静岡県", "221309", "浜松市", None, 0, 0),
    ("静岡県", "221317", "浜松市中区", 8, 0, 0),
    ("静岡県", "221376", "浜松市天竜区", 2, 0, 0),
    ("沖縄県", "473405", "島尻郡", None, 0, 0),
    ("沖縄県", "473588", "島尻郡北大東村", 1, 1, 0),
)
TOTALS_OF = {
    "011002": ("01101", "01102"),
    "133604": ("13361",),
    "221309": ("22131", "22137"),
    "473405": ("47358",),
}
PREFECTURE_CODES = {"北海道": "010006", "東京都": "130001", "静岡県": "220001", "沖縄県": "470007"}

Cells = list[list[int]]


def cells_of(thousands: int, male: int, female: int) -> Cells:
    """Male and female: total, then 21 bands."""
    return [
        [sum(per * thousands for per in PYRAMID[sex]) + extra, *(per * thousands for per in PYRAMID[sex])]
        for sex, extra in ((0, male), (1, female))
    ]


def added(many: list[Cells]) -> Cells:
    return [[sum(column) for column in zip(*(cells[sex] for cells in many), strict=True)] for sex in (0, 1)]


def rows() -> list[list[object]]:
    """All rows of the sheet, as lists of cells."""
    units = {place[1]: cells_of(place[3], *place[4:]) for place in PLACES if place[3] is not None}
    result: list[list[object]] = [
        ["令和5年1月1日住民基本台帳年齢階級別人口（市区町村別）（総計）"],
        [None] * 4 + list(COLUMNS[4:]),
        [*COLUMNS[:4], *(["人"] * 22)],
    ]

    def block(code: str, prefecture: str, name: str, cells: Cells) -> None:
        both = [one + other for one, other in zip(*cells, strict=True)]
        for sex, numbers in (("計", both), ("男", cells[0]), ("女", cells[1])):
            result.append([code, prefecture, name, sex, *numbers])

    block("-", "合計", "-", added(list(units.values())))
    for prefecture, code in PREFECTURE_CODES.items():
        own = [unit for unit in units if unit[:2] == code[:2]]
        block(code, prefecture, "-", added([units[unit] for unit in own]))
        for place in PLACES:
            if place[0] == prefecture:
                parts = [units[unit] for unit in own if unit.startswith(TOTALS_OF.get(place[1], ("none",)))]
                block(place[1], prefecture, place[2], added(parts) if parts else units[place[1]])
    result.append(["注1：非公表である"])
    result.append(["注2：合計が合わない"])
    return result


def write(path: Path, table: list[list[object]], sheet: str = SHEET) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in table:
        page.append(row + [None] * (len(COLUMNS) - len(row)))
    book.save(path)
    return path
