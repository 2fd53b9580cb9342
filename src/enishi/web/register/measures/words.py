"""Support measures in the words of the office."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from enishi.register.terms import Agency, Harm, MeasureState

HARMS = {
    Harm.VIOLENCE: _("violence by a spouse or partner"),
    Harm.STALKING: _("stalking"),
    Harm.CHILD_ABUSE: _("child abuse"),
    Harm.SIMILAR: _("harm like these"),
}
AGENCIES = {
    Agency.POLICE: _("police"),
    Agency.COUNSELLING_CENTRE: _("spousal violence counselling and support centre"),
    Agency.CHILD_CENTRE: _("child guidance centre"),
    Agency.OTHER_AGENCY: _("another counselling agency"),
    Agency.COURT: _("court (protection order shown)"),
}
STATES = {
    MeasureState.PROVISIONAL: _("provisional: to be decided"),
    MeasureState.AWAITING: _("taken over: to be decided here"),
    MeasureState.ENDING: _("in its last month: may be renewed"),
    MeasureState.IN_FORCE: _("granted, in force"),
    MeasureState.REFUSED: _("refused, records open"),
    MeasureState.EXPIRED: _("run out"),
    MeasureState.ENDED: _("ended, records open"),
}
BADGES = {
    MeasureState.PROVISIONAL: ("warning", "warning"),
    MeasureState.AWAITING: ("warning", "warning"),
    MeasureState.ENDING: ("key", "info"),
    MeasureState.IN_FORCE: ("error", "lock"),
}
"""Colour and icon of the badge of a state; what is over has a plain one."""

FILTERS = {
    "": _("all that stand"),
    MeasureState.PROVISIONAL.value: STATES[MeasureState.PROVISIONAL],
    MeasureState.AWAITING.value: STATES[MeasureState.AWAITING],
    MeasureState.ENDING.value: STATES[MeasureState.ENDING],
    MeasureState.IN_FORCE.value: STATES[MeasureState.IN_FORCE],
    MeasureState.ENDED.value: _("over: refused, run out, ended"),
    "copies": _("copies from other municipalities"),
}
NOTHING = {
    "": _(
        "Here will be each filing from the moment on at which it is taken, and each measure until it is over."
    ),
    MeasureState.PROVISIONAL.value: _(
        "Here will be filings that close records already and on which nobody has decided."
    ),
    MeasureState.AWAITING.value: _(
        "Here will be cases that come with somebody who moves in, or from an earlier system, until they are decided here."
    ),
    MeasureState.ENDING.value: _("Here will be measures from a month before their last day on."),
    MeasureState.IN_FORCE.value: _("Here will be measures that are granted, until their last month."),
    MeasureState.ENDED.value: _("Here will be filings that were refused and measures that are over."),
    "copies": _(
        "Here will be cases that another municipality serves, as soon as it tells of one with a trace here."
    ),
}
ACTS = {
    "take_over": _("taken over"),
    "file": _("filed"),
    "grant": _("granted"),
    "reject": _("refused"),
    "renew": _("renewed"),
    "change": _("changed"),
    "end": _("ended"),
    "move": _("come with a move"),
    "copied": _("told by another municipality"),
}
ENDS = {
    "request": _("at the applicant's request"),
    "ex_officio": _("ex officio: the ground is gone"),
}
"""On whose word a measure ends; the code stands before the reason."""


def words(table: Mapping[str, object], code: str) -> str:
    """A code in words; one that the table does not know as it stands."""
    return str(table.get(code, code))


def reason(text: str) -> str:
    """The reason of an act, what stands for whose word it was in words."""
    code, _colon, rest = text.partition(": ")
    return f"{ENDS[code]} · {rest}" if code in ENDS else text


def plain_reason(text: str) -> str:
    """The reason of an act alone."""
    code, _colon, rest = text.partition(": ")
    return rest if code in ENDS else text
