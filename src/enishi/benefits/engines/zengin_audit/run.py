"""The audit of a finished run: every file, every record, every sum, by readers that know nothing of the
writers.

Steps: the manifest against itself and the folder; each file's hash, each bank file's format; each part's
books (decisions, ledger, letters) against each other; each data record against the ledger and, with a
snapshot, against the payee's account; the sums of reconciliation, trailers and days. Memory: one part or
one file a process at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from enishi.benefits.engines.zengin_audit.books import BookFacts, BookTask, judge_books
from enishi.benefits.engines.zengin_audit.echoes import without_echoes
from enishi.benefits.engines.zengin_audit.files import FileFacts, FileTask, compare_headers, read_files
from enishi.benefits.engines.zengin_audit.finding import Finding, Findings
from enishi.benefits.engines.zengin_audit.manifest import (
    MANIFEST,
    MUNICIPALITIES,
    NATION,
    RECONCILIATION,
    TABLES,
    BankFile,
    Manifest,
    explain_wrong_id,
    inventory,
    read_manifest,
)
from enishi.benefits.engines.zengin_audit.match import MatchFacts, MatchTask, match_part, stretches
from enishi.benefits.engines.zengin_audit.moved import explain_moved
from enishi.benefits.engines.zengin_audit.sums import check_days, check_reconciliation
from enishi.benefits.engines.zengin_audit.tables import read_table
from enishi.kernel.errors import BadInput
from enishi.platform.files import sha256_of
from enishi.platform.snapshots import Snapshot
from enishi.platform.workers import each, pool

LIMIT = 10_000
"""Findings kept of a run; those beyond are counted."""
BYTES_OF_A_TASK = 1 << 26
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Audit:
    """What an audit found and what it looked at. `checked`: counts in words; `notes`: what could not be
    checked, and why.

    `findings` are in the order of files, then records; `more` counts those beyond the first ten thousand.
    """

    findings: tuple[Finding, ...]
    more: int
    checked: dict[str, int]
    notes: tuple[str, ...]


def audit_run(
    out: Path, progress: Progress | None = None, *, snapshot: Path | None = None, workers: int = 1
) -> list[Finding]:
    """The findings of `audit`: empty where a run is as it was written and every sum agrees."""
    return list(audit(out, progress=progress, snapshot=snapshot, workers=workers).findings)


def audit(
    out: Path, *, snapshot: Path | None = None, workers: int = 1, progress: Progress | None = None
) -> Audit:
    """Audits a finished run in folder `out`. `snapshot`: the one it was computed from; then accounts are
    compared, too.

    `progress(done, total)` is called with bytes looked at. Raises BadInput where `out` is no finished run,
    or `snapshot` is not its snapshot or damaged.
    """
    found = Findings(LIMIT)
    manifest = read_manifest(out, found)
    if manifest is None:
        return Audit(tuple(found), 0, {}, ("everything else, because the manifest is damaged",))
    nation = _snapshot_of(manifest, snapshot) if snapshot else None
    audited = _Audit(manifest, nation, workers, progress, found)
    if snapshot and nation is None:
        audited.notes.append("the snapshot (the manifest was altered and names another one)")
    return audited.result()


def _snapshot_of(manifest: Manifest, folder: Path) -> Snapshot | None:
    """The snapshot, where it is the run's; None where an altered manifest names another one."""
    nation = Snapshot.open(folder)
    said = manifest.said.get("snapshot")
    bound = said if isinstance(said, dict) else {}
    if (bound.get("id"), bound.get("manifest")) == (nation.id, sha256_of(folder / MANIFEST)):
        nation.municipalities_file()
        return nation
    if not manifest.programme:
        return None
    raise BadInput(
        f"the run was computed from snapshot {bound.get('id')}, with another manifest than this one of {nation.id}",
        where=str(folder),
        todo="name the snapshot that the run was computed from, restore it, or verify without --snapshot",
    )


