"""The keys that a search compares, for columns."""

from __future__ import annotations

import polars as pl

from enishi.kernel.variants import REDUCED
from enishi.register.rules.search_key import DROPPED, HIRAGANA, SELECTORS


def search_keys(text: pl.Expr) -> pl.Expr:
    """`rules.search_key` for a column; a test holds the two together."""
    forms = HIRAGANA | REDUCED | dict.fromkeys([*DROPPED, *map(chr, SELECTORS)], "")
    folded = text.str.normalize("NFKC").str.to_uppercase()
    return folded.str.replace_many(list(forms), list(forms.values()))
