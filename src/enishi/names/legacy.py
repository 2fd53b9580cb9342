"""A municipality's table of legacy characters: taken in with candidates, chosen by a person, taken back; and what pages could not
show. The second door of this room: other rooms may import it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from enishi.kernel.errors import BadInput
from enishi.names.engines import characters
from enishi.names.engines.identifying import Candidate
from enishi.names.models import LegacyCharacter, LegacyChoice, UnshownCharacter
from enishi.platform.services import within

LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Legacy:
    """A legacy character: its code, candidates, and the choice that holds (None: open) with who made it and when."""

    code: str
    candidates: tuple[Candidate, ...]
    chosen: str | None
    sequence: str
    chosen_by: str
    chosen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unshown:
    """A character that could not be shown: how often, and when last."""

    character: str
    times: int
    last_at: datetime


def take_legacy(muni: str, found: Iterable[tuple[str, bytes, list[Candidate]]]) -> int:
    """Keeps legacy characters with picture and candidates (`services.identify`); how many. One that is there already gets the new
    candidates; if its picture is another one, a choice for the old picture is taken back. Raises BadInput for a code that is too
    long.
    """
    rows = {
        code: LegacyCharacter(
            muni=muni,
            code=code,
            picture=picture,
            candidates=[[one.mj, one.sequence, one.likeness] for one in candidates],
        )
        for code, picture, candidates in found
    }
    if too_long := next((code for code in rows if len(code) > LONGEST_CODE), None):
        raise BadInput(
            f"the code {too_long[:LONGEST_CODE]}... is too long",
            where="code",
            todo=f"at most {LONGEST_CODE} letters",
        )
    with within(muni):
        before = LegacyCharacter.objects.filter(muni=muni, code__in=rows).values_list("code", "picture")
        changed = [code for code, picture in before if bytes(picture) != rows[code].picture]
        LegacyCharacter.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["muni", "code"],
            update_fields=["picture", "candidates", "taken_at"],
        )
        LegacyChoice.objects.bulk_create(
            LegacyChoice(muni=muni, code=code, chosen_by="another picture was taken in")
            for code in sorted({one.code for one in LegacyChoice.objects.filter(muni=muni, code__in=changed)})
        )
    return len(rows)


def legacy_characters(muni: str) -> list[Legacy]:
    """Every legacy character of a municipality, in the order of their codes."""
    with within(muni):
        chosen = {one.code: one for one in LegacyChoice.objects.filter(muni=muni).order_by("id")}
        rows = list(LegacyCharacter.objects.filter(muni=muni).defer("picture").order_by("code"))
    return [_legacy(one, chosen.get(one.code)) for one in rows]


def _legacy(one: LegacyCharacter, choice: LegacyChoice | None) -> Legacy:
    candidates = tuple(Candidate(*candidate) for candidate in one.candidates)
    if choice is None or not choice.mj:
        return Legacy(one.code, candidates, None, "", "", None)
    return Legacy(one.code, candidates, choice.mj, choice.sequence, choice.chosen_by, choice.chosen_at)


def legacy_picture(muni: str, code: str) -> bytes | None:
    """The picture of a legacy character as PNG; None for one that the municipality does not have."""
    with within(muni):
        found = LegacyCharacter.objects.filter(muni=muni, code=code).values_list("picture", flat=True).first()
    return None if found is None else bytes(found)


def choose_legacy(muni: str, code: str, mj: str, by: str) -> None:
    """Records that a legacy character is the form `mj`, whether it was a candidate or not; "" takes the choice back.

    Raises BadInput for a character that the municipality does not have, or no registered form.
    """
    sequence = characters.table().sequences.get(mj, "") if mj else ""
    if mj and not sequence:
        raise BadInput("there is no such registered form", where="form", todo="give a code such as MJ026200")
    with within(muni):
        if not LegacyCharacter.objects.filter(muni=muni, code=code).exists():
            raise BadInput(
                "the municipality has no such character", where="code", todo="choose one of the list"
            )
        LegacyChoice.objects.create(muni=muni, code=code, mj=mj, sequence=sequence, chosen_by=by)


def municipal_table(muni: str) -> dict[str, str]:
    """The characters that legacy ones are, by code: what holds now."""
    return {one.code: one.sequence for one in legacy_characters(muni) if one.chosen}


def count_unshown(character: str) -> None:
    """Counts that a page had to stand in for a character."""
    now = timezone.now()
    changed = UnshownCharacter.objects.filter(character=character[:2]).update(
        times=F("times") + 1, last_at=now
    )
    if not changed:
        row, made = UnshownCharacter.objects.get_or_create(character=character[:2], defaults={"times": 1})
        if not made:
            UnshownCharacter.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now)


def unshown() -> list[Unshown]:
    """Every character that could not be shown, the most frequent first. The target is none."""
    return [
        Unshown(one.character, one.times, one.last_at)
        for one in UnshownCharacter.objects.order_by("-times", "character")
    ]
