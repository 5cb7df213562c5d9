"""Choices in the running demo: real worker, real HTTP, each body with its own manner."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from citizen_portal import clock, region, sealing
from citizen_portal.agreements.queries import register_terms
from citizen_portal.app import create_app
from citizen_portal.bodies.models import Organisation
from citizen_portal.bodies.queries import directory
from citizen_portal.db import Sessions
from citizen_portal.demo.folder import DemoFolder
from citizen_portal.demo.people import citizens
from citizen_portal.identity import actions as identity
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, Wish
from citizen_portal.preferences.models import (
    Answer,
    Choice,
    Effect,
    Feed,
    Scope,
    Standing,
    Status,
)
from citizen_portal.preferences.queries import effects_of
from citizen_portal.questions.models import Author, Message, Outcome, Question
from citizen_portal.questions.models.corrections import Correction, Recipient
from citizen_portal.settings import Settings
from tests.demo.test_run import Demo

WITHIN = 60.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    return DemoFolder(tmp_path_factory.mktemp("demo"))


def settings(folder: DemoFolder) -> dict[str, Any]:
    """Of the demo's portal, so that the worker is told of jobs at once."""
    return {
        "environment": "development",
        "secret_key": folder.secret("portal"),
        "database_url": folder.database_url,
        "queue_file": str(folder.queue),
        "keys_folder": str(folder.keys),
        "export_store": str(folder.copies),
        "public_url": json.loads(folder.servers_file.read_text())["portal"],
        "private_addresses": "127.0.0.1",
    }


@pytest.fixture(scope="module")
def sessions(folder: DemoFolder) -> Iterator[Sessions]:
    demo = Demo("--data", str(folder.path))
    try:
        demo.says("Ready:")
        app = create_app(Settings(**settings(folder)))
        yield app.extensions["sessions"]
        app.extensions["sessions"].engine.dispose()
    finally:
        demo.end()


@pytest.fixture(scope="module")
def person(folder: DemoFolder, sessions: Sessions) -> UUID:
    _, index = sealing.load(folder.keys)
    (citizen,) = (each for each in citizens.load() if each.name == "citizen-1")
    kept = folder.prepare(seed=None)
    with sessions.writing() as session:
        return identity.find_or_make_citizen(
            session,
            index,
            issuer=kept.issuer,
            subject=citizens.subject(citizen, seed=kept.seed),
        )


def choose(sessions: Sessions, person: UUID, reference: str, answer: Answer = Answer.NO) -> UUID:
    today = region.load("uk").today()
    with sessions.writing() as session:
        return actions.choose(
            session,
            person,
            Wish(Scope(agreement=reference), answer),
            register=register_terms(session),
            due=Due.by(region.load("uk"), today),
            today=today,
            receipt=lambda made, seen: "signed",
        )


def status_of(sessions: Sessions, choice: UUID, person: UUID) -> dict[str, Status]:
    """By body."""
    today = region.load("uk").today()
    with sessions.reading() as session:
        bodies = directory(session).bodies
        return {
            bodies[each.organisation_id].slug: each.status(today)
            for each in effects_of(session, person, choice_id=choice)
        }


def wait_until(sessions: Sessions, choice: UUID, person: UUID, wanted: dict[str, Status]) -> None:
    until, pause = time.monotonic() + WITHIN, Event()
    while (found := status_of(sessions, choice, person)) != wanted:
        assert time.monotonic() < until, found
        pause.wait(0.1)


def test_what_is_chosen_is_answered_by_each_body_in_its_manner(
    sessions: Sessions, person: UUID
) -> None:
    objection = choose(sessions, person, "DSA-0021")
    opted_out = choose(sessions, person, "DSA-0013")

    wait_until(sessions, opted_out, person, {"benefits-office": Status.APPLIED})
    wait_until(
        sessions,
        objection,
        person,
        {"revenue-office": Status.REFUSED, "schools-office": Status.NOT_YET},
    )


def test_the_system_of_a_body_answers_a_plain_question(sessions: Sessions, person: UUID) -> None:
    def answered(session: Session) -> bool:
        asked = select(Question).join(Organisation, Organisation.id == Question.organisation_id)
        mine = asked.where(Question.citizen_id == person, Organisation.slug == "revenue-office")
        (question,) = session.scalars(mine)
        last = select(Message.author).where(
            Message.question_id == question.id, Message.number == question.messages
        )
        said = question.outcome, session.scalar(last)
        return said == (Outcome.EXPLAINED, Author.MACHINE)

    once(sessions, answered)


