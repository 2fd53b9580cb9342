"""The official table of residents by municipality, sex and five-year age band, read as published.

Source: Basic Resident Register population (住民基本台帳に基づく人口), table
年齢階級別人口（市区町村別）（総計）, Ministry of Internal Affairs and Communications, through e-Stat; form
of 1 January 2023. Its notes 1 and 2: where a municipality has few foreign residents the bands leave them
out, so that total - sum(bands) persons have no age.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import fastexcel
import numpy as np
import numpy.typing as npt
import polars as pl

from enishi.kernel import municipality
from enishi.kernel.errors import BadInput, Disagreement
from enishi.platform.files import sha256_of

Int64s = npt.NDArray[np.int64]

BANDS = 21
WITHHELD = 21
"""Index of the cell of persons whose age the source withholds."""

SHEET = "年齢別人口（市区町村別）【総計】"
BAND_NAMES = (*(f"{low}歳～{low + 4}歳" for low in range(0, 100, 5)), "100歳以上")
COLUMNS = ("団体コード", "都道府県名", "市区町村名", "性別", "総数", *BAND_NAMES)
SEXES = ("計", "男", "女")
FIRST_ROW = 3
"""Rows before it: title, names of the bands, names of the columns with units."""

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Census:
    """Residents of every census unit: a municipality, or a ward of a designated city; in code order.

    `source`: SHA-256 of the workbook, or `embedded`. `codes`, `names`: six digits and name as published,
    unit by unit. `cells`: (units, 2, 22) persons, sex male and female, bands 0 to 20 and those of withheld
    age.
    """

    source: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    cells: Int64s

    @property
    def municipalities(self) -> tuple[str, ...]:
        """The municipality of each unit: a ward's designated city, else the unit itself."""
        return tuple(municipality.designated_city_of(code) or code for code in self.codes)

    @property
    def persons(self) -> int:
        """All residents."""
        return int(self.cells.sum())


def read_census(path: Path) -> Census:
    """Reads the published workbook.

    Raises BadInput, naming sheet, row and column, where the sheet is not what it was in 2023; Disagreement
    where the table contradicts its own totals.
    """
    rows = _rows(path)
    _check_heading(path, rows)
    sheet = _Sheet(path, rows)
    national, prefectures, units = sheet.sort_out()
    codes = tuple(sorted(units))
    cells = np.stack([units[code][1] for code in codes])
    for prefecture, expected in prefectures.items():
        kept = cells[[code[:2] == prefecture for code in codes]].sum(axis=0)
        _compare(path, f"the row of prefecture {prefecture}", kept, expected)
    kept = cells.sum(axis=0)
    # The national row, unlike the others, counts the withheld persons in their bands.
    published = np.concatenate(
        [np.minimum(kept, national)[:, :BANDS], national.sum(axis=1, keepdims=True)], axis=1
    )
    _compare(
        path,
        "the national row",
        np.concatenate([kept[:, :BANDS], kept.sum(axis=1, keepdims=True)], axis=1),
        published,
    )
    return Census(sha256_of(path), codes, tuple(units[code][0] for code in codes), cells)


def _rows(path: Path) -> list[Row]:
    try:
        book = fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, OSError) as error:
        raise BadInput(
            f"not a readable Excel workbook ({type(error).__name__})",
            where=str(path),
            todo="pass the .xlsx file as published by e-Stat",
        ) from error
    if SHEET not in book.sheet_names:
        raise BadInput(
            f"expected the sheet {SHEET!r}, found {', '.join(map(repr, book.sheet_names))}",
            where=str(path),
            todo="pass the table of totals (総計) by municipality, sex and age band",
        )
    frame = pl.DataFrame(book.load_sheet(SHEET, header_row=None, dtypes="string"))
    return frame.rows()


def _check_heading(path: Path, rows: list[Row]) -> None:
    where = f"{path}, sheet {SHEET}"
    if len(rows) <= FIRST_ROW:
        raise BadInput(
            f"the sheet has {len(rows)} rows", where=where, todo="pass the workbook as it was published"
        )
    title = rows[0][0] or ""
    if "年齢階級別人口（市区町村別）" not in title or "総計" not in title:
        raise BadInput(
            f"expected the title of the table of totals by municipality and age, found {title!r}",
            where=f"{where}, row 1, column A",
            todo="pass the table of totals (総計)",
        )
    width = len(rows[0])
    if width != len(COLUMNS):
        raise BadInput(
            f"expected {len(COLUMNS)} columns, found {width}",
            where=where,
            todo="pass the workbook as it was published",
        )
    for column, expected in enumerate(COLUMNS):
        row = 2 if column < 4 else 1
        if rows[row][column] != expected:
            raise BadInput(
                f"expected {expected!r}, found {rows[row][column]!r}",
                where=f"{where}, row {row + 1}, column {_letter(column)}",
                todo="the order of columns has changed: pass the workbook as it was published",
            )


