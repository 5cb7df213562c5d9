"""The one rule, without a database: by example, and against a plain reading of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citizen_portal.agreements.models import Say
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import Stands, decide, keys_over, narrower, reaches
from citizen_portal.preferences.queries.rule import without_choice

GIVER, GETTER, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
PURPOSES = ("research", "service")
REFERENCES = ("DSA-1", "DSA-2")


@dataclass(frozen=True)
class Terms:
    reference: str = "DSA-1"
    choice: Say = Say.OPT_OUT
    disclosers: frozenset[UUID] = frozenset({GIVER})
    recipients: frozenset[UUID] = frozenset({GETTER})
    purpose_iri: str | None = "research"


ONE = Scope(agreement="DSA-1")
BOTH = Scope(organisation_id=GIVER, purpose="research")
BODY = Scope(organisation_id=GIVER)
PURPOSE = Scope(purpose="research")
WHATEVER = Scope()
NARROW_FIRST = (ONE, BOTH, BODY, PURPOSE, WHATEVER)


def stands(scope: Scope, answer: Answer, number: int = 1) -> Stands:
    return Stands(scope, answer, number, uuid4(), datetime(2026, 11, 20, tzinfo=UTC))


def standing(*choices: Stands) -> dict[str, Stands]:
    return {each.scope.key: each for each in choices}


@pytest.mark.parametrize("at", range(len(NARROW_FIRST) - 1))
@pytest.mark.parametrize("answer", [Answer.YES, Answer.NO])
def test_the_narrower_holds_even_if_it_is_older(at: int, answer: Answer) -> None:
    other = Answer.NO if answer is Answer.YES else Answer.YES
    wider = [stands(scope, other, 9) for scope in NARROW_FIRST[at + 1 :]]
    decision = decide(Terms(), standing(stands(NARROW_FIRST[at], answer, 1), *wider))
    assert decision.may_use is (answer is Answer.YES)
    assert decision.by is not None
    assert decision.by.scope == NARROW_FIRST[at]


@pytest.mark.parametrize(
    ("first", "second", "may_use"), [(1, 2, True), (2, 1, False), (1, 1, False)]
)
def test_of_two_bodies_the_later_choice_holds_and_else_no(
    first: int, second: int, may_use: bool
) -> None:
    no = stands(Scope(organisation_id=GIVER), Answer.NO, first)
    yes = stands(Scope(organisation_id=GETTER), Answer.YES, second)
    assert decide(Terms(), standing(no, yes)).may_use is may_use


@pytest.mark.parametrize(
    ("say", "may_use"),
    [(Say.NONE, True), (Say.OBJECTION, True), (Say.OPT_OUT, True), (Say.CONSENT, False)],
)
def test_without_a_choice_only_consent_is_asked_for_first(say: Say, may_use: bool) -> None:
    assert decide(Terms(choice=say), {}).may_use is may_use


@pytest.mark.parametrize("say", [Say.NONE, Say.NOT_STATED])
def test_where_there_is_no_say_no_choice_changes_anything(say: Say) -> None:
    told = standing(*(stands(scope, Answer.NO) for scope in NARROW_FIRST))
    assert decide(Terms(choice=say), told).may_use is True
    assert decide(Terms(choice=say), told).by is None


@pytest.mark.parametrize("scope", NARROW_FIRST)
def test_consent_comes_of_a_yes_to_that_agreement_alone(scope: Scope) -> None:
    decision = decide(Terms(choice=Say.CONSENT), standing(stands(scope, Answer.YES)))
    assert decision.may_use is (scope == ONE)


def test_a_wider_yes_does_not_undo_a_narrower_no_to_consent() -> None:
    told = standing(stands(ONE, Answer.NO, 1), stands(WHATEVER, Answer.YES, 2))
    assert decide(Terms(choice=Say.CONSENT), told).may_use is False


@pytest.mark.parametrize("scope", [*NARROW_FIRST, Scope(organisation_id=GETTER)])
def test_a_scope_is_the_same_after_a_way_through_its_key(scope: Scope) -> None:
    assert Scope.of(scope.key) == scope


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not the key of a scope"),
        ("all", "not the key of a scope"),
        ("citizen:1", "not the key of a scope"),
        ("body:x", "badly formed hexadecimal UUID"),
    ],
)
def test_what_is_no_key_is_no_scope(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Scope.of(text)


scopes = st.builds(
    Scope,
    organisation_id=st.sampled_from([None, GIVER, GETTER, OTHER]),
    purpose=st.sampled_from([None, *PURPOSES]),
) | st.builds(Scope, agreement=st.sampled_from(REFERENCES))
choices = st.builds(stands, scopes, st.sampled_from([Answer.NO, Answer.YES]), st.integers(1, 4))
agreements = st.builds(
    Terms,
    reference=st.sampled_from(REFERENCES),
    choice=st.sampled_from(list(Say)),
    disclosers=st.frozensets(st.sampled_from([GIVER, OTHER]), min_size=1),
    recipients=st.frozensets(st.sampled_from([GETTER, OTHER])),
    purpose_iri=st.sampled_from([None, *PURPOSES]),
)


def plainly(terms: Terms, choices: Iterable[Stands]) -> bool:
    """The rule as it is written, step by step."""
    if not terms.choice.refusable:
        return True
    answers: list[Stands] = []
    for rank in (
        lambda scope: scope.agreement is not None,
        lambda scope: scope.organisation_id is not None and scope.purpose is not None,
        lambda scope: scope.organisation_id is not None and scope.purpose is None,
        lambda scope: scope.purpose is not None and scope.organisation_id is None,
        lambda scope: scope == WHATEVER,
    ):
        answers = [each for each in choices if rank(each.scope) and reaches(each.scope, terms)]
        if terms.choice is Say.CONSENT:
            answers = [
                each
                for each in answers
                if each.answer is Answer.NO or each.scope.agreement is not None
            ]
        if answers:
            break
    if not answers:
        return without_choice(terms)
    latest = max(each.number for each in answers)
    return all(each.answer is Answer.YES for each in answers if each.number == latest)


@settings(max_examples=500)
@given(agreements, st.lists(choices, max_size=12))
def test_the_rule_is_what_it_is_said_to_be(terms: Terms, made: list[Stands]) -> None:
    told = standing(*made)
    assert decide(terms, told).may_use is plainly(terms, told.values())


@settings(max_examples=300)
@given(agreements, scopes)
def test_a_scope_reaches_an_agreement_if_it_is_one_of_those_over_it(
    terms: Terms, scope: Scope
) -> None:
    assert reaches(scope, terms) is (scope.key in keys_over(terms))


def test_what_is_of_one_body_is_no_part_of_what_is_of_another() -> None:
    theirs = stands(Scope(organisation_id=GETTER, purpose="research"), Answer.YES)
    own, none = stands(BOTH, Answer.YES), dict[str, Terms]()
    assert narrower([own, theirs], BODY, none.get) == [own]
    assert narrower([own, theirs], PURPOSE, none.get) == [own, theirs]


@settings(max_examples=300)
@given(agreements, scopes, scopes)
def test_what_is_narrower_reaches_nothing_that_the_wider_does_not(
    terms: Terms, one: Scope, wider: Scope
) -> None:
    inside = narrower([stands(one, Answer.YES)], wider, {terms.reference: terms}.get)
    if inside and reaches(one, terms):
        assert reaches(wider, terms)
        assert one.width > wider.width
