"""Each file of a run by itself: its hash, and for a bank file its format, its header and its sums."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from enishi.benefits.engines.zengin_audit.banks import bank_directory
from enishi.benefits.engines.zengin_audit.finding import HASH, Finding, Findings
from enishi.benefits.engines.zengin_audit.frames import MOST_BYTES, Frames, records_of
from enishi.benefits.engines.zengin_audit.layout import (
    HEADER,
    OURS,
    RECORD,
    TRAILER_BY_NAME,
    first_difference,
    shown,
)
from enishi.benefits.engines.zengin_audit.manifest import STATE, BankFile
from enishi.benefits.engines.zengin_audit.reader import check
from enishi.benefits.engines.zengin_audit.sieve import Columns, sieve
from enishi.platform.files import sha256_of

LIMIT_OF_A_FILE = 200
MOST_SURPLUS = 1 << 16
"""Bytes that a bank file may have beyond its manifest's and still be read: many files are held at once."""
SYNTHETIC = b"SYNTHETIC "


@dataclass(frozen=True)
class FileTask:
    """A file to read:

    what the manifest binds it to, and for a bank file what its header must say, as far as known.
    """

    name: str
    sha256: str
    size: int
    bank_file: BankFile | None = None
    originator: Mapping[str, str] | None = None


@dataclass(frozen=True)
class FileFacts:
    """What was seen.

    `records`, `yen`: of the data records; `trailer`: the total that the trailer says, -1 if unreadable.
    """

    name: str
    sha256: str
    size: int
    intact: bool
    findings: tuple[Finding, ...] = ()
    more: int = 0
    records: int = 0
    yen: int = 0
    trailer: int = -1
    trailer_count: int = -1
    header: bytes = b""


def read_files(folder: Path, tasks: list[FileTask]) -> list[FileFacts]:
    """Reads some files.

    Bank files are sieved together: most payers' are short, and there are thousands of them.
    """
    facts = []
    contents: list[tuple[FileTask, bytes]] = []
    for task in tasks:
        try:
            read = _content(folder / task.name, task)
        except OSError as error:
            found = Findings(1)
            found.add(f"cannot be read: {error.strerror}", "check your rights, or restore it", file=task.name)
            facts.append(FileFacts(task.name, "", 0, False, tuple(found)))
            continue
        if isinstance(read, FileFacts):
            facts.append(read)
        else:
            contents.append((task, read))
    between = [records_of(content)[1:-2] for _, content in contents]
    together = sieve(np.concatenate(between)) if between else None
    first = 0
    for (task, content), part in zip(contents, between, strict=True):
        assert together is not None
        facts.append(_read(task, content, together.part(first, first + len(part))))
        first += len(part)
    return facts


def _content(path: Path, task: FileTask) -> bytes | FileFacts:
    """A bank file's bytes; of any other file, and of one far longer than it may be, only what its hash
    tells.
    """
    size = path.stat().st_size
    if task.bank_file is not None and size <= min(MOST_BYTES, task.size + MOST_SURPLUS):
        return path.read_bytes()
    found = Findings(LIMIT_OF_A_FILE)
    digest = sha256_of(path)
    _compare(found, task, digest, size)
    if task.bank_file is not None:
        found.add(f"has {size:,} bytes, far too many; it was not read", "do not send it", file=task.name)
    intact = digest == task.sha256 and size == task.size
    return FileFacts(task.name, digest, size, intact, tuple(found), found.more)


