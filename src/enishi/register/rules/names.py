"""What the law asks of names that are asked for or notified: aliases, former surnames, names of foreign residents, and those of
persons whose nationality changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from enishi.kernel.errors import BadInput, Refused
from enishi.register.rules.catalogue import Kind
from enishi.register.rules.notices import NationalityChange
from enishi.register.rules.parts import NewName
from enishi.register.rules.search_key import is_reading, search_key
from enishi.register.vocabulary import NameKind

OF_FOREIGN_RESIDENTS = (NameKind.LATIN, NameKind.FOREIGN_KANJI, NameKind.ALIAS)
"""Names that only a foreign resident's record has (art. 30-45; an alias by the Enforcement Order)."""

OF_CARDS = (NameKind.LATIN, NameKind.FOREIGN_KANJI)
"""Names that a residence card shows, and the immigration office therefore notifies."""

OF_JAPANESE = (NameKind.REGISTERED, NameKind.FORMER)
"""Names that come from a family register."""

Surname = tuple[date | None, str]
"""From which day (None: long before) somebody bore which surname."""


def check_alias(name: NewName) -> None:
    """Raises BadInput for what is no alias: of another kind, or in parts."""
    if name.kind is not NameKind.ALIAS or not name.whole.strip() or name.surname or name.given:
        raise BadInput("this is no alias", where="alias", todo="enter the alias as one whole name")


def check_former_surname(name: NewName, surnames: Sequence[Surname]) -> None:
    """Raises BadInput for what is no former surname: of another kind, without reading in kana, or the present one.

    `surnames`: those that the person bore, the present one last.
    """
    if name.kind is not NameKind.FORMER or not name.surname.strip() or name.given or name.whole:
        raise BadInput("this is no former surname", where="former surname", todo="enter the surname alone")
    if not is_reading(search_key(name.surname_kana)):
        raise BadInput(
            "a former surname is entered with its reading in kana",
            where="former surname",
            todo="enter the reading as the family register has it",
        )
    if surnames and surnames[-1][1] == name.surname:
        raise BadInput(
            "this is the surname that the person bears now",
            where="former surname",
            todo="enter one that the family register shows as borne before",
        )


def check_changed_former_surname(name: NewName, entered: date | None, surnames: Sequence[Surname]) -> None:
    """A former surname that is entered is changed only after the surname itself has changed, and to the one borne directly
    before that (Enforcement Order art. 30-14; to be checked against its text).

    `entered`: since when the present former surname stands, or stood until it was deleted. Raises Refused.
    """
    changed = [
        (day, before)
        for (_, before), (day, after) in pairwise(surnames)
        if before != after and day is not None and (entered is None or day > entered)
    ]
    if not changed:
        raise Refused(
            "the surname has not changed since a former surname was entered or deleted",
            where="former surname",
            todo="it may be deleted; another is entered only after a later change of the surname",
        )
    if changed[-1][1] != name.surname:
        raise Refused(
            "this is not the surname borne directly before the latest change",
            where="former surname",
            todo="enter that one, or keep the one that stands",
        )


def check_card_names(names: Sequence[NewName], ended: Sequence[str]) -> None:
    """Raises BadInput for names that no residence card shows, twice one kind, or one both entered and ended."""
    kinds = [*(name.kind.value for name in names), *ended]
    if len(set(kinds)) < len(kinds) or set(kinds) - {kind.value for kind in OF_CARDS}:
        raise BadInput(
            "the notice names a kind of name twice, or one that no residence card shows",
            where="names",
            todo="enter the name in Latin letters and the one in kanji, each once; an alias is asked for by the resident",
        )


def check_nationality(said: NationalityChange) -> None:
    """What the record of somebody who becomes, or ceases to be, Japanese must say from then on. Raises BadInput."""
    kinds = [name.kind for name in said.names]
    if said.kind is Kind.NATIONALITY_LOST:
        if said.foreign is None or said.domicile is not None:
            raise BadInput(
                "who is no longer Japanese has a nationality and no registered domicile",
                where="nationality",
                todo="enter the nationality, and the status of residence where there is one already",
            )
        if not set(kinds) & set(OF_CARDS) or set(kinds) - set(OF_CARDS) or len(set(kinds)) < len(kinds):
            raise BadInput(
                "a foreign resident is named in Latin letters or kanji, as the passport has it",
                where="names",
                todo="enter each of the two once at most",
            )
        return
    if said.kind not in (Kind.NATURALISATION, Kind.NATIONALITY_ACQUIRED):
        raise BadInput(
            "this act changes no nationality", where="act", todo="choose naturalisation or another"
        )
    if said.domicile is None or said.foreign is not None:
        raise BadInput(
            "who becomes Japanese has a registered domicile and no status of residence",
            where="registered domicile",
            todo="enter it with the first-listed person as the family register has it",
        )
    if kinds != [NameKind.REGISTERED]:
        raise BadInput(
            "who becomes Japanese has one name, the registered one",
            where="names",
            todo="enter surname and given name with their readings; a former surname is asked for later",
        )
