from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.identity import actions
from citizen_portal.identity.actions import officers
from citizen_portal.identity.models import Citizen, CodeTry, Officer, OfficerSignIn, SignIn
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
