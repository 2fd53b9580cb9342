"""Where a move stands, as its movers see it: stages with their moments, what they have to do, what they may still change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from enishi.register import services as register
from enishi.register import terms
from enishi.web.resident.deadlines import Deadlines, deadlines_of
from enishi.web.resident.who import Relative, Resident, household_of
from enishi.web.towns import Place, place

PURPOSE = "looks at a move"
OLD, NEW = "old", "new"
UNDONE = {"cancelled", "refused"}
FIXED = {"notified_back", "closed"}
"""States of the municipality that is left: nothing happens any more; the movers are entered elsewhere."""


@dataclass(frozen=True)
class Stage:
    """One stage. `state`: `done`, `now` or `todo`; `at`: when it was reached, None where it is not told."""

    words: str
    note: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class OwnMove:
    """A move with both its sides, as far as they are there. `new`: None while the other municipality knows nothing of it."""

    id: str
    old: terms.MoveView | None
    new: terms.MoveView | None
    deadlines: Deadlines | None

    @property
    def view(self) -> terms.MoveView:
        """The side that says what was filed: the municipality that is left, else the other."""
        found = self.old or self.new
        assert found is not None
        return found

    @property
    def under_way(self) -> bool:
        """Whether anything is still to happen."""
        return self.view.is_open

    @property
    def undone(self) -> bool:
        """Whether it was cancelled or refused."""
        return self.view.state in UNDONE

    @property
    def withdrawing(self) -> bool:
        """Whether the other municipality is asked to give the information back."""
        return self.view.state == "withdrawing"

    @property
    def may_cancel(self) -> bool:
        """Whether the movers can still cancel it."""
        return self.old is not None and self.old.is_open and self.old.state not in FIXED | {"withdrawing"}

    may_redirect = may_cancel

    @property
    def origin(self) -> Place | None:
        """The municipality that is left; None where it is not told."""
        if self.old is not None:
            return place(self.old.muni)
        return place(self.new.other) if self.new is not None and self.new.other else None

    @property
    def destination(self) -> Place | None:
        """The municipality that is moved to; None where it is not told."""
        to = self.view.to
        return place(to.muni) if to is not None and to.muni else None

    @property
    def reason_given(self) -> str:
        """What an officer wrote when the report was refused; blank for none."""
        steps = self.old.steps if self.old is not None else ()
        return next((str(one.detail.get("why", "")) for one in steps if one.event == "refuse"), "")


def own_moves(resident: Resident) -> tuple[OwnMove, ...]:
    """The moves of the resident, and those that they filed for others of their household; newest first. Recorded as read."""
    reader = resident.reader(PURPOSE)
    found = list(
        register.moves_of_resident(reader, resident.person, viewer=resident.person, on=resident.today)
    )
    have = {one.move for one in found}
    for one in household_of(resident, PURPOSE):
        if not one.me:
            told = register.moves_of_resident(reader, one.person, viewer=resident.person, on=resident.today)
            found += [view for view in told if view.move not in have and _filed_by(view, reader.actor)]
    return _paired(found, resident)


def own_move(resident: Resident, move: str) -> OwnMove | None:
    """One of `own_moves`; None for any other, whether there is such a move or not."""
    return next((one for one in own_moves(resident) if one.id == move), None)


def stages(move: OwnMove) -> tuple[Stage, ...]:
    """The stages of a move that goes on, in order."""
    old, new = move.old, move.new
    accepted = old is not None and old.state not in ("announced", "refused")
    received = new is not None and new.state not in ("withdrawn", "declined", "awaited")
    entered = (new is not None and new.act is not None) or (old is not None and old.state in FIXED)
    proved = entered or (received and new is not None and not new.missing)
    closed = old is not None and old.state == "closed"
    done = (True, accepted, accepted and received, proved, entered, closed)
    at = (
        move.view.began_at,
        _moment(old, "accept"),
        _moment(new, "certificate"),
        _moment(new, "confirm"),
        _moment(new, "accept"),
        _moment(old, "recorded"),
    )
    here = _words(move.origin, _("the office where you live now"))
    there = _words(move.destination, _("the office of your new address"))
    words = (
        (_("You reported the move"), ""),
        (
            _("%(office)s accepts it") % {"office": here},
            _("You are then signed off there from the day of your move."),
        ),
        (
            _("%(office)s receives your data") % {"office": there},
            _("They travel from office to office. You carry no paper."),
        ),
        (_("%(office)s checks who you are") % {"office": there}, ""),
        (
            _("%(office)s enters you in its register") % {"office": there},
            _("From then on this is your registered address."),
        ),
        (_("%(office)s is told, and the move is finished") % {"office": here}, ""),
    )
    first_open = next((i for i, one in enumerate(done) if not one), len(done))
    return tuple(
        Stage(
            said,
            note,
            "done" if i < first_open else "now" if i == first_open else "todo",
            at[i] if done[i] else None,
        )
        for i, (said, note) in enumerate(words)
    )


def to_do(move: OwnMove) -> tuple[str, ...]:
    """What the movers themselves have to do now, in sentences; empty while others are at work."""
    if not move.under_way or move.withdrawing:
        return ()
    there = _words(move.destination, _("the office of your new address"))
    here = _words(move.origin, _("the office where you live now"))
    wanted = []
    missing = set(move.new.missing) if move.new is not None else set()
    if "existence" in missing:
        wanted.append(
            _("Show yourself and your card to an officer of %(office)s: by video, or at the counter.")
            % {"office": there}
        )
    elif "identity" in missing:
        wanted.append(
            _(
                "An officer of %(office)s confirms that it is you. They call you by video, or you come to the counter."
            )
            % {"office": there}
        )
    if "paper_certificate" in missing or move.view.reason == "waits_for_paper":
        wanted.append(
            _(
                "The card alone is no longer enough. Get the paper move-out certificate from %(old)s and hand it in at %(new)s."
            )
            % {"old": here, "new": there}
        )
    if move.view.conflict or move.view.state == "returned":
        wanted.append(
            _("Something has to be cleared up. %(office)s will write to you; you may also ask there.")
            % {"office": here}
        )
    return tuple(wanted)


def _paired(views: Iterable[terms.MoveView], resident: Resident) -> tuple[OwnMove, ...]:
    by_move: dict[str, dict[str, terms.MoveView]] = {}
    for view in sorted(views, key=lambda one: one.changed_at):
        if str(view.role) in (OLD, NEW):
            sides = by_move.setdefault(view.move, {})
            if str(view.role) == NEW and NEW in sides and not view.is_open and view.act is None:
                continue
            sides[str(view.role)] = view
    found = []
    for move, sides in by_move.items():
        view = sides.get(OLD) or sides[NEW]
        day = view.moved or view.announced
        found.append(
            OwnMove(move, sides.get(OLD), sides.get(NEW), deadlines_of(day, resident.today) if day else None)
        )
    return tuple(sorted(found, key=lambda one: one.view.began_at, reverse=True))


def names_of(move: OwnMove, family: Sequence[Relative]) -> list[str]:
    """The names of those movers whom the reader may see: of the own household, or as they were sent to the new office."""
    names = {one.person: written(one) for one in move.new.certificate} if move.new is not None else {}
    names |= {one.person: one.name for one in family}
    return [names[person] for person in move.view.persons if person in names]


def written(one: terms.reports.Newcomer) -> str:
    """A mover's name as it is written: the registered one, else the first."""
    names = sorted(one.names, key=lambda name: name.kind != terms.NameKind.REGISTERED)
    return names[0].whole or f"{names[0].surname} {names[0].given}".strip() if names else str(one.person)


def _filed_by(view: terms.MoveView, actor: str) -> bool:
    return any(one.event == "announce" and one.by == actor for one in view.steps)


def _moment(view: terms.MoveView | None, event: str) -> datetime | None:
    found = (
        [one.at for one in view.steps if one.event == event and one.word != "late"]
        if view is not None
        else []
    )
    return found[-1] if found else None


def _words(where: Place | None, otherwise: str) -> str:
    return where.in_words if where is not None else otherwise
