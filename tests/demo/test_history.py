"""The demo's invented past: each state of a source has something true to show from the start."""

from pathlib import Path

from sqlalchemy import select

from citizen_portal import db
from citizen_portal.access.queries.totals import newest_totals
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import Directory, Reach, directory
from citizen_portal.demo import setup
from citizen_portal.demo.folder import DemoFolder, WorldSettings
from citizen_portal.incidents.models import IncidentLine
from citizen_portal.opinions.models import Round

SETTINGS = WorldSettings(2026, "2026-11-22", 9001, 9002, 9003)


def published(folder: DemoFolder) -> set[tuple[str, int | None]]:
    """What bodies published of how often they look, each under an agreement that is there."""
    sessions = db.make_sessions(folder.database_url)
    with sessions.reading() as session:
        register = register_terms(session)
        found = {
            (one.agreement, one.people)
            for body in directory(session).public
            for one in newest_totals(session, body)
            if body in register.versions[one.agreement][0].disclosers
        }
    sessions.engine.dispose()
    return found


def made(folder: DemoFolder) -> Directory:
    setup.set_up(folder, SETTINGS, portal="http://127.0.0.1:9000")
    sessions = db.make_sessions(folder.database_url)
    with sessions.reading() as session:
        known = directory(session)
    sessions.engine.dispose()
    return known


def test_each_state_can_be_seen_and_a_second_start_changes_none(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.keys.mkdir()
    folder.systems.mkdir()
    first = made(folder)

    by_slug = {source.slug: source for source in first.sources.values()}
    assert {slug for slug, one in by_slug.items() if one.reach is Reach.GONE_QUIET} == {
        "council-services"
    }
    assert {one.reach for one in by_slug.values()} == set(Reach) - {Reach.NO_SOURCE}
    assert {one.health.proves for one in by_slug.values() if one.connected} == {True, False, None}
    assert any(not first.sources_of(body) for body in first.public), "one that named none"
    assert by_slug["pupil-records"].health.answer_ms is not None
    assert by_slug["pupil-records"].health.answer_ms > 4000
    told = published(folder)
    assert ("DSA-0028", None) in told, "a small number is not told"
    assert len(told) == 6
    assert made(folder).sources == first.sources
    assert published(folder) == told


def test_what_bodies_told_and_asked_stands_from_the_start(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.keys.mkdir()
    folder.systems.mkdir()
    for _ in range(2):
        made(folder)
    sessions = db.make_sessions(folder.database_url)
    with sessions.reading() as session:
        told = session.scalars(select(IncidentLine.citizen_id)).all()
        asked = session.scalars(select(Round).order_by(Round.opens_on)).all()
    sessions.engine.dispose()
    assert len(set(told)) == 2
    assert [(one.final, bool(one.reply)) for one in asked] == [(True, True), (False, False)]
