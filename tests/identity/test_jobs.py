from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.identity import actions
from citizen_portal.identity.models import Citizen, CodeTry, SignIn
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
