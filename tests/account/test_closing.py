"""Whoever closes their account leaves nothing behind, and touches nobody else."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from citizen_portal import sealing
from citizen_portal.access.models import Hold, HoldState, PushedEvent
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Delivery
from citizen_portal.identity.actions.closing import context
from citizen_portal.identity.models import Citizen, ClosedAccount
from citizen_portal.preferences.models import Effect
from tests.access.pushing import Pushing, row
from tests.access.withholding import Withholding
from tests.account.closing import Someone, close, held, rows_with, sign_in, somebody
from tests.bodies.told import run_waiting
from tests.databases import everything
from tests.fakes.receiver import Receiver, receiving

pytestmark = pytest.mark.both


def test_the_one_who_closes_has_something_in_each_table(
    app: Flask, two: tuple[Someone, Someone]
) -> None:
    assert [name for name, rows in held(app, two[0].id).items() if not rows] == []


def test_no_row_names_who_has_gone_and_the_other_stays_as_they_were(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, other = two
    assert rows_with(session, one.marks)
    session.rollback()
    unread = update(Effect).where(Effect.citizen_id == other.id).values(told_at=None)
    session.execute(unread)  # it waits for its body, and nobody waits for it
    session.commit()
    before = held(app, other.id)

    close(app, one.id)
    while run_waiting(app):
        pass

    assert rows_with(session, one.marks) == []
    assert held(app, other.id) == before
    assert session.scalars(select(Citizen.id)).all() == [other.id]


def test_no_file_names_who_has_gone(
    app: Flask, two: tuple[Someone, Someone], session: Session, tmp_path: Path
) -> None:
    one, other = two
    close(app, one.id)
    while run_waiting(app):
        pass
    session.rollback()
    app.extensions["sessions"].engine.dispose()  # the last one out folds SQLite's log into its file
    kept = everything(session) + "".join(
        file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*") if file.is_file()
    )
    assert [mark for mark in one.marks if mark in kept] == []
    assert other.subject in kept


def test_at_once_nobody_is_signed_in_linked_or_found_any_more(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    close(app, one.id)

    left = held(app, one.id)
    assert (left["sign_in"], left["answer"]) == ([], [])
    assert all("UNLINKED" in link.upper() for link in left["subject_link"])
    with app.extensions["sessions"].writing() as writing:
        assert sign_in(writing, app, one.subject) != one.id


def test_what_must_be_kept_opens_with_the_key_that_lies_elsewhere_alone(
    app: Flask, two: tuple[Someone, Someone], session: Session, keys_folder: Path
) -> None:
    one, other = two
    lines = select(AuditEntry.tag).where(AuditEntry.actor_id == one.id).order_by(AuditEntry.id)
    before = session.scalars(lines).all()
    session.rollback()
    close(app, one.id)
    run_waiting(app)

    (closed,) = session.scalars(select(ClosedAccount)).all()
    opener = sealing.load_opener(keys_folder / sealing.CLOSED_PRIVATE_FILE)
    who = json.loads(opener.open(closed.sealed, context(closed.id)))
    assert who["citizen"] == str(one.id)
    account = app.extensions["index"].blind("account", "https://sign-in.example", one.subject)
    assert who["accounts"] == [account]
    now = session.scalars(
        select(AuditEntry.tag).where(AuditEntry.actor_id == closed.id).order_by(AuditEntry.id)
    ).all()
    assert session.scalars(lines).all() == []
    assert now == [*before, "link:ended", "link:ended", "account:closed"]
    assert session.scalar(select(func.count()).where(AuditEntry.actor_id == other.id))


def test_bodies_are_told_by_the_id_that_they_know_alone(
    app: Flask, pushing: Pushing, session: Session
) -> None:
    with receiving() as receiver:
        bodies.set_webhook(
            session, app.extensions["sealer"], pushing.bodies["clinic"], receiver.url
        )
        session.commit()
        one = somebody(pushing, "CANARY-one")
        run_waiting(app)
        close(app, one.id)
        while run_waiting(app):
            pass
        assert _said(receiver)[-1] == ("link.ended", {"subject": one.pairwise["clinic"]})
        session.rollback()
        assert [each.payload for each in session.scalars(select(Delivery)) if each.payload] == []


def _said(receiver: Receiver) -> list[tuple[str, dict[str, str]]]:
    messages = [json.loads(got.body) for got in receiver.got]
    return [(each["type"], each["data"]) for each in messages]


def test_whoever_comes_back_is_somebody_new_and_is_sent_the_past_again(
    app: Flask, pushing: Pushing, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    close(app, one.id)
    run_waiting(app)
    with app.extensions["sessions"].writing() as writing:
        again = sign_in(writing, app, one.subject)
        pairwise = pushing.link(writing, again, "clinic")

    sent = [row(pairwise, f"{one.subject}-{n}", action="Looked") for n in range(3)]
    answer = pushing.send(*sent)

    assert (answer.json or {})["accepted"] == 3, answer.text
    mine = select(func.count()).where(PushedEvent.citizen_id == again)
    session.rollback()
    assert session.scalar(mine) == 3


def test_what_the_former_id_is_sent_is_dropped(
    pushing: Pushing, two: tuple[Someone, Someone]
) -> None:
    one, _ = two
    close(pushing.app, one.id)
    before = pushing.count(PushedEvent)
    answer = pushing.send(row(one.pairwise["clinic"], "late"))
    assert (answer.status_code, pushing.count(PushedEvent)) == (200, before)


def test_a_hold_neither_goes_nor_shows(app: Flask, pushing: Pushing, session: Session) -> None:
    """Nobody can tell whose it is until its end, and then it is dropped without a word."""
    withholding = Withholding(pushing)
    one, other = somebody(pushing, "CANARY-one"), somebody(pushing, "CANARY-other")
    pushing.send(withholding.row(one.pairwise["clinic"]))
    close(app, one.id)
    while run_waiting(app):
        pass
    assert len(withholding.closed()) == 1

    session.rollback()
    session.scalars(select(Hold)).one().until -= timedelta(days=40)
    session.commit()
    withholding.work()

    session.rollback()
    assert session.scalars(select(Hold.state)).all() == [HoldState.RELEASED]
    owners = session.scalars(select(PushedEvent.citizen_id).distinct()).all()
    assert owners == [other.id]
