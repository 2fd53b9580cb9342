"""Who may ask for which certificate, with which items, by which way: the law by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.errors import Refused
from enishi.register.rules.certificate_reasons import Denied, Reason, no_ground
from enishi.register.rules.certificates import (
    BASIC,
    CHANNELS,
    OTHERS,
    SECRET,
    SWITCHES,
    Asked,
    Certificate,
    Channel,
    Handover,
    Identity,
    Item,
    Requester,
    Seen,
    Standing,
    last_day_kept,
    last_day_to_fetch,
    permit,
)
from tests.factories import CHIYODA, CHUO

TODAY = date(2026, 11, 23)
ME, WIFE, STRANGER = 1, 2, 9
SELF = Requester(Standing.SELF, Identity.CARD, ME)
HOUSEHOLD = Requester(Standing.HOUSEHOLD, Identity.TWO_DOCUMENTS, ME)
AGENT = Requester(Standing.REPRESENTATIVE, Identity.PHOTO, ME, "代理 人", proof="委任状")
GUARDIAN = replace(AGENT, standing=Standing.LEGAL_REPRESENTATIVE, proof="登記事項証明書")
CREDITOR = Requester(
    Standing.INTERESTED, Identity.PHOTO, None, "株式会社 債権", "貸金の返還を求める訴えの提起"
)
LAWYER = Requester(
    Standing.PRACTITIONER, Identity.PHOTO, None, "弁護士 某", "訴状の送達先", "受任事件 令和8年第1号"
)
BODY = Requester(Standing.PUBLIC_BODY, Identity.PHOTO, None, "中央区 税務課", "地方税の賦課")
SEEN = Seen(
    readable=frozenset({ME, WIFE, STRANGER}),
    residents=frozenset({ME, WIFE, STRANGER}),
    household=frozenset({ME, WIFE}),
    moving=frozenset({ME}),
)
GONE = replace(SEEN, residents=frozenset({WIFE}), removed_on={ME: date(2020, 5, 1)}, moving=frozenset())


def asked(kind: Certificate = Certificate.COPY, *items: Item, **said: Any) -> Asked:
    usual: dict[str, Any] = {
        "muni": CHIYODA,
        "office": CHUO if kind is Certificate.WIDE_AREA else CHIYODA,
        "persons": (ME,),
        "requester": SELF,
        "channel": Channel.COUNTER,
    }
    return Asked(kind=kind, items=frozenset(items), **(usual | said))


def reason_of(request: Asked, seen: Seen = SEEN, today: date = TODAY) -> Reason | None:
    try:
        permit(request, seen, today)
    except Denied as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("request_", "article"),
    [
        (asked(), "Basic Resident Register Act 12(1)"),
        (asked(requester=HOUSEHOLD, persons=(ME, WIFE)), "Basic Resident Register Act 12(1)"),
        (asked(requester=AGENT, persons=(WIFE,)), "Basic Resident Register Act 12(1)"),
        (asked(requester=CREDITOR, persons=(STRANGER,)), "Basic Resident Register Act 12-3(1)"),
        (asked(requester=LAWYER, persons=(STRANGER,)), "Basic Resident Register Act 12-3(2)"),
        (asked(requester=BODY, persons=(STRANGER,)), "Basic Resident Register Act 12-2(1)"),
        (asked(Certificate.ITEMS, Item.NAME, Item.ADDRESS), "Basic Resident Register Act 12(1)"),
        (asked(Certificate.WIDE_AREA), "Basic Resident Register Act 12-4(1)"),
        (asked(Certificate.MOVE_OUT), "Basic Resident Register Act 22(2); Enforcement Order 23"),
    ],
)
def test_each_request_is_granted_by_its_own_article(request_: Asked, article: str) -> None:
    assert permit(request_, SEEN, TODAY).article == article


def test_a_removed_record_is_copied_for_its_person_and_for_who_shows_a_need() -> None:
    assert permit(asked(Certificate.REMOVED), GONE, TODAY).article == "Basic Resident Register Act 15-4(1)"
    others = asked(Certificate.REMOVED, requester=CREDITOR)
    assert permit(others, GONE, TODAY).article == "Basic Resident Register Act 15-4"
    assert reason_of(asked(Certificate.REMOVED, requester=HOUSEHOLD), GONE) is Reason.OWN_RECORD_ONLY
    assert reason_of(asked(Certificate.REMOVED)) is Reason.STILL_HERE
    assert reason_of(asked(), GONE) is Reason.GONE
    assert reason_of(asked(Certificate.REMOVED, persons=(WIFE,)), GONE) is Reason.NO_GROUND


@pytest.mark.parametrize(
    ("removed", "last"),
    [
        (date(1876, 11, 23), date(2026, 11, 23)),
        (date(1876, 2, 29), date(2026, 2, 28)),
        (date(2020, 2, 29), date(2170, 2, 28)),
        (date(2019, 12, 31), date(2169, 12, 31)),
    ],
)
def test_a_removed_record_is_kept_for_150_years_to_the_day(removed: date, last: date) -> None:
    assert last_day_kept(removed) == last
    seen = replace(GONE, removed_on={ME: removed})
    request = asked(Certificate.REMOVED)
    assert [reason_of(request, seen, last + timedelta(days=days)) for days in (-1, 0, 1)] == [
        None,
        None,
        Reason.NO_LONGER_KEPT,
    ]


@pytest.mark.parametrize("kind", [Certificate.COPY, Certificate.WIDE_AREA])
def test_each_item_on_request_is_switched_by_itself(kind: Certificate) -> None:
    for item in SWITCHES[kind]:
        request = asked(kind, item)
        assert request.says == BASIC | {item}
        assert reason_of(request) is None
    assert asked(kind).says == BASIC
    for item in frozenset(Item) - SWITCHES[kind]:
        assert reason_of(asked(kind, item)) is Reason.NOT_ON_THIS


def test_a_wide_area_copy_says_no_domicile_and_is_for_the_own_household_by_card_or_photograph() -> None:
    wide = Certificate.WIDE_AREA
    assert reason_of(asked(wide, Item.DOMICILE)) is Reason.NOT_ON_THIS
    assert reason_of(asked(wide, office=CHIYODA)) is Reason.WRONG_OFFICE
    assert reason_of(asked(Certificate.COPY, office=CHUO)) is Reason.WRONG_OFFICE
    for requester in (AGENT, GUARDIAN, CREDITOR, LAWYER, BODY):
        assert reason_of(asked(wide, requester=requester)) is Reason.NOT_THIS_WAY
    assert reason_of(asked(wide, requester=HOUSEHOLD)) is Reason.IDENTITY
    own = replace(HOUSEHOLD, identity=Identity.PHOTO)
    assert reason_of(asked(wide, requester=own, persons=(ME, WIFE))) is None
    assert reason_of(asked(wide, requester=own, persons=(STRANGER,))) is Reason.NO_GROUND


def test_the_number_is_printed_by_a_paragraph_and_never_for_others() -> None:
    granted = permit(asked(Certificate.COPY, Item.NUMBER), SEEN, TODAY)
    assert granted.number_article == "My Number Act 9(1); Basic Resident Register Act 12(1), 7(8-2)"
    assert permit(asked(), SEEN, TODAY).number_article == ""
    for requester in (CREDITOR, LAWYER, BODY):
        for item in SECRET:
            for kind in (Certificate.COPY, Certificate.REMOVED):
                assert reason_of(asked(kind, item, requester=requester), GONE) is Reason.NEVER_OTHERS
            items = asked(Certificate.ITEMS, Item.NAME, item, requester=requester)
            assert reason_of(items) is Reason.NEVER_OTHERS


def test_with_a_number_an_appointed_representative_gets_nothing_in_hand() -> None:
    assert permit(asked(requester=AGENT), SEEN, TODAY).handover is Handover.REQUESTER
    assert (
        permit(asked(Certificate.COPY, Item.NUMBER, requester=AGENT), SEEN, TODAY).handover
        is Handover.PERSON_BY_POST
    )
    assert (
        permit(asked(Certificate.COPY, Item.CODE, requester=GUARDIAN), SEEN, TODAY).handover
        is Handover.REQUESTER
    )
    assert reason_of(asked(Certificate.REMOVED, Item.NUMBER, requester=AGENT), GONE) is Reason.NEVER_OTHERS


def test_a_move_out_certificate_says_everything_and_needs_an_open_move() -> None:
    request = asked(Certificate.MOVE_OUT)
    assert request.says == frozenset(Item)
    assert permit(request, SEEN, TODAY).number_article.endswith("7(8-2)")
    assert reason_of(replace(request, persons=(ME, WIFE), requester=HOUSEHOLD)) is Reason.NO_MOVE_OUT
    assert reason_of(replace(request, items=frozenset({Item.NUMBER}))) is Reason.NOT_ON_THIS
    for requester in (CREDITOR, LAWYER, BODY):
        assert reason_of(replace(request, requester=requester)) is Reason.NOT_THIS_WAY


def test_number_and_code_are_never_given_online_however_the_identity_was_checked() -> None:
    for identity in (Identity.SIGNATURE, Identity.CONFIRMED_SIGN_IN):
        online = asked(channel=Channel.ONLINE, requester=replace(SELF, identity=identity))
        assert reason_of(online) is None
        for item in SECRET:
            assert reason_of(replace(online, items=frozenset({item}))) is Reason.NOT_ONLINE
            chosen = frozenset({Item.NAME, item})
            assert reason_of(replace(online, kind=Certificate.ITEMS, items=chosen)) is Reason.NOT_ONLINE
    for channel in (Channel.COUNTER, Channel.POST, Channel.STORE):
        signed = replace(SELF, identity=Identity.CONFIRMED_SIGN_IN)
        assert reason_of(asked(channel=channel, requester=signed)) is Reason.IDENTITY


def test_the_resident_code_has_an_article_of_its_own() -> None:
    granted = permit(asked(Certificate.COPY, Item.CODE), SEEN, TODAY)
    assert (granted.code_article, granted.number_article) == ("Basic Resident Register Act 12(1), 7(13)", "")
    both = permit(asked(Certificate.MOVE_OUT), SEEN, TODAY)
    assert both.code_article.endswith("7(13)")
    assert permit(asked(), SEEN, TODAY).code_article == ""
    own = replace(HOUSEHOLD, identity=Identity.PHOTO)
    for item in SECRET:
        wide = asked(Certificate.WIDE_AREA, item, requester=own, persons=(ME, WIFE))
        assert reason_of(wide) is Reason.OWN_SECRET_ONLY


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2026, 11, 23), date(2026, 12, 23)),
        (date(2024, 1, 30), date(2024, 2, 29)),
        (date(2026, 12, 2), date(2027, 1, 1)),
    ],
)
def test_a_certificate_is_fetched_for_thirty_days_holidays_or_not(issued: date, last: date) -> None:
    assert last_day_to_fetch(issued) == last


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (asked(persons=()), Reason.NOBODY_CHOSEN),
        (asked(persons=(ME, ME)), Reason.NOBODY_CHOSEN),
        (asked(requester=replace(SELF, identity=Identity.COPIES)), Reason.IDENTITY),
        (asked(channel=Channel.ONLINE), Reason.IDENTITY),
        (asked(requester=replace(AGENT, proof=" ")), Reason.NO_PROOF),
        (asked(requester=replace(AGENT, name="")), Reason.NO_PROOF),
        (asked(requester=replace(CREDITOR, purpose="\u3000")), Reason.NO_PURPOSE),
        (asked(requester=replace(LAWYER, proof="")), Reason.NO_PURPOSE),
        (asked(Certificate.ITEMS), Reason.NOTHING_CHOSEN),
        (asked(Certificate.ITEMS, Item.NAME), Reason.NOTHING_CHOSEN),
        (asked(Certificate.ITEMS, Item.ADDRESS, Item.SEX), Reason.NOTHING_CHOSEN),
        (asked(persons=(WIFE,)), Reason.NO_GROUND),
        (asked(persons=(STRANGER,), requester=HOUSEHOLD), Reason.NO_GROUND),
        (asked(persons=(STRANGER,), requester=AGENT), Reason.NO_GROUND),
        (asked(requester=replace(SELF, person=None)), Reason.NO_GROUND),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_its_reason(request_: Asked, reason: Reason) -> None:
    assert reason_of(request_) is reason


def test_a_terminal_and_the_web_give_only_what_the_law_lets_them() -> None:
    terminal = asked(channel=Channel.STORE, requester=replace(SELF, identity=Identity.USER_CERTIFICATE))
    assert reason_of(terminal) is None
    assert reason_of(replace(terminal, items=frozenset({Item.NUMBER}))) is None
    assert reason_of(replace(terminal, items=frozenset({Item.CODE}))) is Reason.NOT_THIS_WAY
    online = asked(channel=Channel.ONLINE, requester=replace(SELF, identity=Identity.SIGNATURE))
    assert reason_of(online) is None
    for kind in (Certificate.MOVE_OUT, Certificate.WIDE_AREA):
        wrong = replace(online, kind=kind, office=CHUO if kind is Certificate.WIDE_AREA else CHIYODA)
        assert reason_of(wrong) is Reason.NOT_THIS_WAY
    assert reason_of(replace(terminal, requester=AGENT)) is Reason.NOT_THIS_WAY


REQUESTS = st.builds(
    Asked,
    muni=st.just(CHIYODA),
    office=st.sampled_from([CHIYODA, CHUO]),
    kind=st.sampled_from(Certificate),
    persons=st.lists(st.sampled_from([ME, WIFE, STRANGER]), max_size=3).map(tuple),
    requester=st.builds(
        Requester,
        st.sampled_from(Standing),
        st.sampled_from(Identity),
        st.sampled_from([None, ME, WIFE]),
        st.sampled_from(["", "某"]),
        st.sampled_from(["", "訴え"]),
        st.sampled_from(["", "委任状"]),
    ),
    channel=st.sampled_from(Channel),
    items=st.frozensets(st.sampled_from(Item)),
)
WORLDS = st.builds(
    Seen,
    readable=st.frozensets(st.sampled_from([ME, WIFE, STRANGER])),
    residents=st.frozensets(st.sampled_from([ME, WIFE, STRANGER])),
    household=st.sampled_from([frozenset[int](), frozenset({ME}), frozenset({ME, WIFE})]),
    removed_on=st.dictionaries(st.sampled_from([ME, WIFE]), st.dates(date(1850, 1, 1), TODAY)),
    moving=st.frozensets(st.sampled_from([ME, WIFE])),
)


@given(request=REQUESTS, seen=WORLDS)
def test_whatever_is_asked_nobody_gets_what_the_law_does_not_give(request: Asked, seen: Seen) -> None:
    try:
        granted = permit(request, seen, TODAY)
    except Refused:
        return
    assert frozenset(request.persons) <= seen.readable
    assert request.requester.identity in CHANNELS[request.channel][2]
    who = request.requester.standing
    if who in OTHERS:
        assert not request.says & SECRET
        assert request.requester.purpose
    else:
        assert frozenset(request.persons) <= seen.household | {request.requester.person}
    if who is Standing.SELF:
        assert request.persons == (request.requester.person,)
    assert (Item.NUMBER in request.says) == bool(granted.number_article)
    if request.kind is Certificate.REMOVED:
        assert all(last_day_kept(seen.removed_on[one]) >= TODAY for one in request.persons)
    elif request.kind is not Certificate.MOVE_OUT:
        assert frozenset(request.persons) <= seen.residents
    if request.kind is Certificate.WIDE_AREA:
        assert Item.DOMICILE not in request.says
        assert Item.NUMBER not in request.says or who is Standing.SELF


def test_every_reason_is_said_in_both_languages() -> None:
    for reason in Reason:
        assert Denied(reason).what == reason.english[0] != reason.japanese[0]
        said = Denied(reason).in_language("ja")
        assert (said.what, said.todo) == reason.japanese
        assert all(reason.english + reason.japanese)
    assert no_ground().where == ""
