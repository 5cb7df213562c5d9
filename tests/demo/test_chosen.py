"""What the demo's people chose before it began: each answer of a body can be seen."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from citizen_portal import clock, db, region, sealing, signing
from citizen_portal.bodies.queries import directory
from citizen_portal.db import Sessions
from citizen_portal.demo import chosen, setup
from citizen_portal.demo.folder import DemoFolder, WorldSettings
from citizen_portal.demo.people import citizens
from citizen_portal.identity import actions as identity
from citizen_portal.jobs import Job, JobState
from citizen_portal.preferences.actions import reason_context
from citizen_portal.preferences.models import Choice, Effect, Status
from citizen_portal.preferences.queries import effects_of
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND
from citizen_portal.questions.models import State
from citizen_portal.questions.queries import own

SETTINGS = WorldSettings(2026, "2026-11-22", 9001, 9002, 9003)
PORTAL = "http://127.0.0.1:9000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """Of a demo whose first start died while it made these choices, within those of one person."""
    folder = DemoFolder(tmp_path_factory.mktemp("demo"))
    folder.keys.mkdir()
    folder.systems.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chosen, "CHOICES", chosen.CHOICES[:3])
        setup.set_up(folder, SETTINGS, portal=PORTAL)
    setup.set_up(folder, SETTINGS, portal=PORTAL)
    return folder


@pytest.fixture
def sessions(folder: DemoFolder) -> Iterator[Sessions]:
    sessions = db.make_sessions(folder.database_url)
    yield sessions
    sessions.engine.dispose()


def person(sessions: Sessions, folder: DemoFolder, name: str) -> UUID:
    _, index = sealing.load(folder.keys)
    (citizen,) = (each for each in citizens.load() if each.name == name)
    subject = citizens.subject(citizen, seed=SETTINGS.seed)
    with sessions.writing() as session:
        return identity.find_or_make_citizen(
            session, index, issuer=SETTINGS.issuer, subject=subject
        )


def test_citizen_1_sees_each_answer(sessions: Sessions, folder: DemoFolder) -> None:
    mine = person(sessions, folder, "citizen-1")
    today = region.load("uk").today()

    said = defaultdict(set)
    with sessions.reading() as session:
        slugs = {body.id: body.slug for body in directory(session).bodies.values()}
        for each in effects_of(session, mine):
            said[each.status(today)].add((each.agreement, slugs[each.organisation_id]))

    assert said == {
        Status.OVERDUE: {("OWN-0004", "driver-agency")},
        Status.REFUSED: {("DSA-0001", "revenue-office")},
        Status.APPLIED: {
            ("DSA-0001", "benefits-office"),
            ("DSA-0004", "benefits-office"),
            ("DSA-0022", "health-service"),
            ("DSA-0022", "millbrook-practice"),
        },
        Status.NOT_YET: {("DSA-0002", "schools-office")},
        Status.UNDELIVERED: {("DSA-0004", "wrenford-council")},
    }


def test_no_body_hears_of_a_link_later_and_gets_its_time_anew(sessions: Sessions) -> None:
    linked = (Job.name == "preferences.linked", Job.state != JobState.DONE)
    with sessions.reading() as session:
        assert session.scalars(select(Job.id).where(*linked)).all() == []


def test_a_refusal_says_why_in_the_words_of_the_body(
    sessions: Sessions, folder: DemoFolder
) -> None:
    sealer, _ = sealing.load(folder.keys)
    mine = person(sessions, folder, "citizen-1")

    with sessions.reading() as session:
        (sealed,) = (
            (each.id, each.sealed_reason)
            for each in effects_of(session, mine)
            if each.agreement == "DSA-0001" and each.sealed_reason
        )

    assert sealed[1] is not None
    assert "these weigh more" in sealer.unseal(sealed[1], reason_context(sealed[0])).decode()


def test_everybody_who_is_linked_chose_something_and_was_given_a_receipt(
    sessions: Sessions, folder: DemoFolder
) -> None:
    signer = signing.load(folder.keys)
    with sessions.reading() as session:
        who = set(session.scalars(select(Choice.citizen_id)))
        receipts = session.scalars(select(Choice.receipt)).all()
        told = set(session.scalars(select(Effect.citizen_id)))

    linked = {each.name for each in citizens.load() if each.code_at is None}
    assert who == told == {person(sessions, folder, name) for name in linked}
    assert all(signer.opened(each or "", kind=RECEIPT_KIND) for each in receipts)
    assert len(receipts) == len(chosen.CHOICES)


def test_it_all_happened_before_and_once(sessions: Sessions, folder: DemoFolder) -> None:
    setup.set_up(folder, SETTINGS, portal=PORTAL)

    with sessions.reading() as session:
        choices = session.scalar(select(func.count()).select_from(Choice))
        last = session.scalars(select(func.max(Effect.made_at))).one()
        untold = select(Effect.organisation_id).where(Effect.told_at.is_(None))
        bodies = directory(session).bodies
        slugs = {bodies[each].slug for each in session.scalars(untold)}
    assert choices == len(chosen.CHOICES)
    assert slugs == {"wrenford-council"}
    assert clock.now() - last > timedelta(days=5)


def test_what_they_asked_waits_was_asked_back_or_was_answered(
    sessions: Sessions, folder: DemoFolder
) -> None:
    """Each once, also where the first start died."""
    states = [State.ASKED, State.ASKED, State.ANSWERED], [State.WAITING]
    people = [person(sessions, folder, name) for name in ("citizen-1", "citizen-4")]
    with sessions.reading() as session:
        for whose, expected in zip(people, states, strict=True):
            found = own.asked_by(session, whose, slice(0, 9))
            assert [one.state for one in found] == expected
