"""The chunk ledger of work on files: a chunk is done when its receipt lies there, and the receipt comes last.

A receipt is a small JSON file that binds the hashes of a chunk's results. Resuming keeps every chunk whose
receipt stands and whose files still have the size that it names; all else is done again, and gives the same
bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enishi.platform.files import sha256_of, write_durably


@dataclass(frozen=True)
class Receipts:
    """The receipts of one piece of work. `root`: the folder that file names are relative to."""

    root: Path
    folder: Path

    def path(self, chunk: str) -> Path:
        return self.folder / f"{chunk}.json"

    def write(
        self, chunk: str, files: Sequence[Path], scratch: Sequence[Path] = (), **facts: Any
    ) -> dict[str, Any]:
        """Call once all files are durably in their place. `facts` must not depend on time, path or host.

        `scratch`: files that only this piece of work reads again; bound by their size alone.
        """
        bound = {
            str(file.relative_to(self.root)): {"sha256": sha256_of(file), "bytes": file.stat().st_size}
            for file in files
        } | {str(file.relative_to(self.root)): {"bytes": file.stat().st_size} for file in scratch}
        receipt = {"chunk": chunk, "files": bound, **facts}
        write_durably(self.path(chunk), json.dumps(receipt, ensure_ascii=False, sort_keys=True).encode())
        return receipt

    def read(self, chunk: str) -> dict[str, Any] | None:
        """The receipt, or None where the chunk has to be done (again)."""
        try:
            receipt: dict[str, Any] = json.loads(self.path(chunk).read_text())
            intact = all(
                (self.root / name).stat().st_size == bound["bytes"]
                for name, bound in receipt["files"].items()
            )
        except (FileNotFoundError, ValueError, KeyError):
            return None
        return receipt if intact else None
