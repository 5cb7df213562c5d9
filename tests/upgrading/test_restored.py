"""The drill of docs/backup.md: what was saved is put back on a clean machine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import column, select, text
from werkzeug.test import TestResponse

from citizen_portal import clock
from citizen_portal.bodies.models import Scope as May
from citizen_portal.db import owned_by_citizen
from citizen_portal.identity import actions
from citizen_portal.preferences.models import Answer
from citizen_portal.preferences.queries import ChoiceNames, standing
from citizen_portal.reach import of_citizen
from tests import walled
from tests.bodies import systems
from tests.bodies.systems import System
from tests.pages import Page
from tests.preferences.town import Town, about
from tests.upgrading.hosts import Machine, clean, upgraded

PAGES = ("/my", "/my/choices", "/my/access", "/my/records")
LIST, STATEMENTS = "/api/v1/preference-changes", "/api/v1/preference-statements"


@dataclass(frozen=True)
class People:
    """Ids, and what their browsers hold."""

    me: UUID
    other: UUID
    cookies: dict[UUID, str]

    def browser(self, app: Flask, who: UUID) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = self.cookies[who], True
        return client


@pytest.fixture
def old(database_kind: str, tmp_path: Path, keys_folder: Path) -> Iterator[Machine]:
    with upgraded(tmp_path / "old", database_kind, keys_folder) as machine:
        yield machine


@pytest.mark.both
def test_a_clean_machine_goes_on_where_the_lost_one_was_saved(
    old: Machine, database_kind: str, tmp_path: Path
) -> None:
    safe = tmp_path / "safe"
    with walled.started(old.settings, old.wall) as app:
        town = Town(app)
        people, system = settle(town)
        before = seen(app, people)
        begun = time.monotonic()
        old.save(safe)
        saved = time.monotonic()
        town.choose(people.me, about("DSA-0002"))  # of which the backup knows nothing
        town.work("preferences.send")
        held = [each["statement"] for each in changes(app, system).get_json()["changes"]]
        assert len(held) == 2
    with clean(tmp_path / "new", database_kind) as new:
        started = time.monotonic()
        new.put_back(safe)
        new.run("db", "upgrade", owner=True)
        assert not new.wall or "stands on" in new.run("db", "check")
        with running(new, town) as app:
            assert seen(app, people) == before
            nothing_of_mine_for_another(app, new, people)
        print(f"saved in {saved - begun:.1f} s, back in {time.monotonic() - started:.1f} s")
        new.run("preferences", "restored")
        with running(new, town) as app:
            what_was_lost_comes_back(app, people, system, town, held)
        new.run("preferences", "reconciled", "--body", "council", "--reason", "lost")
        assert "those that need you: 0" in new.run("preferences", "status")


@contextmanager
def running(machine: Machine, town: Town) -> Iterator[Flask]:
    with walled.started(machine.settings, machine.wall) as app:
        town.app = app
        yield app


def settle(town: Town) -> tuple[People, System]:
    """Two people who are signed in; one has chosen, and the clinic was told."""
    system = systems.connect(town.app, "clinic", May.PREFERENCES)
    me, other = town.person("clinic", "council"), town.person("clinic")
    town.choose(me, about("DSA-0001"))
    town.work("preferences.send")
    cookies = {}
    for each in (me, other):
        with town.sessions.writing() as session:
            proof = actions.Proof(assurance="", auth_time=clock.now())
            visit = actions.start(session, each, proof=proof)
            cookies[each] = f"{each}:{visit.sign_in.id}:{visit.token}"
    return People(me, other, cookies), system


def seen(app: Flask, people: People) -> dict[tuple[UUID, str], str]:
    """What each of them reads, by the cookies that they had."""
    return {
        (who, page): Page.get(people.browser(app, who), page).main
        for who in (people.me, people.other)
        for page in PAGES
    }


def nothing_of_mine_for_another(app: Flask, machine: Machine, people: People) -> None:
    names = ChoiceNames(app.extensions["index"], people.me)
    address = f"/my/choices/{names.name(about('DSA-0001'))}"
    assert people.browser(app, people.me).get(address).status_code == 200
    assert people.browser(app, people.other).get(address).status_code == 404
    if not machine.wall:
        return
    met = set[UUID]()
    with app.extensions["sessions"].of(of_citizen(people.other)).reading() as session:
        for table in owned_by_citizen():
            asked: Any = select(column("citizen_id")).select_from(
                text(f'"{table.name}"')
            )  # whoever's
            met |= set(session.scalars(asked))
    assert met == {people.other}


def what_was_lost_comes_back(
    app: Flask, people: People, system: System, town: Town, held: list[str]
) -> None:
    def stands() -> dict[str, Answer]:
        with town.sessions.reading() as session:
            return {key: each.answer for key, each in standing(session, people.me).items()}

    before = stands()
    assert len(before) == 1
    assert changes(app, system).status_code == 409
    said = {"statements": held, "done": True, "read_to": 2}
    client, headers = app.test_client(), system.headers(app)
    answer = client.post(STATEMENTS, json=said, headers=headers).get_json()
    assert (answer["accepted"], answer["found"], answer["recovering"]) == (2, 1, False)
    after = stands()
    assert len(after) == 2
    assert before.items() <= after.items()
    assert set(after.values()) == {Answer.NO}
    assert seen(app, people)[people.me, "/my/choices"].count("DSA-0002") >= 1


def changes(app: Flask, system: System) -> TestResponse:
    return app.test_client().get(LIST, headers=system.headers(app))
