"""The auditor's own directory of banks and branches, by code, with the names that a bank file must show.

Source: the package `zengin-code` (a dated copy of the clearing's list of financial institutions and their
branches).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from enishi.kernel.kana import bank_name_kana, truncate

NAME_WIDTH = 15
BRANCH_CODES = 1000
BANK_CODES = 10_000


class BankDirectory:
    """All banks and branches. `names(bank, branch)` for one, `rows(...)` and `expected` for columns of them.

    `expected` is (branches, 30) bytes: the bank's name and the branch's name, each 15 bytes of JIS X 0201,
    left-aligned.
    """

    def __init__(self) -> None:
        from zengin_code import Bank

        self._banks: dict[str, str] = {}
        self._row: dict[str, int] = {}
        lines: list[bytes] = []
        for code, bank in Bank.all.items():
            name = _shown(bank.kana)
            self._banks[code] = name
            for number, branch in bank.branches.items():
                self._row[code + number] = len(lines)
                lines.append(_padded(name) + _padded(_shown(branch.kana)))
        self._lines = lines
        self.expected: NDArray[np.uint8] = np.frombuffer(b"".join(lines), np.uint8).reshape(len(lines), -1)
        # Two steps, so that the tables stay in the processor's cache: bank code to block, branch code to
        # row in its block.
        self._block = np.zeros(BANK_CODES, np.int64)
        self._block[[int(code) for code in self._banks]] = np.arange(1, len(self._banks) + 1) * BRANCH_CODES
        self._by_code = np.full((len(self._banks) + 1) * BRANCH_CODES, -1, np.int32)
        places = [self._block[int(code[:4])] + int(code[4:]) for code in self._row]
        self._by_code[places] = np.arange(len(lines), dtype=np.int32)

    def bank_name(self, bank: str) -> str | None:
        """The bank's name, or None where there is no such bank."""
        return self._banks.get(bank)

    def branch_name(self, bank: str, branch: str) -> str | None:
        """The branch's name, or None where the bank has no such branch."""
        row = self._row.get(bank + branch)
        return None if row is None else self._lines[row][NAME_WIDTH:].decode("cp932").rstrip(" ")

    def rows(self, banks: NDArray[np.int64], branches: NDArray[np.int64]) -> NDArray[np.int32]:
        """For columns of codes 0..9999 and 0..999 the rows of `expected`; -1 where there is none."""
        rows: NDArray[np.int32] = self._by_code[self._block[banks] + branches]
        return rows


def _shown(kana: str) -> str:
    return truncate(bank_name_kana(kana), NAME_WIDTH).rstrip(" ")


def _padded(name: str) -> bytes:
    return name.encode("cp932").ljust(NAME_WIDTH, b" ")


@cache
def bank_directory() -> BankDirectory:
    """The directory, built once in a process (a third of a second)."""
    return BankDirectory()
