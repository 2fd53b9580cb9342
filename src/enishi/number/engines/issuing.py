"""First numbers and codes for many persons at once: drawn, sealed and written a table at a time."""

from __future__ import annotations

from collections.abc import Iterable

from enishi.number import vault
from enishi.number.store import CODES, NUMBERS, Store
from enishi.platform.services import insert_rows

COLUMNS = ("person", "key_version", "sealed", "blind_index")
IN_ONE_GO = 5_000


def issue_missing(persons: Iterable[int]) -> None:
    """See `number.services.issue_missing`."""
    wanted = sorted(set(persons))
    for start in range(0, len(wanted), IN_ONE_GO):
        for store in (NUMBERS, CODES):
            _issue(store, wanted[start : start + IN_ONE_GO])


def _issue(store: Store, persons: list[int]) -> None:
    have = set(store.current._default_manager.filter(person__in=persons).values_list("person", flat=True))
    waiting = [person for person in persons if person not in have]
    keys = vault.keys()
    drawn: dict[bytes, tuple[int, bytes]] = {}
    while waiting:
        fresh: dict[bytes, tuple[int, bytes]] = {}
        again = []
        for person in waiting:
            plain = store.draw().encode()
            index = keys.blind_index(plain)
            if index in drawn or index in fresh:
                again.append(person)
            else:
                fresh[index] = (person, plain)
        for model in (store.current, store.former):
            taken = model._default_manager.filter(blind_index__in=list(fresh))
            again += [fresh.pop(bytes(index))[0] for index in taken.values_list("blind_index", flat=True)]
        drawn |= fresh
        waiting = again
    rows = (
        (person, *keys.seal(plain, store.whose(person)), index) for index, (person, plain) in drawn.items()
    )
    insert_rows(store.current._meta.db_table, COLUMNS, rows)
