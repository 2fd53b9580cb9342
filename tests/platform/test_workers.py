"""Worker processes: a pool of one needs none."""

from __future__ import annotations

import os

import pytest

from enishi.kernel.errors import BadInput
from enishi.platform.workers import each, pool


def test_a_pool_of_one_is_this_process_and_hands_out_one_task_after_the_other() -> None:
    began: list[int] = []

    def work(number: int) -> int:
        began.append(number)
        if number == 3:
            raise BadInput("three is refused")
        return os.getpid()

    with pool(1) as executor:
        results = each(executor, work, [(1,), (2,), (3,), (4,)])
        for number in (1, 2):
            assert next(results) == ((number,), os.getpid())
            assert began[-1] == number
        with pytest.raises(BadInput, match="three"):
            next(results)
    assert began == [1, 2, 3]
