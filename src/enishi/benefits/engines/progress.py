"""How far a run is: a small file that pages read, and a callback for whoever started it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from enishi.benefits.engines.parts import Part
from enishi.platform.snapshots import Shard

Watcher = Callable[[dict[str, Any]], None]


class Progress:
    """Counts persons by phase and prefecture. The file is replaced whole, so a reader never sees half of it."""

    def __init__(self, file: Path, parts: Sequence[Part], watch: Watcher | None) -> None:
        self._file = file
        self._parts = len(parts)
        self._watch = watch
        self._persons: dict[str, int] = defaultdict(int)
        for part in parts:
            _add(part, self._persons)
        self._state = "computing"
        self._begin()

    def phase(self, state: str) -> None:
        """Enters `computing`, `assembling`, `second_opinion`, `checking` or `complete`."""
        self._state = state
        self._begin()
        self._say()

    def done(self, part: Part) -> None:
        """One more part has passed this phase."""
        _add(part, self._done)
        self._parts_done += 1
        self._say()

    def fail(self, error: str) -> None:
        """The run ended with an error; it can be taken up again."""
        self._state = "failed"
        self._say(error)

    def _begin(self) -> None:
        self._done: dict[str, int] = defaultdict(int)
        self._parts_done = 0
        self._since = time.monotonic()

    def _say(self, error: str | None = None) -> None:
        done, persons = sum(self._done.values()), sum(self._persons.values())
        seconds = time.monotonic() - self._since
        rate = int(done / seconds) if done and seconds > 0 else 0
        said = {
            "state": self._state,
            "persons": persons,
            "done": done,
            "parts": self._parts,
            "parts_done": self._parts_done,
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


def _add(part: Part, persons: dict[str, int]) -> None:
    for shard in part.shards:
        persons[_prefecture(shard)] += shard.rows


def _prefecture(shard: Shard) -> str:
    return shard.municipalities[0][:2] if shard.municipalities else "00"
