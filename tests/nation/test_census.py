"""Reading the official table of residents, and refusing one that has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from enishi.kernel.errors import BadInput, Disagreement
from enishi.nation.approximation import approximate_census
from enishi.nation.census import SHEET, WITHHELD, read_census
from tests.nation import workbook as made_up

Table = list[list[object]]


@pytest.fixture
def official(shared: Path) -> Path:
    return shared / "data" / "population-by-municipality-age-2023.xlsx"


def test_totals_of_nation_prefecture_city_and_county_are_no_units(workbook: Path) -> None:
    census = read_census(workbook)
    assert census.codes == tuple(sorted(place[1] for place in made_up.PLACES if place[3] is not None))
    assert dict(zip(census.codes, census.municipalities, strict=True))["011029"] == "011002"
    assert dict(zip(census.codes, census.municipalities, strict=True))["131016"] == "131016"


def test_persons_missing_from_the_bands_get_a_cell_of_their_own(workbook: Path) -> None:
    census = read_census(workbook)
    cells = dict(zip(census.codes, census.cells, strict=True))
    assert cells["012092"][:, WITHHELD].tolist() == [6, 9]
    assert cells["131016"][:, WITHHELD].tolist() == [0, 0]
    assert census.persons == sum(
        sum(numbers[0] for numbers in made_up.cells_of(place[3], *place[4:]))
        for place in made_up.PLACES
        if place[3] is not None
    )


@pytest.mark.shared
def test_the_official_workbook_has_every_resident(official: Path) -> None:
    census = read_census(official)
    assert census.persons == 125_416_877
    assert len(census.codes) == 1_902
    assert int(census.cells[:, :, WITHHELD].sum()) == 8_296
    inhabited = {code for code, cells in zip(census.municipalities, census.cells, strict=True) if cells.any()}
    assert len(inhabited) == 1_741


@pytest.mark.shared
def test_every_cell_of_the_official_workbook_is_read_as_openpyxl_reads_it(official: Path) -> None:
    census = read_census(official)
    book = openpyxl.load_workbook(official, read_only=True)
    rows = list(book[SHEET].iter_rows(min_row=4, values_only=True))
    book.close()
    found = {}
    for row in rows:
        if row[3] in ("男", "女") and row[0] in census.codes:
            numbers = [int(number) for number in row[4:]]
            found[row[0], row[3]] = [*numbers[1:], numbers[0] - sum(numbers[1:])]
    expected = np.array([[found[code, sex] for sex in ("男", "女")] for code in census.codes])
    assert np.array_equal(census.cells, expected)


def _swap_columns(table: Table) -> None:
    for row in table[:3]:
        if len(row) > 6:
            row[5], row[6] = row[6], row[5]


def _drop_a_row(table: Table) -> None:
    del table[40]


def _text_in_a_cell(table: Table) -> None:
    table[13][7] = "…"


def _wrong_code(table: Table) -> None:
    for row in table[15:18]:
        row[0] = "011012"


def _other_title(table: Table) -> None:
    table[0][0] = "令和5年1月1日住民基本台帳人口・世帯数"


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (_swap_columns, "row 2, column F", "expected '0歳～4歳', found '5歳～9歳'"),
        (_drop_a_row, "row 41, column D", "expected"),
        (_text_in_a_cell, "row 14, column H", "expected a number of persons, found '…'"),
        (_wrong_code, "row 16, column A", "'011012'"),
        (_other_title, "row 1, column A", "expected the title"),
    ],
)
def test_a_changed_sheet_is_refused_with_its_place(
    tmp_path: Path, change: Callable[[Table], None], where: str, what: str
) -> None:
    table = made_up.rows()
    change(table)
    with pytest.raises(BadInput) as refusal:
        read_census(made_up.write(tmp_path / "changed.xlsx", table))
    assert where in refusal.value.where
    assert SHEET in refusal.value.where
    assert what in refusal.value.what


def test_a_renamed_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="found '人口・世帯数'"):
        read_census(made_up.write(tmp_path / "changed.xlsx", made_up.rows(), sheet="人口・世帯数"))


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.xlsx").write_text("団体コード,計")
    with pytest.raises(BadInput, match="not a readable Excel workbook"):
        read_census(tmp_path / "no.xlsx")


def test_a_municipality_that_does_not_add_up_is_a_disagreement(tmp_path: Path) -> None:
    table = made_up.rows()
    row = next(row for row in table if row[0] == "131016" and row[3] == "男")
    row[6] = int(str(row[6])) + 1
    with pytest.raises(Disagreement, match="contradict"):
        read_census(made_up.write(tmp_path / "changed.xlsx", table))


def test_municipalities_that_do_not_add_up_to_their_prefecture_are_a_disagreement(tmp_path: Path) -> None:
    table = made_up.rows()
    for row in table:
        if row[0] == "131016" and row[3] in ("計", "男"):
            row[4], row[6] = int(str(row[4])) + 1, int(str(row[6])) + 1
    with pytest.raises(Disagreement, match="prefecture 13"):
        read_census(made_up.write(tmp_path / "changed.xlsx", table))


def test_the_embedded_approximation_has_the_nation_in_thousands_and_everybody_somewhere() -> None:
    census = approximate_census()
    assert census.source == "embedded"
    assert abs(census.persons - 125_417_000) < 100_000
    assert len(set(census.municipalities)) == 1_741
    assert (census.cells.sum(axis=(1, 2)) > 0).all()
    assert not census.cells[:, :, WITHHELD].any()
