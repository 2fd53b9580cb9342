"""Certificates of the resident register: which there are, what each may say, and who may ask for it.

Articles are of the Basic Resident Register Act (Act 81 of 1967) unless said otherwise; "Enforcement Order" is Cabinet
Order 292 of 1967. Where the paragraph was not at hand, the article alone is named. Pure: whoever calls has read the
register and says in `Seen` what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from enishi.kernel.deadlines import end_of_period, never_closed
from enishi.register.rules.certificate_reasons import Denied, Reason, no_ground
from enishi.register.rules.disclosure_words import Item as GateItem

YEARS_KEPT = 150
"""A removed record (除票) is kept for 150 years from its removal (Enforcement Order art. 34)."""


DAYS_TO_FETCH = 30
"""For so many days after its issue a certificate can be fetched online, as often as it is needed: a rule of this service."""


class Certificate(StrEnum):
    """The kinds: copy of the resident record (住民票の写し), the same from another municipality (広域交付), copy of a
    removed record (除票の写し), certificate of recorded items (住民票記載事項証明書), move-out certificate (転出証明書).
    """

    COPY = "copy"
    WIDE_AREA = "wide_area"
    REMOVED = "removed"
    ITEMS = "items"
    MOVE_OUT = "move_out"


class Item(StrEnum):
    """What a certificate can say, in the order of art. 7."""

    NAME = "name"
    BIRTH = "birth"
    SEX = "sex"
    RELATION = "relation"
    DOMICILE = "domicile"
    RESIDENT_SINCE = "resident_since"
    ADDRESS = "address"
    PREVIOUS = "previous"
    NUMBER = "number"
    QUALIFICATIONS = "qualifications"
    CODE = "code"
    NATIONALITY = "nationality"
    STATUS = "status"
    PERIOD = "period"


class Form(StrEnum):
    """How it is laid out: a household on a page (世帯連記式), or one person a page (個人票)."""

    HOUSEHOLD = "household"
    INDIVIDUAL = "individual"


class Standing(StrEnum):
    """As what somebody asks: the person, a member of the same household, a legal representative (法定代理人), an appointed
    one (任意代理人), a person with a legitimate interest (第三者), a specified practitioner such as a lawyer
    (特定事務受任者), an organ of the State or of a municipality.
    """

    SELF = "self"
    HOUSEHOLD = "household"
    LEGAL_REPRESENTATIVE = "legal_representative"
    REPRESENTATIVE = "representative"
    INTERESTED = "interested"
    PRACTITIONER = "practitioner"
    PUBLIC_BODY = "public_body"


class Channel(StrEnum):
    """Where it is asked for: counter, post, online, a terminal in a convenience store."""

    COUNTER = "counter"
    POST = "post"
    ONLINE = "online"
    STORE = "store"


class Identity(StrEnum):
    """How the identity of whoever asks was checked (art. 12(3)): individual number card, another document with a
    photograph, two without, a verified electronic signature, a demonstration sign-in that an officer has confirmed (in the
    place of the signature until cards exist), the user certificate at a terminal, copies by post.
    """

    CARD = "card"
    PHOTO = "photo"
    TWO_DOCUMENTS = "two_documents"
    SIGNATURE = "signature"
    CONFIRMED_SIGN_IN = "confirmed_sign_in"
    USER_CERTIFICATE = "user_certificate"
    COPIES = "copies"


class Handover(StrEnum):
    """Into whose hands it goes: of whoever asks, or by post to the person at the address of the record."""

    REQUESTER = "requester"
    PERSON_BY_POST = "person_by_post"


BASIC = frozenset({Item.NAME, Item.BIRTH, Item.SEX, Item.RESIDENT_SINCE, Item.ADDRESS, Item.PREVIOUS})
"""Items 1 to 3 and 6 to 8 of art. 7 (基礎証明事項, art. 12-3(1)): every copy says them."""

SECRET = frozenset({Item.NUMBER, Item.CODE})
"""Items 8-2 and 13 of art. 7: for the person and the household only."""

FOREIGN = frozenset({Item.NATIONALITY, Item.STATUS, Item.PERIOD})
"""What art. 30-45 adds for foreign residents."""

_SWITCHED = frozenset(Item) - BASIC

SWITCHES: Mapping[Certificate, frozenset[Item]] = {
    Certificate.COPY: _SWITCHED,
    Certificate.WIDE_AREA: _SWITCHED - {Item.DOMICILE, Item.QUALIFICATIONS},
    Certificate.REMOVED: _SWITCHED,
    Certificate.ITEMS: frozenset(Item),
    Certificate.MOVE_OUT: frozenset(),
}
"""What is said on request only (art. 12(5); without 7(5) and (9) to (12) on a wide-area copy, art. 12-4). A move-out
certificate says all that the Enforcement Order (art. 23) has it say.
"""

GATE_ITEMS: Mapping[Certificate, str] = {
    Certificate.COPY: GateItem.COPY.value,
    Certificate.WIDE_AREA: GateItem.WIDE_AREA_COPY.value,
    Certificate.REMOVED: GateItem.REMOVED_RECORD.value,
    Certificate.ITEMS: GateItem.RECORDED_ITEMS.value,
    Certificate.MOVE_OUT: GateItem.MOVE_OUT_CERTIFICATE.value,
}
"""What the gate before every read calls each kind."""

OWN = frozenset({Standing.SELF, Standing.HOUSEHOLD})
REPRESENTING = frozenset({Standing.LEGAL_REPRESENTATIVE, Standing.REPRESENTATIVE})
OTHERS = frozenset({Standing.INTERESTED, Standing.PRACTITIONER, Standing.PUBLIC_BODY})

CHANNELS: Mapping[Channel, tuple[frozenset[Certificate], frozenset[Standing], frozenset[Identity]]] = {
    Channel.COUNTER: (
        frozenset(Certificate),
        frozenset(Standing),
        frozenset({Identity.CARD, Identity.PHOTO, Identity.TWO_DOCUMENTS}),
    ),
    Channel.POST: (
        frozenset(Certificate) - {Certificate.WIDE_AREA},
        frozenset(Standing),
        frozenset({Identity.COPIES}),
    ),
    Channel.ONLINE: (
        frozenset({Certificate.COPY, Certificate.ITEMS, Certificate.REMOVED}),
        OWN,
        frozenset({Identity.SIGNATURE, Identity.CONFIRMED_SIGN_IN}),
    ),
    Channel.STORE: (
        frozenset({Certificate.COPY, Certificate.ITEMS}),
        OWN,
        frozenset({Identity.USER_CERTIFICATE}),
    ),
}
"""Each way with the kinds, the standings and the checks of identity that it allows."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks. `person`: the resident who asks or, of a representative, whom they represent; None for others.

    `name`: of a representative or another; `purpose`: for what others need it, in words; `proof`: of a representative,
    what was shown; of a practitioner, the affair and its number.
    """

    standing: Standing
    identity: Identity
    person: int | None = None
    name: str = ""
    purpose: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `muni` holds the record, `office` issues (another one for a wide-area copy). `items`: what is switched
    on beyond what the kind always says; of a certificate of recorded items, all that it is to say. `question`: of a wide-area
    copy, the question that the municipality with the record has answered (`wide_area`).
    """

    muni: str
    office: str
    kind: Certificate
    persons: tuple[int, ...]
    requester: Requester
    channel: Channel
    items: frozenset[Item] = field(default_factory=frozenset)
    form: Form = Form.HOUSEHOLD
    question: str = ""

    @property
    def says(self) -> frozenset[Item]:
        """All items that the certificate says."""
        if self.kind is Certificate.MOVE_OUT:
            return frozenset(Item)
        return self.items if self.kind is Certificate.ITEMS else BASIC | self.items


