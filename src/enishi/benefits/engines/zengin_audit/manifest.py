"""A finished run's manifest, and what lies in the folder beside it.

The manifest's form (docs/benefits-run.md): JSON in UTF-8, keys sorted, indented by one space, one line end
at the end; `id` is the SHA-256 of that form without `id` itself. A manifest that was altered therefore
contradicts itself.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from enishi.benefits.engines.zengin_audit.finding import Findings
from enishi.benefits.engines.zengin_audit.layout import RECORD
from enishi.kernel.errors import BadInput

MANIFEST = "manifest.json"
FORMAT = "enishi-run/1"
STATE = "STATE"
TABLES = ("decisions", "ledger", "letters")
RECONCILIATION = "reconciliation/municipalities.parquet"
NATION = "reconciliation/nation.json"
NAMES = "municipalities.parquet"
MUNICIPALITIES = "municipalities.parquet"
FRAME_RECORDS = 3
_BANK_FILE = re.compile(r"zengin/(\d{6}|STATE)/(\d{8})-(\d{3})\.txt")
_OF_EVERY_RUN = {RECONCILIATION, NATION, MUNICIPALITIES}
_NOT_OF_THE_RUN = {MANIFEST, ".lock"}


@dataclass(frozen=True)
class BankFile:
    """A bank file by its name. `records`: data records that a file of its length holds by the manifest."""

    name: str
    payer: str
    day: str
    batch: int
    records: int


@dataclass(frozen=True)
class Manifest:
    """What the manifest says. `parts`: the shards of the snapshot in each; `bank_files`: in the order of payer, day and batch.

    `wrong_id`: it contradicts itself. Then, and where it says what no run writes, nothing but the names of
    files, parts and their shards is believed: `programme`, `rows` (persons) and `payers` by part are empty and
    `totals` is None.
    """

    folder: Path
    said: dict[str, Any]
    files: dict[str, dict[str, Any]]
    parts: dict[str, tuple[str, ...]]
    bank_files: tuple[BankFile, ...]
    wrong_id: bool
    programme: dict[str, Any]
    rows: dict[str, int]
    payers: dict[str, tuple[str, ...]]
    totals: Any

    @property
    def amount(self) -> int | None:
        """Yen for one person, where the manifest is believed."""
        return self.programme.get("amount")

    @property
    def value_date(self) -> date | None:
        """The first value date, where the manifest is believed."""
        return date.fromisoformat(self.programme["value_date"]) if self.programme else None

    @property
    def capacity(self) -> int | None:
        """Transfers a day that the clearing takes; None without a limit."""
        return self.programme.get("daily_capacity")

    @property
    def key_prefix(self) -> str | None:
        """What every key of the ledger begins with, where the manifest is believed."""
        return f"{self.programme['name']}/{self.programme['cycle']}/" if self.programme else None


def canonical(value: Any) -> bytes:
    """The one form of a JSON value in a run's folder."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def read_manifest(folder: Path, found: Findings) -> Manifest | None:
    """The manifest, or None where it is too damaged to go on with; then `found` says so.

    Raises BadInput where the folder is no finished run.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise BadInput(
            "this folder is no finished run: it has no manifest that can be read",
            where=str(folder),
            todo="finish the run (the same `enishi benefits run` goes on), or name another folder",
        ) from error
    try:
        said = json.loads(raw.decode("utf-8"))
    except ValueError as error:
        at = getattr(error, "start", getattr(error, "pos", 0)) + 1
        found.add(f"is no JSON from byte {at} of the file on: {error}", _RESTORE, file=MANIFEST)
        return None
    if not isinstance(said, dict) or str(said.get("format", "")).startswith("enishi-snapshot"):
        raise BadInput(
            "this folder is no finished run: its manifest is of something else",
            where=str(folder / MANIFEST),
            todo="name the --out folder of a run",
        )
    if said.get("format") != FORMAT:
        found.add(f"its format is {said.get('format')!r}, not {FORMAT!r}", _RESTORE, file=MANIFEST)
    form = canonical(said)
    if raw != form:
        same = min(len(raw), len(form))
        at = next((i for i, (a, b) in enumerate(zip(raw, form, strict=False)) if a != b), same) + 1
        found.add(f"is not in canonical form from byte {at} of the file on", _RESTORE, file=MANIFEST)
    without = {key: value for key, value in said.items() if key != "id"}
    wrong_id = said.get("id") != sha256(canonical(without)).hexdigest()
    files, parts = said.get("files"), said.get("parts")
    if (
        not isinstance(files, dict)
        or not isinstance(parts, list)
        or not all(_is_bound(name, bound) for name, bound in files.items())
        or not all(_is_part(part) for part in parts)
        or len({part["name"] for part in parts}) != len(parts)
    ):
        found.add(
            "its list of files or parts is damaged; the files were not checked", _RESTORE, file=MANIFEST
        )
        return None
    malformed = [name for name, sound in _FORM.items() if not sound(_value(said, name))]
    for name in malformed:
        what = f"says {_value(said, name)!r}, which no run writes"
        found.add(what, _RESTORE, file=MANIFEST, name=name)
    trusted = not wrong_id and not malformed
    return Manifest(
        folder,
        said,
        files,
        {part["name"]: tuple(part["shards"]) for part in parts},
        tuple(_bank_files(files)),
        wrong_id,
        said["programme"] if trusted else {},
        {part["name"]: part["rows"] for part in parts} if trusted else {},
        {part["name"]: tuple(part["payers"]) for part in parts} if trusted else {},
        said.get("totals") if trusted else None,
    )


def _value(said: dict[str, Any], name: str) -> Any:
    value: Any = said
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value).isoformat() == value)
    except (TypeError, ValueError):
        return False


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


_HASH = re.compile(r"[0-9a-f]{64}")
_FORM: dict[str, Callable[[Any], bool]] = {
    "synthetic": lambda value: value is True,
    "programme.name": lambda value: isinstance(value, str) and value != "",
    "programme.cycle": _is_whole,
    "programme.reference_date": _is_day,
    "programme.amount": lambda value: _is_whole(value) and value > 0,
    "programme.payer": lambda value: value in ("municipality", "state"),
    "programme.value_date": _is_day,
    "programme.daily_capacity": lambda value: value is None or (_is_whole(value) and value > 0),
    "snapshot.id": _is_hash,
    "snapshot.manifest": _is_hash,
}
"""What a manifest says of programme and snapshot, by name, and whether a run can have written it."""


def _is_part(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and value["name"].isdigit()
        and _is_whole(value.get("rows"))
        and all(
            isinstance(names := value.get(key), list) and all(isinstance(name, str) for name in names)
            for key in ("shards", "payers")
        )
    )


_RESTORE = "it was altered: restore it, or compute the run again into a new folder"


def _is_bound(name: str, bound: Any) -> bool:
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and str(path) == name
    return (
        inside and isinstance(bound, dict) and _is_hash(bound.get("sha256")) and _is_whole(bound.get("bytes"))
    )


def _bank_files(files: dict[str, dict[str, Any]]) -> Iterator[BankFile]:
    for name in sorted(files):
        if named := _BANK_FILE.fullmatch(name):
            payer, day, batch = named.groups()
            records = max(files[name]["bytes"] // RECORD - FRAME_RECORDS, 0)
            yield BankFile(name, payer, day, int(batch), records)


def explain_wrong_id(manifest: Manifest, seen: dict[str, dict[str, Any]], found: Findings) -> frozenset[str]:
    """Says that the manifest contradicts itself. `seen`: length and hash of the files that differ from it.

    Where the manifest would be in order if it named those files as they are, the manifest was altered and
    not the files: their names are returned.
    """
    if not manifest.wrong_id:
        return frozenset()
    mended = {key: value for key, value in manifest.said.items() if key != "id"}
    mended["files"] = manifest.files | seen
    if seen and manifest.said.get("id") == sha256(canonical(mended)).hexdigest():
        for name in sorted(seen):
            found.add(
                f"what it says about {name} was altered; the file itself is intact", _RESTORE, file=MANIFEST
            )
        return frozenset(seen)
    found.add("its id is not the hash of what it says", _RESTORE, file=MANIFEST, name="id")
    return frozenset()


def inventory(manifest: Manifest, found: Findings) -> frozenset[str]:
    """Compares the folder with the manifest by name. Returns the names of files that can be opened."""
    folder = manifest.folder
    there = {
        Path(place, name).relative_to(folder).as_posix()
        for place, _, names in os.walk(folder)
        for name in names
        if os.path.isfile(os.path.join(place, name))
    }
    for name in sorted(manifest.files.keys() - there):
        found.add("is missing", "restore it; nothing of this run may be released", file=name)
    for name in sorted(there - manifest.files.keys() - _NOT_OF_THE_RUN):
        found.add("is not of this run", "take it out of the folder, and do not send it", file=name)
    expected = {f"{table}/{part}.parquet" for table in TABLES for part in manifest.parts}
    for name in sorted((expected | _OF_EVERY_RUN) - manifest.files.keys()):
        found.add("is not in the manifest, although a run has it", _RESTORE, file=name)
    strange = [name for name in sorted(manifest.files) if not _is_of_a_run(name, expected)]
    for name in strange:
        found.add("has no place in a run", _RESTORE, file=name)
    return frozenset(there & manifest.files.keys())


def _is_of_a_run(name: str, expected: set[str]) -> bool:
    return name in expected or name in _OF_EVERY_RUN or bool(_BANK_FILE.fullmatch(name))
