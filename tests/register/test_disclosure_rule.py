"""The rule of disclosure (支援措置): its laws over every combination of words and every border of time, and at random."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.register.rules import disclosure as rule
from enishi.register.rules.disclosure import Measure, Requester, Subject, closes, decide
from enishi.register.rules.disclosure_words import Decision
from tests.register.disclosure_laws import ARTICLES, AT, DUTIES, ITEMS, PURPOSES, ROLES, hold

PEOPLE = st.integers(1, 5)
MUNIS = st.sampled_from(["011002", "131016", "141003", "STATE", ""])
DAYS = st.integers(-500, 500).map(lambda days: timedelta(days=days))
MOMENTS = st.builds(lambda days, seconds: AT + days + timedelta(seconds=seconds), DAYS, st.integers(-5, 5))
MEASURES = st.builds(
    Measure,
    filed_at=MOMENTS,
    decided_at=st.none() | MOMENTS,
    granted=st.none() | st.booleans(),
    until=st.none() | DAYS.map(lambda days: (AT + days).date()),
    ended_at=st.none() | MOMENTS,
    awaiting=st.booleans(),
    served_by=MUNIS,
    protected=st.frozensets(PEOPLE, max_size=3),
    other_parties=st.frozensets(PEOPLE, max_size=2),
)
REQUESTERS = st.builds(
    Requester,
    role=st.sampled_from(ROLES) | st.text(max_size=5),
    person=st.none() | PEOPLE,
    behalf=st.none() | PEOPLE,
    muni=MUNIS,
    duties=st.frozensets(st.sampled_from(DUTIES)),
    represents=st.frozensets(PEOPLE, max_size=3),
)
SUBJECTS = st.builds(
    Subject, PEOPLE, st.frozensets(MUNIS, max_size=3), st.lists(MEASURES, max_size=3).map(tuple)
)
ASKED = st.sampled_from(PURPOSES).flatmap(
    lambda purpose: st.tuples(
        st.just(purpose) | st.text(max_size=5),
        st.just(ARTICLES.get(purpose, "")) | st.text(max_size=30),
        st.sampled_from(ITEMS) | st.text(max_size=5),
    )
)


def test_the_rule_keeps_its_laws() -> None:
    hold(rule)


@given(REQUESTERS, ASKED, SUBJECTS, MOMENTS, MEASURES)
@settings(max_examples=250)
def test_one_measure_more_never_opens_anything(
    requester: Requester, asked: tuple[str, str, str], subject: Subject, at: datetime, more: Measure
) -> None:
    purpose, article, item = asked
    before = decide(requester, purpose, article, subject, item, at)
    after = decide(
        requester, purpose, article, replace(subject, measures=(*subject.measures, more)), item, at
    )
    assert not (before is Decision.DENY and after is Decision.ALLOW)


@given(REQUESTERS, ASKED, SUBJECTS, MOMENTS)
@settings(max_examples=250)
def test_there_is_an_answer_to_everything_and_the_order_of_measures_does_not_matter(
    requester: Requester, asked: tuple[str, str, str], subject: Subject, at: datetime
) -> None:
    purpose, article, item = asked
    turned = replace(subject, measures=subject.measures[::-1])
    answer = decide(requester, purpose, article, subject, item, at)
    assert answer in (Decision.ALLOW, Decision.DENY)
    assert decide(requester, purpose, article, turned, item, at) is answer


@given(REQUESTERS, ASKED, SUBJECTS, MOMENTS, st.sampled_from(["person", "behalf"]))
@settings(max_examples=250)
def test_a_named_other_party_gets_nothing_of_whom_a_closing_measure_protects(
    requester: Requester, asked: tuple[str, str, str], subject: Subject, at: datetime, how: str
) -> None:
    purpose, article, item = asked
    for measure in subject.measures:
        for other in measure.other_parties:
            asking: Any = replace(requester, **{how: other})
            for who in measure.protected:
                if closes(measure, at):
                    of = replace(subject, person=who)
                    assert decide(asking, purpose, article, of, item, at) is Decision.DENY


@given(REQUESTERS, ASKED, SUBJECTS, MOMENTS)
@settings(max_examples=250)
def test_whatever_is_told_of_the_protected_is_told_of_anybody(
    requester: Requester, asked: tuple[str, str, str], subject: Subject, at: datetime
) -> None:
    purpose, article, item = asked
    if decide(requester, purpose, article, subject, item, at) is Decision.ALLOW:
        plain = replace(subject, measures=())
        assert decide(requester, purpose, article, plain, item, at) is Decision.ALLOW
