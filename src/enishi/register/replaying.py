"""The journal read back as what was reported: every act of it has a form, and performed anew in order, from an empty
municipality, the forms give the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator

from enishi.kernel.partial_date import PartialDate
from enishi.register.acts.performing import said_of
from enishi.register.models import Act
from enishi.register.rules import reports
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.reports import Report, Reported

FORMS: dict[Kind, tuple[type[Reported], ...]] = {
    Kind.MOVE_IN: (reports.Arrival,),
    Kind.MOVE_IN_FROM_ABROAD: (reports.Arrival,),
    Kind.ENTRY: (reports.Arrival,),
    Kind.STATUS_ACQUIRED: (reports.Arrival,),
    Kind.MOVE_WITHIN: (reports.MoveWithin,),
    Kind.WARD_MOVE: (reports.MoveWithin,),
    Kind.MOVE_OUT: (reports.Departure,),
    Kind.MOVE_OUT_ABROAD: (reports.Departure,),
    Kind.MOVE_OUT_CANCELLED: (reports.TakingBack,),
    Kind.MOVE_IN_NOTICE: (reports.Arrived,),
    Kind.HOUSEHOLD_SPLIT: (reports.HouseholdChange,),
    Kind.HOUSEHOLD_MERGE: (reports.HouseholdChange,),
    Kind.HOUSEHOLD_COMPOSITION: (reports.HouseholdChange,),
    Kind.HEAD_CHANGE: (reports.HouseholdChange,),
    Kind.BIRTH: (reports.Birth,),
    Kind.DEATH: (reports.Leaving,),
    Kind.DISAPPEARANCE: (reports.Leaving,),
    Kind.ERASURE: (reports.Leaving,),
    Kind.DISAPPEARANCE_REVERSED: (reports.TakingBack,),
    Kind.RESTORATION: (reports.TakingBack,),
    Kind.FAMILY_REGISTER: (reports.FamilyNotice,),
    Kind.NATURALISATION: (reports.NationalityChange,),
    Kind.NATIONALITY_ACQUIRED: (reports.NationalityChange,),
    Kind.NATIONALITY_LOST: (reports.NationalityChange,),
    Kind.IMMIGRATION: (reports.ImmigrationNotice,),
    Kind.ALIAS: (reports.AliasEntry,),
    Kind.FORMER_SURNAME: (reports.FormerSurnameEntry,),
    Kind.STATUS_ITEM: (reports.ItemNotice,),
    Kind.CORRECTION: (reports.ItemsCorrected, reports.DayCorrected, reports.Struck),
    Kind.RENUMBERING: (reports.Renumbering,),
    Kind.MERGER: (reports.RecordClosed,),
    Kind.MERGER_TAKEN_OVER: (reports.RecordOpened,),
    Kind.NUMBER_CHANGED: (reports.NumberChange,),
    Kind.CODE_CHANGED: (reports.CodeChange,),
    Kind.ADDRESSEE_ENTERED: (reports.AddresseeEntered,),
    Kind.ADDRESSEE_CHANGED: (reports.AddresseeChanged,),
    Kind.ADDRESSEE_ENDED: (reports.AddresseeEnded,),
    Kind.ADDRESSEES_MERGED: (reports.AddresseesMerged,),
}
"""By which forms each act is reported. A record that was taken over (`Kind.TAKE_OVER`) has none: it came as a whole."""


BESIDE = {"days_late", "evidence"}
"""What the journal keeps beside what was said."""


def said_by(act: Act) -> Reported:
    """What was said in an act, as its form of report; of several forms the one whose every item the act has."""
    named = {name for name in act.facts if name not in BESIDE}
    form = next(form for form in FORMS[Kind(act.kind)] if set(form.__dataclass_fields__) - {"kind"} == named)
    return said_of(form, act)


def report_by(act: Act) -> Report:
    """How an act was reported. The office's day is that of the recording, which the journal keeps."""
    effective = PartialDate(act.effective, act.effective_latest, act.effective_wording)
    today = max(act.recorded_at.date(), act.reported_on or act.recorded_at.date())
    shown = tuple(act.facts.get("evidence", ()))
    return Report(
        act.muni, effective, act.reported_on, act.actor, act.key, act.recorded_at, today, act.reason, shown
    )


def journal_of(muni: str) -> Iterator[tuple[Report, Reported]]:
    """Every act of a municipality as it was reported, in order, without a record taken over as a whole."""
    for act in Act.objects.filter(muni=muni).exclude(kind=Kind.TAKE_OVER.value).order_by("number"):
        yield report_by(act), said_by(act)