def _read(task: FileTask, data: bytes, columns: Columns) -> FileFacts:
    assert task.bank_file is not None
    found, inside = Findings(LIMIT_OF_A_FILE), Findings(LIMIT_OF_A_FILE)
    digest = hashlib.sha256(data).hexdigest()
    _compare(found, task, digest, len(data))
    if rest := len(data) % RECORD:
        what = f"{len(data):,} bytes are no multiple of {RECORD}: {rest} stand after the last record"
        inside.add(what, "it was cut or lengthened", record=len(data) // RECORD + 1)
    records = records_of(data)
    check(Frames(records, frozenset()), OURS, inside, columns)
    if len(records):
        _check_header(records[0].tobytes(), task.bank_file, task.originator, inside)
    if not len(columns.amount):
        inside.add("has no data record", "a payer without transfers has no file")
    found.take((replace(one, file=task.name) for one in inside), inside.more)
    trailer = records[-2].tobytes() if len(records) > 1 else b" " * RECORD
    count, total = (TRAILER_BY_NAME[name].of(trailer) for name in ("count", "total"))
    return FileFacts(
        task.name,
        digest,
        len(data),
        digest == task.sha256 and len(data) == task.size,
        tuple(found),
        found.more,
        records=len(columns.amount),
        yen=int(columns.amount.sum()),
        trailer=int(total) if total.isdigit() else -1,
        trailer_count=int(count) if count.isdigit() else -1,
        header=records[0].tobytes() if len(records) else b"",
    )


def compare_headers(facts: Iterable[FileFacts], found: Findings) -> None:
    """One originator's headers differ in nothing but the value date: what most intact ones hold is taken as
    right.

    For originators whose account nobody else states: the State, and all of them where there is no snapshot.
    """
    by_payer: dict[str, list[FileFacts]] = defaultdict(list)
    for file in facts:
        if len(file.header) == RECORD:
            by_payer[file.name.split("/")[1]].append(file)
    day = HEADER["value date"]
    for own in by_payer.values():
        variants = [file.header[: day.at - 1] + b"MMDD" + file.header[day.at + 3 :] for file in own]
        times = Counter(variants)
        sound = Counter(variant for file, variant in zip(own, variants, strict=True) if file.intact)
        usual = max(times, key=lambda variant: (sound[variant], times[variant]))
        for file, variant in zip(own, variants, strict=True):
            if variant != usual:
                at = first_difference(variant, usual)
                name = next(one.name for one in HEADER.values() if one.at - 1 <= at < one.at - 1 + one.length)
                what = f"{shown(variant[at : at + 1])!r} stands where {times[usual]} of the payer's {len(own)} files "
                what += f"have {shown(usual[at : at + 1])!r}"
                found.add(what, "restore it", file=file.name, record=1, name=name, byte=at + 1)


def _compare(found: Findings, task: FileTask, digest: str, size: int) -> None:
    if size != task.size:
        found.add(f"has {size:,} bytes, the manifest says {task.size:,}", "restore it", file=task.name)
    if digest != task.sha256:
        found.add("was altered: it is not the manifest's", "restore it", file=task.name, name=HASH)


def _check_header(
    record: bytes, bank_file: BankFile, originator: Mapping[str, str] | None, found: Findings
) -> None:
    must: dict[str, bytes] = {"value date": bank_file.day[4:].encode()}
    if bank_file.payer != STATE:
        must["consignor code"] = f"99{bank_file.payer}01".encode()
    if originator is not None:
        must |= header_fields(originator)
    for name, value in must.items():
        field = HEADER[name]
        raw = field.of(record)
        if raw != value:
            at = field.at + first_difference(raw, value)
            what = f"holds {shown(raw).rstrip()!r}, must be {shown(value).rstrip()!r}"
            _replace(found, Finding(1, name, at, what, "restore it"))
    reserved, name_of = HEADER["consignor code"].of(record), HEADER["originator"].of(record)
    if not reserved.startswith(b"99") and "consignor code" not in must:
        what = f"{shown(reserved)} is no reserved code (99...)"
        found.add(what, "a synthetic file must not bear a real one", record=1, name="consignor code", byte=5)
    if not name_of.startswith(SYNTHETIC) and "originator" not in must:
        what = f"{shown(name_of).rstrip()!r} does not begin with {SYNTHETIC.decode().rstrip()}"
        at = HEADER["originator"].at + first_difference(name_of[: len(SYNTHETIC)], SYNTHETIC)
        found.add(what, "a synthetic file must say so", record=1, name="originator", byte=at)


def _replace(found: Findings, precise: Finding) -> None:
    """Keeps the finding that knows what must stand in a field instead of one that only knows the field's
    form.
    """
    related = {precise.field, precise.field.replace("code", "name")}
    found.kept[:] = [one for one in found.kept if not (one.record == precise.record and one.field in related)]
    found.take([precise])


def header_fields(originator: Mapping[str, str]) -> dict[str, bytes]:
    """The header's fields for a row of the snapshot's municipalities (or a State's originator)."""
    directory = bank_directory()
    bank, branch = originator["bank"], originator["branch"]
    texts = {
        "consignor code": originator["consignor_code"],
        "originator": originator["originator"],
        "bank code": bank,
        "bank name": directory.bank_name(bank) or "",
        "branch code": branch,
        "branch name": directory.branch_name(bank, branch) or "",
        "account type": originator["account_type"],
        "account number": originator["account_number"],
    }
    return {
        name: text.encode("cp932").ljust(HEADER[name].length, b" ")[: HEADER[name].length]
        for name, text in texts.items()
    }
