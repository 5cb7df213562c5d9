from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.audit import AuditEntry
from citizen_portal.identity import actions
from citizen_portal.identity.actions import officers
from citizen_portal.identity.models import (
    Citizen,
    ClosedAccount,
    CodeTry,
    Officer,
    OfficerSignIn,
    SignIn,
    Visit,
)
from tests import make


def test_sessions_that_are_over_and_old_tries_are_forgotten(
    app: Flask, session: Session, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    citizen = make.citizen()
    for _ in range(3):
        signed_in(citizen)
    old, ended, here = session.scalars(select(SignIn).order_by(SignIn.id))
    old.started_at = clock.now() - timedelta(hours=9)
    actions.end(session, citizen.id, ended.id)
    session.add(CodeTry(citizen_id=citizen.id, at=clock.now() - timedelta(hours=2)))
    session.add(CodeTry(citizen_id=citizen.id))
    job = jobs.enqueue(session, "identity.forget_sessions")
    session.commit()

    jobs.run(app.extensions["sessions"], app.extensions, job.id)

    session.expire_all()
    assert session.scalars(select(SignIn.id)).all() == [here.id]
    assert len(session.scalars(select(CodeTry.at)).all()) == 1


def test_officers_sessions_that_are_over_are_forgotten_too(
    app: Flask, session: Session, officer_in: Callable[[Officer], FlaskClient]
) -> None:
    body = make.body()
    session.add(body)
    session.flush()
    officer = make.officer(body)
    session.add(officer)
    session.commit()
    for _ in range(3):
        officer_in(officer)
    old, ended, here = session.scalars(select(OfficerSignIn).order_by(OfficerSignIn.id))
    old.started_at = clock.now() - timedelta(hours=9)
    officers.end(session, officer.id, ended.id, organisation_id=body.id)
    job = jobs.enqueue(session, "identity.forget_sessions")
    session.commit()

    jobs.run(app.extensions["sessions"], app.extensions, job.id)

    session.expire_all()
    assert session.scalars(select(OfficerSignIn.id)).all() == [here.id]


def test_visits_are_forgotten_after_thirty_days(app: Flask, session: Session) -> None:
    citizen = make.citizen()
    session.add(citizen)
    session.flush()
    for days in (31, 29):
        at = clock.now() - timedelta(days=days)
        session.add(Visit(citizen_id=citizen.id, assurance=str(days), at=at))
    job = jobs.enqueue(session, "identity.forget_visits")
    session.commit()

    jobs.run(app.extensions["sessions"], app.extensions, job.id)

    assert session.scalars(select(Visit.assurance)).all() == ["29"]


def test_what_citizens_did_is_forgotten_after_years_and_what_bodies_did_is_not(
    app: Flask, session: Session
) -> None:
    body = make.body()
    session.add(body)
    session.flush()
    ids = [UUID(int=1), UUID(int=2)]
    for years in (7, 5):
        for actor, for_body in ((ids[0], None), (ids[1], body.id), (None, None)):
            at = clock.now() - timedelta(days=366 * years)
            entry = AuditEntry(tag="t", actor_id=actor, organisation_id=for_body, about={}, at=at)
            session.add(entry)
        closed = ClosedAccount(at=clock.now() - timedelta(days=366 * years))
        closed.sealed = str(years).encode()
        session.add(closed)
    job = jobs.enqueue(session, "identity.forget_audit")
    session.commit()

    jobs.run(app.extensions["sessions"], app.extensions, job.id)

    kept = session.scalars(select(AuditEntry.actor_id).order_by(AuditEntry.at)).all()
    assert kept == [ids[1], None, ids[0], ids[1], None]
    assert session.scalars(select(ClosedAccount.sealed)).all() == [b"5"]