@dataclass(frozen=True, slots=True)
class Seen:
    """What the register holds of those whom a request names, as far as the law asks.

    `readable`: persons whose record the requester may be told of (the read was answered); `residents`: those on the
    register on the day; `household`: the requester's, on the day; `removed_on`: the day of removal of those who have left;
    `moving`: those with a move out that is still open.
    """

    readable: frozenset[int]
    residents: frozenset[int] = frozenset()
    household: frozenset[int] = frozenset()
    removed_on: Mapping[int, date] = field(default_factory=dict)
    moving: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Permit:
    """What the law says of a request: by which article it is issued, by which number and resident code are printed (blank:
    they are not), into whose hands it goes.
    """

    article: str
    number_article: str
    code_article: str
    handover: Handover


def check_request(asked: Asked) -> None:
    """What can be said of a request without looking at the register. Raises Denied."""
    requester = asked.requester
    kinds, standings, identities = CHANNELS[asked.channel]
    if not asked.persons or len(set(asked.persons)) != len(asked.persons):
        raise Denied(Reason.NOBODY_CHOSEN)
    if (asked.kind is Certificate.WIDE_AREA) != (asked.office != asked.muni):
        raise Denied(Reason.WRONG_OFFICE)
    if asked.kind not in kinds or requester.standing not in standings:
        raise Denied(Reason.NOT_THIS_WAY)
    if asked.kind is Certificate.WIDE_AREA and requester.standing not in OWN:
        raise Denied(Reason.NOT_THIS_WAY)
    if asked.kind is Certificate.MOVE_OUT and requester.standing in OTHERS:
        raise Denied(Reason.NOT_THIS_WAY)
    if asked.kind is Certificate.WIDE_AREA:
        identities = frozenset({Identity.CARD, Identity.PHOTO})
    if requester.identity not in identities:
        raise Denied(Reason.IDENTITY)
    if asked.kind is Certificate.REMOVED and requester.standing is Standing.HOUSEHOLD:
        raise Denied(Reason.OWN_RECORD_ONLY)
    _check_items(asked)
    _check_requester(requester)


