"""`enishi register found` and `enishi register merge`: a municipality comes into being, another goes on in it."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

ACCOUNT = ("bank", "branch", "type", "number")


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds both acts to `enishi register`."""
    found = acts.add_parser(
        "found",
        help="enter a municipality that comes into being",
        description="Enters a municipality that comes into being by a merger, a division or a change of its code, before it "
        "takes over records. FILE is JSON: muni, prefecture, prefecture_name, name, name_kana, name_latin, prefecture_latin, "
        "consignor_code, originator, application_start, begins, and account with bank, branch, type and number.",
    )
    found.add_argument(
        "file", type=Path, metavar="FILE", help="what it is called, from when on, and its account"
    )
    found.set_defaults(act=enter_municipality)
    merge = acts.add_parser(
        "merge",
        help="close a municipality's record and go on with it in another (preview unless --perform)",
        description="Shows what the municipality would hand over; with --perform closes its record and goes on with it in the "
        "other one from the same day on, as two acts. Persons keep their ids, households their numbers, and what was said under "
        "the old code stays readable. Broken off, the same command finishes it. It is not taken back.",
    )
    merge.add_argument(
        "--from", dest="old", required=True, metavar="CODE", help="the six digits of the one that ends"
    )
    merge.add_argument("--into", dest="new", required=True, metavar="CODE", help="the one that goes on")
    merge.add_argument(
        "--on",
        type=date.fromisoformat,
        required=True,
        metavar="DATE",
        help="the first day of the new code, 2020-04-27",
    )
    merge.add_argument("--perform", action="store_true", help="do it (default: only show what would be done)")
    merge.add_argument(
        "--reason", default="", metavar="TEXT", help="kept in both journals, such as the official notice"
    )
    merge.set_defaults(act=merge_municipality)


def enter_municipality(options: argparse.Namespace) -> int:
    """`enishi register found FILE`."""
    from enishi.site.commands.register import set_up

    set_up()
    from enishi.register import services

    line, begins, account = _read(options.file)
    services.found_municipality(line, begins, account=account)
    print(f"register: {line.muni} {line.name} is in force from {begins} on")
    return 0


def merge_municipality(options: argparse.Namespace) -> int:
    """`enishi register merge --from CODE --into CODE --on DATE [--perform]`."""
    from enishi.site.commands.register import set_up

    set_up()
    from django.utils import timezone

    from enishi.register import services

    now = timezone.now()
    said: dict[str, Any] = {"now": now, "today": timezone.localdate(now)}
    if options.perform:
        closed, opened = services.merge_municipality(
            options.old, options.new, options.on, reason=options.reason, **said
        )
        print(
            f"register: {options.old} is closed by its act {closed}, {options.new} goes on by its act {opened}"
        )
        return 0
    found = services.preview_merger(options.old, options.new, options.on, **said)
    print(f"from {found.on} on {found.predecessor} goes on as {found.successor}, and with it:")
    for number, what in (
        (found.residents, "residents"),
        (found.households, "households"),
        (found.addressees, "addressees not on the register"),
        (found.measures, "support measures"),
    ):
        print(f"  {number:>11,} {what}")
    print("nothing is changed yet; with --perform it is done, and not taken back")
    return 0


def _read(path: Path) -> tuple[Any, date, tuple[str, str, str, str]]:
    """The municipality of a file. Raises BadInput, naming the file and the field."""
    from enishi.kernel.errors import BadInput
    from enishi.register.terms import MunicipalityLine

    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"it cannot be read: {error}", where=str(path), todo="give a JSON file") from error
    wanted = [*MunicipalityLine.__dataclass_fields__, "begins", "account"]
    account = said.get("account") if isinstance(said, dict) else None
    missing = [name for name in wanted if not isinstance(said, dict) or name not in said]
    missing += [f"account.{name}" for name in ACCOUNT if not isinstance(account, dict) or name not in account]
    if missing:
        raise BadInput(
            f"{', '.join(missing)} is missing", where=str(path), todo="see `enishi register found --help`"
        )
    days: dict[str, date] = {}
    for name in ("begins", "application_start"):
        try:
            days[name] = date.fromisoformat(str(said[name]))
        except ValueError as error:
            raise BadInput(
                f"{said[name]!r} is no day", where=f"{path}: {name}", todo="write it like 2020-04-27"
            ) from error
    columns: dict[str, Any] = {name: str(said[name]) for name in MunicipalityLine.__dataclass_fields__}
    line = MunicipalityLine(**(columns | {"application_start": days["application_start"]}))
    bank, branch, kind, number = (str(said["account"][name]) for name in ACCOUNT)
    return line, days["begins"], (bank, branch, kind, number)
