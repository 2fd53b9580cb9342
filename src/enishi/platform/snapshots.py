"""Reads a snapshot folder (docs/snapshot.md): its manifest, and each shard only after its hash has been
checked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from enishi.kernel.errors import BadInput
from enishi.platform.files import sha256_of

FORMAT = "enishi-snapshot/1"
ID_KEY = "enishi.snapshot"
SYNTHETIC_KEY = "enishi.synthetic"


def identity(source: str, on: date, build: dict[str, Any]) -> str:
    """The `id` of a snapshot: SHA-256 (hex) over what made it, as canonical JSON (sorted keys, no spaces)."""
    made = {"build": build, "on": on.isoformat(), "source": source}
    canonical = json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Shard:
    """One file of whole households. `name`: `0001`; `rows`: persons in it."""

    name: str
    file: str
    sha256: str
    rows: int
    municipalities: tuple[str, ...]
    person_min: int
    person_max: int


@dataclass(frozen=True)
class Snapshot:
    """A nation, or the register of a day, on disk."""

    folder: Path
    id: str
    source: str
    on: date
    persons: int
    shards: tuple[Shard, ...]
    municipalities: dict[str, Any]
    numbers: tuple[dict[str, Any], ...]
    items: tuple[dict[str, Any], ...] = ()
    acts: tuple[dict[str, Any], ...] = ()
    history: tuple[dict[str, Any], ...] = ()
    history_from: date | None = None

    @classmethod
    def open(cls, folder: Path) -> Snapshot:
        """Reads the manifest. Raises BadInput where there is none, or one that is not whole."""
        path = folder / "manifest.json"
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadInput(
                "this folder is not a finished snapshot: its manifest.json is missing or unreadable",
                where=str(folder),
                todo="build it to its end (`enishi nation build`, `enishi register snapshot`) or name another",
            ) from error
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise BadInput(
                f"this manifest is not of format {FORMAT}", where=str(path), todo="name a snapshot folder"
            )
        try:
            shards = tuple(
                Shard(
                    name=Path(entry["file"]).stem,
                    file=entry["file"],
                    sha256=entry["sha256"],
                    rows=int(entry["rows"]),
                    municipalities=tuple(entry["municipalities"]),
                    person_min=int(entry["person_min"]),
                    person_max=int(entry["person_max"]),
                )
                for entry in said["shards"]
            )
            whole = cls(
                folder=folder,
                id=said["id"],
                source=said["source"],
                on=date.fromisoformat(said["on"]),
                persons=int(said["persons"]),
                shards=shards,
                municipalities=said["municipalities"],
                numbers=tuple(said.get("numbers", ())),
                items=tuple(said.get("items", ())),
                acts=tuple(said.get("acts", ())),
                history=tuple(said.get("history", ())),
                history_from=date.fromisoformat(said["history_from"]) if "history_from" in said else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"the manifest is not whole: {error!r}", where=str(path), todo="build the snapshot again"
            ) from error
        outside = [shard.file for shard in shards if Path(shard.file).parts[:-1] != ("persons",)]
        if outside or sum(shard.rows for shard in shards) != whole.persons:
            raise BadInput(
                "the manifest contradicts itself: shards outside persons/, or rows that do not add up",
                where=str(path),
                todo="build the snapshot again",
            )
        return whole

    def municipalities_file(self) -> Path:
        """municipalities.parquet, checked."""
        return self._checked(self.municipalities["file"], self.municipalities["sha256"])

    def shard_file(self, shard: Shard) -> Path:
        """A shard's file, checked. Raises BadInput where it is missing, cut off, altered or of another
        snapshot.
        """
        return self._checked(shard.file, shard.sha256)

    def numbers_file(self, entry: dict[str, Any]) -> Path:
        """A file of `numbers`, checked like a shard. Only number/ calls this."""
        return self._checked(entry["file"], entry["sha256"])

    def items_file(self, shard: Shard) -> Path | None:
        """The file of `items` that stands beside a shard, checked like it; None where the snapshot has none."""
        return self._beside("items", self.items, shard) if self.items else None

    def history_files(self, shard: Shard) -> tuple[Path, Path] | None:
        """The files of `acts` and `history` that stand beside a shard, likewise."""
        if self.history_from is None:
            return None
        return self._beside("acts", self.acts, shard), self._beside("history", self.history, shard)

    def _beside(self, what: str, entries: tuple[dict[str, Any], ...], shard: Shard) -> Path:
        named = {Path(entry["file"]).stem: entry for entry in entries}
        if shard.name not in named:
            raise BadInput(
                f"the manifest names no {what} for {shard.file}",
                where=str(self.folder / "manifest.json"),
                todo="build the snapshot again",
            )
        return self._checked(named[shard.name]["file"], named[shard.name]["sha256"])

    def _checked(self, file: str, sha256: str) -> Path:
        path = self.folder / file
        try:
            found = sha256_of(path)
        except OSError as error:
            raise BadInput(
                "this file of the snapshot is missing",
                where=str(path),
                todo="restore it, or build the snapshot again",
            ) from error
        if found != sha256:
            raise BadInput(
                self._what_is_wrong(path), where=str(path), todo="restore it, or build the snapshot again"
            )
        return path

    def _what_is_wrong(self, path: Path) -> str:
        import polars as pl

        try:
            belongs = pl.read_parquet_metadata(path).get(ID_KEY)
        except Exception:  # whatever the library calls it: the file cannot be read as what it should be
            return "this file is truncated or damaged: it is no whole Parquet file, and its hash differs"
        if belongs is not None and belongs != self.id:
            return "this file belongs to another snapshot"
        return "this file was altered after the snapshot was made: its hash differs"
