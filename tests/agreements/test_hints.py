"""Hints on answers, the list of tasks, and the pages that ask: data that must hold together."""

from datetime import date
from typing import Any

import pytest

from citizen_portal.agreements.forms.fields import FIELDS
from citizen_portal.agreements.queries import law
from citizen_portal.agreements.queries.hints import Hint, hints
from citizen_portal.agreements.queries.steps import Asked, draft_steps
from citizen_portal.agreements.queries.tasks import Answered, next_step, progress, tasks
from citizen_portal.agreements.queries.trust import question_ids
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.schemas.checking import check_member, draft_misfits, whole
from tests.agreements.desk import WHOLE

GOOD = {
    "text": {"en": "People with low income who pay council tax.", "cy": "Pobl ag incwm isel."},
    "evidence": {"text": {"en": "Minutes"}},
}
LACKING: dict[str, tuple[dict[str, Any] | None, set[Hint]]] = {
    "nothing": (None, {Hint.EMPTY}),
    "good": (GOOD, set()),
    "short": (GOOD | {"text": {"en": "Good things.", "cy": "Pethau da."}}, {Hint.SHORT}),
    "no proof": ({"text": GOOD["text"]}, {Hint.NO_EVIDENCE}),
    "no Welsh": (GOOD | {"text": {"en": "People with low income gain."}}, {Hint.NO_WELSH}),
    "does not apply, with a reason": (
        {"status": "not_applicable", "text": GOOD["text"]},
        set(),
    ),
    "does not apply, with hardly a reason": (
        {"status": "not_applicable", "text": {"en": "No.", "cy": "Na."}},
        {Hint.SHORT},
    ),
}


@pytest.mark.parametrize(("answer", "expected"), LACKING.values(), ids=list(LACKING))
def test_an_answer_is_told_what_it_lacks(
    answer: dict[str, Any] | None, expected: set[Hint]
) -> None:
    trust = {"value.benefits": answer} if answer else {}
    assert set(hints({"trust": trust})["value.benefits"]) == expected


def test_the_same_words_twice_are_told_at_both_places() -> None:
    other = GOOD | {"text": {"en": "People, with low income, who pay council tax!", "cy": "Pobl."}}
    found = hints({"trust": {"value.benefits": GOOD, "value.beneficiaries": other}})
    assert found["value.benefits"] == found["value.beneficiaries"] == (Hint.SAME,)
    assert set(found) == question_ids()


def test_tasks_stand_as_their_answers_do() -> None:
    trust = {
        "value.benefits": GOOD,
        "value.beneficiaries": {"text": {"en": "All."}},
        "control.choice": {
            "status": "not_applicable",
            "text": {"en": "It is no service to choose.", "cy": "Nid gwasanaeth i’w ddewis."},
        },
    }
    groups = tasks(WHOLE | {"trust": trust})
    standing = {task.step.key: task.state for group in groups for task in group.tasks}
    assert standing["title"] is Answered.WRITTEN
    assert standing["papers"] is Answered.EMPTY
    assert standing["value-benefits"] is Answered.WRITTEN
    assert standing["value-beneficiaries"] is Answered.VAGUE
    assert standing["control-choice"] is Answered.NOT_APPLICABLE
    counted = progress(groups)
    assert (counted.written, counted.vague) == (
        sum(each is not Answered.EMPTY for each in standing.values()),
        1,
    )
    assert counted.of == len(standing)


def test_pages_follow_one_another_to_the_last() -> None:
    key, met = "title", ["title"]
    while (step := next_step(key)) is not None:
        key = step.key
        met.append(key)
    every = [step.key for section in draft_steps().sections for step in section.steps]
    assert met == every
    assert len(set(every)) == len(every)


def fields() -> list[Asked]:
    steps = draft_steps()
    pages = [step for section in steps.sections for step in section.steps] + [steps.withdrawal]
    return [one for step in pages for one in step.fields]


@pytest.mark.parametrize("one", fields(), ids=lambda one: one.name)
def test_each_question_fills_a_member_of_the_document(one: Asked) -> None:
    member, _, question = one.member.partition(".")
    assert member in AgreementDocument.model_fields
    assert not question or question in question_ids()
    assert one.kind in FIELDS


def test_each_member_that_officers_decide_has_a_page() -> None:
    steps = draft_steps()
    given = {"reference", "kind", "trust", "published", "source", "measures", "questions"}
    foreign = {"powers_as_published", "controllers_as_published"}
    asked = {
        member.partition(".")[0]
        for section in steps.sections
        for step in section.steps
        for member in step.members
    } | set(steps.withdrawal.members)
    assert AgreementDocument.model_fields.keys() - given - foreign <= asked