def _check_items(asked: Asked) -> None:
    if asked.items - SWITCHES[asked.kind]:
        raise Denied(Reason.NOT_ON_THIS)
    if asked.kind is Certificate.ITEMS and (Item.NAME not in asked.items or len(asked.items) == 1):
        raise Denied(Reason.NOTHING_CHOSEN)
    if asked.requester.standing in OTHERS and asked.items & SECRET:
        raise Denied(Reason.NEVER_OTHERS)
    if asked.channel is Channel.ONLINE and asked.items & SECRET:
        raise Denied(Reason.NOT_ONLINE)
    if asked.channel is Channel.STORE and Item.CODE in asked.items:
        raise Denied(Reason.NOT_THIS_WAY)
    if (
        asked.kind is Certificate.WIDE_AREA
        and asked.requester.standing is not Standing.SELF
        and asked.items & SECRET
    ):
        raise Denied(Reason.OWN_SECRET_ONLY)
    if (
        asked.kind is Certificate.REMOVED
        and asked.requester.standing is Standing.REPRESENTATIVE
        and asked.items & SECRET
    ):
        raise Denied(Reason.NEVER_OTHERS)


def _check_requester(requester: Requester) -> None:
    if requester.standing in OTHERS and not (requester.purpose.strip() and requester.name.strip()):
        raise Denied(Reason.NO_PURPOSE)
    if requester.standing is Standing.PRACTITIONER and not requester.proof.strip():
        raise Denied(Reason.NO_PURPOSE)
    if requester.standing in REPRESENTING and not (requester.proof.strip() and requester.name.strip()):
        raise Denied(Reason.NO_PROOF)


def permit(asked: Asked, seen: Seen, today: date) -> Permit:
    """By which article a request is granted. Raises Denied: with the one ground for whoever may not be told (absent,
    protected, of another household), then with what the record lacks.
    """
    check_request(asked)
    persons, requester = frozenset(asked.persons), asked.requester
    if not persons <= seen.readable:
        raise no_ground()
    if requester.standing not in OTHERS and not _own(asked, seen):
        raise no_ground()
    if asked.kind is Certificate.REMOVED:
        _check_removed(persons, seen, today)
    elif not persons <= seen.residents and asked.kind is not Certificate.MOVE_OUT:
        raise Denied(Reason.GONE)
    if asked.kind is Certificate.MOVE_OUT and not persons <= seen.moving:
        raise Denied(Reason.NO_MOVE_OUT)
    article = article_of(asked.kind, requester.standing)
    secret = bool(asked.says & SECRET)
    by_post = secret and requester.standing is Standing.REPRESENTATIVE
    return Permit(
        article=article,
        number_article=f"My Number Act 9(1); {article}, 7(8-2)" if Item.NUMBER in asked.says else "",
        code_article=f"{article}, 7(13)" if Item.CODE in asked.says else "",
        handover=Handover.PERSON_BY_POST if by_post else Handover.REQUESTER,
    )


def _own(asked: Asked, seen: Seen) -> bool:
    """Whether all who are certified are the requester (or whom they represent) or, but for a removed record and for who
    asks as the person alone, of the same household.
    """
    who = asked.requester.person
    if who is None:
        return False
    alone = asked.requester.standing is Standing.SELF or asked.kind is Certificate.REMOVED
    return frozenset(asked.persons) <= (frozenset({who}) if alone else seen.household | {who})


def _check_removed(persons: frozenset[int], seen: Seen, today: date) -> None:
    if persons & seen.residents:
        raise Denied(Reason.STILL_HERE)
    for one in persons:
        if one not in seen.removed_on:
            raise no_ground()
        if today > last_day_kept(seen.removed_on[one]):
            raise Denied(Reason.NO_LONGER_KEPT)


def last_day_to_fetch(issued: date) -> date:
    """The last day on which a certificate issued online can be fetched, the day after the issue being the first."""
    return end_of_period(issued, days=DAYS_TO_FETCH, is_holiday=never_closed)


def last_day_kept(removed: date) -> date:
    """The last day on which a removed record is kept: 150 years, the day after the removal being the first."""
    return end_of_period(removed, years=YEARS_KEPT, is_holiday=never_closed)


def article_of(kind: Certificate, standing: Standing) -> str:
    """The article by which a kind of certificate is issued to somebody of a standing."""
    if kind is Certificate.WIDE_AREA:
        return "Basic Resident Register Act 12-4(1)"
    if kind is Certificate.MOVE_OUT:
        return "Basic Resident Register Act 22(2); Enforcement Order 23"
    if kind is Certificate.REMOVED:
        return "Basic Resident Register Act 15-4" + ("" if standing in OTHERS else "(1)")
    if standing is Standing.PUBLIC_BODY:
        return "Basic Resident Register Act 12-2(1)"
    if standing is Standing.PRACTITIONER:
        return "Basic Resident Register Act 12-3(2)"
    if standing is Standing.INTERESTED:
        return "Basic Resident Register Act 12-3(1)"
    return "Basic Resident Register Act 12(1)"
