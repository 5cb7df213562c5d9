"""A body is told of a link that was made, or ended, and of nothing else that happens to links."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Judge

from citizen_portal import clock
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Organisation, retention
from citizen_portal.identity import actions
from citizen_portal.identity.models import LinkProof, LinkState
from tests import make
from tests.bodies.told import run_waiting
from tests.fakes.receiver import Receiver, receiving
from tests.pages import Page
from tests.records.conftest import CODE, EXPIRED, Town

LINK = "/my/account/link"


@dataclass(frozen=True)
class Listening:
    """A body of the town with a webhook."""

    town: Town
    body: Organisation
    secret: str

    @property
    def pairwise(self) -> str:
        index = self.town.app.extensions["index"]
        return actions.pairwise(index, self.town.citizen.id, self.body.id)

    def link(self, state: LinkState) -> None:
        with self.town.app.extensions["sessions"].writing() as session:
            actions.link(
                session,
                self.town.citizen.id,
                self.body.id,
                pairwise=self.pairwise,
                state=state,
                proof=LinkProof.CLAIM,
            )

    def unlink(self) -> None:
        with self.town.app.extensions["sessions"].writing() as session:
            actions.unlink(session, self.town.citizen.id, self.body.id)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def listening(town: Town, app: Flask, receiver: Receiver, session: Session) -> Listening:
    body = town.body()
    secret = bodies.set_webhook(session, app.extensions["sealer"], body.id, receiver.url)
    session.commit()
    return Listening(town, body, secret)


def enter(browser: FlaskClient, body: Organisation, code: str) -> None:
    Page.get(browser, LINK).submit(LINK, body=body.id.hex, code=code)


def keep_longer(town: Town) -> None:
    """Another body, of whose source more is kept: nothing that this one is told of."""
    other = make.body()
    town.session.add(other)
    town.session.flush()
    town.session.add(make.source(other, retention={"default": "P9Y"}))
    town.session.commit()


def test_whoever_links_is_told_of_to_the_body_by_its_own_id(
    app: Flask, browser: FlaskClient, listening: Listening, receiver: Receiver
) -> None:
    keep_longer(listening.town)
    before = clock.now()
    enter(browser, listening.body, CODE)
    run_waiting(app)

    (got,) = receiver.got
    said = Judge(listening.secret).verify(got.body, got.headers)
    assert set(said) == {"type", "timestamp", "data"}
    assert said["type"] == "link.created"
    since = datetime.fromisoformat(said["data"].pop("since"))
    assert before <= since <= datetime.fromisoformat(said["timestamp"])
    assert said["data"] == {
        "subject": listening.pairwise,
        "replay_from": retention.before("P3Y", since.date()).isoformat(),
    }


def test_a_code_that_does_not_work_is_not_told_of(
    app: Flask, browser: FlaskClient, listening: Listening, receiver: Receiver
) -> None:
    enter(browser, listening.body, EXPIRED)
    run_waiting(app)

    assert receiver.got == []


def test_only_links_that_are_made_or_ended_are_told_of(
    app: Flask, browser: FlaskClient, listening: Listening, receiver: Receiver
) -> None:
    told = []
    for state in (
        LinkState.NOT_MATCHED,
        LinkState.AMBIGUOUS,
        LinkState.LINKED,
        LinkState.LINKED,
        LinkState.NOT_MATCHED,
        LinkState.UNLINKED,
        LinkState.NOT_MATCHED,
        LinkState.UNLINKED,
        LinkState.LINKED,
    ):
        listening.unlink() if state is LinkState.UNLINKED else listening.link(state)
        run_waiting(app)
        told.append(len(receiver.got))

    assert told == [0, 0, 1, 1, 1, 2, 2, 2, 3]
    kinds = [json.loads(got.body)["type"] for got in receiver.got]
    assert kinds == ["link.created", "link.ended", "link.created"]
    assert len({got.id for got in receiver.got}) == 3


def test_the_end_of_a_link_is_told_by_the_pairwise_id_alone(
    app: Flask, browser: FlaskClient, listening: Listening, receiver: Receiver
) -> None:
    enter(browser, listening.body, CODE)
    run_waiting(app)
    end = f"/my/account/unlink/{listening.body.id.hex}"
    Page.get(browser, end).submit(end)
    run_waiting(app)

    got = receiver.got[-1]
    said = Judge(listening.secret).verify(got.body, got.headers)
    assert (said["type"], said["data"]) == ("link.ended", {"subject": listening.pairwise})
