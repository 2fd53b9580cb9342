"""The vault: issue, find, reveal, each by its decision; nothing anywhere holds a number in the clear."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings as site
from django.db import connection
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from stdnum.jp import in_

from enishi.kernel.errors import BadInput, EnishiError, Refused
from enishi.number import vault
from enishi.number.models import SealedNumber
from enishi.number.services import Decision, find, issue, load_numbers, reveal
from enishi.platform.files import sha256_of
from enishi.platform.services import Answer, reads_by, reads_of
from enishi.register.services import load_nation, write_snapshot
from tests.factories import DAY, individual_number_of, neighbours, small_snapshot

pytestmark = pytest.mark.django_db
LAWFUL = Decision(True, "officer:7", "personalisation of a card", "My Number Act 17", muni="131016")
UNLAWFUL = Decision(False, "officer:7", "curiosity", "none", muni="131016")


def test_an_issued_number_has_the_right_check_digit_and_belongs_to_its_person() -> None:
    for person in range(1, 30):
        issue(person)
        number = reveal(person, LAWFUL)
        assert in_.is_valid(number)
        assert find(number, LAWFUL) == person
    assert len({reveal(person, LAWFUL) for person in range(1, 30)}) == 29


def test_a_person_is_issued_one_number_only() -> None:
    issue(1)
    number = reveal(1, LAWFUL)
    with pytest.raises(Refused, match="already"):
        issue(1)
    assert reveal(1, LAWFUL) == number


def test_a_number_that_somebody_has_is_not_issued_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = iter([12345678901, 12345678901, 12345678901, 10987654321])
    monkeypatch.setattr("enishi.number.store.secrets.randbelow", lambda below: next(bodies))
    issue(1)
    issue(2)
    assert (reveal(1, LAWFUL)[:11], reveal(2, LAWFUL)[:11]) == ("12345678901", "10987654321")


def test_without_an_allowing_decision_the_vault_answers_nothing_and_records_the_attempt() -> None:
    issue(1)
    number = reveal(1, LAWFUL)
    with pytest.raises(Refused, match="正当な目的"):
        reveal(1, UNLAWFUL)
    with pytest.raises(Refused, match="正当な目的"):
        find(number, UNLAWFUL)
    assert [(line.answer, line.subject, line.purpose) for line in reads_by("131016")][:2] == [
        (Answer.REFUSED, None, "curiosity"),
        (Answer.REFUSED, 1, "curiosity"),
    ]


def test_a_refusal_does_not_depend_on_whether_the_person_has_a_number() -> None:
    issue(1)
    said = []
    for person in (1, 2):
        with pytest.raises(Refused) as caught:
            reveal(person, UNLAWFUL)
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.mark.parametrize("blank", ["actor", "purpose", "article"])
def test_a_decision_without_its_ground_opens_nothing(blank: str) -> None:
    issue(1)
    ground = {"actor": "officer:7", "purpose": "card", "article": "My Number Act 17"} | {blank: ""}
    with pytest.raises(Refused, match=blank):
        reveal(1, Decision(True, **ground))


def test_each_use_is_a_line_in_the_read_record() -> None:
    issue(1)
    number = reveal(1, LAWFUL)
    find(number, LAWFUL)
    lines = reads_of(1)
    assert [(line.answer, line.items, line.article) for line in lines] == [
        (Answer.GIVEN, ("individual_number",), "My Number Act 17")
    ] * 2


def test_a_number_that_nobody_has_finds_nobody_and_is_recorded() -> None:
    assert find(individual_number_of(1), LAWFUL) is None
    assert [(line.answer, line.subject) for line in reads_by("131016")] == [(Answer.NOTHING, None)]


def test_a_person_without_number_is_refused_like_any_other() -> None:
    with pytest.raises(Refused, match="正当な目的"):
        reveal(1, LAWFUL)
    assert [line.answer for line in reads_of(1)] == [Answer.NOTHING]


def test_a_sealed_number_moved_to_another_person_does_not_open() -> None:
    issue(1)
    issue(2)
    thief, victim = SealedNumber.objects.get(person=1), SealedNumber.objects.get(person=2)
    SealedNumber.objects.filter(person=1).update(sealed=victim.sealed)
    assert thief.key_version == victim.key_version
    with pytest.raises(BadInput, match="does not open"):
        reveal(1, LAWFUL)


def test_a_nation_is_sealed_once(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, numbers=True)
    seen: list[tuple[str, int]] = []
    assert load_numbers(folder, lambda file, rows: seen.append((file, rows))) == 10
    assert load_numbers(folder) == 0
    assert [rows for _file, rows in seen] == [1, 7, 2]
    assert {person: reveal(person, LAWFUL) for person in range(1, 11)} == {
        person: individual_number_of(person) for person in range(1, 11)
    }
    assert find(individual_number_of(9), LAWFUL) == 9


def test_another_nations_numbers_are_refused(tmp_path: Path) -> None:
    load_numbers(small_snapshot(tmp_path / "one", numbers=True))
    with pytest.raises(Refused, match="other numbers"):
        load_numbers(small_snapshot(tmp_path / "two", numbers=True, build={"seed": 2}))


def test_only_the_numbers_files_are_read(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, numbers=True)
    for path in (folder / "persons").glob("*"):
        path.unlink()
    assert load_numbers(folder) == 10


def spoil(folder: Path, number: str) -> str:
    """Puts `number` in the third row of the second file and binds the file anew; returns the number that was there."""
    path = folder / "numbers/0002.parquet"
    frame = pl.read_parquet(path)
    old = str(frame["number"][2])
    marks = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith("enishi")}
    frame.with_columns(
        number=pl.when(pl.int_range(pl.len()) == 2).then(pl.lit(number)).otherwise("number")
    ).write_parquet(path, metadata=marks)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["numbers"][1]["sha256"] = sha256_of(path)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return old


@pytest.mark.parametrize(
    "number", ["12345678901", "1234567890123", "12345678901X", "１２３４５６７８９０１２", ""]
)
def test_what_is_no_number_is_named_by_file_and_row_and_never_repeated(tmp_path: Path, number: str) -> None:
    folder = small_snapshot(tmp_path, numbers=True)
    spoil(folder, number)
    with pytest.raises(BadInput) as caught:
        load_numbers(folder)
    assert caught.value.where.endswith("0002.parquet, row 3")
    assert not number or number not in str(caught.value)
    assert SealedNumber.objects.count() == 1


def test_a_wrong_check_digit_is_found(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, numbers=True)
    right = individual_number_of(3)
    spoil(folder, right[:-1] + str((int(right[-1]) + 1) % 10))
    with pytest.raises(BadInput, match="check digit") as caught:
        load_numbers(folder)
    assert right[:-1] not in str(caught.value)


def test_a_number_of_two_persons_is_refused(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, numbers=True)
    spoil(folder, individual_number_of(10))
    with pytest.raises(BadInput, match="already") as caught:
        load_numbers(folder)
    assert individual_number_of(10) not in f"{caught.value}"


def test_an_altered_numbers_file_is_refused(tmp_path: Path) -> None:
    folder = small_snapshot(tmp_path, numbers=True)
    path = folder / "numbers/0001.parquet"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(BadInput, match="truncated"):
        load_numbers(folder)


def test_the_blind_index_is_keyed_and_sealed_bytes_differ_for_equal_numbers() -> None:
    number = individual_number_of(1).encode()
    keys = vault.keys()
    assert keys.seal(number, vault.whose(1)) != keys.seal(number, vault.whose(1))
    plain = {getattr(hashlib, name)(number).digest() for name in ("sha256", "sha3_256", "blake2s")}
    assert keys.blind_index(number) not in plain


def everything_stored() -> bytes:
    """All rows of all tables, each value as bytes and as text."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    parts += [raw, raw.hex().encode()]
    return b"\n".join(parts)


