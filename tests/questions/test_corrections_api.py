"""What bodies' systems say that they put right, and what those who got the data answer."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from citizen_portal.access.models import Result, Role
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.actions import set_webhook
from citizen_portal.bodies.models import Delivery, DeliveryState
from citizen_portal.identity import actions as identity
from citizen_portal.jobs import Job
from citizen_portal.preferences.models import Answer, Effect
from citizen_portal.preferences.models import Reply as Refused
from citizen_portal.questions.models.corrections import Matter, Reply, Status
from tests.preferences.town import about
from tests.preferences.weighing import UK
from tests.questions.righting import NAME, Righting


@pytest.fixture
def righting(app: Flask) -> Righting:
    return Righting(app)


def names(kept: dict[str, Any]) -> dict[str, str]:
    return {each["body"] or each["name"]: each["by"] for each in kept["recipients"]}


@pytest.mark.both
def test_a_correction_travels_to_who_got_the_data_and_back_to_the_citizen(
    righting: Righting,
) -> None:
    town = righting.town
    me = town.person("clinic", "council")
    with town.sessions.writing() as session:
        set_webhook(
            session, righting.app.extensions["sealer"], town.bodies["council"], "http://127.0.0.1/h"
        )
    kept = righting.clinic.correct(righting.said(me))
    assert names(kept) == {"council": "portal", "university": "you"}
    assert righting.council.listed()["corrections"] == []  # not before it was sent

    town.work("questions.send_corrections")
    (told,) = righting.council.listed()["corrections"]
    council = righting.recipients(me)["COUNCIL"]
    assert told == {
        "id": council.id.hex,
        "number": council.number,
        "subject": town.known_as(me, "council"),
        "body": "clinic",
        "matter": "corrected",
        "on": "2026-11-20",
        "since": None,
        "categories": [NAME],
        "dataset": "patients",
        "fields": ["Family name"],
    }
    with town.sessions.writing() as session:
        (delivery,) = session.scalars(select(Delivery))
        assert (delivery.id, delivery.kind) == (council.id, "correction.made")
        assert "Family name" not in json.dumps(delivery.payload)
        assert delivery.payload["subject"] == town.known_as(me, "council")
        assert council.status() is Status.RECORDED
        delivery.taken()
    town.work("questions.hear_corrections")
    assert righting.recipients(me)["COUNCIL"].status() is Status.SENT


@pytest.mark.both
def test_what_recipients_and_the_body_say_stands_and_is_on_record(righting: Righting) -> None:
    town = righting.town
    me = town.person("clinic", "council")
    kept = righting.clinic.correct(righting.said(me))
    town.work("questions.send_corrections")
    (told,) = righting.council.listed()["corrections"]
    said = {"state": "applied", "from": "2026-11-21"}
    path = f"/{told['id']}/acknowledgement"
    assert righting.council.post(said, path).get_json() == {"id": told["id"], "state": "applied"}
    first = righting.recipients(me)["COUNCIL"]
    assert righting.council.post(said, path).status_code == 200
    again = righting.recipients(me)["COUNCIL"]
    assert (first.status(), first.replied_at) == (Status.APPLIED, again.replied_at)

    told_on = {"body": "university", "on": "2026-11-21"}
    assert righting.clinic.post(told_on, f"/{kept['id']}/told").status_code == 200
    assert righting.recipients(me)["UNIVERSITY"].status() is Status.TOLD_BY_BODY
    with town.sessions.reading() as session:
        tags = [(each.tag, each.about) for each in session.scalars(select(AuditEntry))]
        news = session.scalars(select(Job).where(Job.name == "news.first_notice")).one()
    assert {"correction:made", "correction:acknowledged", "correction:told"} <= {t for t, _ in tags}
    assert town.known_as(me, "clinic") not in repr(tags)
    assert (news.arguments["kind"], news.arguments["citizen"]) == ("answer", str(me))


def test_two_recipients_cannot_join_what_they_were_told(righting: Righting) -> None:
    me = righting.town.person("clinic", "council", "university")
    kept = righting.clinic.correct(righting.said(me))
    righting.town.work("questions.send_corrections")
    told = righting.recipients(me)
    ids = {each.id for each in told.values()}
    assert len(ids) == 2
    assert {each.version for each in ids} == {4}  # no time in them
    assert UUID(kept["id"]) not in ids
    assert not {each.hex for each in ids} & {kept["id"], *json.dumps(kept).split('"')}
    assert len({each.subject for each in told.values()}) == 2


@pytest.mark.both
def test_the_same_again_changes_nothing_and_something_else_is_refused(righting: Righting) -> None:
    me = righting.town.person("clinic", "council")
    said = righting.said(me, matter="disputed")
    first = righting.clinic.correct(said)
    assert first["recipients"] == []
    assert righting.clinic.correct(said) == first
    assert righting.clinic.post(said | {"dataset": "other"}).status_code == 409
    settled = righting.clinic.correct(said | {"matter": "corrected"})
    assert settled["id"] == first["id"]
    assert names(settled)["council"] == "portal"
    assert righting.clinic.correct(said | {"matter": "corrected"}) == settled
    for other in ({"matter": "erased"}, {"fields": ["Age"], "matter": "corrected"}, {}):
        assert righting.clinic.post(said | other).status_code == 409
    assert len(righting.corrections(me)) == 1
    assert len(righting.recipients(me)) == 2


def test_what_is_not_corrected_says_why_and_tells_no_other_body(righting: Righting) -> None:
    me = righting.town.person("clinic", "council")
    said = righting.said(me, matter="not_corrected", reason="Your passport says so.")
    assert righting.clinic.correct(said)["recipients"] == []
    (kept,) = righting.corrections(me)
    assert kept.matter is Matter.NOT_CORRECTED
    assert b"passport" not in kept.sealed


def test_whoever_is_not_linked_is_refused_alike(righting: Righting) -> None:
    """Nobody, somebody of another body, and somebody who ended the link: no word differs."""
    town = righting.town
    elsewhere, gone = town.person("council"), town.person("clinic")
    with town.sessions.writing() as session:
        identity.unlink(session, gone, town.bodies["clinic"])
    subjects = ("0" * 64, town.known_as(elsewhere, "council"), town.known_as(gone, "clinic"), "x")
    answers = [
        righting.clinic.post(righting.said(gone, subject=subject, reference=f"C-{n}"))
        for n, subject in enumerate(subjects)
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


def test_nobody_answers_or_tells_for_another(righting: Righting) -> None:
    me = righting.town.person("clinic", "council", "university")
    kept = righting.clinic.correct(righting.said(me))
    righting.town.work("questions.send_corrections")
    told = righting.recipients(me)["COUNCIL"].id.hex
    applied = {"state": "not_held"}
    for where in (
        f"/{told}/acknowledgement",
        f"/{kept['id']}/acknowledgement",
        "/x/acknowledgement",
    ):
        assert righting.clinic.post(applied, where).status_code == 404
    for place in ({"body": "council"}, {"body": "none-such"}, {"code": "COUNCIL"}):
        said = place | {"on": "2026-11-21"}
        assert righting.council.post(said, f"/{kept['id']}/told").status_code == 404
    assert (
        righting.clinic.post(
            {"code": "UNKNOWN", "on": "2026-11-21"}, f"/{kept['id']}/told"
        ).status_code
        == 404
    )
    assert righting.recipients(me)["COUNCIL"].reply is Reply.NONE


@pytest.mark.both
def test_the_rule_for_who_got_the_data(righting: Righting) -> None:
    """Looks that gave such data or do not say which; agreements that no choice speaks against."""
    town = righting.town
    me = town.person("clinic", "council", "university")
    righting.looked(me, "FIRM-1", [NAME], receiver_name="A firm")
    righting.looked(me, "FIRM-2", [])
    righting.looked(me, "FIRM-3", ["Income"])
    righting.looked(me, "FIRM-4", [NAME], result=Result.REFUSED)
    righting.looked(me, "FIRM-5", [NAME], role=Role.WITNESS)
    righting.looked(me, "CLINIC", [NAME])
    righting.looked(me, "HERMIT", [NAME, "Income"])
    assert set(_codes(righting, me, "C-1")) == {
        "COUNCIL",
        "FIRM-1",
        "FIRM-2",
        "HERMIT",
        "UNIVERSITY",
    }

    for reference in ("DSA-0001", "DSA-0002"):
        town.choose(me, about(reference))
    # What was passed on before a no is still there. After it the council, which may get it by
    # DSA-0001 alone, has none; DSA-0004 leaves no choice, so the university stays.
    assert "COUNCIL" in _codes(righting, me, "C-2")
    now = {"since": UK.today().isoformat(), "on": UK.today().isoformat()}
    assert _codes(righting, me, "C-3", **now) == ["UNIVERSITY"]
    with town.sessions.writing() as session:
        session.execute(update(Effect).values(reply=Refused.REFUSED))
    assert set(_codes(righting, me, "C-4", **now)) == {"COUNCIL", "UNIVERSITY"}
    town.choose(me, about("DSA-0001"), Answer.AS_BEFORE)
    later = _codes(righting, me, "C-5", since="2026-07-01", on="2026-11-20")
    assert set(later) == {"COUNCIL", "UNIVERSITY"}
    assert set(_codes(righting, me, "C-6", categories=["Income"])) == {"FIRM-2", "FIRM-3", "HERMIT"}
    other = town.person("clinic")
    assert set(_codes(righting, other, "C-7")) == {"COUNCIL", "UNIVERSITY"}


def _codes(righting: Righting, me: UUID, reference: str, **more: Any) -> list[str]:
    kept = righting.clinic.correct(righting.said(me, reference=reference, **more))
    return [each["code"] for each in kept["recipients"]]


def test_a_recipient_reads_on_and_that_counts_as_told(righting: Righting) -> None:
    town = righting.town
    people = [town.person("clinic", "council") for _ in range(3)]
    for n, me in enumerate(people):
        righting.clinic.correct(righting.said(me, reference=f"C-{n}"))
    town.work("questions.send_corrections")
    page = righting.council.listed()
    numbers = [each["number"] for each in page["corrections"]]
    assert numbers == sorted(set(numbers))
    assert (page["next"], page["last"], page["more"]) == (numbers[-1], numbers[-1], False)
    assert righting.recipients(people[0])["COUNCIL"].status() is Status.RECORDED
    assert righting.council.listed(after=numbers[1])["corrections"][0]["number"] == numbers[2]
    states = {righting.recipients(me)["COUNCIL"].status() for me in people}
    assert states == {Status.RECORDED, Status.SENT}
    ahead = f"/api/v1/corrections?after={9 * 10**15}"
    answer = righting.council.client.get(ahead, headers=righting.council.headers)
    assert answer.status_code == 422


def test_a_message_that_was_given_up_is_said_to_be_undelivered(righting: Righting) -> None:
    town = righting.town
    me = town.person("clinic", "council")
    with town.sessions.writing() as session:
        sealer = righting.app.extensions["sealer"]
        set_webhook(session, sealer, town.bodies["council"], "http://127.0.0.1/h")
    righting.clinic.correct(righting.said(me))
    town.work("questions.send_corrections")
    with town.sessions.writing() as session:
        session.scalars(select(Delivery)).one().give_up("said_error")
    town.work("questions.hear_corrections")
    assert righting.recipients(me)["COUNCIL"].status() is Status.UNDELIVERED
    righting.council.listed(after=righting.council.listed()["last"])
    assert righting.recipients(me)["COUNCIL"].status() is Status.SENT
    with town.sessions.reading() as session:
        assert session.scalars(select(Delivery.state)).one() is DeliveryState.GIVEN_UP


def test_what_says_half_or_too_much_is_refused(righting: Righting) -> None:
    me = righting.town.person("clinic")
    faulty: tuple[dict[str, Any], ...] = (
        {"fields": ["a\u202eb"]},
        {"fields": ["x" * 121]},
        {"values": ["1"]},
        {"on": "2099-01-01"},
        {"since": "2026-11-21"},
        {"categories": []},
        {"question": "Q-7K3M-92XF"},
        {"source": "council-main"},
        {"reason": "It was right."},
        {"matter": "deleted"},
        {"matter": "not_corrected"},
    )
    for changed in faulty:
        assert righting.clinic.post(righting.said(me, **changed)).status_code == 422, changed
    assert righting.corrections(me) == []


def test_an_answer_says_what_it_must(righting: Righting) -> None:
    me = righting.town.person("clinic", "council")
    righting.clinic.correct(righting.said(me))
    righting.town.work("questions.send_corrections")
    path = f"/{righting.recipients(me)['COUNCIL'].id.hex}/acknowledgement"
    for said in (
        {"state": "applied"},
        {"state": "not_applied"},
        {"state": "not_held", "from": "2026-11-20"},
        {"state": "applied", "from": "2099-01-01"},
        {"state": "none"},
    ):
        assert righting.council.post(said, path).status_code == 422
    said = {"state": "not_applied", "reason": "We hold what the court wrote."}
    assert righting.council.post(said, path).status_code == 200
    assert righting.recipients(me)["COUNCIL"].status() is Status.NOT_APPLIED