class _Audit:
    """One audit at work."""

    def __init__(
        self,
        manifest: Manifest,
        nation: Snapshot | None,
        workers: int,
        progress: Progress | None,
        found: Findings,
    ) -> None:
        self.manifest, self.nation, self.workers = manifest, nation, workers
        self.found = found
        self.notes: list[str] = []
        self._report = progress or (lambda done, total: None)
        sizes = {name: int(bound["bytes"]) for name, bound in manifest.files.items()}
        self._size = sizes
        books = sum(size for name, size in sizes.items() if name.partition("/")[0] in TABLES)
        banks = sum(sizes[file.name] for file in manifest.bank_files)
        self._done, self._total = 0, sum(sizes.values()) + books + banks

    def result(self) -> Audit:
        """Does all steps and puts what they found in order."""
        manifest, found = self.manifest, self.found
        present = inventory(manifest, found)
        with pool(self.workers) if self.workers > 1 else nullcontext() as executor:
            facts = {one.name: one for one in self._read_files(executor, present)}
            mended = self._altered(facts)
            intact = {name for name, one in facts.items() if one.intact or name in mended}
            books = self._judge_books(executor, intact)
            matches = self._match(executor, books, present)
        self._transfers = _added(book.transfers for book in books.values() if book)
        self._complete = all(books.values())
        precise = [finding for match in matches for finding in match.findings]
        precise += self._moved(books, matches, present)
        headers = self._headers(facts)
        alone = without_echoes(
            facts, mended, matches, precise, headers, with_snapshot=self.nation is not None
        )
        found.take([*alone, *headers])
        found.take(precise, sum(match.more for match in matches))
        found.more += sum(one.more for one in facts.values())
        rows = self._sums(books, facts, intact)
        found.kept.sort(key=lambda one: (one.file != MANIFEST, one.file, one.record, one.byte))
        self._report(self._total, self._total)
        return Audit(tuple(found), found.more, self._checked(facts, books, matches, rows), tuple(self.notes))

    def _altered(self, facts: Mapping[str, FileFacts]) -> frozenset[str]:
        """The files that only the manifest, itself altered, says something wrong about."""
        seen = {
            name: {"bytes": one.size, "sha256": one.sha256} for name, one in facts.items() if not one.intact
        }
        return explain_wrong_id(self.manifest, seen, self.found)

    def _headers(self, facts: Mapping[str, FileFacts]) -> list[Finding]:
        """Headers unlike the payer's others, where nothing else says what they must hold."""
        headers = Findings(LIMIT)
        unknown = (one for one in facts.values() if _payer(one.name) not in self._payers_known)
        compare_headers(unknown, headers)
        formal = {
            (one.file, one.field) for file in facts.values() for one in file.findings if one.record == 1
        }
        return [one for one in headers if (one.file, one.field) not in formal]

    def _checked(
        self,
        facts: Mapping[str, FileFacts],
        books: Mapping[str, BookFacts | None],
        matches: Sequence[MatchFacts],
        rows: int,
    ) -> dict[str, int]:
        read = [book for book in books.values() if book]
        matched = sum(match.matched for match in matches)
        checked = {
            "files hashed": len(facts),
            "bank files read": sum(file.name in facts for file in self.manifest.bank_files),
            "data records read": sum(one.records for one in facts.values()),
            "data records found at their place in the ledger": matched,
            "decisions compared with the ledger": sum(book.persons for book in read),
            "payments compared with the decisions": sum(book.payments for book in read),
            "letters compared with the ledger": sum(book.letters for book in read),
            "rows of the reconciliation computed again": rows,
        }
        if self.nation:
            checked["accounts compared with the snapshot"] = matched
        else:
            self.notes.append("payees' accounts (give --snapshot to compare them with the register)")
        return checked

    def _each(
        self, executor: Any, work: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Any]]:
        if executor is None:
            for task in tasks:
                yield task, work(*task)
        else:
            yield from each(executor, work, tasks)

    def _advance(self, names: Iterable[str]) -> None:
        self._done += sum(self._size.get(name, 0) for name in names)
        self._report(min(self._done, self._total), self._total)

    def _read_files(self, executor: Any, present: frozenset[str]) -> list[FileFacts]:
        banks = {file.name: file for file in self.manifest.bank_files}
        originators = self._originators(present)
        self._payers_known = frozenset(originators)
        groups: list[list[FileTask]] = [[]]
        size = 0
        for name in sorted(present):
            bound, bank = self.manifest.files[name], banks.get(name)
            if size and size + bound["bytes"] > BYTES_OF_A_TASK:
                groups.append([])
                size = 0
            size += bound["bytes"]
            groups[-1].append(
                FileTask(
                    name, bound["sha256"], bound["bytes"], bank, originators.get(bank.payer) if bank else None
                )
            )
        facts: list[FileFacts] = []
        for task, done in self._each(
            executor, read_files, [(self.manifest.folder, group) for group in groups]
        ):
            facts += done
            self._advance(one.name for one in task[1])
        return sorted(facts, key=lambda one: one.name)

    def _originators(self, present: frozenset[str]) -> dict[str, dict[str, str]]:
        """Who pays from which account:

        the snapshot's municipalities, or the run's own copy where it is intact.
        """
        path = self.manifest.folder / MUNICIPALITIES
        bound = self.manifest.files.get(MUNICIPALITIES, {})
        intact = MUNICIPALITIES in present and sha256_of(path) == bound.get("sha256")
        if self.nation is not None:
            if intact and bound.get("sha256") != self.nation.municipalities["sha256"]:
                self.found.add("is not the snapshot's", "compute the run again", file=MUNICIPALITIES)
            path = self.nation.folder / self.nation.municipalities["file"]
        elif not intact:
            self.notes.append("originators (municipalities.parquet is altered or missing)")
            return {}
        names = ["muni", "consignor_code", "originator", "bank", "branch", "account_type", "account_number"]
        try:
            rows = read_table(path, pl.Schema(dict.fromkeys(names, pl.String()))).to_dicts()
        except BadInput as error:
            self.found.add(error.what, error.todo, file=MUNICIPALITIES)
            return {}
        return {row["muni"]: row for row in rows}

    def _judge_books(self, executor: Any, intact: set[str]) -> dict[str, BookFacts | None]:
        manifest = self.manifest
        if not manifest.programme:
            self.notes.append("the programme's terms and the totals of the manifest (it was altered)")
        books: dict[str, BookFacts | None] = dict.fromkeys(manifest.parts)
        tasks = []
        self._whole_snapshot()
        for part, shards in manifest.parts.items():
            broken = [f"{table}/{part}.parquet" for table in TABLES]
            if broken := [name for name in broken if name not in intact]:
                self.notes.append(f"the books of part {part} ({', '.join(broken)} altered or missing)")
                continue
            task = BookTask(
                manifest.folder,
                part,
                manifest.key_prefix,
                manifest.amount,
                manifest.programme.get("payer"),
                manifest.rows.get(part),
                manifest.payers.get(part),
                shards,
                self.nation,
            )
            tasks.append((task,))
        for (task,), facts in self._each(executor, judge_books, tasks):
            self.found.take(facts.findings, facts.more)
            books[task.part] = facts if facts.readable else None
            self._advance(f"{table}/{task.part}.parquet" for table in TABLES)
        self._unique_payments([book for book in books.values() if book])
        return books

    def _whole_snapshot(self) -> None:
        """Every shard of the snapshot is in one part."""
        if self.nation is not None:
            taken = [shard for shards in self.manifest.parts.values() for shard in shards]
            if taken != [shard.name for shard in self.nation.shards]:
                what = "its parts are not the shards of the snapshot, each once and in order"
                self.found.add(what, "compute the run again into a new folder", file=MANIFEST)

    def _unique_payments(self, books: list[BookFacts]) -> None:
        """No payment stands in two parts.

        Within one they ascend, so spans that do not touch are proof enough.
        """
        end = -1
        touching = False
        for first, last in sorted(book.span for book in books if book.span):
            touching |= first <= end
            end = max(end, last)
        if not touching:
            return
        ledgers = [self.manifest.folder / "ledger" / f"{book.part}.parquet" for book in books]
        payments = np.concatenate([pl.read_parquet(name, columns=["payment"])["payment"] for name in ledgers])
        payments.sort()
        twice = payments[1:][payments[1:] == payments[:-1]]
        if len(twice):
            what = f"{len(twice):,} payments stand in two parts, first payment {twice[0]}"
            self.found.add(what, "pay nobody twice: release nothing", file="ledger")

    def _files_of_payers(self) -> dict[str, tuple[BankFile, ...]]:
        files: dict[str, list[BankFile]] = defaultdict(list)
        for file in self.manifest.bank_files:
            files[file.payer].append(file)
        return {payer: tuple(own) for payer, own in files.items()}

    def _match(
        self, executor: Any, books: dict[str, BookFacts | None], present: frozenset[str]
    ) -> list[MatchFacts]:
        files = self._files_of_payers()
        counts = [(part, book.transfers if book else None) for part, book in books.items()]
        placed = stretches(counts, files)
        ledgers = frozenset(file.name for file in self.manifest.bank_files) & present
        tasks = []
        for part, own in placed.items():
            if own:
                names = frozenset(file.name for stretch in own for file in stretch.files) & ledgers
                shards = self.manifest.parts[part]
                tasks.append((MatchTask(self.manifest.folder, part, own, names, shards, self.nation),))
        share = sum(self._size[file.name] for file in self.manifest.bank_files) // max(len(tasks), 1)
        matches = []
        for _task, facts in self._each(executor, match_part, tasks):
            matches.append(facts)
            self._done += share
            self._advance(())
        return sorted(matches, key=lambda one: one.part)

    def _moved(
        self, books: Mapping[str, BookFacts | None], matches: Sequence[MatchFacts], present: frozenset[str]
    ) -> list[Finding]:
        files = self._files_of_payers()
        uneven = set()
        for payer in sorted(self._transfers.keys() | files.keys()) if self._complete else ():
            held, booked = sum(file.records for file in files.get(payer, ())), self._transfers.get(payer, 0)
            if held != booked:
                uneven.add(payer)
                what = f"the ledger has {booked:,} transfers of {payer}, its files {held:,} records"
                self.found.add(what, "release nothing of it", file=f"zengin/{payer}")
        readable = [part for part, book in books.items() if book]
        return explain_moved(self.manifest.folder, matches, uneven, files, readable, present)

    def _sums(
        self, books: Mapping[str, BookFacts | None], facts: Mapping[str, FileFacts], intact: set[str]
    ) -> int:
        parts = [row for book in books.values() if book for row in book.sums] if self._complete else None
        rows = 0
        if {RECONCILIATION, NATION} <= intact:
            own = [
                facts.get(file.name) or FileFacts(file.name, "", 0, intact=False)
                for file in self.manifest.bank_files
            ]
            rows = check_reconciliation(self.manifest, parts, own, self.found)
        else:
            self.notes.append("the reconciliation (its files are altered or missing)")
        if not check_days(self.manifest, self._transfers if self._complete else None, self.found):
            self.notes.append("the spread over value dates (ledger or programme incomplete)")
        return rows


def _payer(name: str) -> str:
    """The payer of a bank file by its name; empty for any other file."""
    folder, _, rest = name.partition("/")
    return rest.partition("/")[0] if folder == "zengin" else ""


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for part in parts:
        for name, count in part.items():
            sums[name] += count
    return dict(sums)
