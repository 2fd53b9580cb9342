"""Worker processes: a pool of one needs none."""

from __future__ import annotations

import os

import pytest

from enishi.kernel.errors import BadInput, EnishiError
from enishi.platform.workers import Here, each, in_turn, pool


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


def test_a_process_beside_works_on_the_next_alone_and_in_turn() -> None:
    with pool(1, beside=True) as executor:
        made = list(in_turn(executor, pid_and_square, [3, 1, 2]))
    assert [square for _, square in made] == [9, 1, 4]
    assert len({pid for pid, _ in made} - {os.getpid()}) == 1
    assert list(in_turn(Here(), pid_and_square, [])) == []


def test_what_fails_beside_fails_here_and_the_rest_is_dropped() -> None:
    with pool(1, beside=True) as executor, pytest.raises(BadInput, match="two is refused"):
        list(in_turn(executor, refusing_two, [1, 2, 3]))
    with pool(1, beside=True) as executor, pytest.raises(EnishiError, match="without a word"):
        list(in_turn(executor, os._exit, [1]))


def pid_and_square(number: int) -> tuple[int, int]:
    return os.getpid(), number * number


def refusing_two(number: int) -> int:
    if number == 2:
        raise BadInput("two is refused", where="number", todo="say another")
    return number
