"""Data records by the hundred thousand: which of them need a closer look, and what their numbers are.

A sieve only separates. It passes a record when, and only when, `layout.judge` finds nothing in
it under `OURS` (a property test holds the two together); what it keeps back is judged there, one by one, in
words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from enishi.benefits.engines.zengin_audit.banks import NAME_WIDTH, bank_directory
from enishi.benefits.engines.zengin_audit.layout import DATA, KANA, MARKS, PARTY_TEXT, RECORD, SPACE

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

CHUNK = 8192
"""Records looked at together: about a megabyte, so that all steps work in the processor's cache."""
WORD = 8
WORDS = RECORD // WORD
_NO_ROW = -1


def _zero_based(name: str) -> slice:
    field = DATA[name]
    return slice(field.at - 1, field.at - 1 + field.length)


_HOLDER = _zero_based("holder")
_BANK_NAME = _zero_based("bank name").start
_BRANCH_NAME = _zero_based("branch name").start
_DIGIT_FIELDS = ("bank code", "branch code", "clearing house", "account number", "amount", "customer codes")
_FIXED = {
    "record kind": b"2",
    "clearing house": b"0000",
    "new code": b"0",
    "transfer kind": b"7",
    "EDI mark": b" ",
    "dummy": b" " * 7,
}


def _word_masks() -> tuple[Words, Words, Words]:
    """For the 15 words of a record: which bytes are digits, which are fixed, and what the fixed ones are."""
    digit, fixed, value = (np.zeros(RECORD, np.uint8) for _ in range(3))
    for name in _DIGIT_FIELDS:
        digit[_zero_based(name)] = 0xFF
    for name, must in _FIXED.items():
        fixed[_zero_based(name)] = 0xFF
        value[_zero_based(name)] = np.frombuffer(must, np.uint8)
    return digit.view("<u8"), fixed.view("<u8"), value.view("<u8")


_DIGIT, _FIXED_MASK, _FIXED_VALUE = _word_masks()
_ZEROS = np.uint64(0x3030303030303030)
_TO_HIGH_BIT = np.uint64(0x7676767676767676)
_HIGH_BITS = np.uint64(0x8080808080808080)

_MARK, _NO_LETTER, _BAD = 1, 2, 4
_KINDS = bytes(
    0
    if byte in KANA
    else _MARK | _NO_LETTER
    if byte in MARKS
    else _NO_LETTER
    if byte in PARTY_TEXT
    else _BAD | _NO_LETTER
    for byte in range(256)
)
"""Each byte of a holder's name as bits: a voiced mark, no kana letter, not allowed."""


@dataclass(frozen=True)
class Said:
    """The numbers that data records say, one element a record; nonsense where a digit is none.

    `account` is bank, branch, type and number as one number of 15 digits.
    """

    payment: Numbers
    amount: Numbers
    account: Numbers


@dataclass(frozen=True)
class Columns(Said):
    """The same, with `suspicious`: the records that must be judged one by one."""

    suspicious: Flags

    def part(self, first: int, end: int) -> Columns:
        """The records from `first` up to, not including, `end`."""
        part = slice(first, end)
        return Columns(self.payment[part], self.amount[part], self.account[part], self.suspicious[part])


def sieve(records: Bytes) -> Columns:
    """What (n, 120) bytes of data records say, C-contiguous, and which of them are not in order."""
    said, suspicious = [], []
    for first in range(0, len(records), CHUNK):
        part = records[first : first + CHUNK]
        numbers, wrong = _numbers(part)
        said.append(numbers)
        suspicious.append(wrong | _wrong_bytes(part) | _wrong_names(part) | _wrong_holder(part))
    whole = _joined(said)
    flags = np.concatenate(suspicious) if suspicious else np.zeros(0, np.bool_)
    return Columns(whole.payment, whole.amount, whole.account, flags)


def numbers_of(records: Bytes) -> Said:
    """What (n, 120) bytes of data records say, C-contiguous; nothing is checked."""
    return _joined([_numbers(records[first : first + CHUNK])[0] for first in range(0, len(records), CHUNK)])


