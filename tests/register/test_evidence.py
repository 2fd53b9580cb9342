"""What was shown when an act was reported is kept with the act, whichever way it was performed, and read back from it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from enishi.kernel.partial_date import PartialDate
from enishi.register import services
from enishi.register.engines.moving_within import parameters
from enishi.register.models import Act
from enishi.register.replaying import report_by, said_by
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.moves import Place
from enishi.register.rules.reports import MoveWithin, Report
from tests.factories import CHIYODA, person, small_snapshot

DAY = date(2020, 6, 1)
SHOWN = ("number_card", "court_decision")
MOVE = MoveWithin(Kind.MOVE_WITHIN, (1,), Place(CHIYODA, town="神田", postcode="1010021", block="2番"))


def report(shown: tuple[str, ...]) -> Report:
    now, today = timezone.now(), timezone.localdate()
    return Report(CHIYODA, PartialDate.of(DAY), DAY, "officer:1", "key-1", now, today, evidence=shown)


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [(), SHOWN])
def test_evidence_stands_in_the_journal_and_is_read_back(tmp_path: Path, shown: tuple[str, ...]) -> None:
    services.load_nation(small_snapshot(tmp_path, [person(1)]))
    number = services.perform_act(report(shown), MOVE)
    act = Act.objects.get(muni=CHIYODA, number=number)
    assert tuple(act.facts.get("evidence", ())) == shown
    assert report_by(act).evidence == shown
    assert said_by(act) == MOVE
    assert services.broken_chain(CHIYODA) is None


@pytest.mark.parametrize("shown", [(), SHOWN])
def test_the_quick_way_writes_the_same_facts(shown: tuple[str, ...]) -> None:
    facts = json.loads(parameters(report(shown), MOVE, 0)["facts"])
    assert facts.get("evidence") == (list(shown) or None)
