"""No text of a body holds what cannot be seen, whether the body sends it or is asked for it."""

import pytest
from flask import Flask

from citizen_portal.access.schemas import answers
from citizen_portal.fetch import Fault
from tests.access.pushing import Pushing, row
from tests.access.test_push import said

UNSEEN = [
    "\u00ad",
    "\u061c",
    "\u180e",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u2028",
    "\u2029",
    "\u2060",
    "\u3164",
    "\ufeff",
    "\U000e0001",
    "\U000e0041",
    "\u200d",  # where it joins nothing
]
SEEN = ["Gŵyl Dewi", "می‌خواهم", "क्‍ष", "👩🏽‍🔬", "no\u00a0break", "a – b"]
FIELDS = ["action", "receiver_code", "receiver_name", "system", "legal_power", "processor"]
USAGE = {
    "logtime": "2026-05-04T10:20:30Z",
    "action": "Looked",
    "receiverCode": "B0001",
    "receiverSystem": "Front desk",
}


def test_a_row_that_holds_it_is_refused_by_field_and_reason(app: Flask) -> None:
    pushing = Pushing(app, "clinic")
    me, mine = pushing.person()
    subject = mine["clinic"]
    bad = [row(subject, f"b{n}", action=f"Look{one}ed") for n, one in enumerate(UNSEEN)]
    bad += [row(subject, name, **{name: "Front\u200bdesk"}) for name in FIELDS]
    bad += [row(subject, "c", categories=["Name\u200e"]), row(subject, "e", system=" \u00a0")]
    good = [row(subject, f"g{n}", action=one) for n, one in enumerate(SEEN)]

    answer = said(pushing.send(*good, *bad))

    assert (answer["accepted"], answer["refused"]) == (len(good), len(bad))
    fields = [*["action"] * len(UNSEEN), *FIELDS, "categories", "system"]
    assert [one["field"] for one in answer["errors"]] == fields
    reasons = {one["reason"] for one in answer["errors"]}
    assert reasons == {
        "must not hold control characters or characters that cannot be seen",
        "must not hold a joiner that joins nothing",
        "must not be empty",
    }
    assert {event.action for event in pushing.kept(me)} == set(SEEN)


@pytest.mark.parametrize("text", UNSEEN)
def test_an_answer_that_holds_it_is_refused(text: str) -> None:
    for name in ("action", "receiverName", "receiverSystem", "processorName"):
        with pytest.raises(Fault):
            answers.usage_page({"totalUsages": 1, "usages": [{**USAGE, name: f"Look{text}ed"}]})


@pytest.mark.parametrize("text", [*SEEN, "two\r\nlines\tand a tab", ""])
def test_what_can_be_seen_is_taken_of_an_answer(text: str) -> None:
    page = answers.usage_page({"totalUsages": 1, "usages": [{**USAGE, "action": text}]})
    assert [usage.action for usage in page.usages] == [text]
