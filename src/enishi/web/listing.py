"""Lists with their state in the URL: search, filter, sort, page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from unicodedata import normalize

from django.http import HttpRequest

from enishi.benefits.services import Page

T = TypeVar("T")
SIZE = 50


def page_number(request: HttpRequest, name: str = "page") -> int:
    """The page asked for in the URL, from 1 on; anything that is no page number is the first page."""
    text = request.GET.get(name, "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def paged(rows: Sequence[T], number: int, size: int = SIZE) -> Page[T]:
    """One page of a list in memory; a number past the end gives the last page."""
    pages = max(1, -(-len(rows) // size))
    number = min(number, pages)
    return Page(
        rows=tuple(rows[(number - 1) * size : number * size]),
        number=number,
        pages=pages,
        total=len(rows),
        size=size,
    )


def chosen(request: HttpRequest, name: str, allowed: Iterable[str]) -> str:
    """The value of a filter in the URL, blank where it is none of those allowed."""
    value = request.GET.get(name, "")
    return value if value in set(allowed) else ""


def sorted_by(
    request: HttpRequest, rows: Iterable[T], keys: Mapping[str, Callable[[T], Any]], first: str
) -> tuple[list[T], str]:
    """Rows in the order that the URL asks for (`sort=name`, `sort=-name` for falling), and that order's name.

    `keys` names the columns that sort; `first` is the order where the URL asks for none that exists.
    """
    wanted = request.GET.get("sort", first)
    if wanted.removeprefix("-") not in keys:
        wanted = first
    ordered = sorted(rows, key=keys[wanted.removeprefix("-")], reverse=wanted.startswith("-"))
    return ordered, wanted


def folded(text: str) -> str:
    """Text as a search compares it: compatibility forms and case folded, hiragana as katakana, no spaces."""
    plain = normalize("NFKC", text).casefold()
    return "".join(
        chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" else letter
        for letter in plain
        if not letter.isspace()
    )


def around(number: int, pages: int) -> list[int]:
    """Page numbers to offer: first, last, and those near the present one; 0 stands for a gap."""
    near = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    offered: list[int] = []
    for one in near:
        if offered and one - offered[-1] > 1:
            offered.append(0)
        offered.append(one)
    return offered
