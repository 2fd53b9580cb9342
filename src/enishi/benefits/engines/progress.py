"""How far a run is: a small file that pages read, and a callback for whoever started it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from enishi.platform.snapshots import Shard, Snapshot

Watcher = Callable[[dict[str, Any]], None]


class Progress:
    """Counts persons by phase and prefecture. The file is replaced whole, so a reader never sees half of it."""

    def __init__(self, file: Path, snapshot: Snapshot, watch: Watcher | None) -> None:
        self._file = file
        self._snapshot = snapshot
        self._watch = watch
        self._persons: dict[str, int] = defaultdict(int)
        for shard in snapshot.shards:
            self._persons[_prefecture(shard)] += shard.rows
        self._state = "computing"
        self._begin()

    def phase(self, state: str) -> None:
        """Enters `computing`, `assembling`, `second_opinion`, `checking` or `complete`."""
        self._state = state
        self._begin()
        self._say()

    def done(self, shard: Shard) -> None:
        """One more shard of this phase."""
        self._done[_prefecture(shard)] += shard.rows
        self._shards += 1
        self._say()

    def fail(self, error: str) -> None:
        """The run ended with an error; it can be taken up again."""
        self._state = "failed"
        self._say(error)

    def _begin(self) -> None:
        self._done: dict[str, int] = defaultdict(int)
        self._shards = 0
        self._since = time.monotonic()

    def _say(self, error: str | None = None) -> None:
        done, persons = sum(self._done.values()), self._snapshot.persons
        seconds = time.monotonic() - self._since
        rate = int(done / seconds) if done and seconds > 0 else 0
        said = {
            "state": self._state,
            "persons": persons,
            "done": done,
            "shards": len(self._snapshot.shards),
            "shards_done": self._shards,
            "prefectures": {
                prefecture: {"persons": self._persons[prefecture], "done": self._done[prefecture]}
                for prefecture in sorted(self._persons)
            },
            "rate": rate,
            "eta_seconds": int((persons - done) / rate) if rate else None,
            "error": error,
        }
        temporary = self._file.with_suffix(".new")
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(said), encoding="utf-8")
            temporary.replace(self._file)
        except OSError:
            pass  # a full disk must not hide the error that is being reported
        if self._watch:
            self._watch(said)


def _prefecture(shard: Shard) -> str:
    return shard.municipalities[0][:2] if shard.municipalities else "00"
