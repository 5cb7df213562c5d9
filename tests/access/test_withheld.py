"""Bodies withhold events by law: who may, for whose sake, until when; and what we keep of it."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select

from citizen_portal import sealing
from citizen_portal.access.actions.holding import context
from citizen_portal.access.models import Hold, HoldState, Received
from citizen_portal.audit import AuditEntry
from citizen_portal.identity.models import Officer
from citizen_portal.settings import Settings
from tests.access.pushing import Pushing, row
from tests.access.test_push import said
from tests.access.withholding import Withholding, day


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


@pytest.fixture
def clinic(pushing: Pushing) -> Withholding:
    return Withholding(pushing)


def test_a_withheld_event_is_fixed_and_closed_and_shown_to_nobody(
    pushing: Pushing, clinic: Withholding, settings: Settings
) -> None:
    _, mine = pushing.person()

    answer = said(pushing.send(clinic.row(mine["clinic"], action="Asked about a claim")))

    assert (answer["accepted"], answer["new"], answer["refused"]) == (1, 1, 0)
    assert pushing.kept() == []
    (hold,) = clinic.holds()
    assert (hold.state, hold.basis, hold.until) == (HoldState.HELD, "crime-and-tax", day(30))
    assert hold.approvers == [str(one.id) for one in clinic.approvers]
    with pushing.app.extensions["sessions"].reading() as session:
        received = session.scalars(select(Received)).one()
        noted = session.scalars(select(AuditEntry).where(AuditEntry.tag == "hold:begun")).one()
    assert received.kept
    assert noted.about["count"] == 1
    closed = clinic.closed()[hold.id]
    assert mine["clinic"].encode() not in closed
    assert settings.held_key is not None
    opener = sealing.load_opener(settings.held_key)
    assert b"Asked about a claim" in opener.open(closed, context(hold.id))
    with pytest.raises(sealing.CannotOpen):
        opener.open(closed, context(uuid4()))


def test_the_web_has_no_key_that_opens(app: Flask, settings: Settings) -> None:
    files = {path.name for path in settings.keys_folder.iterdir()}

    assert {"held.public.json", "held.private.json"} <= files
    assert not any(isinstance(part, sealing.Opener) for part in app.extensions.values())
    assert not hasattr(app.extensions["envelope"], "open")


BAD: list[tuple[str, dict[str, Any]]] = [
    ("withheld.basis", {"basis": "law-enforcement"}),
    ("withheld.basis", {"basis": "no-such-law"}),
    ("withheld.protects", {"protects": "person"}),
    ("withheld.protects", {"protects": "nobody"}),
    ("withheld.until", {"until": day(0).isoformat()}),
    ("withheld.until", {"until": day(-1).isoformat()}),
    ("withheld.until", {"until": day(190).isoformat()}),
    ("withheld.until", {"until": "2027-02-30"}),
    ("withheld.until", {"until": "9999-12-31"}),
    ("withheld.until", {"until": "soon"}),
    ("withheld.approvers", {"approvers": []}),
    ("withheld.approvers", {"approvers": ["a", "b"]}),
    ("withheld.approvers", {"approvers": [str(uuid4()), str(uuid4())]}),
]


@pytest.mark.parametrize(("field", "changed"), BAD)
def test_what_the_law_does_not_allow_is_refused(
    pushing: Pushing, clinic: Withholding, field: str, changed: dict[str, Any]
) -> None:
    _, mine = pushing.person()
    bad = clinic.row(mine["clinic"], withheld=clinic.said(**changed))

    answer = said(pushing.send(bad, row(mine["clinic"], "open")))

    assert {(one["row"], one["field"]) for one in answer["errors"]} == {(1, field)}
    assert clinic.holds() == []
    assert [one.source_ref for one in pushing.kept()] == ["open"]


def test_two_different_officers_who_may_approve_are_needed(
    pushing: Pushing, clinic: Withholding
) -> None:
    _, mine = pushing.person()
    first, second = clinic.approvers
    with pushing.app.extensions["sessions"].writing() as session:
        elsewhere = Officer(
            organisation_id=pushing.bodies["council"],
            blind="elsewhere",
            name="Elsewhere",
            roles=["hold_approver"],
        )
        session.add(elsewhere)
        gone = session.get_one(Officer, second.id)
        gone.removed_at = gone.added_at
    for pair in [(first, first), (first, clinic.other), (first, elsewhere), (first, second)]:
        held = clinic.said(approvers=[str(one.id) for one in pair])
        answer = said(pushing.send(clinic.row(mine["clinic"], withheld=held)), 422)
        assert {(one["row"], one["field"]) for one in answer["errors"]} == {
            (1, "withheld.approvers")
        }
    assert clinic.holds() == []


def test_a_body_that_may_withhold_nothing_is_refused(pushing: Pushing, clinic: Withholding) -> None:
    _, mine = pushing.person()
    rows = [
        row(mine["council"], "h", source="council-log", withheld=clinic.said()),
        row(mine["council"], "o", source="council-log"),
    ]

    answer = said(pushing.send(*rows, by="council"))

    assert [(one["row"], one["field"]) for one in answer["errors"]] == [(1, "withheld.basis")]
    assert [one.source_ref for one in pushing.kept()] == ["o"]


def test_nobody_can_tell_by_a_withheld_event_whether_somebody_is_linked(
    pushing: Pushing, clinic: Withholding
) -> None:
    _, mine = pushing.person()
    answers = []
    for subject in (mine["clinic"], "0" * 64):
        first = said(pushing.send(clinic.row(subject, f"{subject[:4]}-1")))
        again = said(pushing.send(clinic.row(subject, f"{subject[:4]}-1")))
        answers.append([{**one, "batch": None} for one in (first, again)])

    assert answers[0] == answers[1]
    assert answers[0][1]["accepted"] == 1
    assert len(clinic.holds()) == len(clinic.closed()) == 2


def test_the_same_again_stays_withheld_whether_it_says_so_or_not(
    pushing: Pushing, clinic: Withholding
) -> None:
    _, mine = pushing.person()
    held = clinic.row(mine["clinic"])
    said(pushing.send(held))
    open_ = {name: value for name, value in held.items() if name != "withheld"}

    assert said(pushing.send(open_))["accepted"] == 1
    assert said(pushing.send(held))["new"] == 0
    otherwise = said(pushing.send({**held, "action": "Otherwise"}), 422)
    assert [(one["row"], one["field"]) for one in otherwise["errors"]] == [(1, "source_ref")]
    assert pushing.kept() == []
    assert len(clinic.holds()) == 1


@pytest.mark.both
@pytest.mark.parametrize("state", [HoldState.RELEASED, HoldState.CLOSED])
def test_one_whose_hash_is_gone_is_refused_and_the_others_of_its_batch_stand(
    pushing: Pushing, clinic: Withholding, state: HoldState
) -> None:
    me, mine = pushing.person()
    held = clinic.row(mine["clinic"])
    said(pushing.send(held))
    with pushing.app.extensions["sessions"].writing() as session:
        session.get_one(Hold, clinic.holds()[0].id).end(state)
        session.execute(delete(Received))
    open_ = {name: value for name, value in held.items() if name != "withheld"}

    for again in (held, open_):
        answer = said(pushing.send(again, again, row(mine["clinic"], f"good-{len(again)}")))
        assert (answer["accepted"], answer["new"], answer["refused"]) == (1, 1, 2)
        assert {(one["row"], one["field"]) for one in answer["errors"]} == {
            (1, "source_ref"),
            (2, "source_ref"),
        }

    assert len(pushing.kept(me)) == 2
    assert pushing.count(Received) == 2


def test_what_was_open_before_cannot_be_withheld(pushing: Pushing, clinic: Withholding) -> None:
    _, mine = pushing.person()
    for subject in (mine["clinic"], "0" * 64):
        said(pushing.send(row(subject, subject[:4])))
        answer = said(pushing.send(clinic.row(subject, subject[:4])), 422)
        assert answer["errors"] == [
            {"row": 1, "field": "withheld", "reason": "was received before without being withheld"}
        ]
    twice = said(pushing.send(row(mine["clinic"], "x"), clinic.row(mine["clinic"], "x")))
    assert [one["row"] for one in twice["errors"]] == [2]
    assert clinic.holds() == []


def test_a_key_that_was_moved_away_is_not_made_anew(settings: Settings) -> None:
    folder = settings.keys_folder
    private = (folder / "held.private.json").read_text()
    assert sealing.create(folder) == []
    moved = folder / "moved"
    (folder / "held.private.json").rename(moved)
    try:
        assert sealing.create(folder) == []
    finally:
        moved.rename(folder / "held.private.json")
    assert (folder / "held.private.json").read_text() == private
