"""The directory of bodies: what it knows, when it asks the database, when it is loaded anew."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal.bodies import actions, queries
from citizen_portal.bodies.models import ActivityRule, Source
from tests import make
from tests.agreements.files import statements

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def asked(app: Flask) -> queries.Directory:
    with app.extensions["sessions"].reading() as session:
        return queries.directory(session)


def facts(app: Flask, source: Source) -> queries.SourceFacts:
    return asked(app).sources[source.id]


def kept(session: Session) -> Source:
    body = make.body()
    source = make.source(body)
    session.add_all([body, source])
    actions.bump(session)
    session.commit()
    return source


@pytest.mark.both
def test_bodies_are_found_by_slug_and_code(app: Flask, session: Session) -> None:
    body = make.body(slug="giver", code_scheme="scheme", code="7")
    session.add_all([body, make.source(body, slug="b"), make.source(body, slug="a")])
    session.commit()
    known = asked(app)
    found = known.body_by_slug("giver")
    assert found is not None
    assert known.body_by_code("scheme", "7") is found
    assert known.bodies[body.id] is found
    assert known.body_by_slug("taker") is None
    assert known.body_by_code("other", "7") is None
    assert [source.slug for source in known.sources_of(body.id)] == ["a", "b"]
    assert known.sources_of(make.body().id) == ()


@pytest.mark.both
def test_rules_are_found_by_exactly_what_they_match(app: Flask, session: Session) -> None:
    source = kept(session)
    for reference, since in (("DSA-0002", date(2026, 2, 1)), ("DSA-0001", date(2026, 1, 1))):
        session.add(
            ActivityRule(
                source_id=source.id,
                receiver_code="7",
                system="tax",
                action="check",
                agreement=reference,
                valid_from=since,
            )
        )
    session.commit()
    actions.bump(session)
    session.commit()
    rules = asked(app).rules[source.id, "7", "tax", "check"]
    assert [rule.agreement for rule in rules] == ["DSA-0001", "DSA-0002"]
    assert (source.id, "7", "tax", "Check") not in asked(app).rules


def test_it_costs_one_statement_until_something_changes(app: Flask, session: Session) -> None:
    kept(session)
    first = asked(app)
    with statements(app.extensions["sessions"].engine) as seen:
        assert asked(app) is first
    assert len(seen) == 1
    actions.bump(session)
    session.commit()
    assert asked(app) is not first


def test_a_transaction_asks_once(app: Flask, session: Session) -> None:
    kept(session)
    asked(app)
    with (
        app.extensions["sessions"].reading() as reading,
        statements(app.extensions["sessions"].engine) as seen,
    ):
        assert queries.directory(reading) is queries.directory(reading)
    assert len(seen) == 1


@pytest.mark.both
def test_what_was_rolled_back_is_not_remembered(app: Flask, session: Session) -> None:
    kept(session)
    session.add(make.body(slug="phantom"))
    actions.bump(session)
    assert queries.directory(session).body_by_slug("phantom") is not None
    session.rollback()
    assert queries.directory(session).body_by_slug("phantom") is None
    session.add(make.body(slug="real"))
    actions.bump(session)
    session.commit()
    assert asked(app).body_by_slug("phantom") is None
    assert asked(app).body_by_slug("real") is not None


def test_two_databases_are_not_mixed_up(app: Flask, session: Session) -> None:
    kept(session)
    here = asked(app)
    sessions = app.extensions["sessions"]
    with sessions.write() as writing:
        assert queries.database_of(writing) is sessions.engine.pool
        assert queries.directory(writing) is here


def note(session: Session, source: Source, begins: datetime | None, told: datetime = NOW) -> None:
    actions.note_window(session, source.id, window_from=begins, window_to=None, told_at=told)
    session.commit()


def test_a_window_is_kept_when_it_moves_by_a_day(app: Flask, session: Session) -> None:
    source = kept(session)
    note(session, source, NOW - timedelta(days=365))
    first = asked(app)
    assert facts(app, source).window_from == NOW - timedelta(days=365)
    note(session, source, NOW - timedelta(days=365, hours=-23), NOW + timedelta(hours=23))
    assert asked(app) is first
    note(session, source, NOW - timedelta(days=364), NOW + timedelta(hours=23))
    assert facts(app, source).window_from == NOW - timedelta(days=364)
    note(session, source, None, NOW + timedelta(days=2))
    assert facts(app, source).window_from is None
    assert facts(app, source).window_told_at == NOW + timedelta(days=2)


def test_answers_are_noted_in_steps(app: Flask, session: Session) -> None:
    source = kept(session)

    def answer(minutes: int) -> None:
        actions.note_answer(session, source.id, at=NOW + timedelta(minutes=minutes))
        session.commit()

    answer(0)
    first = asked(app)
    assert facts(app, source).last_answer_at == NOW
    answer(9)
    answer(-60)
    assert asked(app) is first
    answer(10)
    assert facts(app, source).last_answer_at == NOW + timedelta(minutes=10)


def test_news_of_a_source_that_is_gone_changes_nothing(app: Flask, session: Session) -> None:
    kept(session)
    first = asked(app)
    stranger = make.source(make.body())
    note(session, stranger, NOW)
    actions.note_answer(session, stranger.id, at=NOW)
    session.commit()
    assert asked(app) is first
