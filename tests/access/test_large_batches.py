"""The worst batches that fit are refused early, and told of in few words."""

from typing import Any

import pytest
from flask import Flask
from pydantic import ValidationError

from citizen_portal.access.actions import receiving
from citizen_portal.access.schemas import pushed
from tests.access.pushing import NOW, Pushing, row
from tests.access.test_push import said


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic")


STRANGE: list[tuple[str, dict[str, Any]]] = [
    ("row", {f"field-{n}": n for n in range(20_000)}),
    ("withheld", {"withheld": {f"field-{n}": n for n in range(20_000)}}),
    ("categories", {"categories": [0] * 50}),
    ("withheld.approvers", {"withheld": {"approvers": [0, 0]}}),
]


@pytest.mark.parametrize(("field", "changed"), STRANGE)
def test_one_row_with_very_many_faults_is_told_of_once(
    field: str, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    told = pushed._told

    def counted(error: ValidationError, number: int) -> Any:
        made.append(error.error_count())
        return told(error, number)

    monkeypatch.setattr(pushed, "_told", counted)
    good, faults = pushed.checked([(7, row("x", "bad", **changed))], sources={}, now=NOW)

    assert good == []
    assert (7, field) in {(fault.number, fault.field) for fault in faults}
    assert sum(made) <= pushed.MOST_FAULTS


def test_the_answer_says_how_many_faults_it_leaves_out(
    pushing: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, mine = pushing.person()
    answer = said(pushing.send(*[{}] * 30, row(mine["clinic"])))
    assert (len(answer["errors"]), answer["more"], answer["refused"]) == (100, 50, 30)
    assert said(pushing.send(row(mine["clinic"])))["more"] == 0
    assert (
        "Not shown: 50. GET /api/v1/access-events/refusals?batch="
        in (said(pushing.send(*[{}] * 30), 422)["detail"])
    )
    assert len(pushing.refused(batch=answer["batch"])) == 150
    monkeypatch.setattr(receiving, "MOST_TOLD", 100)
    answer = said(pushing.send(*[{}] * 30, row(mine["clinic"])))
    assert [one["row"] for one in pushing.refused(batch=answer["batch"])] == list(range(1, 31))


MANY = b"[" + b"0," * 1_000_000 + b"0]"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b'{"events":' + MANY + b"}", "application/json"),
        (b'{"a":' + MANY + b"}", "application/x-ndjson"),
    ],
)
def test_more_values_than_a_batch_has_are_refused_before_they_are_read(
    pushing: Pushing, raw: bytes, kind: str
) -> None:
    answer = said(pushing.post(raw, kind), 400)
    assert answer["errors"] == [{"field": "body", "reason": "holds more than 1000000 values"}]
