"""Where a row of several shard files, read one after the other, stands: errors name a file and its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """`names`: the files; `ends`: how many rows stand up to the end of each."""

    names: tuple[str, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, files: Sequence[Path], heights: Sequence[int]) -> Places:
        return cls(tuple(file.name for file in files), tuple(accumulate(heights)))

    def where(self, row: int, column: str) -> str:
        """The place of a row, counted from 0 over all files, in words: counted from 1 in its own file."""
        begin = 0
        for name, end in zip(self.names, self.ends, strict=True):
            if row < end:
                return f"{name}, row {row - begin + 1}, column {column}"
            begin = end
        raise IndexError(row)
