"""Renumbering (住居表示・地番変更): the same dwellings have other addresses. Thousands of persons in one act, as rows."""

from __future__ import annotations

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import within
from enishi.register import journal
from enishi.register.acts.performing import perform
from enishi.register.engines.moving_rows import Row, read_rows, restate_rows
from enishi.register.models import Act, Address
from enishi.register.rules.areas import Renumbered, Renumbering
from enishi.register.rules.moves import Place, check_place
from enishi.register.rules.parts import Report

Dwelling = tuple[str, str, str | None]
"""Ward (blank for none), town and block; None for every block."""


def renumber(report: Report, said: Renumbering) -> int:
    """Gives all residents of the addresses their new ones from the day of the act on. Returns the number of the act.

    Nobody has moved: `settled_on` keeps the day from which each has lived there. Addresses that are entered for later days
    (announced or backdated moves) are renamed with the others. Raises BadInput for a mapping that says one dwelling twice or
    changes nothing, Refused where nobody lives at any of them.
    """
    names = _checked(report, said)
    towns = sorted({town for _, town, _ in names})
    marks = ", ".join(["%s"] * len(towns))
    with within(report.muni):
        journal.alone(report.muni)
        rows = [
            row
            for row in read_rows(
                Address,
                report.muni,
                f"t.superseded_at IS NULL AND t.town IN ({marks}) AND (t.until IS NULL OR t.until > %s)",
                [*towns, report.day],
            )
            if _new_name(names, row) is not None
        ]

        def parts(row: Row) -> list[Row]:
            new = _new_name(names, row)
            assert new is not None
            now = {
                "town": new.to_town,
                "postcode": new.to_postcode,
                "town_id": new.to_town_id or None,
                "block": row["block"] if new.to_block is None else new.to_block,
            }
            if row["since"] is not None and row["since"] >= report.day:
                return [row | now]
            settled = row["settled_on"] or row["since"]
            return [row | {"until": report.day}, row | now | {"since": report.day, "settled_on": settled}]

        def work(act: Act) -> None:
            if not rows:
                raise Refused(
                    "nobody lives at any of these addresses",
                    where="addresses",
                    todo="compare the towns and blocks with the record; the same list may have been entered before",
                )
            restate_rows(act, Address, rows, parts)

        return perform(report, said, {row["person"] for row in rows}, work, whole=False)


def _checked(report: Report, said: Renumbering) -> dict[Dwelling, Renumbered]:
    if report.day > report.today:
        raise Refused(
            f"{report.day} has not come",
            where="day of the act",
            todo="enter it on the day from which it holds",
        )
    if not said.addresses:
        raise BadInput("no address is renumbered", where="addresses", todo="enter the list of addresses")
    names: dict[Dwelling, Renumbered] = {}
    for one in said.addresses:
        place = Place(report.muni, one.to_town, postcode=one.to_postcode)
        check_place(place)
        dwelling = (one.ward, one.town, one.block)
        whole = (one.ward, one.town, None)
        if dwelling in names or (one.block is not None and whole in names):
            raise BadInput(
                f"{one.town} {one.block or ''} stands twice in the list",
                where="addresses",
                todo="name each address once, either block by block or the town as a whole",
            )
        names[dwelling] = one
    for ward, town, block in names:
        if block is None and any(other[:2] == (ward, town) and other[2] is not None for other in names):
            raise BadInput(
                f"{town} stands in the list as a whole and block by block",
                where="addresses",
                todo="choose one",
            )
    return names


def _new_name(names: dict[Dwelling, Renumbered], row: Row) -> Renumbered | None:
    ward = row["ward"] or ""
    for dwelling in ((ward, row["town"], row["block"]), (ward, row["town"], None)):
        if (new := names.get(dwelling)) is not None:
            return new
    return None
