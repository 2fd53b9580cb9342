"""`enishi nation`."""

from __future__ import annotations

import argparse


def add_to(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds this room's acts to the command line."""
