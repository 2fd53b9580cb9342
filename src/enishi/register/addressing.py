"""Questions about addressee numbers: who may have two. Loading gives the first ones (`engines.addressees`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections, transaction

from enishi.kernel.errors import BadInput, Refused
from enishi.platform.services import Reader, database_of, record_reads, record_refusal
from enishi.register.models import Addressee, Particulars, PersonName

ITEMS = ("name", "birth_date")
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """A non-resident addressee and another who has the same reading and date of birth: perhaps one person.

    `other`: an addressee number; `person`: the id of the other where it is a person of the register, else None.
    """

    number: int
    other: int
    person: int | None
    kana: str
    birth_date: date


def addressee_duplicates(
    reader: Reader, muni: str, *, page: int = 1, size: int = 50
) -> tuple[PossibleDuplicate, ...]:
    """Non-resident addressees who may be another one, or a person of the register: same reading and date of birth.
    An officer decides (`AddresseesMerged`).

    Recorded for each person of the register among them. Raises Refused for an officer of another municipality.
    """
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise BadInput(
            f"there is no page {page} of {size} rows", where="page", todo="ask for a page from 1 on"
        )
    if reader.muni and reader.muni != muni:
        record_refusal(reader, ITEMS, None)
        raise Refused("an officer sees the own municipality's addressees only", where=muni, todo="ask there")
    using = database_of(muni)
    tables = {
        "addressee": Addressee._meta.db_table,
        "name": PersonName._meta.db_table,
        "particulars": Particulars._meta.db_table,
    }
    with_persons = """
        SELECT a.number, o.number, o.person, a.kana, a.birth_date FROM {addressee} a
        JOIN {name} n ON n.muni = a.muni AND n.kana_key = a.kana_key AND n.superseded_at IS NULL
        JOIN {particulars} p ON p.muni = a.muni AND p.person = n.person AND p.birth_date = a.birth_date
          AND p.superseded_at IS NULL
        JOIN {addressee} o ON o.muni = a.muni AND o.person = n.person
        WHERE a.muni = %s AND a.person IS NULL AND a.merged_into IS NULL AND a.until IS NULL
        UNION
        SELECT a.number, o.number, o.person, a.kana, a.birth_date FROM {addressee} a
        JOIN {addressee} o ON o.muni = a.muni AND o.kana_key = a.kana_key AND o.birth_date = a.birth_date
          AND o.number > a.number AND o.person IS NULL AND o.merged_into IS NULL AND o.until IS NULL
        WHERE a.muni = %s AND a.person IS NULL AND a.merged_into IS NULL AND a.until IS NULL
        ORDER BY 1, 2 LIMIT %s OFFSET %s""".format(**tables)

    with transaction.atomic(), connections[using].cursor() as cursor:
        cursor.execute(with_persons, [muni, muni, size, (page - 1) * size])
        found = tuple(PossibleDuplicate(*row) for row in cursor.fetchall())
        record_reads(reader, ITEMS, sorted({one.person for one in found if one.person is not None}))
    return found
