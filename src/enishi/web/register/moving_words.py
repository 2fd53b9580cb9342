"""States, steps and conflicts of a move in the words of the office."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

STATES = {
    "announced": _("announced"),
    "accepted": _("accepted"),
    "certificate_sent": _("certificate information sent"),
    "withdrawing": _("being called back"),
    "returned": _("returned by the other municipality"),
    "card_route_ended": _("card-based route ended"),
    "paper_issued": _("paper certificate issued"),
    "notified_back": _("notice of the move in received"),
    "closed": _("closed"),
    "cancelled": _("cancelled"),
    "refused": _("refused"),
    "awaited": _("certificate information awaited"),
    "received": _("certificate information received"),
    "confirmed": _("identity and existence proved"),
    "withdrawn": _("called back"),
    "declined": _("given back"),
}
WAITS = {
    "waits_for_acceptance": _("waits for your acceptance"),
    "waits_for_paper": _("waits for the paper certificate"),
    "waits_for_arrival": _("waits for the other municipality to enter the movers"),
    "waits_for_release": _("waits for the other municipality to give the information back"),
    "waits_for_decision": _("waits for your decision"),
    "waits_for_certificate": _("waits for the certificate information"),
    "waits_for_proof": _("waits for proof of identity or existence"),
    "waits_for_entry": _("waits for you to enter the movers"),
    "waits_for_closing": _("waits for the other municipality to close it"),
    "waits_for_answer": _("waits for the answer of the other municipality"),
}
EVENTS = {
    "announce": _("reported"),
    "accept": _("accepted"),
    "refuse": _("refused"),
    "cancel": _("cancellation asked for"),
    "redirect": _("another destination reported"),
    "asked": _("asked for by another municipality"),
    "released": _("information given back"),
    "declined": _("given back by the other municipality"),
    "entered": _("notice of the move in received"),
    "recorded": _("confirmed destination recorded"),
    "not_recorded": _("the register did not allow it"),
    "resolve": _("decided by an officer"),
    "card_route_ends": _("card-based route ended"),
    "issue_paper": _("paper certificate issued"),
    "amended": _("record changed, information sent anew"),
    "nobody_left": _("nobody is left to move"),
    "certificate": _("certificate information received"),
    "withdraw": _("call back received"),
    "confirm": _("proof entered"),
    "decline": _("given back"),
    "closed": _("closed by the other municipality"),
    "ask": _("asked the municipality that was left"),
}
CONFLICTS = {
    "two_moves": _("Another open move names the same person."),
    "resident_already": _("A mover is a resident here already."),
    "unknown_town": _("The new address is not known here: enter it when you accept."),
    "entered_elsewhere": _("The movers were entered elsewhere."),
    "amended_after_entry": _(
        "The record changed in the other municipality after you entered the movers: compare and correct."
    ),
    "entered_unasked": _("A municipality entered the movers without holding the certificate information."),
}
MISSING = {
    "identity": _("identity: an officer confirms who signed, or sees the person at the counter"),
    "existence": _("existence: an officer sees the person, at the counter or by video"),
    "paper_certificate": _("the paper move-out certificate"),
}
PROOFS = {
    "officer_counter": _("seen at the counter"),
    "officer_video": _("seen by video"),
    "officer_confirmation": _("sign-in confirmed by an officer"),
    "paper_certificate": _("paper move-out certificate handed in"),
    "demonstration_sign_in": _("demonstration sign-in"),
    "card_signature": _("signature of the card"),
}
STATUS_ITEMS = {
    "electoral_roll": _("electoral roll"),
    "health_insurance": _("National Health Insurance"),
    "latter_stage": _("Latter-stage Elderly Healthcare"),
    "long_term_care": _("Long-Term Care Insurance"),
    "pension": _("National Pension"),
    "child_allowance": _("child allowance"),
}
SHOWN = {
    "individual_number_card": _("Individual Number Card"),
    "driving_licence": _("driving licence"),
    "passport": _("passport"),
    "residence_card": _("residence card"),
    "two_documents": _("two documents without photograph"),
}
ROLES = {"old": _("out"), "new": _("in"), "asking": _("question")}
DETAILS = ("why", "note", "paper", "shown", "moved", "to")
"""Details of a step that a page shows; the others are for machines."""


def words(table: Mapping[str, object], code: str) -> str:
    """A code in words; one that the table does not know as it stands."""
    return str(table.get(code, code.replace("_", " ")))


def conflict_words(conflict: str) -> str:
    """A conflict in words; what the register itself said, as it stands."""
    return words(CONFLICTS, conflict) if conflict in CONFLICTS else conflict


def detail_words(detail: dict[str, object]) -> str:
    """What a step's line says besides: reason, note, number of the paper, what was shown, day, destination, kind of proof."""
    found = [
        words(SHOWN, str(detail[name])) if name == "shown" else str(detail[name])
        for name in DETAILS
        if detail.get(name)
    ]
    if "proof" in detail:
        found.insert(0, words(PROOFS, str(detail["proof"])))
    return " · ".join(found)
