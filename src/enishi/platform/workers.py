"""Worker processes for batches: one process a core, gone with their parent however it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from enishi.kernel.errors import EnishiError

T = TypeVar("T")
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2), Linux
AHEAD = 2
"""Results that may wait in turn: a long task after short ones then keeps nobody waiting."""
AT_ONCE = 64
"""Tasks handed out and not yet done: enough for any number of cores, few enough that an error ends the work soon."""


def end_with_parent(parent: int) -> None:
    """Ends this process as soon as its parent has: no orphan goes on writing into a folder that another run now holds."""
    try:
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    except (AttributeError, OSError):
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _start(parent: int, first: Callable[[], object] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent)
    if first is not None:
        first()


class Here(Executor):
    """Does each task in this very process as it is handed out: what a pool of one is."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@contextmanager
def pool(
    workers: int, *, beside: bool = False, first: Callable[[], object] | None = None
) -> Iterator[Executor]:
    """Fresh processes (spawn), each with one Polars thread; one worker is this process itself, unless it is to work `beside` it.

    `first`: what each process does before it looks at a task, such as setting Django up. On an error in the block what has not
    begun is dropped.
    """
    if workers == 1 and not beside:
        yield Here()
        return
    os.environ["POLARS_MAX_THREADS"] = "1"
    executor = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(os.getpid(), first),
    )
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def each(
    executor: Executor, work: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yields (task, result) as they come; never holds many open tasks. The first error ends it."""
    at_once = 1 if isinstance(executor, Here) else AT_ONCE
    waiting = iter(tasks)
    running = {}
    try:
        while True:
            for task in waiting:
                running[executor.submit(work, *task)] = task
                if len(running) >= at_once:
                    break
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    except BrokenProcessPool as error:
        raise _without_a_word("with fewer --workers") from error


def in_turn(executor: Executor, work: Callable[[T], Any], tasks: Sequence[T]) -> Iterator[Any]:
    """The results in order. While the caller looks at one, the next are worked on, `AHEAD` and no more."""
    try:
        waiting = deque(executor.submit(work, task) for task in tasks[:AHEAD])
        for place in range(AHEAD, len(tasks) + AHEAD):
            made = waiting.popleft().result()
            waiting.extend(executor.submit(work, task) for task in tasks[place : place + 1])
            yield made
    except BrokenProcessPool as error:
        raise _without_a_word("on a machine that has more") from error


def _without_a_word(how: str) -> EnishiError:
    return EnishiError(
        "a worker process ended without a word: most often there was not enough memory",
        todo=f"run the same command again {how}; it goes on where it stopped",
    )