def test_pages_are_written_in_both_languages() -> None:
    steps = draft_steps()
    for section in steps.sections:
        for step in section.steps:
            for words in (section.title, step.title, step.ask):
                assert words.keys() >= {"en", "cy"}, step.key
    for one in [*fields(), *steps.measure, *steps.outcome, *steps.own_question]:
        assert one.label.keys() == {"en", "cy"}, one.name
        assert one.hint.keys() in ({"en", "cy"}, set()), one.name


VALUES: dict[str, tuple[str, Any, Any]] = {
    "nothing": ("title", None, None),
    "a text": ("title", {"en": " A ", "cy": None}, {"en": "A"}),
    "what is usual is left out": (
        "trust.value.benefits",
        {"status": "answered", "text": {"en": "A"}},
        {"text": {"en": "A"}},
    ),
    "a day": ("starts", "2026-02-01", "2026-02-01"),
    "parties": ("disclosers", [{"name": "A"}], [{"name": "A"}]),
}


@pytest.mark.parametrize(("member", "value", "kept"), VALUES.values(), ids=list(VALUES))
def test_a_value_is_kept_as_a_document_has_it(member: str, value: Any, kept: Any) -> None:
    checked = check_member(member, value)
    assert checked.value == kept
    assert checked.misfits == ()


def test_a_fault_says_where_in_the_answer_it_is() -> None:
    checked = check_member("opt_out", {"applies": "perhaps", "reason": {"en": "x" * 8001}})
    assert {(each.place, each.kind, each.most) for each in checked.misfits} == {
        (("applies",), "literal_error", None),
        (("reason", "en"), "string_too_long", 8000),
    }


def misfits(**values: Any) -> set[tuple[str, str]]:

    document = {"reference": "DSA-0001", **WHOLE, **values}
    said = {name: value for name, value in document.items() if value is not None}
    found = draft_misfits(said, law("uk"), own="giver", today=date(2026, 11, 25))
    return {(each.member, each.kind) for each in found}


EMERGENCY = {"reasons": {"en": "A flood."}, "review_due": "2026-09-01"}
WRONG: dict[str, tuple[dict[str, Any], set[tuple[str, str]]]] = {
    "nothing": ({}, set()),
    "no contact": ({"contact": None}, {("contact", "missing")}),
    "no stage": ({"stage": None}, {("stage", "missing")}),
    "the end first": ({"ends": "2026-01-01"}, {("ends", "ends_before_starts")}),
    "own body not named": (
        {"disclosers": [{"name": "A"}]},
        {("disclosers", "own_body_not_named")},
    ),
    "only a processor": (
        {"disclosers": [{"name": "A"}], "processors": [{"organisation": "giver"}]},
        {("disclosers", "own_body_not_named")},
    ),
    "taken back before it began": (
        {"withdrawn": {"on": "2020-01-01", "reason": {"en": "Why."}}},
        {("withdrawn", "withdrawn_before")},
    ),
    "taken back before it begins": (
        {"starts": "2026-12-01", "withdrawn": {"on": "2026-11-30", "reason": {"en": "Why."}}},
        {("withdrawn", "withdrawn_unbegun")},
    ),
    "taken back on its first day": (
        {"starts": "2026-12-01", "withdrawn": {"on": "2026-12-01", "reason": {"en": "Why."}}},
        set(),
    ),
    "two faults at once, though something is missing": (
        {"contact": None, "ends": "2026-01-01"},
        {("contact", "missing"), ("ends", "ends_before_starts")},
    ),
    "a number that cannot be drawn": (
        {"measures": [{"id": "a", "what": {"en": "A"}, "promised": {"en": "B"}, "target": 1e28}]},
        {("measures", "less_than_equal")},
    ),
    "less than the law gives": ({"choice": "none"}, {("choice", "rights.objection_needed")}),
    "an exemption that is none": (
        {"choice": "none", "exemption": "because"},
        {("exemption", "rights.exemption_unfit")},
    ),
    "an emergency without an end": (
        {"emergency": EMERGENCY},
        {("starts", "emergency_days")},
    ),
    "an emergency of seven months": (
        {"emergency": EMERGENCY, "ends": "2026-09-02"},
        {("ends", "emergency_long")},
    ),
    "an emergency of six months": ({"emergency": EMERGENCY, "ends": "2026-08-01"}, set()),
    "a look back too late": (
        {"emergency": EMERGENCY | {"review_due": "2027-03-01"}, "ends": "2026-08-01"},
        {("emergency", "emergency_review")},
    ),
}


@pytest.mark.parametrize(("values", "expected"), WRONG.values(), ids=list(WRONG))
def test_what_keeps_a_draft_from_review(
    values: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert misfits(**values) == expected


def test_a_whole_draft_is_a_document() -> None:
    document = {"reference": "DSA-0001", **WHOLE}
    assert whole(document) == document
