"""The chunk ledger of work on the database: a chunk's effects and its ledger line are one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from enishi.platform.models import Chunk


@dataclass(slots=True)
class ChunkWork:
    """True when the chunk is still to do. Whoever does it sets `rows` (and `sha256`, hex) for the ledger."""

    fresh: bool
    rows: int = 0
    sha256: str = ""

    def __bool__(self) -> bool:
        return self.fresh


@contextmanager
def chunk(work: str, name: str, *, using: str = "default") -> Iterator[ChunkWork]:
    """Runs one chunk exactly once: `with chunk(work, name) as fresh: if fresh: ...`.

    The body runs inside one transaction together with the ledger's line; an error undoes both, and the chunk
    is fresh again. Two processes on the same chunk: the second waits for the first, then finds it done. A
    chunk that is not fresh carries the counts of the ledger.
    """
    with transaction.atomic(using=using):
        line, created = Chunk.objects.using(using).get_or_create(work=work, name=name)
        state = ChunkWork(created, line.rows, line.sha256)
        yield state
        if created:
            Chunk.objects.using(using).filter(pk=line.pk).update(rows=state.rows, sha256=state.sha256)


def chunks_done(work: str, *, using: str = "default") -> dict[str, int]:
    """The chunks of a work that are done, each with its rows."""
    return dict(Chunk.objects.using(using).filter(work=work).order_by("id").values_list("name", "rows"))
