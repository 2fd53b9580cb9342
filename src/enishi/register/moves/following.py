"""An open move follows the record: who dies, is removed, renamed or corrected here is so for the other municipality too."""

from __future__ import annotations

from datetime import datetime

from enishi.register.moves.filing import record_changed
from enishi.register.subscriptions import Event, Happening, subscribes

GONE = (Event.DIED, Event.REMOVED)


@subscribes("register.moves", *GONE, Event.RENAMED, Event.CORRECTED)
def follow(happening: Happening, now: datetime) -> None:
    """Tells the municipality that has the certificate information, or has entered the mover."""
    record_changed(
        happening.muni, happening.person, gone=happening.event in GONE, by=f"act:{happening.act}", now=now
    )
