"""What came is counted once and reviewed once, in whatever order; what is old or unlinked goes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.access.actions import receiving, removing
from citizen_portal.access.models import PushedEvent, Received, Refusal, Tally
from citizen_portal.access.queries import Pattern
from citizen_portal.access.queries.attention import BITS, UNEXPLAINED
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Source
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen
from tests.access.pushing import NOW, Pushing, row, rows, stamp


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


def work(app: Flask, name: str, **arguments: Any) -> None:
    sessions = app.extensions["sessions"]
    with sessions.writing() as session:
        job = jobs.enqueue(session, name, **arguments)
    jobs.run(sessions, app.extensions, job.id)
    with sessions.reading() as session:
        assert session.get_one(jobs.Job, job.id).state is jobs.JobState.DONE


def tallied(app: Flask, citizen: Citizen) -> int:
    counted = select(func.sum(Tally.times)).where(Tally.citizen_id == citizen.id)
    with app.extensions["sessions"].reading() as session:
        return int(session.scalar(counted) or 0)


def days(*ago: float) -> list[str]:
    return [stamp(NOW - timedelta(days=each)) for each in ago]


def test_each_is_counted_once_however_often_the_job_runs(pushing: Pushing) -> None:
    me, mine = pushing.person()
    other, others = pushing.person()
    for wave in range(3):
        pushing.send(*rows(mine["clinic"], [f"{wave}-{n}" for n in range(20)]))
        pushing.send(*rows(others["clinic"], [f"o{wave}-{n}" for n in range(5)]))
        work(pushing.app, "access.review")
        work(pushing.app, "access.review")

    assert (tallied(pushing.app, me), tallied(pushing.app, other)) == (60, 15)
    assert all(event.lifted == UNEXPLAINED for event in pushing.kept())


def test_pushing_asks_for_one_review_however_many_batches_wait(pushing: Pushing) -> None:
    _, mine = pushing.person()
    for n in range(4):
        pushing.send(row(mine["clinic"], str(n)))
    with pushing.app.extensions["sessions"].reading() as session:
        waiting = select(func.count()).where(jobs.Job.name == "access.review")
        assert session.scalar(waiting) == 1


def test_what_is_new_is_found_whatever_came_before_in_other_batches(pushing: Pushing) -> None:
    me, mine = pushing.person()
    for n, at in enumerate(days(80, 60, 40)):
        pushing.send(row(mine["clinic"], f"old-{n}", occurred=at))
        work(pushing.app, "access.review")
    pushing.send(row(mine["clinic"], "new", occurred=days(2)[0], receiver_code="NEW"))
    work(pushing.app, "access.review")

    lifted = {event.source_ref: event.lifted for event in pushing.kept(me)}
    assert lifted["new"] == UNEXPLAINED + BITS[Pattern.NEW_BODY]
    assert lifted["old-2"] == UNEXPLAINED
    with pushing.app.extensions["sessions"].reading() as session:
        told = select(jobs.Job).where(jobs.Job.name == "news.first_notice")
        notices = session.scalars(told.order_by(jobs.Job.id)).all()
    new = next(event.id.hex for event in pushing.kept(me) if event.source_ref == "new")
    said = [notice.arguments for notice in notices]
    news = {"citizen": str(me.id), "keys": [new]}
    kinds = [news | {"kind": "access"}, news | {"kind": "new_body"}]
    assert said == kinds, "what is old is no news"


def test_a_body_that_got_something_of_another_is_new_to_whom_it_is_new(pushing: Pushing) -> None:
    me, mine = pushing.person()
    _, others = pushing.person()
    for n, at in enumerate(days(80, 40)):
        theirs = row(others["clinic"], f"theirs-{n}", occurred=at, receiver_code="NEW")
        pushing.send(row(mine["clinic"], f"old-{n}", occurred=at), theirs)
        work(pushing.app, "access.review")
    pushing.send(row(mine["clinic"], "new", occurred=days(2)[0], receiver_code="NEW"))
    work(pushing.app, "access.review")

    lifted = {event.source_ref: event.lifted for event in pushing.kept(me)}
    assert lifted["new"] == UNEXPLAINED + BITS[Pattern.NEW_BODY]


def test_a_person_who_looks_again_is_found_across_batches(pushing: Pushing) -> None:
    me, mine = pushing.person()
    for n, at in enumerate(days(20, 10, 1)):
        who = {"actor_kind": "person", "actor_handle": "u-1"}
        pushing.send(row(mine["clinic"], str(n), occurred=at, **who))
        work(pushing.app, "access.review")
    lifted = {event.source_ref: event.lifted for event in pushing.kept(me)}
    assert lifted["2"] == UNEXPLAINED + BITS[Pattern.REPEATED_ACTOR]
    assert lifted["1"] == UNEXPLAINED


def test_looks_of_one_person_at_several_citizens_are_not_added_up(pushing: Pushing) -> None:
    me, mine = pushing.person()
    _, others = pushing.person()
    who = {"actor_kind": "person", "actor_handle": "u-1"}
    for n, at in enumerate(days(20, 10)):
        pushing.send(row(others["clinic"], str(n), occurred=at, **who))
        work(pushing.app, "access.review")
    pushing.send(row(mine["clinic"], "mine", occurred=days(1)[0], **who))
    work(pushing.app, "access.review")
    assert [event.lifted for event in pushing.kept(me)] == [UNEXPLAINED]


def copied(pushing: Pushing, event: PushedEvent, citizen: Citizen) -> PushedEvent:
    """An event of this citizen under the same id, reviewed already: the keys of rows allow it."""
    values = {column.key: getattr(event, column.key) for column in PushedEvent.__table__.columns}
    other = values | {"citizen_id": citizen.id, "lifted": 0}
    with pushing.app.extensions["sessions"].writing() as session:
        session.execute(insert(PushedEvent).values(other))
    return pushing.kept(citizen)[0]


def test_an_event_of_another_under_the_same_id_is_neither_marked_nor_removed(
    pushing: Pushing,
) -> None:
    me, mine = pushing.person()
    other, _ = pushing.person()
    pushing.send(row(mine["clinic"]))
    theirs = copied(pushing, pushing.kept(me)[0], other)

    work(pushing.app, "access.review")
    assert (pushing.kept(me)[0].lifted, pushing.kept(other)[0].lifted) == (UNEXPLAINED, 0)

    with pushing.app.extensions["sessions"].writing() as session:
        assert removing.forget_for_good(session, me.id) == 1
    assert [event.id for event in pushing.kept()] == [theirs.id]
    assert pushing.kept(me) == []


def test_of_who_has_gone_what_was_sent_goes_and_of_another_it_stays(pushing: Pushing) -> None:
    me, mine = pushing.person()
    other, others = pushing.person()
    pushing.send(*rows(mine["clinic"], ["a", "b"]), *rows(others["clinic"], ["c", "d", "e"]))
    with pushing.app.extensions["sessions"].writing() as session:
        assert [removing.forget_for_good(session, me.id) for _ in range(2)] == [2, 0]
        assert set(session.scalars(select(Received.source_ref))) == {"c", "d", "e"}
    assert {event.citizen_id for event in pushing.kept()} == {other.id}


def keep_for(app: Flask, slug: str, **retention: str) -> None:
    with app.extensions["sessions"].writing() as session:
        source = session.scalars(select(Source).where(Source.slug == slug)).one()
        source.retention = retention
        bump(session)


def test_what_is_older_than_its_class_is_kept_goes_and_does_not_come_back(
    pushing: Pushing,
) -> None:
    me, mine = pushing.person()
    old = [
        row(mine["clinic"], "person", occurred=days(200)[0], actor_kind="person"),
        row(mine["clinic"], "machine", occurred=days(200)[0], actor_kind="machine"),
        row(mine["clinic"], "young", actor_kind="machine"),
    ]
    pushing.send(*old)
    work(pushing.app, "access.review")
    keep_for(pushing.app, "clinic-log", default="P1Y", machine="P3M")

    work(pushing.app, "access.remove_outdated")

    assert {event.source_ref for event in pushing.kept(me)} == {"person", "young"}
    assert tallied(pushing.app, me) == 2
    assert pushing.count(Received) == 3
    again = pushing.send(*old).json
    assert again["errors"] == [  # type: ignore[index]
        {"row": 2, "field": "occurred", "reason": "is older than what we keep of this source"}
    ]
    keep_for(pushing.app, "clinic-log", default="P3M")
    work(pushing.app, "access.remove_outdated")
    assert {event.source_ref for event in pushing.kept(me)} == {"young"}
    assert pushing.count(Received) == 1


def test_a_source_that_cannot_be_emptied_keeps_no_other_from_it(
    pushing: Pushing, session: Session
) -> None:
    _, mine = pushing.person()
    old = days(200)[0]
    pushing.send(row(mine["clinic"], occurred=old))
    pushing.send(row(mine["council"], source="council-log", occurred=old), by="council")
    pushing.send(row("x", occurred="?"))
    session.execute(
        Refusal.__table__.update().values(at=NOW - timedelta(days=31))  # type: ignore[attr-defined]
    )
    session.commit()
    for broken, well in [("clinic-log", "council-log"), ("council-log", "clinic-log")]:
        keep_for(pushing.app, broken, default="for ever")
        keep_for(pushing.app, well, default="P3M")
        with pytest.raises(ValueError, match="not a duration"):
            jobs.HANDLERS["access.remove_outdated"](
                jobs.Work(pushing.app.extensions["sessions"], pushing.app.extensions, uuid4())
            )
        assert pushing.count(Refusal) == 0
    assert pushing.kept() == []


def test_reports_are_removed_some_at_a_time(
    pushing: Pushing, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 2)
    pushing.send(*[row("x", str(n), occurred="?") for n in range(5)])
    session.execute(
        Refusal.__table__.update().values(at=NOW - timedelta(days=31))  # type: ignore[attr-defined]
    )
    session.commit()
    assert [removing.remove_refusals(session) for _ in range(4)] == [2, 2, 1, 0]


def test_a_body_has_its_newest_reports_and_takes_none_from_another(
    pushing: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_REFUSALS", 4)
    pushing.send(row("x", occurred="?", source="council-log"), by="council")
    for batch in range(3):
        pushing.send(*[row("x", f"{batch}-{n}", occurred="?") for n in range(3)])
    assert [one["row"] for one in pushing.refused()] == [3, 1, 2, 3]
    assert len(pushing.refused(by="council")) == 1


def test_reports_of_refusals_go_after_a_month(pushing: Pushing, session: Session) -> None:
    pushing.send(row("x", occurred="?"))
    session.execute(
        Refusal.__table__.update().values(at=NOW - timedelta(days=31))  # type: ignore[attr-defined]
    )
    session.commit()
    work(pushing.app, "access.remove_outdated")
    assert pushing.count(Refusal) == 0


def test_what_a_body_sent_goes_with_the_link_and_comes_again_with_a_new_one(
    pushing: Pushing,
) -> None:
    me, mine = pushing.person()
    sent = rows(mine["clinic"], ["a", "b"])
    pushing.send(*sent)
    pushing.send(row(mine["council"], "c", source="council-log"), by="council")
    work(pushing.app, "access.review")
    with pushing.app.extensions["sessions"].writing() as writing:
        identity.unlink(writing, me.id, pushing.bodies["clinic"])
    whose = {"citizen": str(me.id), "organisation": str(pushing.bodies["clinic"])}

    work(pushing.app, "access.forget_sent", **whose)

    assert {event.source_ref for event in pushing.kept(me)} == {"c"}
    assert tallied(pushing.app, me) == 1
    with pushing.app.extensions["sessions"].writing() as writing:
        pushing.link(writing, me.id, "clinic")
    work(pushing.app, "access.forget_sent", **whose)
    answer = pushing.send(*sent).json
    assert (answer["accepted"], answer["new"]) == (2, 0)  # type: ignore[index]
    assert {event.source_ref for event in pushing.kept(me)} == {"a", "b", "c"}
    assert pushing.count(PushedEvent) == 3
