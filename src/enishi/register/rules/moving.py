"""The move between municipalities as two state machines that only messages connect (Basic Resident Register Act arts 9, 22, 24).

`step_old` is the municipality that is left, `step_new` the one that is moved to. Both are pure and total: every event in every
state has an answer. What a person wants and cannot have is Refused with its reason; a message that comes late, twice or out
of order is noted and changes nothing. The certificate information (転出証明書情報) is like a key: the old side hands it to one
municipality at a time, numbered, and hands it to another (or cancels) only when the first has given it back. Whoever has
it may enter the movers; so nobody can be entered twice, in whatever order messages arrive.
"""

from __future__ import annotations

from enishi.register.rules.move_states import (
    NEW_ENDED,
    OLD_ENDED,
    Effect,
    Event,
    New,
    NewSide,
    Old,
    OldSide,
    Role,
)
from enishi.register.rules.move_terms import Evidence, Law, Proof
from enishi.register.rules.moving_from import OLD_EVENTS, step_old
from enishi.register.rules.moving_to import NEW_EVENTS, proof_missing, step_new

__all__ = [
    "NEW_ENDED",
    "NEW_EVENTS",
    "OLD_ENDED",
    "OLD_EVENTS",
    "Effect",
    "Event",
    "Evidence",
    "Law",
    "New",
    "NewSide",
    "Old",
    "OldSide",
    "Proof",
    "Role",
    "proof_missing",
    "step_new",
    "step_old",
]
