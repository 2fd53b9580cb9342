"""Worker processes of a build: each does task after task, and none outlives its build."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from enishi.kernel.errors import EnishiError
from enishi.nation.plan import Task
from enishi.nation.shards import Job, run_task

Done = Callable[[int, int, int], None]
"""Called after every shard with its number, its rows, and the peak memory of the process in bytes."""

_PARENT_DEATH_SIGNAL = 1


def peak_memory() -> int:
    """The most resident memory that this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def run_here(job: Job, tasks: list[Task], done: Done) -> None:
    """All tasks in this process: for small nations, where starting another takes longer."""
    for task in tasks:
        run_task(job, task, lambda shard, rows: done(shard, rows, peak_memory()))


def run_workers(job: Job, tasks: list[Task], workers: int, done: Done) -> None:
    """All tasks on `workers` processes, the largest first. Raises what a worker raised."""
    waiting = sorted(tasks, key=lambda task: (task.rows, task.first))
    context = get_context("spawn")
    processes = []
    idle: list[Connection] = []
    with _one_thread_each():
        for _ in range(min(workers, len(tasks))):
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there, job, os.getpid()), daemon=True)
            process.start()
            there.close()
            processes.append(process)
            idle.append(here)
    busy: list[Connection] = []
    try:
        while waiting or busy:
            while waiting and idle:
                connection = idle.pop()
                with _worker_may_end():
                    connection.send(waiting.pop())
                busy.append(connection)
            for ready in wait(busy):
                assert isinstance(ready, Connection)
                if _heard(ready, done):
                    busy.remove(ready)
                    idle.append(ready)
    finally:
        for connection in (*idle, *busy):
            connection.close()
        for process in processes:
            if busy:
                process.terminate()
            process.join()


def _heard(connection: Connection, done: Done) -> bool:
    """Takes one message of a worker; whether it has finished its task."""
    with _worker_may_end():
        message = connection.recv()
    if isinstance(message, BaseException):
        raise message
    if message is None:
        return True
    done(*message)
    return False


@contextmanager
def _worker_may_end() -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError) as error:
        raise EnishiError(
            "a worker process ended before its work was done (out of memory, or killed)",
            where="nation build",
            todo="run the same command again with fewer --workers: it goes on where it stopped",
        ) from error


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started inside use one thread: there is one of them for each core."""
    names = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(connection: Connection, job: Job, parent: int) -> None:
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task: Task = connection.recv()
        except EOFError:
            return
        try:
            run_task(job, task, lambda shard, rows: connection.send((shard, rows, peak_memory())))
            connection.send(None)
        except Exception as error:
            connection.send(error)


def _end_with(parent: int) -> None:
    """Dies with the parent even when that is killed: else two builds could write into one folder."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