def _joined(parts: list[Said]) -> Said:
    if not parts:
        none = np.zeros(0, np.int64)
        return Said(none, none, none)
    names = ("payment", "amount", "account")
    return Said(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _numbers(records: Bytes) -> tuple[Said, Flags]:
    """The numbers, and where one is out of its range."""
    bank, branch = _codes(records)
    amount = _digits(records, 80, "<u8") // 10**6 * 10**8 + _digits(records, 82, "<u8")
    upper = _digits(records, 91, "<u8")
    middle = _digits(records, 99, "<u8") // 10_000
    lower = _digits(records, 103, "<u8")
    high = upper * 10_000 + middle
    payment = high * 10**8 + lower
    account = (bank * 1000 + branch) * 10**8 + _digits(records, 42, "<u8")
    most = (1 << 63) - 1
    wrong = (payment <= 0) | (amount <= 0)
    wrong |= (high > most // 10**8) | ((high == most // 10**8) & (lower > most % 10**8))
    kind = records[:, 42]
    wrong |= (kind != 0x31) & (kind != 0x32) & (kind != 0x34)
    return Said(payment, amount, account), wrong


def _codes(records: Bytes) -> tuple[Numbers, Numbers]:
    """Bank and branch codes; within their ranges even where a byte is no digit."""
    branch = (records[:, 20:23].astype(np.int64) & 0xF) @ np.array([100, 10, 1])
    return _digits(records, 1, "<u4") % 10_000, branch % 1000


def word_at(records: Bytes, at: int, kind: str = "<u8") -> NDArray[np.unsignedinteger]:
    """The 4 or 8 bytes of each record from byte `at` (from 0) on, as one little-endian number; no copy, any
    alignment.
    """
    return np.ndarray((len(records),), kind, records, at, (RECORD,))


def _digits(records: Bytes, at: int, kind: str) -> Numbers:
    """4 or 8 decimal digits as a number: neighbours are joined pairwise, all records at once."""
    word = word_at(records, at, kind).astype(np.uint64)
    if kind == "<u4":
        word <<= np.uint64(32)
    word &= np.uint64(0x0F0F0F0F0F0F0F0F)
    word *= np.uint64(10 * (1 << 8) + 1)
    word >>= np.uint64(8)
    word &= np.uint64(0x00FF00FF00FF00FF)
    word *= np.uint64(100 * (1 << 16) + 1)
    word >>= np.uint64(16)
    word &= np.uint64(0x0000FFFF0000FFFF)
    word *= np.uint64(10_000 * (1 << 32) + 1)
    word >>= np.uint64(32)
    return word.view(np.int64)


def _wrong_bytes(records: Bytes) -> Flags:
    words = records.view("<u8")
    wrong = np.zeros(len(records), np.uint64)
    for at in range(WORDS):
        digit, fixed = _DIGIT[at], _FIXED_MASK[at]
        if not digit and not fixed:
            continue
        word = words[:, at].copy()
        if fixed:
            wrong |= (word ^ _FIXED_VALUE[at]) & fixed
        if digit:
            # A digit is 0 to 9 after this; adding 0x76 lifts anything from 10 on into the byte's high bit.
            word ^= _ZEROS
            word &= digit
            wrong |= (word | (word + _TO_HIGH_BIT)) & _HIGH_BITS
    flags: Flags = wrong != 0
    return flags


@cache
def _name_words() -> tuple[tuple[int, Words], ...]:
    """Where a word of a name stands in a record, and what it is for each row of the directory.

    A name is 15 bytes: two words that overlap by a byte.
    """
    expected = bank_directory().expected
    words = []
    for at_record, at_row in ((_BANK_NAME, 0), (_BRANCH_NAME, NAME_WIDTH)):
        for shift in (0, NAME_WIDTH - WORD):
            part = np.ascontiguousarray(expected[:, at_row + shift : at_row + shift + WORD])
            words.append((at_record + shift, part.view("<u8")[:, 0].copy()))
    return tuple(words)


def _wrong_names(records: Bytes) -> Flags:
    rows = bank_directory().rows(*_codes(records))
    wrong: Flags = rows == _NO_ROW
    for at, expected in _name_words():
        wrong |= word_at(records, at) != expected[rows]
    return wrong


def _wrong_holder(records: Bytes) -> Flags:
    first = records[:, _HOLDER.start]
    wrong: Flags = (first == SPACE) | (first >= min(MARKS))
    kinds = np.frombuffer(records[:, _HOLDER].tobytes().translate(_KINDS), np.uint8)
    table = kinds.reshape(len(records), -1)
    if (kinds & _BAD).any():
        wrong |= (table & _BAD).any(axis=1)
    if _parted(kinds).any():
        wrong |= _parted(table).any(axis=1)
    return wrong


def _parted(kinds: Bytes) -> Bytes:
    """Not zero where a voiced mark follows what is no kana letter, along the last axis."""
    parted: Bytes = (kinds[..., 1:] << np.uint8(1)) & kinds[..., :-1] & np.uint8(_NO_LETTER)
    return parted
