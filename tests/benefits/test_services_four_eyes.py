"""Whatever officers try, in whatever order: money leaves at most once, and only through two people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.benefits import services
from enishi.benefits.models import MunicipalDecision, Publication, Release
from enishi.kernel.errors import Refused
from enishi.platform.services import DutyKind, duties_of
from tests.benefits import offices
from tests.benefits.offices import Offices
from tests.factories import CHIYODA, CHUO, YOKOHAMA

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return offices.computed(tmp_path_factory.mktemp("four-eyes"))


@pytest.fixture
def who() -> Offices:
    return offices.offices()


@pytest.fixture
def book(run: Path, who: Offices) -> Publication:
    return offices.published(run, who)


OFFICERS = ("benefits", "accounting", "both", "second", "other", "agency", "auditor", "nobody")
ATTEMPTS = st.lists(
    st.tuples(
        st.sampled_from(("decide", "release")),
        st.sampled_from(OFFICERS),
        st.sampled_from((CHIYODA, CHUO, YOKOHAMA)),
        st.sampled_from(("shown", "other", "")),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(attempts=ATTEMPTS)
def test_money_leaves_at_most_once_and_only_through_two_people_of_that_municipality(
    attempts: list[tuple[str, str, str, str]], who: Offices, book: Publication
) -> None:
    by_name: dict[str, Any] = {
        "benefits": who.benefits[CHIYODA],
        "accounting": who.accounting[CHIYODA],
        "both": who.both,
        "second": who.accounting[CHUO],
        "other": who.benefits[CHUO],
        "agency": who.agency,
        "auditor": who.auditor,
        "nobody": who.nobody,
    }
    hashes = {
        muni: services.municipal_result(who.auditor, book.pk, muni).content_hash
        for muni in (CHIYODA, CHUO, YOKOHAMA)
    }
    with transaction.atomic():
        done = []
        for act, officer, muni, shown in attempts:
            content = {"shown": hashes[muni], "other": hashes[CHIYODA if muni == CHUO else CHUO], "": ""}[
                shown
            ]
            try:
                with transaction.atomic():
                    getattr(services, act)(by_name[officer], book.pk, muni, content)
            except Refused:
                continue
            done.append((act, muni))
        assert len(done) == len(set(done))
        decided = {row.muni: row for row in MunicipalDecision.objects.all()}
        assert set(decided) == {muni for act, muni in done if act == "decide"}
        assert YOKOHAMA not in decided
        released = {row.muni: row for row in Release.objects.all()}
        assert set(released) == {muni for act, muni in done if act == "release"}
        today = timezone.localdate()
        for muni, row in decided.items():
            assert (DutyKind.BENEFITS_OFFICER, muni) in duties_of(row.decided_by, today)
            assert row.content_hash == hashes[muni]
        for muni, row in released.items():
            assert (DutyKind.ACCOUNTING_OFFICER, muni) in duties_of(row.released_by, today)
            assert row.decided_by == decided[muni].decided_by != row.released_by
        transaction.set_rollback(True)
