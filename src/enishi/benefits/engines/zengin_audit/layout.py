"""The layout of a bulk credit transfer file (総合振込, type 21) as the auditor knows it, and the judgement of
one record.

Written from the Japanese Bankers Association's table of records (protocol document of December 2019), not
from the program that writes the files: the two share no table. `OURS` is what a run of this project must
hold, byte by byte; `BANKS` is what the table lets anybody send. docs/bank-files.md says both in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from enishi.benefits.engines.zengin_audit.banks import bank_directory
from enishi.benefits.engines.zengin_audit.finding import Finding

RECORD = 120
MOST_RECORDS = 999_999
MOST_YEN = 999_999_999_999
SPACE, ZERO = 0x20, 0x30

DIGITS = frozenset(b"0123456789")
CAPITALS = frozenset(range(0x41, 0x5B))
KANA = frozenset(range(0xB1, 0xDE))
MARKS = frozenset((0xDE, 0xDF))
BANK_TEXT = DIGITS | CAPITALS | KANA | MARKS | frozenset(b" -")
PARTY_TEXT = BANK_TEXT | frozenset(b"().")
_LARGE = dict(zip("ｧｨｩｪｫｬｭｮｯ", "ｱｲｳｴｵﾔﾕﾖﾂ", strict=True))
_DAYS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}

Fault = tuple[int, str, str]
"""Position in the field (from 0), what is wrong, what to do."""
Check = Callable[[bytes], Fault | None]


def shown(raw: bytes) -> str:
    """Bytes of a file as a person can read them: half-width text, and \\xNN for what is none."""
    return "".join(
        bytes([byte]).decode("cp932") if 0x20 <= byte < 0x7F or 0xA1 <= byte <= 0xDF else f"\\x{byte:02x}"
        for byte in raw
    )


def exactly(value: bytes) -> Check:
    """A field that holds one text and no other."""

    def check(raw: bytes) -> Fault | None:
        if raw == value:
            return None
        at = first_difference(raw, value)
        return at, f"holds {shown(raw)!r}, must be {shown(value)!r}", ""

    return check


def first_difference(raw: bytes, value: bytes) -> int:
    """The first position in which two texts of one length differ."""
    return next(i for i, (a, b) in enumerate(zip(raw, value, strict=True)) if a != b)


def one_of(*values: bytes) -> Check:
    """A code of a short list."""

    def check(raw: bytes) -> Fault | None:
        if raw in values:
            return None
        listed = ", ".join(repr(shown(value)) for value in values)
        return 0, f"holds {shown(raw)!r}, must be one of {listed}", ""

    return check


def digits(raw: bytes) -> Fault | None:
    """N: digits only, right-aligned, zeros before them."""
    for at, byte in enumerate(raw):
        if byte not in DIGITS:
            return at, f"{shown(raw)!r} is not {len(raw)} digits", "right-align it and fill with zeros"
    return None


def blank(raw: bytes) -> Fault | None:
    """A dummy area: spaces only."""
    for at, byte in enumerate(raw):
        if byte != SPACE:
            return at, f"{shown(raw[at : at + 1])!r} stands where all must be spaces", ""
    return None


def digits_or_blank(raw: bytes) -> Fault | None:
    """An optional N field: digits, or spaces where it is not used."""
    return None if not raw.strip(b" ") else digits(raw)


def text(allowed: frozenset[int], *, optional: bool = False) -> Check:
    """C: characters of a set, left-aligned, spaces after them; a voiced mark stands after a kana letter."""

    def check(raw: bytes) -> Fault | None:
        if not raw.strip(b" "):
            return None if optional else (0, "is empty", "")
        before = SPACE
        for at, byte in enumerate(raw):
            if byte not in allowed:
                return at, f"{_character(byte)} is not allowed here", _instead(byte)
            if byte in MARKS and before not in KANA:
                return (
                    at,
                    f"{shown(raw[at : at + 1])!r} has lost its letter",
                    "do not cut a letter from its mark",
                )
            before = byte
        return (0, "begins with a space", "left-align it") if raw[0] == SPACE else None

    return check


def month_and_day(raw: bytes) -> Fault | None:
    """MMDD of any year: 0229 is a date."""
    if fault := digits(raw):
        return fault
    month, day = int(raw[:2]), int(raw[2:])
    if not 1 <= month <= 12:
        return 0, f"{shown(raw)!r} has no such month", "write MMDD"
    if not 1 <= day <= _DAYS.get(month, 31):
        return 2, f"{shown(raw)!r} has no such day", "write MMDD"
    return None


def positive(raw: bytes) -> Fault | None:
    """An N field above zero."""
    return digits(raw) or ((len(raw) - 1, "is zero", "") if not raw.strip(b"0") else None)


def payment_number(raw: bytes) -> Fault | None:
    """A payment's number: positive, 63 bits."""
    if fault := positive(raw):
        return fault
    return (0, f"{shown(raw)} is no payment's number", "") if int(raw) >= 1 << 63 else None


