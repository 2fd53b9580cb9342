"""The audit of a finished run: what was altered, swapped, left out or added is found and named."""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.benefits import engines
from enishi.benefits.engines.zengin_audit.files import FileTask, read_files
from enishi.benefits.engines.zengin_audit.run import audit, audit_run
from enishi.kernel.errors import BadInput
from tests.benefits.zengin_audit.by_hand import (
    AMOUNT,
    BANK_FILES,
    FIRST_DAY,
    SECOND_DAY,
    c,
    data,
    header,
    names_the_byte,
    of,
    reseal,
    said,
    sealed,
    whole,
)
from tests.factories import CHIYODA, SAPPORO, YOKOHAMA, small_snapshot

RECORD = 120
CHIYODA_1 = f"zengin/{CHIYODA}/{FIRST_DAY}-001.txt"
CHIYODA_2 = f"zengin/{CHIYODA}/{SECOND_DAY}-001.txt"
YOKOHAMA_1 = f"zengin/{YOKOHAMA}/{FIRST_DAY}-001.txt"
SAPPORO_2 = f"zengin/{SAPPORO}/{SECOND_DAY}-001.txt"


def test_nothing_is_found_in_a_run_as_it_was_written(made: tuple[Path, Path]) -> None:
    run, snapshot = made
    alone, whole_audit = audit(run), audit(run, snapshot=snapshot)
    assert said(alone) == said(whole_audit) == ""
    assert audit_run(run) == []
    assert whole_audit.checked["data records found at their place in the ledger"] == 6
    assert whole_audit.checked["accounts compared with the snapshot"] == 6
    assert whole_audit.checked["decisions compared with the ledger"] == 11
    assert whole_audit.notes == ()
    assert "give --snapshot" in alone.notes[0]


def test_worker_processes_find_the_same(run: Path, snapshot: Path) -> None:
    file = run / CHIYODA_2
    file.write_bytes(file.read_bytes().replace(b"1234567", b"1234568"))
    assert audit(run, snapshot=snapshot, workers=2) == audit(run, snapshot=snapshot)


def test_progress_counts_up_to_all_bytes(made: tuple[Path, Path]) -> None:
    seen: list[tuple[int, int]] = []
    audit(made[0], progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] > 0


BANK_BYTES = st.sampled_from(sorted(BANK_FILES)).flatmap(
    lambda name: st.tuples(st.just(name), st.integers(0, len(BANK_FILES[name]) - 1), st.integers(0, 255))
)


@settings(max_examples=120, deadline=None)
@given(drawn=BANK_BYTES)
@pytest.mark.slow
def test_any_altered_byte_of_a_bank_file_is_named(
    made: tuple[Path, Path], drawn: tuple[str, int, int]
) -> None:
    run, snapshot = made
    name, at, byte = drawn
    sound = BANK_FILES[name]
    if sound[at] == byte:
        return
    (run / name).write_bytes(sound[:at] + bytes([byte]) + sound[at + 1 :])
    try:
        found = audit(run, snapshot=snapshot).findings
    finally:
        (run / name).write_bytes(sound)
    assert {one.file for one in found} == {name}
    assert names_the_byte(found, at)


def every_file(run: Path) -> Iterator[str]:
    return (path.relative_to(run).as_posix() for path in sorted(run.rglob("*")) if path.is_file())


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), with_snapshot=st.booleans())
def test_any_altered_byte_of_any_file_is_found_and_its_file_named(
    made: tuple[Path, Path], seed: int, with_snapshot: bool
) -> None:
    run, snapshot = made
    drawn = random.Random(seed)
    name = drawn.choice(list(every_file(run)))
    sound = (run / name).read_bytes()
    at = drawn.randrange(len(sound))
    (run / name).write_bytes(sound[:at] + bytes([sound[at] ^ drawn.randrange(1, 256)]) + sound[at + 1 :])
    try:
        found = audit(run, snapshot=snapshot if with_snapshot else None).findings
    finally:
        (run / name).write_bytes(sound)
    named = [one.file for one in found]
    assert set(named) == {name} or named[0] == name == "manifest.json"


