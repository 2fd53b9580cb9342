"""Runs as processes of their own: started, watched, taken up again."""

from __future__ import annotations

from enishi.benefits.answers import Progress, RunState, Snapshot


def snapshots(actor: int) -> list[Snapshot]:
    raise NotImplementedError


def start_run(actor: int, name: str, cycle: int, snapshot: str) -> RunState:
    raise NotImplementedError


def resume_run(actor: int, run: int) -> RunState:
    raise NotImplementedError


def runs(actor: int) -> list[RunState]:
    raise NotImplementedError


def run_state(actor: int, run: int) -> RunState:
    raise NotImplementedError


def progress(actor: int, run: int) -> Progress:
    raise NotImplementedError
