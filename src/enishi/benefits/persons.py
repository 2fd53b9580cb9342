"""Why one person is paid or not.

Protected persons (D1): only officers of the paying municipality and the national auditor see the payment.
Every other officer, of the municipality of registration too, gets the very answer that a person gives who
does not exist.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from enishi.benefits import excerpts, wording
from enishi.benefits.answers import Basis, Ground
from enishi.benefits.answers_published import PersonDecision, PersonPayment
from enishi.benefits.models import Publication, Release
from enishi.benefits.offers import offer
from enishi.benefits.officers import holds, reader
from enishi.benefits.payments import article_of, what_to_do
from enishi.benefits.publishing import manifest_of
from enishi.benefits.rules.payment import STATE
from enishi.benefits.wording import say
from enishi.platform.services import DutyKind, not_disclosed, read_as

ITEMS = ("entitlement", "grounds", "payment", "payee", "route")
SEPARATE = "D1"
NOTHING = "nothing"
"""A use that no law knows: a question to which the gate answers as to any other, and lets nothing through."""


def decision_of_person(actor: int, publication: int, muni: str, person: int, purpose: str) -> PersonDecision:
    """The decision on one person, in words. `muni`: for which municipality the officer asks; blank:
    nationally.

    For a municipality's benefits officer: persons registered there, and protected ones whom it pays.
    Nationally: the agency's officer, but no protected person whom a municipality pays; the auditor,
    everybody. Every question is recorded with its purpose. Raises Refused, in the same words for a person
    who does not exist, who is another municipality's and who is protected.
    """
    ground = reader(actor, muni, purpose, "-")
    row = Publication.objects.select_related("run").filter(pk=publication).first()
    if row is None:
        raise not_disclosed()
    ground = reader(actor, muni, purpose, article_of(row.name))
    decision, payment = _found(row, person)
    if not _may_ask(actor, muni) or decision is None or not _may_see(actor, muni, decision, payment):
        ground = replace(ground, use=NOTHING)
    elif payment is not None and payment["payer"] == STATE and not muni:
        ground = replace(ground, on_behalf_of=STATE)

    def fetch() -> PersonDecision | None:
        return None if decision is None else _answer(row, decision, payment)

    answer = read_as(ground, ITEMS, person, fetch)
    if answer is None:
        raise not_disclosed()
    return answer


def _may_ask(actor: int, muni: str) -> bool:
    """A municipality's benefits officer for that one; agency officer and auditor for the nation."""
    if muni:
        return holds(actor, muni, DutyKind.BENEFITS_OFFICER)
    return holds(actor, "", DutyKind.AGENCY_OFFICER, DutyKind.AUDITOR)


def _may_see(actor: int, muni: str, decision: dict[str, Any], payment: dict[str, Any] | None) -> bool:
    """Whether this person's decision is open to an officer who may ask."""
    separate = decision["override"] == SEPARATE or bool(payment and payment["protected"])
    if not muni:
        by_state = payment is not None and payment["payer"] == STATE
        return not separate or by_state or holds(actor, "", DutyKind.AUDITOR)
    if separate:
        return payment is not None and payment["payer"] == muni
    return bool(decision["muni"] == muni)


def _found(row: Publication, person: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """(the decision, the ledger's row of its payment), each None where the run knows none. Both tables are read, whoever is
    asked of.
    """
    manifest, folder = manifest_of(row.run), Path(row.run.folder)
    decision = excerpts.of_person(folder, manifest, "decisions", "person", person)
    number = decision["payment"] if decision else None
    payment = excerpts.of_person(folder, manifest, "ledger", "payment", person if number is None else number)
    return decision, None if number is None else payment


def _answer(row: Publication, decision: dict[str, Any], payment: dict[str, Any] | None) -> PersonDecision:
    rules, _ = offer(row.name)
    grounds = decision["grounds"].split("+") if decision["grounds"] else []
    value_date = date.fromisoformat(manifest_of(row.run)["programme"]["value_date"])
    return PersonDecision(
        person=decision["person"],
        muni=decision["muni"],
        programme=row.name,
        cycle=row.cycle,
        title=wording.of(rules.titles),
        reference_date=rules.reference_date,
        code=decision["code"],
        words=wording.reason(decision["code"]),
        entitled=decision["code"] == "E00",
        grounds=tuple(Ground(code, wording.reason(code), wording.ground(code)) for code in grounds),
        amount=decision["amount"],
        payment=None if payment is None else _payment(row, decision["person"], payment, value_date),
        legal_basis=tuple(
            Basis(wording.of(basis.name), wording.of(basis.article), wording.of(basis.note))
            for basis in rules.legal_basis
        ),
        review=wording.of(rules.review),
        protected=decision["override"] == SEPARATE,
    )


def _payment(row: Publication, person: int, payment: dict[str, Any], value_date: date) -> PersonPayment:
    released = Release.objects.filter(muni=payment["payer"], publication=row.pk).first()
    code = payment["reason"] or ""
    return PersonPayment(
        payment=payment["payment"],
        route=payment["route"],
        route_words=route_words(payment["route"]),
        reason=code,
        reason_words=wording.reason(code) if code else "",
        amount=payment["amount"],
        persons=payment["persons"],
        payee=payment["payee"],
        payee_is_person=payment["payee"] == person,
        payer=payment["payer"],
        value_date=value_date,
        released=released.released_at if released else None,
        todo=what_to_do(code),
    )


def route_words(route: str) -> str:
    """How a payment reaches its payee, in words."""
    return {
        "transfer": say("口座振込", "bank transfer"),
        "letter": say("通知書", "letter"),
        "held": say("保留", "held"),
    }[route]