def _character(byte: int) -> str:
    if byte in b"\r\n":
        return "a line end"
    if 0x20 <= byte < 0x7F or 0xA1 <= byte <= 0xDF:
        return f"the character {shown(bytes([byte]))!r}"
    return f"the byte 0x{byte:02X}"


def _instead(byte: int) -> str:
    letter = bytes([byte]).decode("cp932", "replace")
    if "a" <= letter <= "z":
        return f"write {letter.upper()}"
    if letter in _LARGE:
        return f"write {_LARGE[letter]}"
    if letter == "ｰ":
        return "write - for a long vowel"
    if letter == "ｦ":
        return "write ｵ: most banks refuse ｦ in a name"
    if byte >= 0x80 and not 0xA1 <= byte <= 0xDF:
        return "write half-width characters of JIS X 0201, one byte each"
    return "leave it out"


@dataclass(frozen=True)
class Field:
    """A field: `at` is its first byte as bank manuals count, from 1."""

    name: str
    at: int
    length: int
    check: Check

    def of(self, record: bytes) -> bytes:
        return record[self.at - 1 : self.at - 1 + self.length]


Layout = tuple[Field, ...]


def _layout(*rows: tuple[str, int, Check]) -> Layout:
    fields: list[Field] = []
    at = 1
    for name, length, check in rows:
        fields.append(Field(name, at, length, check))
        at += length
    if at != RECORD + 1:
        raise AssertionError(f"a layout of {at - 1} bytes")
    return tuple(fields)


def _header(ours: bool) -> Layout:
    return _layout(
        ("record kind", 1, exactly(b"1")),
        ("file type", 2, exactly(b"21")),
        ("character code", 1, exactly(b"0")),
        ("consignor code", 10, digits),
        ("originator", 40, text(PARTY_TEXT)),
        ("value date", 4, month_and_day),
        ("bank code", 4, digits),
        ("bank name", 15, text(BANK_TEXT, optional=not ours)),
        ("branch code", 3, digits),
        ("branch name", 15, text(BANK_TEXT, optional=not ours)),
        ("account type", 1, one_of(b"1", b"2", b"9") if ours else one_of(b"1", b"2", b"9", b" ")),
        ("account number", 7, digits if ours else digits_or_blank),
        ("dummy", 17, blank),
    )