def test_without_the_snapshot_an_altered_account_is_named_by_its_file(run: Path) -> None:
    file = run / CHIYODA_2
    file.write_bytes(file.read_bytes().replace(b"1234567", b"1234568"))
    (found,) = audit(run).findings
    assert (found.file, found.field) == (CHIYODA_2, "SHA-256")
    assert "--snapshot" in found.todo


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        (CHIYODA_1, data(1, yen=300_000), data(1, yen=400_000), (2, "amount", 85)),
        (CHIYODA_2, b"1234567", b"1234568", (2, "account number", 50)),
        (CHIYODA_2, "ｽｽﾞｷ ﾊｼﾞﾒ".encode("cp932"), "ｽｽﾞｷ ﾊｼﾞﾑ".encode("cp932"), (2, "holder", 59)),
        (CHIYODA_2, b"015" + c("ｶﾞｸｴﾝﾀﾞｲﾜﾁﾖｳ", 15), b"005" + c("ﾃﾝﾘ", 15), (3, "branch code", 22)),
        (CHIYODA_1, b"29131016", b"29131017", (1, "account number", 103)),
        (CHIYODA_1, "ﾁﾖﾀﾞｸ ".encode("cp932"), "ﾁﾕｳｵｳｸ".encode("cp932"), (1, "originator", 26)),
        (CHIYODA_1, b"0529", b"0601", (1, "value date", 56)),
        (SAPPORO_2, b"9901100201", b"9913101601", (1, "consignor code", 7)),
    ],
)  # fmt: skip
def test_an_alteration_that_was_sealed_again_is_found(
    run: Path, snapshot: Path, name: str, old: bytes, new: bytes, place: tuple[int, str, int]
) -> None:
    content = (run / name).read_bytes()
    assert old in content
    (run / name).write_bytes(content.replace(old, new, 1))
    reseal(run)
    found = audit(run, snapshot=snapshot)
    assert place in [(one.record, one.field, one.byte) for one in of(found, name)], said(found)


def test_an_amount_taken_from_one_record_and_put_on_another_is_found_in_both(run: Path) -> None:
    (run / CHIYODA_2).write_bytes(
        BANK_FILES[CHIYODA_2]
        .replace(b"0000100000", b"0000050000", 1)
        .replace(b"0000100000", b"0000150000", 1)
    )
    reseal(run)
    found = audit(run)
    assert [(one.record, one.field) for one in of(found, CHIYODA_2)] == [(2, "amount"), (3, "amount")]


def records(content: bytes) -> list[bytes]:
    return [content[at : at + RECORD] for at in range(0, len(content), RECORD)]


def test_records_swapped_between_files_are_found_in_both(run: Path) -> None:
    ours, theirs = records(BANK_FILES[CHIYODA_2]), records(BANK_FILES[YOKOHAMA_1])
    ours[1], theirs[1] = theirs[1], ours[1]
    (run / CHIYODA_2).write_bytes(b"".join(ours))
    (run / YOKOHAMA_1).write_bytes(b"".join(theirs))
    reseal(run)
    found = audit(run)
    (here,), (there,) = of(found, CHIYODA_2), of(found, YOKOHAMA_1)
    assert (here.record, here.field) == (there.record, there.field) == (2, "customer codes")
    assert f"belongs in {YOKOHAMA_1}, record 2" in here.what


def test_records_in_another_order_are_found(run: Path) -> None:
    swapped = records(BANK_FILES[CHIYODA_2])
    swapped[1], swapped[2] = swapped[2], swapped[1]
    (run / CHIYODA_2).write_bytes(b"".join(swapped))
    reseal(run)
    assert [one.record for one in of(audit(run), CHIYODA_2)] == [2, 3]


def test_a_payment_made_twice_in_two_files_is_found(run: Path) -> None:
    twice = whole(header(), [data(1, "ｻﾄｳ ｹﾝ", "0000001", 3 * AMOUNT), data(4, "ｽｽﾞｷ ﾊｼﾞﾒ", "1234567")])
    (run / CHIYODA_1).write_bytes(twice)
    reseal(run)
    found = said(audit(run))
    assert "the ledger has 3 transfers of 131016, its files 4 records" in found
    assert "payment 4 stands in another record, too" in found
    assert "131016 has 3 records of transfers, its trailers say 4" in found


def test_a_payment_left_out_is_found(run: Path) -> None:
    (run / CHIYODA_2).write_bytes(whole(header(mmdd="0601"), [data(4, "ｽｽﾞｷ ﾊｼﾞﾒ", "1234567")]))
    reseal(run)
    found = said(audit(run))
    assert "payment 5 of the ledger stands in no file of 131016" in found
    assert "1 records on 20200601, must be 2" in found


def test_a_payment_that_is_held_or_nobodys_is_found(run: Path) -> None:
    (run / CHIYODA_1).write_bytes(
        whole(header(), [data(1, "ｻﾄｳ ｹﾝ", "0000001", 3 * AMOUNT), data(7), data(99)])
    )
    reseal(run)
    found = said(audit(run))
    assert "payment 7 is no transfer of 131016 in the ledger" in found
    assert "payment 99 is no transfer of 131016 in the ledger" in found


