"""Nothing personal is read without a row that says who, for whom, why, by which article, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from enishi.kernel.errors import Refused
from enishi.platform.models import ReadRecord
from enishi.platform.reads import nothing_is_read
from enishi.platform.services import (
    Answer,
    Reader,
    install_gate,
    read_as,
    read_many_as,
    reads_by,
    reads_of,
    record_reads,
    record_refusal,
    within,
)

pytestmark = pytest.mark.django_db
CLERK = Reader("officer:7", "benefit enquiry", "Basic Resident Register Act 1", "household 11", "131016")


def test_a_read_that_finds_someone_is_recorded_as_given() -> None:
    assert read_as(CLERK, ["name", "address"], 42, lambda: "Sato") == "Sato"
    (line,) = reads_of(42)
    assert (line.actor, line.on_behalf_of, line.muni) == ("officer:7", "household 11", "131016")
    assert (line.purpose, line.article) == ("benefit enquiry", "Basic Resident Register Act 1")
    assert (line.items, line.answer) == (("name", "address"), Answer.GIVEN)


def test_a_read_that_finds_nobody_is_recorded_as_nothing() -> None:
    assert read_as(CLERK, ["name"], 42, lambda: None) is None
    assert [line.answer for line in reads_of(42)] == [Answer.NOTHING]


def test_a_list_records_everybody_in_it() -> None:
    found = read_many_as(CLERK, ["name"], lambda: [3, 1, 2], lambda person: person)
    assert list(found) == [3, 1, 2]
    assert [reads_of(person)[0].answer for person in (1, 2, 3)] == [Answer.GIVEN] * 3


def test_an_empty_list_is_recorded_without_a_subject() -> None:
    assert list(read_many_as(CLERK, ["name"], list, lambda person: person)) == []
    (line,) = reads_by("131016")
    assert (line.subject, line.answer) == (None, Answer.NOTHING)


def test_a_refusal_is_recorded() -> None:
    record_refusal(CLERK, ["address"], 42)
    assert [line.answer for line in reads_of(42)] == [Answer.REFUSED]


def test_a_batch_is_recorded_set_based() -> None:
    record_reads(CLERK, ["name"], range(1, 5001))
    assert ReadRecord.objects.count() == 5000
    assert [line.answer for line in reads_of(5000)] == [Answer.GIVEN]


def test_when_the_record_cannot_be_written_the_read_gives_nothing() -> None:
    given: list[object] = []
    nobody: int = None  # type: ignore[assignment]  # what the database refuses: given, but of nobody
    with pytest.raises(IntegrityError), transaction.atomic():
        given.append(read_as(CLERK, ["name"], nobody, lambda: "Sato"))
    assert given == []


@pytest.fixture
def only_even() -> Iterator[None]:
    before = install_gate(lambda reader, items, subjects: [who for who in subjects if who % 2 == 0])
    yield
    install_gate(before)


@pytest.mark.usefixtures("only_even")
def test_of_whom_the_gate_lets_nothing_through_nothing_is_read_and_the_refusal_is_recorded() -> None:
    fetched: list[int] = []
    assert read_as(CLERK, ["name"], 41, lambda: fetched.append(41)) is None
    assert fetched == []
    assert [line.answer for line in reads_of(41)] == [Answer.REFUSED]


@pytest.mark.usefixtures("only_even")
def test_a_list_leaves_them_out() -> None:
    assert list(read_many_as(CLERK, ["name"], lambda: [3, 2, 1], lambda person: person)) == [2]
    answers = {who: [line.answer for line in reads_of(who)] for who in (1, 2, 3)}
    assert answers == {1: [Answer.REFUSED], 2: [Answer.GIVEN], 3: [Answer.REFUSED]}


@pytest.mark.usefixtures("only_even")
def test_a_batch_with_one_of_them_is_refused_whole_and_says_not_whom() -> None:
    with pytest.raises(Refused, match="正当な目的") as refused:
        record_reads(CLERK, ["name"], [2, 41, 4])
    assert "41" not in str(refused.value)
    assert [line.answer for line in reads_of(41)] == [Answer.REFUSED]
    assert reads_of(2) == []


def test_without_a_gate_nothing_is_read() -> None:
    before = install_gate(nothing_is_read)
    try:
        assert read_as(CLERK, ["name"], 42, lambda: "Sato") is None
        assert list(read_many_as(CLERK, ["name"], lambda: [42], lambda person: person)) == []
        with pytest.raises(Refused):
            record_reads(CLERK, ["name"], [42])
    finally:
        install_gate(before)
    assert [line.answer for line in reads_of(42)] == [Answer.REFUSED] * 3


@pytest.mark.parametrize("blank", ["actor", "purpose", "article"])
def test_nobody_reads_without_actor_purpose_and_article(blank: str) -> None:
    fields = {"actor": "officer:7", "purpose": "enquiry", "article": "Act 1"} | {blank: " "}
    with pytest.raises(Refused, match=blank):
        Reader(**fields)


@pytest.mark.parametrize("items", [[], [""], ["name, address"], "name"])
def test_a_read_names_its_items(items: list[str]) -> None:
    with pytest.raises(Refused, match="item"):
        read_as(CLERK, items, 42, lambda: "Sato")
    assert reads_of(42) == []


@pytest.mark.parametrize(
    "act", ["UPDATE platform_readrecord SET answer = 'nothing'", "DELETE FROM platform_readrecord"]
)
def test_the_database_lets_nobody_change_a_record(act: str) -> None:
    record_refusal(CLERK, ["address"], 42)
    with pytest.raises((IntegrityError, DatabaseError), match="append-only"), transaction.atomic():
        connection.cursor().execute(act)
    assert [line.answer for line in reads_of(42)] == [Answer.REFUSED]


def test_the_database_lets_nobody_empty_the_record(engine: str) -> None:
    record_refusal(CLERK, ["address"], 42)
    act = (
        "TRUNCATE platform_readrecord"
        if engine == "postgresql"
        else "DELETE FROM platform_readrecord WHERE 1"
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(act)
    assert len(reads_of(42)) == 1


@pytest.mark.one_engine
@pytest.mark.django_db(transaction=True, databases=["default"])
def test_a_read_is_recorded_in_the_database_of_the_municipality_for_which_is_read(
    settings: object, tmp_path: object
) -> None:
    connections.settings["tokyo"] = connections.settings["default"] | {"NAME": f"{tmp_path}/tokyo.sqlite3"}
    settings.SHARDS = {"13": "tokyo"}  # type: ignore[attr-defined]  # pytest-django's settings
    before = install_gate(lambda _reader, _items, subjects: subjects)
    try:
        connections["tokyo"].connect()
        with connections["tokyo"].schema_editor() as editor:
            editor.create_model(ReadRecord)

        def there() -> str:
            with within("131016"):
                return "Sato"

        assert read_as(CLERK, ["name"], 42, there) == "Sato"
        assert read_as(replace(CLERK, muni=""), ["name"], 42, there) == "Sato"
        record_refusal(replace(CLERK, muni="011002"), ["name"], 42)
        assert ReadRecord.objects.using("tokyo").values_list("muni", flat=True).get() == "131016"
        assert [line.muni for line in reads_of(42)] == ["011002", "", "131016"]
        assert [line.muni for line in reads_by("131016")] == ["131016"]
        with within("131016") as alias:
            record_reads(CLERK, ["name"], [43])
            transaction.set_rollback(True, using=alias)
        assert reads_of(43) == []
    finally:
        install_gate(before)
        connections["tokyo"].close()
        del connections["tokyo"], connections.settings["tokyo"]
