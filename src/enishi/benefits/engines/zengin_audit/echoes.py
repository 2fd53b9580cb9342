"""One altered byte, one finding that names it: what only repeats a more precise finding is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from enishi.benefits.engines.zengin_audit.files import FileFacts
from enishi.benefits.engines.zengin_audit.finding import Finding
from enishi.benefits.engines.zengin_audit.match import MatchFacts

_CODES_AND_NAMES = ("bank code", "bank name", "branch code", "branch name")
_ONLY_THE_REGISTER = "its byte is in a field that only the register knows: give --snapshot, or restore it"


def without_echoes(
    facts: Mapping[str, FileFacts],
    mended: Collection[str],
    matches: Sequence[MatchFacts],
    precise: Sequence[Finding],
    headers: Sequence[Finding],
    *,
    with_snapshot: bool,
) -> Iterator[Finding]:
    """The findings of files read by themselves, without those that `precise` ones explain.

    `precise`: what comparison with ledger and snapshot found; a name beside its code, a form beside its
    content and a trailer beside its amount are echoes of it. `headers`: found in headers by comparison.
    `mended`: files that are intact, the manifest is not.
    """
    named = {(one.file, one.record, field) for one in precise for field in _related(one.field)}
    astray: dict[str, int] = defaultdict(int)
    for match in matches:
        for name, yen in match.astray.items():
            astray[name] += yen
    in_records = {one.file for one in [*precise, *headers] if one.record}
    for file in facts.values():
        explained = file.yen - astray[file.name] == file.trailer and astray[file.name] != 0
        placed = file.name in in_records or any(one.record for one in file.findings)
        for one in file.findings:
            if (one.file, one.record, one.field) in named or (one.field == "total" and explained):
                continue
            if not one.record and file.name in mended:
                continue
            if one.is_hash and file.name.startswith("zengin/") and not placed and not with_snapshot:
                yield replace(one, todo=_ONLY_THE_REGISTER)
            else:
                yield one


def _related(field: str) -> tuple[str, ...]:
    return _CODES_AND_NAMES if field in _CODES_AND_NAMES else (field,)
