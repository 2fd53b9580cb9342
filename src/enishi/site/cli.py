"""The `enishi` command. Each room's commands live in `commands/`; their libraries are loaded only when they run."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from enishi import __version__
from enishi.kernel.errors import EnishiError

ROOMS = ("nation", "names", "register", "benefits", "api", "demo", "doctor")


def parser() -> argparse.ArgumentParser:
    """The whole command line: `enishi ROOM ACT ...`."""
    top = argparse.ArgumentParser(
        prog="enishi",
        description="Enishi, a country's digital administration. Not an official service; all people are synthetic.",
    )
    top.add_argument("--version", action="version", version=f"enishi {__version__}")
    rooms = top.add_subparsers(dest="room", required=True, metavar="ROOM")
    for room in ROOMS:
        import_module(f"enishi.site.commands.{room}").add_to(rooms)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Exit status: 0 done, 2 bad input, 3 in use, 4 disagreement, 5 refused, 6 disk full, 130 stopped."""
    options = parser().parse_args(arguments)
    try:
        return int(options.act(options) or 0)
    except EnishiError as error:
        print(f"enishi: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("enishi: stopped; the same command goes on where it stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
