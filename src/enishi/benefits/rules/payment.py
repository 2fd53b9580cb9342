"""Who is paid for whom, and by which route (docs/benefits-run.md, 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enishi.benefits.rules.entitlement import ENTITLED, Account, Decision, PersonFacts
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput
from enishi.kernel.kana import match_form

STATE = "STATE"


@dataclass(frozen=True)
class Payment:
    """One payment to one payee. `payment`: its number, the smallest person id it pays for; `reason` says why not a transfer."""

    payment: int
    payer: str
    muni: str
    household: int
    payee: int | None
    persons: int
    amount: int
    route: str
    reason: str | None
    protected: bool


def holder_matches(account: Account, payee: PersonFacts) -> bool:
    """Whether the account's holder is the payee under any registered kind of name, compared in the image of bank kana.

    A holder of nothing but marks is nobody.
    """
    holder = comparable(account.holder)
    return bool(holder) and any(comparable(name) == holder for name in payee.registered_kana)


def comparable(name: str) -> str | None:
    """The match form of a registered name; None where a character of it has no image in bank kana: it matches no holder."""
    try:
        return match_form(name)
    except BadInput:
        return None


def payments_of(
    household: Sequence[PersonFacts], decisions: Mapping[int, Decision], programme: Programme
) -> list[Payment]:
    """The payments of one household, by number.

    Protected persons are paid apart, each group by the municipality where it filed; all others through the head on the
    reference date. Raises BadInput where two are head on that day.
    """
    heads = [
        member
        for member in household
        if member.relation == "head" and member.on_register(programme.reference_date)
    ]
    if len(heads) > 1:
        raise BadInput(
            f"household {household[0].household} has two heads: {heads[0].person} and {heads[1].person}",
            todo="correct the register: a household has one head",
        )
    groups: dict[str | None, list[PersonFacts]] = defaultdict(list)
    for member in household:
        if decisions[member.person].code == ENTITLED:
            groups[member.protected_muni].append(member)
    found = []
    for protected_muni, members in groups.items():
        if protected_muni is not None:
            payee = min(members, key=lambda member: (member.birth_date, member.person))
            route, reason = route_to(payee)
        elif not heads or heads[0].protected_muni is not None:
            payee, (route, reason) = None, ("held", "H02")
        else:
            payee = heads[0]
            route, reason = ("held", "H01") if payee.exit == "death" else route_to(payee)
        found.append(
            Payment(
                payment=min(member.person for member in members),
                payer=STATE if programme.payer == "state" else protected_muni or members[0].muni,
                muni=members[0].muni,
                household=members[0].household,
                payee=payee.person if payee else None,
                persons=len(members),
                amount=sum(decisions[member.person].amount for member in members),
                route=route,
                reason=reason,
                protected=protected_muni is not None,
            )
        )
    return sorted(found, key=lambda payment: payment.payment)


def route_to(payee: PersonFacts) -> tuple[str, str | None]:
    """(route, reason) for a living payee: transfer, letter without an account (A01), held on a wrong name (A02)."""
    if payee.account is None:
        return "letter", "A01"
    if not holder_matches(payee.account, payee):
        return "held", "A02"
    return "transfer", None
