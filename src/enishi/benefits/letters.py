"""Print-ready letters of one municipality: one A4 page a letter, in volumes that memory bears.

Set with Typst. Before a page is set, every character is looked up in the fonts' own character maps: what no
font draws is refused with the font's name and the payment's number, never printed as a box.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from enishi.benefits.engines import programme_files
from enishi.benefits.excerpts import tables
from enishi.benefits.rules.payment import STATE
from enishi.benefits.typesetting import typeset
from enishi.kernel.errors import BadInput
from enishi.platform.files import durably
from enishi.platform.fonts import drawn_by, runs
from enishi.platform.glyphs import undrawn

VOLUME_PAGES = 10_000
REGISTERED_FONTS = ("IPAmjMincho", "Noto Serif CJK JP")
REGISTERED = ("name", "address")
"""What of a letter is set in those fonts."""
PAGE_FONT = "Noto Sans CJK JP"
SYMBOLS = "〒・─（）、。ー円人分様"


def make(run: Path, municipality: str, out: Path, volume_pages: int = VOLUME_PAGES) -> list[Path]:
    """Sets all letters that a municipality sends, by payment number; gives the PDF files `letters-
    CODE-0001.pdf` ....

    `run`: the folder of a complete run; `office`: the municipality's name on the page, its code where
    blank. No letter, no file. Raises BadInput: no complete run here, or a character that no font draws;
    then that volume is not written.
    """
    return [
        make_volume(run, municipality, out, volume, volume_pages)
        for volume in range(1, len(volumes_of(run, municipality, volume_pages)) + 1)
    ]


def volumes_of(run: Path, municipality: str, volume_pages: int = VOLUME_PAGES) -> list[int]:
    """How many letters each volume of a municipality holds."""
    rows = _letters(run, municipality).select(pl.len()).collect().item()
    return [min(volume_pages, rows - start) for start in range(0, rows, volume_pages)]


def make_volume(
    run: Path,
    municipality: str,
    out: Path,
    volume: int,
    volume_pages: int = VOLUME_PAGES,
) -> Path:
    """One volume, counted from 1. Raises as `make`."""
    file = out / f"letters-{municipality}-{volume:04}.pdf"
    towns = _towns(run)
    rows = _letters(run, municipality, with_muni=True)
    pages = list(_pages(rows.slice((volume - 1) * volume_pages, volume_pages).collect(), towns))
    office = "国" if municipality == STATE else towns[municipality][1]
    document = set_letters(pages, title_of(run), office, _each(run))
    durably(file, lambda path: path.write_bytes(document))
    return file


def set_letters(letters: list[dict[str, str]], title: str, office: str, each: str) -> bytes:
    """The PDF of some letters: names and addresses in runs, each character with its selector in the first font that draws
    this very pair. Raises BadInput for a character that no font draws.
    """
    check_glyphs(letters, title + office)
    names = drawn_by(REGISTERED_FONTS)
    set_in_runs = [letter | {part: runs(letter[part], names) for part in REGISTERED} for letter in letters]
    return typeset({"letters": set_in_runs, "title": title, "office": office, "each": each})


def check_glyphs(letters: list[dict[str, str]], page_text: str) -> None:
    """Raises BadInput, naming font and payment, where a character of the letters is in none of the fonts."""
    names, page = drawn_by(REGISTERED_FONTS), drawn_by((PAGE_FONT,))
    if not page or not names:
        raise BadInput(
            f"no fonts for letters: {PAGE_FONT} and one of {' or '.join(REGISTERED_FONTS)} are needed",
            where="fonts",
            todo="see `enishi doctor`: on Debian, apt install fonts-noto-cjk fonts-ipamj-mincho",
        )
    if missing := undrawn(page_text + SYMBOLS, page):
        raise BadInput(
            f"the font {PAGE_FONT} has no glyph for {_shown(missing[0])}", where="letters", todo=_HOW_TO_GO_ON
        )
    if not undrawn("".join(letter["name"] + letter["address"] for letter in letters), names):
        return
    for letter in letters:
        if missing := undrawn(letter["name"] + letter["address"], names):
            fonts = " and ".join(font.family for font in names)
            raise BadInput(
                f"{fonts}: no glyph for {_shown(missing[0])}; no letter was printed",
                where=f"payment {letter['payment']}",
                todo=_HOW_TO_GO_ON,
            )


print_letters = make
_HOW_TO_GO_ON = (
    "install a font that draws it (IPAmj Mincho draws all registered name characters), then run again"
)


def title_of(run: Path) -> str:
    """The programme's title on a letter; its name where it is no shipped one."""
    name = _manifest(run)["programme"]["name"]
    if name in programme_files.shipped():
        return str(programme_files.load(name)[0].titles["ja"])
    return str(name)


def _each(run: Path) -> str:
    return f"{_manifest(run)['programme']['amount']:,}"


def _letters(run: Path, municipality: str, *, with_muni: bool = False) -> pl.LazyFrame:
    """A payer's letters by payment; `with_muni`: with the municipality of registration, from the ledger."""
    manifest, of_payer = _manifest(run), pl.col("payer") == municipality
    letters = tables(run, manifest, "letters", municipality).filter(of_payer)
    if with_muni:
        ledger = tables(run, manifest, "ledger", municipality)
        registered = ledger.filter(of_payer, pl.col("route") == "letter").select("payment", "muni")
        letters = letters.join(registered, on="payment", how="left")
    return letters.sort("payment")


def _towns(run: Path) -> dict[str, tuple[str, str]]:
    """(prefecture, name) of every municipality of the run."""
    table = pl.read_parquet(run / "municipalities.parquet", columns=["muni", "prefecture_name", "name"])
    return {muni: (prefecture, name) for muni, prefecture, name in table.iter_rows()}


def _manifest(run: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            "this folder is not a complete run",
            where=str(run),
            todo="name the folder of a run that has its manifest.json",
        ) from error
    return found


def _pages(rows: pl.DataFrame, towns: dict[str, tuple[str, str]]) -> Iterator[dict[str, str]]:
    for row in rows.iter_rows(named=True):
        postcode = row["postcode"] or ""
        yield {
            "payment": str(row["payment"]),
            "name": row["name"] or "",
            "postcode": f"{postcode[:3]}-{postcode[3:]}" if postcode else "",
            "address": "".join([*towns[row["muni"]], row["town"]]) if row["town"] else "",
            "amount": f"{row['amount']:,}",
            "persons": str(row["persons"]),
            "delivery": row["delivery"],
        }


def _shown(characters: str) -> str:
    return " ".join([characters, *(f"U+{ord(one):04X}" for one in characters)])
