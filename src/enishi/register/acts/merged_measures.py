"""Support measures (支援措置) of a municipality that has closed its record: its successor keeps every case from the same moment.

What the closed municipality granted runs its term; nothing is decided anew. The acts until then stay readable under the old
code; whoever holds a copy is told who serves the person now, and whoever serves a person is told who holds the copy now.
"""

from __future__ import annotations

from typing import Any

from enishi.platform.services import database_of, post
from enishi.register.measure_messages import TRACES, spread
from enishi.register.measures import STANDING, By, act_on, add, add_parts
from enishi.register.models import Act, MeasureCopy, MeasurePerson, SupportMeasure
from enishi.register.vocabulary import MeasureAct


def go_on(act: Act, old: str) -> None:
    """Takes over how each measure stands in `old`, with its persons and the holders of its copies, within the opening act.

    Where both had the case, the one that served the person knows best; a copy of the other is overwritten.
    """
    there = database_of(old)
    for row in SupportMeasure.objects.using(there).current().filter(muni=old).order_by("measure"):
        measure = row.measure
        people = MeasurePerson.objects.using(there).filter(muni=old, measure=measure)
        add_parts(act.muni, measure, dict(people.values_list("person", "part")))
        holders = set(
            MeasureCopy.objects.using(there)
            .filter(muni=old, measure=measure)
            .values_list("holder", flat=True)
        )
        known = set(
            MeasureCopy.objects.filter(muni=act.muni, measure=measure).values_list("holder", flat=True)
        )
        MeasureCopy.objects.bulk_create(
            MeasureCopy(muni=act.muni, measure=measure, holder=holder)
            for holder in sorted(holders - known - {act.muni})
        )
        said: dict[str, Any] = {name: getattr(row, name) for name in STANDING}
        if row.served_by == old:
            said["served_by"] = act.muni
        # The row's number, not the measure's name: that may fill the whole key.
        by = By(act.muni, act.actor, f"merger:{old}:{act.number}:{row.pk}", act.recorded_at)
        mine = SupportMeasure.objects.current().filter(muni=act.muni, measure=measure).first()
        if mine is None:
            mine = add(measure, 1, MeasureAct.TAKE_OVER, by, said)
        elif row.served_by == old:
            mine = act_on(mine, MeasureAct.TAKE_OVER, by, **said)
        if row.served_by == old:
            spread(mine, act.recorded_at, taken_from=old)
        elif mine.served_by != act.muni:
            told = {"measure": measure, "holders": [act.muni]}
            post(
                f"traces:merger:{act.muni}:{act.number}:{measure}",
                mine.served_by,
                TRACES,
                told,
                sender=act.muni,
                at=act.recorded_at,
            )
