"""What is said in public of how a source answers: sampled, reckoned, kept with the directory."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.bodies import actions, queries
from citizen_portal.bodies import jobs as bodies_jobs
from citizen_portal.bodies.models import Protocol, Source, SourceDay, SourceSample
from citizen_portal.bodies.queries.health import Reach, middle, proof
from citizen_portal.db import Sessions
from tests import make
from tests.agreements.files import statements

pytestmark = pytest.mark.both
NOW = datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC)
SLOT = NOW.replace(minute=0, second=0)


@pytest.fixture
def sessions(app: Flask) -> Sessions:
    found: Sessions = app.extensions["sessions"]
    return found


def a_source(sessions: Sessions, **given: object) -> Source:
    with sessions.writing() as session:
        body = make.body()
        session.add(body)
        session.flush()
        source = make.source(body, **given)
        session.add(source)
    return source


def samples(sessions: Sessions) -> list[tuple[datetime, int, bool | None]]:
    with sessions.reading() as session:
        rows = session.scalars(select(SourceSample).order_by(SourceSample.at))
        return [(row.at, row.ms, row.proven) for row in rows]


def answered(sessions: Sessions, source: Source, *given: tuple[float, int, bool | None]) -> None:
    """Answers so many minutes after ``NOW``, with how long they took and whether they proved."""
    for minutes, ms, proven in given:
        with sessions.writing() as session:
            at = NOW + timedelta(minutes=minutes)
            actions.note_answer(session, source.id, at=at, ms=ms, proven=proven)


def reckon(sessions: Sessions, at: datetime) -> None:
    with sessions.reading() as session:
        found = queries.reckoned(session, at=at)
    with sessions.writing() as session:
        actions.keep_health(session, found)


def facts(sessions: Sessions, source_id: UUID) -> queries.SourceFacts:
    with sessions.reading() as session:
        return queries.directory(session).sources[source_id]


def test_ten_minutes_have_one_sample(sessions: Sessions) -> None:
    source = a_source(sessions)
    answered(sessions, source, (0, 20, None), (4, 90, None), (9, 300, None))
    assert samples(sessions) == [
        (SLOT, 20, None),
        (SLOT + timedelta(minutes=10), 300, None),
    ]


def test_a_personal_answer_says_more_than_a_sign_of_life_and_no_proof_more_than_proof(
    sessions: Sessions,
) -> None:
    source = a_source(sessions)
    answered(sessions, source, (0, 20, None), (1, 400, True), (2, 20, None), (3, 500, True))
    assert samples(sessions) == [(SLOT, 400, True)]
    answered(sessions, source, (4, 600, False), (5, 700, True), (5.5, 800, False))
    assert samples(sessions) == [(SLOT, 600, False)]


def test_an_answer_that_we_did_not_ask_for_has_no_time(sessions: Sessions) -> None:
    source = a_source(sessions)
    with sessions.writing() as session:
        actions.note_answer(session, source.id, at=NOW)
    assert samples(sessions) == []
    assert facts(sessions, source.id).last_answer_at == NOW


def test_what_a_source_sends_is_counted_by_day(sessions: Sessions) -> None:
    source = a_source(sessions, protocol=Protocol.PUSH)
    for day, count in ((1, 5), (2, 1), (1, 7)):
        with sessions.writing() as session:
            actions.note_events(session, source.id, day=date(2026, 11, day), count=count)
    with sessions.reading() as session:
        kept = session.execute(select(SourceDay.day, SourceDay.times).order_by(SourceDay.day))
        assert [tuple(row) for row in kept] == [(date(2026, 11, 1), 12), (date(2026, 11, 2), 1)]


def test_it_is_said_in_public_once_it_was_reckoned(sessions: Sessions) -> None:
    source = a_source(sessions)
    answered(sessions, source, (0, 20, None), (10, 300, True), (20, 500, True), (30, 100, True))
    before = facts(sessions, source.id)
    reckon(sessions, NOW + timedelta(minutes=31))
    after = facts(sessions, source.id).health

    assert before.health == queries.Health()
    assert (after.answer_ms, after.proves, after.patience) == (300, True, None)


def test_what_was_reckoned_a_moment_ago_is_not_reckoned_again(sessions: Sessions) -> None:
    source = a_source(sessions)
    a_source(sessions, base_url=None)
    reckon(sessions, NOW)
    with sessions.reading() as session:
        assert queries.reckoned(session, at=NOW + timedelta(minutes=14)) == {}
        assert queries.reckoned(session, at=NOW + timedelta(minutes=15)).keys() == {source.id}


def well_for_a_day(sessions: Sessions, source: Source) -> None:
    answered(sessions, source, *((10 * n, 40, None) for n in range(48)))


def test_one_that_stops_answering_goes_quiet_and_comes_back(sessions: Sessions) -> None:
    source = a_source(sessions)
    well_for_a_day(sessions, source)
    last = NOW + timedelta(minutes=470)
    for hours, quiet in ((6, False), (6.5, True), (24 * 45, True)):
        reckon(sessions, last + timedelta(hours=hours))
        found = facts(sessions, source.id)
        assert (found.quiet_since(UTC) == last.date()) is quiet
        assert (found.reach is Reach.GONE_QUIET) is quiet
        assert found.gone_quiet is quiet
        with sessions.writing() as session:
            actions.forget_samples(session)
    with sessions.writing() as session:
        actions.note_answer(session, source.id, at=last + timedelta(days=50))
    assert facts(sessions, source.id).reach is Reach.CONNECTED


def test_our_own_rest_is_no_silence_of_theirs(sessions: Sessions) -> None:
    """Without the worker nothing is asked and nothing is reckoned, however late it gets."""
    source = a_source(sessions)
    well_for_a_day(sessions, source)
    reckon(sessions, NOW + timedelta(minutes=471))
    assert facts(sessions, source.id).health.patience == timedelta(hours=6)
    assert not facts(sessions, source.id).gone_quiet


def test_a_sender_goes_quiet_though_it_still_answers(sessions: Sessions) -> None:
    source = a_source(sessions, protocol=Protocol.PUSH)
    with sessions.writing() as session:
        for n in range(20):
            day = NOW.date() - timedelta(days=4 + n)
            actions.note_events(session, source.id, day=day, count=3)
        actions.note_answer(session, source.id, at=NOW)
    reckon(sessions, NOW)
    assert facts(sessions, source.id).quiet_since(UTC) == NOW.date() - timedelta(days=4)

    with sessions.writing() as session:
        actions.note_events(session, source.id, day=NOW.date(), count=1)
    reckon(sessions, NOW + timedelta(hours=1))
    assert not facts(sessions, source.id).gone_quiet


def test_samples_and_days_are_kept_for_a_time(app: Flask) -> None:
    here: Sessions = app.extensions["sessions"]
    source, silent = a_source(here), a_source(here, protocol=Protocol.PUSH)
    now, today = clock.now(), clock.now().date()
    with here.writing() as session:
        for age in (0, 29, 31):
            at = now - timedelta(days=age)
            actions.note_answer(session, source.id, at=at, ms=10)
            actions.note_events(session, silent.id, day=today - timedelta(days=400 + age), count=1)
        actions.note_events(session, silent.id, day=today - timedelta(days=461), count=1)

    assert "bodies.forget_samples" in jobs.RECURRING
    bodies_jobs.forget_samples(jobs.Work(here, app.extensions, uuid4()))
    assert len(samples(here)) == 2
    with here.reading() as session:
        assert len(session.scalars(select(SourceDay)).all()) == 3


def test_health_comes_with_the_directory(app: Flask) -> None:
    here: Sessions = app.extensions["sessions"]
    for _ in range(5):
        answered(here, a_source(here), (0, 20, True))
    reckon(here, NOW)
    with here.reading() as session:
        queries.directory(session)
    with statements(here.engine) as seen, here.reading() as session:
        assert {one.health.proves for one in queries.directory(session).sources.values()} == {True}
    assert len(seen) == 1


def test_however_many_sources_are_reckoned_with_as_few_questions(app: Flask) -> None:
    here: Sessions = app.extensions["sessions"]
    sources = [a_source(here) for _ in range(3)] + [a_source(here, protocol=Protocol.PUSH)]
    for at, source in enumerate(sources, 1):
        answered(here, source, (0, 10 * at, None), (10, 20 * at, None))
    with statements(here.engine) as seen, here.reading() as session:
        found = queries.reckoned(session, at=NOW)
    assert len(seen) == 4
    assert [found[source.id].answer_ms for source in sources] == [15, 30, 45, 60]


@pytest.mark.parametrize(
    ("given", "ms"),
    [([], None), ([(10, None), (30, None)], 20), ([(10, None), (900, True), (700, False)], 800)],
)
def test_the_middle_is_of_personal_answers_where_there_are_some(
    given: list[tuple[int, bool | None]], ms: int | None
) -> None:
    assert middle(given) == ms


@pytest.mark.parametrize(
    ("newest_first", "proves"),
    [
        ([], None),
        ([None, None], None),
        ([None, True], True),
        ([True, False, True], False),
        ([True] * 5 + [False], True),
    ],
)
def test_proof_is_what_the_newest_answers_say(
    newest_first: list[bool | None], proves: bool | None
) -> None:
    assert proof(newest_first) is proves
