"""How a secret of a person is kept: generated at random, sealed, found by a blind index, changed without losing the one before.

The same for individual numbers and resident codes; no message or log line holds either.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from enishi.kernel import individual_number, resident_code
from enishi.kernel.errors import BadInput, Refused
from enishi.number import vault
from enishi.number.models import Former, FormerCode, FormerNumber, Sealed, SealedCode, SealedNumber
from enishi.platform.services import Reader, not_disclosed, read_as, read_many_as, record_refusal


@dataclass(frozen=True, slots=True)
class Decision:
    """What the law of an act says about one use of a number: `allowed`, and who uses it, for what, by which
    article.

    `article`: of the My Number Act, as `My Number Act 9(1)`; `on_behalf_of`, `muni`: as in the read record.
    """

    allowed: bool
    actor: str
    purpose: str
    article: str
    on_behalf_of: str = ""
    muni: str = ""

    @property
    def reader(self) -> Reader:
        return Reader(self.actor, self.purpose, self.article, self.on_behalf_of, self.muni)


@dataclass(frozen=True, slots=True)
class Store:
    """Where one kind of secret lies. `bodies`: how many there can be before the check digit; `check_digit` of a body;
    `parse`: what a person typed; `whose`: what it is bound to; `words`: how messages call
    it; `changed_by`: the article of a change.
    """

    item: str
    words: str
    current: type[Sealed]
    former: type[Former]
    length: int
    check_digit: Callable[[str], str]
    parse: Callable[[str], str]
    whose: Callable[[int], bytes]
    changed_by: str

    def has(self, person: int) -> bool:
        """Whether a person has one; says nothing about which."""
        return self.current._default_manager.filter(person=person).exists()

    @sensitive_variables()
    def issue(self, person: int) -> None:
        """Generates one that nobody has or had and seals it for a person. Raises Refused where the person has one."""
        while True:
            row = self._sealed(person)
            try:
                with transaction.atomic():
                    if self._was(row["blind_index"]):
                        continue
                    self.current._default_manager.create(**row)
            except IntegrityError:
                if self.has(person):
                    raise Refused(
                        f"this person has the {self.words} already",
                        where=f"person {person}",
                        todo=f"it is changed only by its own act ({self.changed_by})",
                    ) from None
            else:
                return

    @sensitive_variables()
    def change(self, person: int, decision: Decision, on: date, key: str) -> None:
        """Puts a new one in the place of a person's, valid from `on`; the old stays sealed with the days of its validity.

        `key`: of the act; called again with it, nothing changes. Raises Refused without an allowing decision, for a day
        before the present one began, or a key that stands for another person's; BadInput where there is none.
        """
        self.allow(decision, person)
        rows = self.current._default_manager
        with transaction.atomic():
            done = self.former._default_manager.filter(key=key).values_list("person", flat=True).first()
            if done is not None:
                if done != person:
                    raise Refused(
                        "this key stands for another act", where="key", todo="give every act its own"
                    )
                return
            old = rows.select_for_update().filter(person=person).first()
            if old is None:
                raise self._none(person)
            if old.since is not None and on <= old.since:
                raise Refused(
                    f"the present one is valid from {old.since} only",
                    where=f"person {person}",
                    todo="check the day of the change",
                )
            kept = {
                name: getattr(old, name)
                for name in ("person", "key_version", "sealed", "blind_index", "since")
            }
            self.former._default_manager.create(**kept, until=on, key=key)
            while True:
                new = self._sealed(person)
                taken = rows.filter(blind_index=new["blind_index"]).exists()
                if not taken and not self._was(new["blind_index"]):
                    break
            rows.filter(pk=old.pk).update(**new, since=on)

    @sensitive_variables()
    def find(self, secret: str, decision: Decision, on: date | None = None) -> int | None:
        """The person who bears it, or bore it on a day; None for nobody. Raises Refused, BadInput for what is none."""
        self.allow(decision, None)
        index = vault.keys().blind_index(self.parse(secret).encode())

        def fetch() -> list[int]:
            now = self.current._default_manager.filter(blind_index=index)
            if on is None:
                return list(now.values_list("person", flat=True))
            began = Q(since__isnull=True) | Q(since__lte=on)
            then = self.former._default_manager.filter(began, blind_index=index, until__gt=on)
            return [
                *now.filter(began).values_list("person", flat=True),
                *then.values_list("person", flat=True),
            ]

        found = read_many_as(decision.reader, [self.item], fetch, lambda person: person)
        return found[0] if found else None

    @sensitive_variables()
    def reveal(self, person: int, decision: Decision, on: date | None = None) -> str:
        """A person's in the clear: the present one, or that of a day. Raises Refused, in the same words
        without an allowing decision, where the record is closed to the reader, and where there is none.
        """
        self.allow(decision, person)

        def fetch() -> Any:
            now = self.current._default_manager.filter(person=person).first()
            if on is None or now is None or now.since is None or now.since <= on:
                return now
            began = Q(since__isnull=True) | Q(since__lte=on)
            return self.former._default_manager.filter(began, person=person, until__gt=on).first()

        row = read_as(decision.reader, [self.item], person, fetch)
        if row is None:
            raise not_disclosed()
        return vault.keys().open(row.key_version, bytes(row.sealed), self.whose(person)).decode()

    def allow(self, decision: Decision, person: int | None) -> None:
        """Raises Refused, and records it, without an allowing decision."""
        if not decision.allowed:
            record_refusal(decision.reader, [self.item], person)
            raise not_disclosed()

    @sensitive_variables()
    def draw(self) -> str:
        """A random one, with its check digit; somebody may have it already."""
        body = f"{secrets.randbelow(10 ** (self.length - 1)):0{self.length - 1}d}"
        return body + self.check_digit(body)

    def _was(self, index: Any) -> bool:
        return self.former._default_manager.filter(blind_index=index).exists()

    def _none(self, person: int) -> BadInput:
        return BadInput(
            f"this person has no {self.words}",
            where=f"person {person}",
            todo="check the person id, or have one issued",
        )

    @sensitive_variables()
    def _sealed(self, person: int) -> dict[str, Any]:
        keys, plain = vault.keys(), self.draw().encode()
        version, sealed = keys.seal(plain, self.whose(person))
        return {
            "person": person,
            "key_version": version,
            "sealed": sealed,
            "blind_index": keys.blind_index(plain),
        }


NUMBERS = Store(
    item="individual_number",
    words="individual number",
    current=SealedNumber,
    former=FormerNumber,
    length=individual_number.LENGTH,
    check_digit=individual_number.check_digit,
    parse=individual_number.parse,
    whose=vault.whose,
    changed_by="My Number Act art. 7(2)",
)
"""Individual numbers (個人番号; My Number Act arts 7, 8)."""

CODES = Store(
    item="resident_code",
    words="resident code",
    current=SealedCode,
    former=FormerCode,
    length=resident_code.LENGTH,
    check_digit=resident_code.provisional_check_digit,
    parse=resident_code.parse,
    whose=vault.whose_code,
    changed_by="Basic Resident Register Act art. 30-4",
)
"""Resident codes (住民票コード; Basic Resident Register Act arts 30-2 to 30-4)."""
