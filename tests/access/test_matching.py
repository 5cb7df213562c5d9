"""Which agreement explains an access: nothing is guessed."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.access.queries import (
    AccessEvent,
    Explainer,
    Explanation,
    Usage,
    WhyNot,
    explained_events,
)
from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Rule
from tests.access.register import (
    CODES,
    GIVER,
    SOURCE,
    STRANGER,
    TAKER,
    directory,
    own_use,
    register,
    rule,
    terms,
    usage,
)

ZONE = ZoneInfo("Europe/London")


def event_of(one: Usage, known: Register, *rules: Rule) -> AccessEvent:
    explainer = Explainer(directory(*rules), known, ZONE)
    return explainer.event("e-1", one, source_id=SOURCE, proven=True)


def found(one: Usage, known: Register, *rules: Rule) -> Explanation:
    return event_of(one, known, *rules).explanation


def test_a_cited_agreement_that_fits_explains() -> None:
    fits = terms()
    assert found(usage(agreement="DSA-0004"), register(fits)) == Explanation(fits, "DSA-0004")


def test_a_reference_in_the_words_of_the_action_counts() -> None:
    fits = terms()
    one = usage(action="Checked an address (DSA-0004).")
    assert found(one, register(fits)) == Explanation(fits, "DSA-0004")


@pytest.mark.parametrize(
    "action",
    ["xDSA-0004", "DSA-0004-2", "DSA-123456789", "dsa-0004", "A-4", "DSA-0004ж", "DSA-0004/2",
     "DSA-0004.2", "ƊSA-0004", "DSA-０００４"],
)  # fmt: skip
def test_what_only_looks_like_a_reference_is_none(action: str) -> None:
    assert found(usage(action=action), register(terms())).why_not is WhyNot.NO_RULE


def test_of_several_references_in_the_words_each_must_hold() -> None:
    one = usage(action="Under DSA-0004 and DSA-0005")
    both = register(terms(), terms("DSA-0005"))
    assert found(one, both).terms == terms()
    assert found(one, register(terms())) == Explanation(None, "DSA-0005", WhyNot.CITES_UNKNOWN)


def test_a_field_that_fits_does_not_cover_for_words_that_do_not() -> None:
    one = usage(agreement="DSA-0004", action="Under DSA-9999")
    assert found(one, register(terms())) == Explanation(None, "DSA-9999", WhyNot.CITES_UNKNOWN)


@pytest.mark.parametrize(
    ("agreement", "one", "why"),
    [
        (terms("DSA-0009"), {}, WhyNot.CITES_UNKNOWN),
        (terms(in_force_from=date(2026, 6, 16)), {}, WhyNot.CITES_NOT_IN_FORCE),
        (terms(in_force_to=date(2026, 6, 14)), {}, WhyNot.CITES_NOT_IN_FORCE),
        (terms(disclosers=frozenset({STRANGER})), {}, WhyNot.CITES_OTHER_DISCLOSER),
        (terms(recipients=frozenset({STRANGER})), {}, WhyNot.CITES_OTHER_RECIPIENT),
        (terms(), {"receiver_code": "S1"}, WhyNot.CITES_OTHER_RECIPIENT),
        (terms(), {"receiver_code": "unheard of"}, WhyNot.CITES_OTHER_RECIPIENT),
        (terms(), {"receiver_code": "G1"}, WhyNot.CITES_OTHER_RECIPIENT),
        (terms(processors=frozenset({STRANGER})), {"receiver_code": "S1"},
         WhyNot.CITES_OTHER_RECIPIENT),
        (terms(), {"categories": ("Name", "Health")}, WhyNot.CITES_OTHER_CATEGORIES),
        (own_use("DSA-0004"), {}, WhyNot.CITES_OTHER_RECIPIENT),
    ],
)  # fmt: skip
def test_a_cited_agreement_that_does_not_fit_is_named_and_explains_nothing(
    agreement: Terms, one: dict[str, Any], why: WhyNot
) -> None:
    cites = usage(agreement="DSA-0004", **one)
    # Not even where a rule would have explained it.
    assert found(cites, register(agreement, terms("DSA-0007")), rule("DSA-0007")) == Explanation(
        None, "DSA-0004", why
    )


def test_the_version_in_force_that_day_decides() -> None:
    old = terms(in_force_to=date(2026, 6, 14))
    new = terms(number=2, in_force_from=date(2026, 6, 15), recipients=frozenset({STRANGER}))
    known = register(old, new)
    on_the_14th = usage(agreement="DSA-0004", occurred=datetime(2026, 6, 14, 12, tzinfo=UTC))

    assert found(on_the_14th, known).terms == old
    assert found(usage(agreement="DSA-0004"), known).why_not is WhyNot.CITES_OTHER_RECIPIENT


def test_days_are_those_of_the_calendar_on_the_wall() -> None:
    late = usage(agreement="DSA-0004", occurred=datetime(2026, 6, 14, 23, 30, tzinfo=UTC))
    begins = terms(in_force_from=date(2026, 6, 15))
    assert found(late, register(begins)).terms == begins


def test_exactly_one_rule_explains() -> None:
    fits = terms()
    assert found(usage(), register(fits), rule()) == Explanation(fits)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([], WhyNot.NO_RULE),
        ([rule(published=False)], WhyNot.NO_RULE),
        ([rule(system="desk")], WhyNot.NO_RULE),
        ([rule(action="Checked an address ")], WhyNot.NO_RULE),
        ([rule(receiver_code="S1")], WhyNot.NO_RULE),
        ([rule(valid_from=date(2026, 6, 16))], WhyNot.RULE_NOT_IN_FORCE),
        ([rule(valid_to=date(2026, 6, 14))], WhyNot.RULE_NOT_IN_FORCE),
        ([rule(), rule("DSA-0007")], WhyNot.SEVERAL_RULES),
        ([rule(), rule()], WhyNot.SEVERAL_RULES),
        ([rule("DSA-9999")], WhyNot.RULE_NOT_IN_FORCE),
    ],
)
def test_rules_that_do_not_settle_it_explain_nothing(rules: list[Rule], why: WhyNot) -> None:
    explanation = found(usage(), register(terms(), terms("DSA-0007")), *rules)
    assert (explanation.terms, explanation.why_not) == (None, why)


def test_a_rule_beside_one_that_is_over_explains() -> None:
    rules = [rule("DSA-0007", valid_to=date(2026, 6, 14)), rule()]
    assert found(usage(), register(terms(), terms("DSA-0007")), *rules).terms == terms()


def test_a_rule_cannot_stretch_an_agreement_to_another_receiver() -> None:
    explanation = found(usage(receiver_code="S1"), register(terms()), rule(receiver_code="S1"))
    assert explanation == Explanation(None, "DSA-0004", WhyNot.CITES_OTHER_RECIPIENT)


def test_a_use_inside_the_body_fits_its_entry_of_own_use() -> None:
    own = own_use()
    inside = usage(receiver_code="G1")
    by_rule = found(inside, register(own), rule("OWN-0001", receiver_code="G1"))
    by_citation = found(usage(receiver_code="G1", agreement="OWN-0001"), register(own))
    assert (by_rule.terms, by_citation.terms) == (own, own)


def test_an_entry_of_own_use_fits_no_sharing_and_no_other_body() -> None:
    strangers = own_use(disclosers=frozenset({STRANGER}))
    cited = found(usage(receiver_code="G1", agreement="OWN-0001"), register(strangers))
    assert cited.why_not is WhyNot.CITES_OTHER_DISCLOSER
    shared = found(usage(agreement="OWN-0001"), register(own_use()))
    assert shared.why_not is WhyNot.CITES_OTHER_RECIPIENT


BODIES = st.sampled_from([GIVER, TAKER, STRANGER])
CATEGORIES = st.sets(st.sampled_from(["Name", "Address", "Health"]))
DAYS = st.integers(1, 28).map(lambda day: date(2026, 6, day))
TERMS = st.builds(
    lambda **given: terms(
        **{**given, "in_force_to": max(given["in_force_from"], date(2026, 6, 20))}
    ),
    kind=st.sampled_from(AgreementKind),
    disclosers=st.frozensets(BODIES),
    recipients=st.frozensets(BODIES),
    categories=CATEGORIES.map(frozenset),
    in_force_from=DAYS,
)
USAGES = st.builds(
    usage,
    occurred=DAYS.map(lambda day: datetime(day.year, day.month, day.day, 12, tzinfo=UTC)),
    receiver_code=st.sampled_from([*CODES.values(), "unheard of"]),
    categories=CATEGORIES.map(lambda names: tuple(sorted(names))),
    agreement=st.sampled_from([None, "DSA-0004", "DSA-0005"]),
)
RULES = st.lists(
    st.builds(
        rule,
        st.sampled_from(["DSA-0004", "DSA-0005"]),
        receiver_code=st.sampled_from(list(CODES.values())),
        valid_from=DAYS,
        published=st.booleans(),
    ),
    max_size=3,
)


@given(TERMS, USAGES, RULES)
def test_whatever_is_explained_fits_and_whatever_is_not_says_why(
    agreement: Terms, one: Usage, rules: list[Rule]
) -> None:
    explanation = found(one, register(agreement), *rules)

    assert (explanation.terms is None) == (explanation.why_not is not None)
    if explanation.terms is None:
        return
    by_code = {code: body for body, code in CODES.items()}
    receiver = by_code[one.receiver_code]
    day = one.occurred.date()
    assert GIVER in agreement.disclosers
    assert agreement.holds_on(day)
    assert set(one.categories) <= agreement.categories
    if receiver == GIVER:
        assert agreement.kind is AgreementKind.OWN_USE
    else:
        assert agreement.kind is AgreementKind.SHARING
        assert receiver in agreement.recipients
    if one.agreement is None:
        valid = [
            each
            for each in rules
            if each.published and each.receiver_code == one.receiver_code and each.valid_from <= day
        ]
        assert [each.agreement for each in valid] == [agreement.reference]


@given(st.lists(USAGES, max_size=8), RULES)
def test_explaining_many_is_explaining_each(ones: list[Usage], rules: list[Rule]) -> None:
    known = register(terms())
    named = [(f"{n:064x}", one) for n, one in enumerate(ones)]

    explainer = Explainer(directory(*rules), known, ZONE)
    events = list(explained_events(named, source_id=SOURCE, proven=True, explainer=explainer))

    assert [event.usage for event in events] == ones
    for event in events:
        alone = found(event.usage, known, *rules)
        assert event.explanation == alone
        assert event.own_use == (event.usage.receiver_code == "G1")
        assert event.stands_out == (alone.terms is None)
