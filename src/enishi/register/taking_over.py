"""Taking over the record of an earlier system: the first act of every municipality."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.utils import timezone

from enishi.platform.snapshots import Snapshot
from enishi.register.chain import BEGINNING, hash_of
from enishi.register.models import Act, Counter
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.vocabulary import Manner

KIND = Kind.TAKE_OVER.value
ARTICLE = CATALOGUE[Kind.TAKE_OVER].article
FIRST = 1


def take_over(snapshot: Snapshot, munis: list[str]) -> None:
    """Writes the first act of each municipality: everything that it begins with is recorded by it.

    A snapshot with a history is taken over as it stood on the first day of that, and at the beginning of it.
    """
    day = snapshot.history_from or snapshot.on
    now = timezone.now() if snapshot.history_from is None else datetime.combine(day, time(), UTC)
    acts = []
    for muni in munis:
        act = {
            "muni": muni,
            "number": FIRST,
            "kind": KIND,
            "manner": Manner.EX_OFFICIO.value,
            "article": ARTICLE,
            "effective": day,
            "effective_latest": day,
            "effective_wording": "",
            "reported_on": None,
            "recorded_at": now,
            "actor": "register load",
            "reason": "",
            "key": snapshot.id,
            "facts": {"snapshot": snapshot.id, "source": snapshot.source},
            "corrects": None,
        }
        acts.append(Act(**act, previous_hash=BEGINNING, hash=hash_of({**act, "persons": []}, BEGINNING)))
    Act.objects.bulk_create(acts)
    Counter.objects.bulk_create(Counter(muni=muni, name="act", next=FIRST + 1) for muni in munis)


def taken_over_at() -> datetime:
    """The moment of the first acts: what the loaded facts were recorded at."""
    return Act.objects.filter(number=FIRST).values_list("recorded_at", flat=True)[0]