def test_many_records_out_of_place_are_told_as_one(run: Path) -> None:
    strange = [data(1000 + number) for number in range(60)]
    (run / YOKOHAMA_1).write_bytes(whole(header(YOKOHAMA, "SYNTHETIC ﾖｺﾊﾏｼ"), strange))
    reseal(run)
    found = audit(run)
    assert "40 more payments: each is no transfer of 141003 in the ledger" in said(found)
    assert len(found.findings) < 40


@pytest.mark.parametrize(
    ("spoil", "file", "what"),
    [
        (lambda run: (run / CHIYODA_1).unlink(), CHIYODA_1, "is missing"),
        (lambda run: (run / "ledger/0002.parquet").unlink(), "ledger/0002.parquet", "is missing"),
        (lambda run: (run / "zengin/extra.txt").write_bytes(b"1"), "zengin/extra.txt", "is not of this run"),
        (lambda run: (run / CHIYODA_1).write_bytes(BANK_FILES[CHIYODA_1][:-RECORD]), CHIYODA_1, "360 bytes, the manifest says 480"),
        (lambda run: (run / CHIYODA_1).write_bytes(b""), CHIYODA_1, "has no data record"),
        (lambda run: (run / CHIYODA_1).write_bytes(random.Random(1).randbytes(5000)), CHIYODA_1, "must begin with '1'"),
        (lambda run: (run / "decisions/0001.parquet").write_bytes(b"PAR1"), "decisions/0001.parquet", "was altered"),
    ],
)  # fmt: skip
def test_a_missing_surplus_or_ruined_file_is_named(
    run: Path, spoil: Callable[[Path], object], file: str, what: str
) -> None:
    spoil(run)
    assert any(what in one.what for one in of(audit(run), file))


def test_a_file_that_grew_far_beyond_its_length_is_named_and_not_held(run: Path) -> None:
    with (run / CHIYODA_1).open("r+b") as opened:
        opened.truncate(200 << 20)
    found = of(audit(run), CHIYODA_1)
    assert any("far too many; it was not read" in one.what for one in found)
    assert any("the manifest says 480" in one.what for one in found)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (facts,) = read_files(tmp_path, [FileTask("zengin/gone.txt", "0" * 64, 480)])
    assert "cannot be read" in facts.findings[0].what
    assert not facts.intact


def test_a_ruined_ledger_does_not_accuse_the_bank_files(run: Path, snapshot: Path) -> None:
    (run / "ledger/0001.parquet").write_bytes(b"PAR1")
    found = audit(run, snapshot=snapshot)
    assert {one.file for one in found.findings} == {"ledger/0001.parquet"}
    assert found.checked["data records found at their place in the ledger"] == 3
    assert any("part 0001" in note for note in found.notes)


def test_a_bank_file_put_in_with_a_new_manifest_is_found(run: Path) -> None:
    (run / CHIYODA_2).rename(run / CHIYODA_2.replace("0601-001", "0530-001"))
    reseal(run)
    found = said(audit(run))
    assert "2020-05-30 is no banking day" in found
    assert "value date, byte 56: holds '0601', must be '0530'" in found


def test_batches_are_numbered_from_one(run: Path) -> None:
    (run / CHIYODA_2).rename(run / CHIYODA_2.replace("-001", "-002"))
    reseal(run)
    assert "the batches of 20200601 are numbered 2, not from 1 on" in said(audit(run))


def test_a_day_beyond_the_capacity_of_the_clearing_is_found(run: Path) -> None:
    bound = json.loads((run / "manifest.json").read_bytes())
    sealed(run, snapshot=bound["snapshot"], programme=bound["programme"] | {"daily_capacity": 3})
    assert "4 transfers on 20200601, the clearing takes 3 a day" in said(audit(run))


def test_what_is_no_finished_run_is_bad_input(tmp_path: Path, run: Path, snapshot: Path) -> None:
    with pytest.raises(BadInput, match="no finished run"):
        audit(tmp_path)
    with pytest.raises(BadInput, match="of something else"):
        audit(snapshot)
    (run / "manifest.json").unlink()
    with pytest.raises(BadInput, match="no finished run"):
        audit(run)


def test_another_snapshot_is_refused(run: Path, tmp_path: Path) -> None:
    other = small_snapshot(tmp_path / "other")
    with pytest.raises(BadInput, match="was computed from snapshot"):
        audit(run, snapshot=other)


def test_the_audit_imports_nothing_of_what_it_audits() -> None:
    modules = list(Path(engines.__file__).parent.glob("zengin_audit/*.py"))
    imported = {
        name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        )
    }
    assert len(modules) > 10
    assert {
        name
        for name in imported
        if name.startswith("enishi.") and not name.startswith(("enishi.kernel.", "enishi.platform."))
    } == {f"enishi.benefits.engines.zengin_audit.{path.stem}" for path in modules} & imported
