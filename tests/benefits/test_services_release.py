"""Publish, adopt, decide, release: each once, each by whom the law says, and two people for the money."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from enishi.benefits import services
from enishi.benefits.models import Adoption, MunicipalDecision, Publication, PublishedProgramme, Release, Run
from enishi.kernel.errors import Disagreement, Refused
from tests.benefits import offices
from tests.benefits.offices import PUSH, Offices
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return offices.computed(tmp_path_factory.mktemp("release"))


@pytest.fixture
def who() -> Offices:
    return offices.offices()


@pytest.fixture
def book(run: Path, who: Offices) -> Publication:
    return offices.published(run, who)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def content(who: Offices, book: Publication, muni: str) -> str:
    return services.municipal_result(who.auditor, book.pk, muni).content_hash


def test_a_programme_is_published_once_and_only_as_it_was_reviewed(who: Offices) -> None:
    with pytest.raises(Refused, match="changed after you reviewed"):
        services.publish_programme(who.agency, PUSH, "0" * 64)
    offered = services.programme(who.agency, PUSH, 1)
    published = services.publish_programme(who.agency, PUSH, offered.sha256)
    assert published.published_by is not None
    assert published.published_by.user == who.agency
    with pytest.raises(Refused, match="was published on"):
        services.publish_programme(who.agency, PUSH, offered.sha256)
    assert PublishedProgramme.objects.count() == 1


def test_only_the_agency_publishes(who: Offices, run: Path) -> None:
    offered = services.programme(who.auditor, PUSH, 1)
    row = offices.recorded(run, who.agency)
    for stranger in (who.auditor, who.benefits[CHIYODA], who.accounting[CHIYODA], who.nobody):
        with pytest.raises(Refused):
            services.publish_programme(stranger, PUSH, offered.sha256)
        with pytest.raises(Refused):
            services.publish_run(stranger, row.pk)


def test_a_municipality_adopts_for_itself_and_only_a_published_programme(who: Offices) -> None:
    with pytest.raises(Refused, match="not published"):
        services.adopt(who.benefits[CHIYODA], PUSH, 1, CHIYODA)
    offered = services.programme(who.agency, PUSH, 1)
    services.publish_programme(who.agency, PUSH, offered.sha256)
    with pytest.raises(Refused):
        services.adopt(who.benefits[CHIYODA], PUSH, 1, CHUO)
    with pytest.raises(Refused):
        services.adopt(who.agency, PUSH, 1, CHIYODA)
    services.adopt(who.benefits[CHIYODA], PUSH, 1, CHIYODA)
    services.adopt(who.benefits[CHIYODA], PUSH, 1, CHIYODA)
    states = {state.town.muni: state for state in services.adoptions(who.agency, PUSH, 1)}
    assert set(states) == set(offices.TOWNS)
    assert [muni for muni, state in states.items() if state.adopted] == [CHIYODA]
    assert Adoption.objects.get().adopted_by == who.benefits[CHIYODA]


def test_a_second_result_of_the_same_programme_and_cycle_is_refused_in_words(
    who: Offices, book: Publication, run: Path
) -> None:
    again = offices.recorded(run, who.agency)
    with pytest.raises(
        Refused, match=f"published on .* from run {book.run_id}. A second one would pay twice"
    ):
        services.publish_run(who.agency, again.pk)
    with translation.override("ja"), pytest.raises(Refused, match="二度目の公表はできません"):
        services.publish_run(who.agency, again.pk)
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("state", [Run.RUNNING, Run.FAILED])
def test_a_run_that_is_not_complete_is_not_published(who: Offices, run: Path, state: str) -> None:
    row = offices.recorded(run, who.agency, state=state, manifest="")
    with pytest.raises(Refused, match="not complete"):
        services.publish_run(who.agency, row.pk)


def test_a_run_whose_file_is_missing_or_cut_is_not_published(who: Offices, tmp_path: Path) -> None:
    fresh = offices.computed(tmp_path)
    row = offices.recorded(fresh, who.agency)
    ledger = next((fresh / "ledger").iterdir())
    ledger.write_bytes(ledger.read_bytes()[:-1])
    with pytest.raises(Refused, match=f"ledger/{ledger.name}"):
        services.publish_run(who.agency, row.pk)
    ledger.unlink()
    with pytest.raises(Refused, match=f"ledger/{ledger.name}"):
        services.publish_run(who.agency, row.pk)


def test_two_people_decide_and_release(who: Offices, book: Publication) -> None:
    shown = services.municipal_result(who.benefits[CHIYODA], book.pk, CHIYODA)
    assert (shown.state.state, shown.may_decide, shown.may_release) == ("to_decide", True, False)
    decided = services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, shown.content_hash)
    assert decided.state == "to_release"
    shown = services.municipal_result(who.accounting[CHIYODA], book.pk, CHIYODA)
    assert (shown.may_decide, shown.may_release, shown.why_not) == (False, True, "")
    released = services.release(who.accounting[CHIYODA], book.pk, CHIYODA, shown.content_hash)
    assert released.state == "released"
    assert released.decided_by is not None
    assert released.released_by is not None
    assert (released.decided_by.user, released.released_by.user) == (
        who.benefits[CHIYODA],
        who.accounting[CHIYODA],
    )
    row = Release.objects.get()
    assert row.files == {file.name: file.sha256 for file in shown.files}
    assert row.files


def test_who_decided_does_not_release_even_with_both_duties(who: Offices, book: Publication) -> None:
    services.decide(who.both, book.pk, CHIYODA, content(who, book, CHIYODA))
    shown = services.municipal_result(who.both, book.pk, CHIYODA)
    assert not shown.may_release
    assert "two people" in shown.why_not
    with pytest.raises(Refused, match="two people"):
        services.release(who.both, book.pk, CHIYODA, shown.content_hash)
    assert not Release.objects.exists()


@pytest.mark.parametrize("officer", ["agency", "auditor", "nobody", "register", "other"])
def test_nobody_but_its_own_officers_decides_or_releases(
    who: Offices, book: Publication, officer: str
) -> None:
    stranger = who.benefits[CHUO] if officer == "other" else getattr(who, officer)
    with pytest.raises(Refused):
        services.decide(stranger, book.pk, CHIYODA, content(who, book, CHIYODA))
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    stranger = who.accounting[CHUO] if officer == "other" else stranger
    with pytest.raises(Refused):
        services.release(stranger, book.pk, CHIYODA, content(who, book, CHIYODA))


def test_each_officer_keeps_to_the_own_act(who: Offices, book: Publication) -> None:
    with pytest.raises(Refused):
        services.decide(who.accounting[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    with pytest.raises(Refused):
        services.release(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))


def test_nothing_is_released_before_the_decision_or_twice(who: Offices, book: Publication) -> None:
    hashed = content(who, book, CHIYODA)
    with pytest.raises(Refused, match="not decided yet"):
        services.release(who.accounting[CHIYODA], book.pk, CHIYODA, hashed)
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, hashed)
    with pytest.raises(Refused, match="decided already"):
        services.decide(who.both, book.pk, CHIYODA, hashed)
    services.release(who.accounting[CHIYODA], book.pk, CHIYODA, hashed)
    with pytest.raises(Refused, match="released already"):
        services.release(who.accounting[CHIYODA], book.pk, CHIYODA, hashed)


def test_a_municipality_that_has_not_adopted_does_not_decide(who: Offices, book: Publication) -> None:
    with pytest.raises(Refused, match="not adopted"):
        services.decide(who.benefits[YOKOHAMA], book.pk, YOKOHAMA, content(who, book, YOKOHAMA))


def test_the_officer_acts_on_what_was_shown(who: Offices, book: Publication) -> None:
    with pytest.raises(Refused, match="not what you were shown"):
        services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHUO))
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    with pytest.raises(Refused, match="not what you were shown"):
        services.release(who.accounting[CHIYODA], book.pk, CHIYODA, "")


def test_one_altered_byte_in_a_bank_file_stops_both_acts(who: Offices, tmp_path: Path) -> None:
    run = offices.computed(tmp_path)
    book = offices.published(run, who)
    hashed = content(who, book, CHIYODA)
    file = next((run / "zengin" / CHIYODA).iterdir())
    right = file.read_bytes()
    wrong = right[:200] + bytes([right[200] ^ 1]) + right[201:]
    file.write_bytes(wrong)
    with pytest.raises(Disagreement, match="not the one that the run wrote"):
        services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, hashed)
    file.write_bytes(right)
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, hashed)
    file.write_bytes(wrong)
    with pytest.raises(Disagreement):
        services.release(who.accounting[CHIYODA], book.pk, CHIYODA, hashed)
    file.unlink()
    with pytest.raises(Disagreement):
        services.release(who.accounting[CHIYODA], book.pk, CHIYODA, hashed)
    assert not Release.objects.exists()


def test_the_database_itself_wants_two_people_and_the_decision(who: Offices, book: Publication) -> None:
    decided = MunicipalDecision.objects.create(
        muni=CHIYODA, publication=book.pk, content_hash="a" * 64, decided_by=who.benefits[CHIYODA]
    )
    row = {"muni": CHIYODA, "publication": book.pk, "content_hash": "a" * 64, "files": {}}
    for wrong in (
        {"decided_by": decided.decided_by, "released_by": decided.decided_by},
        {"decided_by": who.both, "released_by": who.accounting[CHIYODA]},
        {"decided_by": decided.decided_by, "released_by": who.both, "content_hash": "b" * 64},
        {"decided_by": decided.decided_by, "released_by": who.both, "muni": CHUO},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(**(row | wrong))
    right = {"decided_by": decided.decided_by, "released_by": who.accounting[CHIYODA]}
    Release.objects.create(**(row | right))
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(**(row | right))


@pytest.mark.parametrize("table", [PublishedProgramme, Adoption, Publication, MunicipalDecision, Release])
def test_what_was_done_cannot_be_undone_or_changed(who: Offices, book: Publication, table: type) -> None:
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    services.release(who.accounting[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    row = table.objects.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        table.objects.filter(pk=row.pk).update(id=row.pk + 1000)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_all_municipalities_adopt_and_release_in_a_demonstration_only(
    who: Offices, book: Publication
) -> None:
    with pytest.raises(Refused, match="only in a demonstration"):
        services.adopt_all(who.agency, PUSH, 1)
    with pytest.raises(Refused, match="only in a demonstration"):
        services.release_all(who.agency, book.pk)
    with offices.demonstration(), pytest.raises(Refused, match="no demonstration officer"):
        services.release_all(who.agency, book.pk)


def test_the_demonstration_releases_for_each_municipality_by_its_own_two_officers(
    who: Offices, book: Publication
) -> None:
    offices.demonstration_officers()
    services.decide(who.benefits[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    services.release(who.accounting[CHIYODA], book.pk, CHIYODA, content(who, book, CHIYODA))
    services.decide(who.benefits[CHUO], book.pk, CHUO, content(who, book, CHUO))
    with offices.demonstration():
        first = services.release_all(who.agency, book.pk)
        assert (first.released, first.already) == (2, 1)
        assert [muni for muni, _ in first.refused] == [YOKOHAMA]
        assert services.adopt_all(who.agency, PUSH, 1) == 1
        second = services.release_all(who.agency, book.pk)
    assert (second.released, second.already, second.refused) == (1, 3, ())
    states = {state.town.muni: state for state in services.release_states(who.agency, book.pk)}
    assert {state.state for state in states.values()} == {"released"}
    assert states[SAPPORO].decided_by is not None
    assert states[SAPPORO].released_by is not None
    assert states[SAPPORO].decided_by.demonstration
    assert states[SAPPORO].decided_by.name == "Sapporo benefits officer (demo)"
    assert states[SAPPORO].released_by.name == "Sapporo accounting officer (demo)"
    assert states[CHUO].decided_by is not None
    assert states[CHUO].decided_by.user == who.benefits[CHUO]
    assert states[CHIYODA].released_by is not None
    assert not states[CHIYODA].released_by.demonstration


def test_one_municipality_with_an_altered_file_does_not_stop_the_others(who: Offices, tmp_path: Path) -> None:
    run = offices.computed(tmp_path)
    book = offices.published(run, who)
    offices.demonstration_officers()
    next((run / "zengin" / CHIYODA).iterdir()).write_bytes(b"")
    with offices.demonstration():
        services.adopt_all(who.agency, PUSH, 1)
        done = services.release_all(who.agency, book.pk)
    assert done.released == 3
    assert [muni for muni, _ in done.refused] == [CHIYODA]
    assert not MunicipalDecision.objects.filter(muni=CHIYODA).exists()
