"""The audit of runs as the program makes them: nothing found in them, and every altered byte found after that."""

from __future__ import annotations

import random
import secrets
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from enishi.benefits.engines import programme_files
from enishi.benefits.engines.run import run_programme
from enishi.benefits.engines.zengin_audit.run import audit
from tests.benefits.zengin_audit.by_hand import names_the_byte, of, said
from tests.factories import CHIYODA, CHUO, SAPPORO, YOKOHAMA, account, person, small_snapshot

TOWNS = (SAPPORO, CHIYODA, CHUO, YOKOHAMA)
SHIPPED = Path(programme_files.__file__).parent.parent / "programmes" / "special-fixed-benefit-2020.yaml"
STATE_PAYS = """payer: state
state_originator:
  consignor_code: "9900000001"
  originator: SYNTHETIC ｺｸ
  bank: "0001"
  branch: "001"
  account_type: "2"
  account_number: "0000001"
"""


def town_folk(count: int, seed: int) -> list[dict[str, Any]]:
    """Households in four towns with every route: person ids in no order, some protected, dead, or with a wrong holder."""
    drawn = random.Random(seed)
    ids = list(range(1, count + 1))
    drawn.shuffle(ids)
    people = []
    while ids:
        household, muni = 10_000 + 3 * len(ids), drawn.choice(TOWNS)
        for place in range(min(drawn.randint(1, 4), len(ids))):
            columns: dict[str, Any] = {"relation": "head" if place == 0 else "child"}
            columns |= {"birth_date": date(1930 + drawn.randrange(90), 1, 1 + drawn.randrange(28))}
            if drawn.random() < 0.7:
                holder = drawn.choice(["ｼｹﾝ ﾀﾛｳ", "ｼｹﾝﾀﾛｳ", "ﾁｶﾞｳ ﾅﾏｴ"])
                columns |= account(holder, f"{drawn.randrange(10**7):07}") | {
                    "account_type": drawn.choice("124")
                }
            if drawn.random() < 0.05:
                columns["protected_muni"] = drawn.choice([town for town in TOWNS if town != muni])
            if drawn.random() < 0.05:
                columns |= {"exit": "death", "resident_until": date(2020, 4, drawn.randint(24, 30))}
            people.append(person(ids.pop(), household=household, muni=muni, **columns))
    return people


def programme(folder: Path, *, by_state: bool) -> str:
    text = SHIPPED.read_text(encoding="utf-8").replace("daily_capacity: 5600000", "daily_capacity: 40")
    if by_state:
        text = text.replace("payer: municipality\n", STATE_PAYS)
    path = folder / "programme.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module", params=["municipality", "state"])
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("real")
    snapshot = small_snapshot(folder / "snapshot", town_folk(400, seed=20200427))
    terms = programme(folder, by_state=request.param == "state")
    run_programme(terms, snapshot, folder / "run", workers=1)
    return folder / "run", snapshot


def test_nothing_is_found_in_a_real_run(real: tuple[Path, Path]) -> None:
    run, snapshot = real
    audited = audit(run, snapshot=snapshot)
    assert said(audited) == said(audit(run)) == ""
    assert audited.checked["data records found at their place in the ledger"] > 50
    assert audited.checked["letters compared with the ledger"] > 0
    assert audited.notes == ()
    days = {path.name[:8] for path in run.glob("zengin/*/*.txt")}
    assert len(days) > 1


def flip(real: tuple[Path, Path], times: int) -> None:
    """Alters random bytes over all files of a run, one at a time; the seed is printed."""
    run, snapshot = real
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    drawn = random.Random(seed)
    files = [path for path in sorted(run.rglob("*")) if path.is_file() and path.name != ".lock"]
    for _ in range(times):
        path = drawn.choice(files)
        name, sound = path.relative_to(run).as_posix(), path.read_bytes()
        at = drawn.randrange(len(sound))
        path.write_bytes(sound[:at] + bytes([sound[at] ^ drawn.randrange(1, 256)]) + sound[at + 1 :])
        try:
            audited = audit(run, snapshot=snapshot)
        finally:
            path.write_bytes(sound)
        assert of(audited, name), (seed, name, at)
        if name.startswith("zengin/"):
            assert names_the_byte(of(audited, name), at), (seed, name, at, said(audited))
            assert {one.file for one in audited.findings} == {name}


def test_altered_bytes_of_a_real_run_are_found(real: tuple[Path, Path]) -> None:
    flip(real, 25)


@pytest.mark.slow
def test_three_hundred_altered_bytes_of_a_real_run_are_found(real: tuple[Path, Path]) -> None:
    flip(real, 300)


def test_a_header_unlike_the_payers_other_files_is_found_without_a_snapshot(real: tuple[Path, Path]) -> None:
    run, _ = real
    path = max(run.glob("zengin/*/*.txt"), key=lambda one: len(list(one.parent.iterdir())))
    sound = path.read_bytes()
    path.write_bytes(sound[:102] + bytes([sound[102] ^ 1]) + sound[103:])
    try:
        found = of(audit(run), path.relative_to(run).as_posix())
    finally:
        path.write_bytes(sound)
    assert (1, "account number", 103) in [(one.record, one.field, one.byte) for one in found]
