"""What was chosen goes off: numbered for each body, signed, sent to those that want messages."""

import json
from base64 import urlsafe_b64decode
from datetime import date, timedelta
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from citizen_portal import clock
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Delivery, DeliveryState, message_id
from citizen_portal.errors import Invalid, NotFound
from citizen_portal.jobs import Job
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Said
from citizen_portal.preferences.actions.sending import feed_of
from citizen_portal.preferences.models import Effect, Feed, Reply, Status
from citizen_portal.preferences.queries.bodies import statuses
from citizen_portal.preferences.queries.feed import changes, position
from citizen_portal.preferences.schemas.statements import STATEMENT_KIND
from tests.preferences.town import DUE, TODAY, Town, about


def read(town: Town, slug: str, *, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
    with town.sessions.reading() as session:
        return changes(session, town.bodies[slug], after=after, most=100)


@pytest.mark.both
def test_each_body_reads_a_list_of_its_own_without_gaps(town: Town) -> None:
    for reference in ("DSA-0001", "DSA-0002", "DSA-0001"):
        town.choose(town.person(), about(reference))
        town.work("preferences.send")

    assert [number for number, _ in read(town, "clinic")] == [1, 2, 3]
    assert [number for number, _ in read(town, "council")] == [1, 2]
    assert [number for number, _ in read(town, "clinic", after=2)] == [3]


def test_what_a_body_reads_is_signed_for_it_alone(town: Town, app: Flask) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    town.work("preferences.send")
    [(_, change)] = read(town, "council")

    said = app.extensions["signer"].opened(change["statement"], kind=STATEMENT_KIND)
    assert said is not None
    assert said.pop("aud") == "council"
    assert said.pop("iat") > 0
    assert said.pop("kept")
    assert said.pop("extended") == DUE.objection_extended.isoformat()
    assert (said.pop("sub"), said.pop("jti")) == (change["subject"], change["id"])
    assert said == {key: change[key] for key in said}
    assert change["subject"] == town.known_as(me, "council")
    header = json.loads(urlsafe_b64decode(change["statement"].split(".")[0] + "=="))
    assert header["typ"] == STATEMENT_KIND


def test_reading_on_says_that_what_came_before_arrived(town: Town) -> None:
    me = town.person("clinic")
    town.choose(me, about("DSA-0001"))
    town.choose(me, about("DSA-0002"))
    town.work("preferences.send")
    with town.sessions.writing() as session:
        actions.note_read(session, town.bodies["clinic"], 1)

    first, second = town.effects(me)
    assert (first.status(TODAY), second.status(TODAY)) == (Status.SENT, Status.RECORDED)


def test_reading_on_says_nothing_of_what_another_body_is_told(town: Town) -> None:
    me, clinic = town.person("clinic", "council"), town.bodies["clinic"]
    town.choose(me, about("DSA-0001"))
    town.work("preferences.send")
    told = {effect.organisation_id: effect.number or 0 for effect in town.effects(me)}
    assert set(told) == {clinic, town.bodies["council"]}
    with town.sessions.writing() as session:
        actions.note_read(session, clinic, max(told.values()))
    assert {one.organisation_id for one in town.effects(me) if one.told_at} == {clinic}


def test_a_body_ahead_of_us_shows_that_old_data_was_put_back(town: Town) -> None:
    with town.sessions.writing() as session:
        actions.note_read(session, town.bodies["clinic"], 7)
    with town.sessions.reading() as session:
        assert position(session, town.bodies["clinic"]).behind
        assert not position(session, town.bodies["council"]).behind


@pytest.mark.both
def test_a_list_that_two_begin_at_once_is_begun_once(town: Town) -> None:
    """The second has looked before the first is done: it waits, and takes the same one."""
    clinic, looked, found = town.bodies["clinic"], Event(), []

    def begin() -> None:
        if town.sessions.engine.dialect.name == "sqlite":
            looked.set()  # it waits before it may look
        with town.sessions.writing() as session:
            found.append(feed_of(session, clinic).organisation_id)

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if current_thread() is second and statement.startswith("INSERT"):
            looked.set()

    second = Thread(target=begin)
    event.listen(town.sessions.engine, "before_cursor_execute", note)
    with town.sessions.writing() as session:
        found.append(feed_of(session, clinic).organisation_id)
        second.start()
        assert looked.wait(10)
    second.join()
    assert found == [clinic, clinic]


@pytest.mark.both
def test_a_body_that_has_said_what_it_holds_and_who_sends_to_it_do_not_wait_for_each_other(
    town: Town, app: Flask
) -> None:
    """While it says so, what was chosen since is sent off: both are done."""
    clinic, at_it, ended = town.bodies["clinic"], Event(), []
    with town.sessions.writing() as session:
        session.add(Feed(organisation_id=clinic, behind_since=clock.now()))
    me = town.person("clinic")
    town.choose(me, about("DSA-0002"))

    def end() -> None:
        with town.sessions.writing() as session:
            actions.end(session, clinic, 0)
            ended.append(clinic)

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if current_thread() is other and statement.startswith("UPDATE choice_effect"):
            at_it.set()
        elif current_thread() is not other and "preference_feed.last" in statement and not begun:
            begun.append(True)
            other.start()
            if town.sessions.engine.dialect.name == "postgresql":
                assert at_it.wait(10)

    begun: list[bool] = []
    other = Thread(target=end)
    event.listen(town.sessions.engine, "before_cursor_execute", note)
    town.work("preferences.send")
    other.join()
    assert ended == [clinic]
    with town.sessions.reading() as session:
        assert not session.scalars(select(Job.fault).where(Job.fault.is_not(None))).all()
    town.work("preferences.send")
    [effect] = town.effects(me)
    assert effect.number is not None


@pytest.mark.both
def test_a_message_goes_out_under_the_id_of_its_effect(town: Town, app: Flask) -> None:
    with town.sessions.writing() as session:
        bodies.set_webhook(
            session, app.extensions["sealer"], town.bodies["clinic"], "https://clinic.example/in"
        )
    me = town.person("clinic")
    town.choose(me, about("DSA-0002"))
    town.work("preferences.send")

    [effect] = town.effects(me)
    with town.sessions.reading() as session:
        delivery = session.get_one(Delivery, effect.id)
    assert delivery.payload["version"] == effect.version
    assert message_id(delivery.id) == f"msg_{effect.id.hex}"


@pytest.mark.parametrize(
    ("state", "status"),
    [(DeliveryState.DELIVERED, Status.SENT), (DeliveryState.GIVEN_UP, Status.UNDELIVERED)],
)
def test_what_became_of_a_message_is_told(
    town: Town, app: Flask, state: DeliveryState, status: Status
) -> None:
    with town.sessions.writing() as session:
        bodies.set_webhook(
            session, app.extensions["sealer"], town.bodies["clinic"], "https://clinic.example/in"
        )
    me = town.person("clinic")
    town.choose(me, about("DSA-0002"))
    town.work("preferences.send")
    [effect] = town.effects(me)
    with town.sessions.writing() as session:
        delivery = session.get_one(Delivery, effect.id)
        delivery.taken() if state is DeliveryState.DELIVERED else delivery.give_up("gone")
    town.work("preferences.hear")

    [effect] = town.effects(me)
    assert effect.status(TODAY) is status


def test_an_objection_may_take_longer_if_the_body_says_so_in_time(town: Town, app: Flask) -> None:
    me = town.person("clinic")
    town.choose(me, about("DSA-0001"))
    [effect] = town.effects(me)
    longer = Said(
        Reply.NOT_YET, not_until=DUE.objection_extended.replace(year=2030), reason="Much."
    )
    answer(town, app, effect, longer)

    [effect] = town.effects(me)
    assert effect.deadline == DUE.objection_extended
    assert effect.status(DUE.objection_extended) is Status.NOT_YET
    assert effect.status(DUE.objection_extended + timedelta(days=1)) is Status.OVERDUE


@pytest.mark.both
@pytest.mark.parametrize(("days_late", "late"), [(0, False), (1, True)])
def test_more_time_counts_if_it_was_asked_for_by_the_last_day(
    town: Town, app: Flask, days_late: int, late: bool
) -> None:
    me = town.person("clinic")
    town.choose(me, about("DSA-0001"))
    town.work("preferences.send")
    [effect] = town.effects(me)
    longer = Said(Reply.NOT_YET, not_until=DUE.objection_extended, reason="Much.")
    answer(town, app, effect, longer)
    last = clock.now().date() - timedelta(days=days_late)
    with town.sessions.writing() as session:
        session.execute(update(Effect).values(due_on=last))

    [effect] = town.effects(me)
    after = last + timedelta(days=2)
    assert effect.deadline == (last if late else DUE.objection_extended)
    assert effect.status(after) is (Status.OVERDUE if late else Status.NOT_YET)
    with town.sessions.reading() as session:
        [status] = [each for each in statuses(session, after) if each.slug == "clinic"]
        assert status.overdue == late


def test_an_opt_out_is_late_whatever_the_body_says(town: Town, app: Flask) -> None:
    me = town.person("clinic")
    town.choose(me, about("DSA-0002"))
    [effect] = town.effects(me)
    answer(town, app, effect, Said(Reply.NOT_YET, not_until=DUE.objection_extended, reason="Much."))
    assert town.effects(me)[0].status(DUE.other + timedelta(days=1)) is Status.OVERDUE


def test_bodies_answer_and_the_page_says_no_more_than_they_did(town: Town, app: Flask) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    clinic, council = town.effects(me)
    answer(town, app, clinic, Said(Reply.APPLIED, applied_from=TODAY))
    answer(town, app, council, Said(Reply.NOT_YET, not_until=DUE.objection, reason="A large file."))

    clinic, council = town.effects(me)
    assert (clinic.status(TODAY), council.status(TODAY)) == (Status.APPLIED, Status.NOT_YET)
    late = DUE.objection.replace(year=2027)
    assert (clinic.status(late), council.status(late)) == (Status.APPLIED, Status.OVERDUE)
    assert council.sealed_reason is not None
    assert b"large" not in council.sealed_reason


@pytest.mark.parametrize(
    "said",
    [
        Said(Reply.NONE),
        Said(Reply.APPLIED),
        Said(Reply.APPLIED, applied_from=date(2999, 1, 1)),
        Said(Reply.NOT_YET),
        Said(Reply.NOT_YET, not_until=date(2999, 1, 1)),
        Said(Reply.NOT_YET, not_until=date(2020, 1, 1), reason="Much."),
        Said(Reply.REFUSED),
    ],
)
def test_half_an_answer_is_none(town: Town, app: Flask, said: Said) -> None:
    me = town.person("clinic")
    town.choose(me, about("DSA-0001"))
    [effect] = town.effects(me)
    with pytest.raises(Invalid):
        answer(town, app, effect, said)
    assert town.effects(me)[0].reply is Reply.NONE


def test_no_body_answers_for_another(town: Town, app: Flask) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    clinic, university = town.effects(me)
    with pytest.raises(NotFound), town.sessions.writing() as session:
        actions.acknowledge(
            session,
            university.organisation_id,
            clinic.id,
            Said(Reply.APPLIED, applied_from=TODAY),
            seal=app.extensions["sealer"].seal,
        )


def answer(town: Town, app: Flask, effect: Effect, said: Said) -> None:
    with town.sessions.writing() as session:
        actions.acknowledge(
            session, effect.organisation_id, effect.id, said, seal=app.extensions["sealer"].seal
        )
