"""A hundredth of the attack of `make bench NAME=attack`: ten thousand questions before every door that reads persons."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bench.attack import Attack, build

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.one_engine]
QUESTIONS = 10_000


def test_ten_thousand_attack_questions_disclose_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("ENISHI_ATTACK_SEED", "20261123"))
    print(f"seed {seed}")
    tally = Attack(build(tmp_path), seed).ask(QUESTIONS)
    assert tally.disclosed == []
    assert {door: len(said) for door, said in tally.said.items() if len(said) != 1} == {}
    assert sum(tally.asked.values()) == QUESTIONS
    assert (
        min(tally.asked[door] for door in ("summary", "record", "search", "number", "batch", "decision")) > 0
    )
    assert tally.lines > QUESTIONS * 0.8
