"""What goes when a citizen ends a link."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Answer
from citizen_portal.bodies.models import Source
from citizen_portal.identity.models import SignIn
from tests.access.world import PATIENCE, Who
from tests.pages import Page
from tests.records.conftest import Town
from tests.records.test_linking import enter


@pytest.mark.both
def test_what_a_body_answered_is_forgotten_when_it_is_unlinked(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    left, stays = town.body(), town.body()
    for body in (left, stays):
        enter(browser, body)
    asker, sign_in = town.app.extensions["asker"], session.scalars(select(SignIn)).one()
    session.commit()
    assert asker.wait(Who(sign_in.citizen_id, sign_in.id), PATIENCE)
    of_body = select(Source.organisation_id).join(Answer, Answer.source_id == Source.id).distinct()
    assert set(session.scalars(of_body)) == {left.id, stays.id}
    session.commit()

    address = f"/my/account/unlink/{left.id.hex}"
    Page.get(browser, address).submit(address)

    assert session.scalars(of_body).all() == [stays.id]
