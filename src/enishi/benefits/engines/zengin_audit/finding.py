"""What an audit finds: where it is, what it is, what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HASH = "SHA-256"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be.

    `record`: 1-based, the header is record 1; 0 where the whole file is meant. `field`: its name in
    docs/bank-files.md, or a column. `byte`: position in the record as bank manuals count it, 1 to 120; 0
    where none can be named. `file`: the name relative to the run's folder, empty for a file read alone.
    """

    record: int
    field: str
    byte: int
    what: str
    todo: str = ""
    file: str = ""

    @property
    def is_hash(self) -> bool:
        """Whether it says only that a file is not the one that its hash was taken of."""
        return self.field == HASH

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.record:
            place.append(f"record {self.record}")
        if self.field:
            place.append(self.field)
        if self.byte:
            place.append(f"byte {self.byte}")
        text = f"{', '.join(place)}: {self.what}" if place else self.what
        return f"{text} ({self.todo})" if self.todo else text


@dataclass
class Findings:
    """Findings in the order in which they were made, at most `limit` of them kept; `more` counts those
    beyond.
    """

    limit: int
    kept: list[Finding] = field(default_factory=list)
    more: int = 0

    def add(
        self, what: str, todo: str = "", *, file: str = "", record: int = 0, name: str = "", byte: int = 0
    ) -> None:
        self.take([Finding(record, name, byte, what, todo, file)])

    def take(self, found: Iterable[Finding], more: int = 0) -> None:
        for one in found:
            if len(self.kept) < self.limit:
                self.kept.append(one)
            else:
                self.more += 1
        self.more += more

    @property
    def full(self) -> bool:
        return len(self.kept) >= self.limit

    def __len__(self) -> int:
        return len(self.kept) + self.more

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.kept)