def _data(ours: bool) -> Layout:
    return _layout(
        ("record kind", 1, exactly(b"2")),
        ("bank code", 4, digits),
        ("bank name", 15, text(BANK_TEXT, optional=not ours)),
        ("branch code", 3, digits),
        ("branch name", 15, text(BANK_TEXT, optional=not ours)),
        ("clearing house", 4, exactly(b"0000") if ours else digits_or_blank),
        ("account type", 1, one_of(b"1", b"2", b"4") if ours else one_of(b"1", b"2", b"4", b"9")),
        ("account number", 7, digits),
        ("holder", 30, text(PARTY_TEXT)),
        ("amount", 10, positive),
        ("new code", 1, exactly(b"0") if ours else one_of(b"0", b"1", b"2", b" ")),
        ("customer codes", 20, payment_number if ours else digits_or_blank),
        ("transfer kind", 1, exactly(b"7") if ours else one_of(b"7", b"8", b" ")),
        ("EDI mark", 1, exactly(b" ") if ours else one_of(b" ", b"Y")),
        ("dummy", 7, blank),
    )


TRAILER: Layout = _layout(
    ("record kind", 1, exactly(b"8")),
    ("count", 6, digits),
    ("total", 12, digits),
    ("dummy", 101, blank),
)
END: Layout = _layout(("record kind", 1, exactly(b"9")), ("dummy", 119, blank))


@dataclass(frozen=True)
class Rules:
    """The layouts of one reading. `ours`: nothing but what a run of this project writes."""

    ours: bool
    header: Layout
    data: Layout

    def of(self, kind: int) -> Layout:
        """The layout of a record by its first byte, `1`, `2`, `8` or `9`."""
        return {0x31: self.header, 0x32: self.data, 0x38: TRAILER, 0x39: END}[kind]


OURS = Rules(True, _header(True), _data(True))
BANKS = Rules(False, _header(False), _data(False))
HEADER = {field.name: field for field in OURS.header}
DATA = {field.name: field for field in OURS.data}
TRAILER_BY_NAME: Mapping[str, Field] = {field.name: field for field in TRAILER}


def judge(record: bytes, layout: Layout, rules: Rules, number: int) -> Iterator[Finding]:
    """Every fault of one record of 120 bytes, field by field; `number` is its number in the file, from 1."""
    edi = layout is rules.data and not rules.ours and record[112:113] == b"Y"
    sound: set[str] = set()
    for field in layout:
        check = _edi_text if edi and field.name == "customer codes" else field.check
        fault = check(field.of(record))
        if fault is None:
            sound.add(field.name)
        else:
            at, what, todo = fault
            yield Finding(number, field.name, field.at + at, what, todo)
    if {"bank code", "branch code"} <= sound:
        yield from _account_exists(record, {field.name: field for field in layout}, rules, number, sound)


_edi_text = text(PARTY_TEXT | frozenset((0xA6,)) | frozenset(b"/,"), optional=True)


def _account_exists(
    record: bytes, fields: Mapping[str, Field], rules: Rules, number: int, sound: set[str]
) -> Iterator[Finding]:
    directory = bank_directory()
    bank, branch = (fields[name].of(record).decode("ascii") for name in ("bank code", "branch code"))
    bank_name, branch_name = directory.bank_name(bank), directory.branch_name(bank, branch)
    todo = "check it against the clearing's list of banks"
    if bank_name is None:
        yield Finding(number, "bank code", fields["bank code"].at, f"there is no bank {bank}", todo)
        return
    if branch_name is None:
        what = f"bank {bank} has no branch {branch}"
        yield Finding(number, "branch code", fields["branch code"].at, what, todo)
    for name, must, code in (
        ("bank name", bank_name, bank),
        ("branch name", branch_name, f"{bank}-{branch}"),
    ):
        raw = fields[name].of(record)
        if must is None or name not in sound or _is_name(raw, must, rules):
            continue
        at = fields[name].at + first_difference(raw, must.encode("cp932").ljust(len(raw), b" "))
        yield Finding(number, name, at, f"holds {shown(raw).rstrip()!r}, {code} is {must!r}", todo)


def _is_name(raw: bytes, must: str, rules: Rules) -> bool:
    name = raw.decode("cp932", "replace").rstrip(" ")
    if rules.ours:
        return name == must
    return name.startswith(must) or must.startswith(name)