def test_no_table_log_message_or_file_holds_a_number_in_the_clear(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, settings: object
) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]  # Django then logs every statement with its parameters
    folder = small_snapshot(tmp_path / "nation", neighbours(), numbers=True)
    numbers = [individual_number_of(person) for person in range(1, 11)]
    said: list[str] = []
    with caplog.at_level(logging.DEBUG):
        connection.force_debug_cursor = True
        load_nation(folder)
        load_numbers(folder)
        issue(77)
        numbers.append(reveal(77, LAWFUL))
        for number in numbers:
            find(number, LAWFUL)
            for asked, decision in ((number, UNLAWFUL), (number[:-1] + "X", LAWFUL)):
                with pytest.raises(EnishiError) as caught:
                    find(asked, decision)
                said.append(f"{caught.value!r} {caught.value}")
        write_snapshot(DAY, tmp_path / "out")
        statements = "\n".join(query["sql"] for query in connection.queries_log)
        connection.force_debug_cursor = False
    files = b"".join(
        path.read_bytes()
        for place in (tmp_path / "out", Path(site.VAR))
        for path in place.rglob("*")
        if path.is_file()
    )
    assert SealedNumber.objects.count() == len(numbers) == 11
    haystacks = {
        "tables": everything_stored(),
        "log": caplog.text.encode(),
        "statements": statements.encode(),
        "messages": "\n".join(said).encode(),
        "files": files,
    }
    assert len(haystacks["tables"]) > 10_000
    assert len(haystacks["statements"]) > 1_000
    leaks = [
        (place, person)
        for place, hay in haystacks.items()
        for person, number in enumerate(numbers)
        if number.encode() in hay or number[:11].encode() in hay or number.encode().hex().encode() in hay
    ]
    assert leaks == []


def test_the_search_for_leaks_finds_a_leak() -> None:
    number = individual_number_of(5)
    SealedNumber.objects.create(person=5, key_version=1, sealed=number.encode(), blind_index=b"x" * 32)
    assert number.encode() in everything_stored()


@profile(max_examples=30)
@given(person=st.integers(1, 2**62), body=st.integers(0, 10**11 - 1))
def test_any_number_comes_back_to_its_person_only(person: int, body: int) -> None:
    number = f"{body:011d}"
    number += in_.calc_check_digit(number)
    keys = vault.keys()
    version, sealed = keys.seal(number.encode(), vault.whose(person))
    assert keys.open(version, sealed, vault.whose(person)) == number.encode()
    with pytest.raises(BadInput):
        keys.open(version, sealed, vault.whose(person + 1))