def _letter(column: int) -> str:
    return chr(ord("A") + column)


def _compare(path: Path, what: str, kept: Int64s, expected: Int64s) -> None:
    if not np.array_equal(kept, expected):
        sex, cell = (int(place[0]) for place in np.nonzero(kept != expected))
        column = BAND_NAMES[cell] if cell < BANDS else "総数"
        raise Disagreement(
            f"municipalities add up to {kept[sex, cell]}, but {what} says {expected[sex, cell]} "
            f"(sex {SEXES[sex + 1]}, column {column})",
            where=f"{path}, sheet {SHEET}",
            todo="compare the workbook with the published one",
        )


@dataclass
class _Sheet:
    """The rows below the heading: blocks of three (both sexes, male, female), then notes."""

    path: Path
    rows: list[Row]

    def where(self, row: int, column: int) -> str:
        return f"{self.path}, sheet {SHEET}, row {row + 1}, column {_letter(column)}"

    def sort_out(self) -> tuple[Int64s, dict[str, Int64s], dict[str, tuple[str, Int64s]]]:
        """National cells, cells of prefectures by two digits, and units: name and cells by code."""
        national: Int64s | None = None
        prefectures: dict[str, Int64s] = {}
        units: dict[str, tuple[str, Int64s]] = {}
        cities = {city.code for city in municipality.designated_cities()}
        for row in range(FIRST_ROW, len(self.rows), 3):
            code, prefecture, name, sex = self.rows[row][:4]
            if sex is None and (code or "").startswith("注"):
                break
            cells = self.block(row)
            if code == "-" and prefecture == "合計":
                national = cells
                continue
            if code is None or not municipality.is_valid(code):
                raise BadInput(
                    f"expected a six-digit local government code, found {code!r}",
                    where=self.where(row, 0),
                    todo="compare the row with the published workbook",
                )
            if name == "-":
                prefectures[code[:2]] = cells
            elif name and not (name.endswith("郡") or name == "島しょ" or code in cities):
                if code in units:
                    raise BadInput(
                        f"{code} {name} is there twice",
                        where=self.where(row, 0),
                        todo="remove one of the rows",
                    )
                units[code] = (name, cells)
        if national is None:
            raise BadInput(
                "the national row (合計) is missing",
                where=f"{self.path}, sheet {SHEET}",
                todo="pass the workbook as published",
            )
        return national, prefectures, units

    def block(self, first: int) -> Int64s:
        """(2, 22) cells of the block that begins at row index `first`."""
        if first + 3 > len(self.rows):
            raise BadInput(
                "the last block of rows is incomplete",
                where=self.where(len(self.rows) - 1, 3),
                todo="pass the workbook as published",
            )
        numbers = np.zeros((3, 1 + BANDS), dtype=np.int64)
        for offset, sex in enumerate(SEXES):
            row = self.rows[first + offset]
            if row[3] != sex:
                raise BadInput(
                    f"expected {sex!r}, found {row[3]!r}",
                    where=self.where(first + offset, 3),
                    todo="each municipality has three rows in the order 計, 男, 女",
                )
            if row[:3] != self.rows[first][:3]:
                raise BadInput(
                    f"expected {self.rows[first][:3]}, found {row[:3]}",
                    where=self.where(first + offset, 0),
                    todo="the three rows of a municipality name the same one",
                )
            numbers[offset] = [self.number(first + offset, column) for column in range(4, len(COLUMNS))]
        both = numbers[1] + numbers[2]
        withheld = numbers[1:, 0] - numbers[1:, 1:].sum(axis=1)
        if not np.array_equal(both, numbers[0]) or (withheld < 0).any():
            column = 0 if (withheld < 0).any() else int(np.nonzero(both != numbers[0])[0][0])
            raise Disagreement(
                "the rows of this municipality contradict each other: 計 is not 男 + 女, or 総数 is below its bands",
                where=self.where(first, 4 + column),
                todo="compare the rows with the published workbook",
            )
        return np.concatenate([numbers[1:, 1:], withheld[:, None]], axis=1)

    def number(self, row: int, column: int) -> int:
        text = self.rows[row][column] or ""
        if not text.isascii() or not text.isdigit():
            raise BadInput(
                f"expected a number of persons, found {self.rows[row][column]!r}",
                where=self.where(row, column),
                todo="compare the cell with the published workbook",
            )
        return int(text)
