"""`enishi benefits verify`: what it says and how it exits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from enishi.benefits.engines.zengin_audit.run import audit
from enishi.site.cli import main
from tests.benefits.zengin_audit.by_hand import BANK_FILES, FIRST_DAY
from tests.factories import CHIYODA

CHIYODA_1 = f"zengin/{CHIYODA}/{FIRST_DAY}-001.txt"


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`enishi benefits verify` with the room's door as it is in use."""
    from enishi.benefits import services

    monkeypatch.setattr(services, "verify", audit, raising=False)
    return lambda *arguments: main(["benefits", "verify", "--workers", "1", *map(str, arguments)])


def test_verify_says_what_was_checked_and_exits_zero(
    verify: Callable[..., int], made: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run, snapshot = made
    assert verify(run, "--snapshot", snapshot) == 0
    told = capsys.readouterr().out
    assert "6  data records read" in told
    assert "Nothing found" in told


def test_verify_lists_findings_and_exits_four(
    verify: Callable[..., int], run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / CHIYODA_1).write_bytes(BANK_FILES[CHIYODA_1].replace(b"0000300000", b"0000900000"))
    assert verify(run) == 4
    told = capsys.readouterr().out
    assert f"{CHIYODA_1}, record 2, amount, byte 85: holds '0000900000', must be '0000300000'" in told
    assert "Not checked: payees' accounts" in told


def test_verify_lists_fifty_findings_and_counts_the_rest(
    verify: Callable[..., int], run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(60):
        (run / f"stray-{number}").write_bytes(b"")
    assert verify(run) == 4
    told = capsys.readouterr().out
    assert told.count("is not of this run") == 50
    assert "and 10 more" in told


def test_verify_of_no_run_exits_two(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(tmp_path) == 2
    assert "no finished run" in capsys.readouterr().err