def test_a_change_of_mind_reaches_the_body_too(sessions: Sessions, person: UUID) -> None:
    first = choose(sessions, person, "DSA-0007")
    wait_until(
        sessions,
        first,
        person,
        {"millbrook-practice": Status.APPLIED, "health-service": Status.APPLIED},
    )

    again = choose(sessions, person, "DSA-0007", Answer.YES)

    wait_until(
        sessions,
        again,
        person,
        {"millbrook-practice": Status.APPLIED, "health-service": Status.APPLIED},
    )


def once(sessions: Sessions, done: Callable[[Session], object]) -> None:
    """Wait until this holds in the database."""
    until, pause = time.monotonic() + WITHIN, Event()
    while True:
        with sessions.reading() as session:
            if done(session):
                return
        assert time.monotonic() < until
        pause.wait(0.1)


def only_the_council(session: Session, *, which: ColumnElement[bool]) -> bool:
    found = select(Organisation.slug).join(Feed, Feed.organisation_id == Organisation.id)
    return session.scalars(found.where(which)).all() == ["wrenford-council"]


def test_what_a_body_put_right_is_taken_over_by_who_got_it(
    sessions: Sessions, person: UUID
) -> None:
    until, pause = time.monotonic() + WITHIN, Event()
    while (found := put_right(sessions, person)) != PUT_RIGHT:
        assert time.monotonic() < until, found
        pause.wait(0.1)


PUT_RIGHT = (
    {"revenue-office": "corrected", "schools-office": "disputed"},
    {"benefits-office": "applied"},
)


def put_right(sessions: Sessions, person: UUID) -> tuple[dict[str, str], dict[str, str]]:
    """What bodies put right, and how it stands with those of our bodies that are told of it."""
    with sessions.reading() as session:
        bodies = directory(session).bodies
        made = session.scalars(select(Correction).where(Correction.citizen_id == person)).all()
        got = session.scalars(select(Recipient).where(Recipient.citizen_id == person)).all()
    return (
        {bodies[each.organisation_id].slug: each.matter.value for each in made},
        {
            bodies[each.organisation_id].slug: each.status().value
            for each in got
            if each.organisation_id and each.subject is not None
        },
    )


def test_what_was_chosen_before_the_demo_began_stays_as_it_was_answered(
    sessions: Sessions, person: UUID
) -> None:
    """The bodies read it in their lists when they start, and answer it once more the same."""
    once(sessions, partial(only_the_council, which=Feed.read_to < Feed.last))

    with sessions.reading() as session:
        mine = select(Effect).where(Effect.citizen_id == person, Effect.agreement == "DSA-0001")
        replied = [each.replied_at for each in session.scalars(mine)]
    age = [(clock.now() - each).days for each in replied if each]
    assert age == [24, 24]


def test_bodies_give_back_what_was_lost_when_old_data_was_put_back(
    sessions: Sessions, person: UUID
) -> None:
    choice = choose(sessions, person, "DSA-0029")
    both = {"millbrook-practice": Status.APPLIED, "health-service": Status.APPLIED}
    wait_until(sessions, choice, person, both)

    with sessions.writing() as session:
        mine = Choice.citizen_id == person
        session.execute(delete(Effect).where(Effect.choice_id == choice))
        session.execute(delete(Standing).where(Standing.choice_id == choice))
        session.execute(delete(Choice).where(mine, Choice.id == choice))
        actions.begin(session)

    once(sessions, partial(only_the_council, which=Feed.behind_since.is_not(None)))
    with sessions.reading() as session:
        found = session.scalars(select(Choice).where(mine, Choice.found_again)).one()
    assert (found.id, found.scope) == (choice, "agreement:DSA-0029")
    assert status_of(sessions, choice, person).keys() == both.keys()


def test_the_self_test_finds_nothing_wrong_with_a_body_of_the_demo(
    sessions: Sessions, folder: DemoFolder
) -> None:
    made = json.loads((folder.systems / "passport-office.json").read_text())
    base = f"{folder.prepare(seed=None).bodies}/passport-office"
    ours = {f"PORTAL_{name.upper()}": text for name, text in settings(folder).items()}
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("citizen-portal")),
            *("body", "check", base, "--slug", "passport-office"),
            *("--webhook", f"{base}/hooks"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | ours | {"BODY_SECRET": made["secret"]},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All is as it must be.\n")
