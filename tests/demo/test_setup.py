"""Setting the demo up again: whose activation code is still good."""

from pathlib import Path

from citizen_portal import db, sealing
from citizen_portal.bodies.queries import directory
from citizen_portal.demo import setup
from citizen_portal.demo.folder import DemoFolder, WorldSettings
from citizen_portal.demo.people import citizens
from citizen_portal.identity import actions
from citizen_portal.identity.models import LinkProof, LinkState

SETTINGS = WorldSettings(2026, "2026-11-22", 9001, 9002, 9003)


def waiting(folder: DemoFolder) -> list[str]:
    return [
        one.name for one in setup.set_up(folder, SETTINGS, portal="http://127.0.0.1:9000").waiting
    ]


def link_and_end(folder: DemoFolder) -> None:
    """Citizen 6 uses the code, and ends the link that it made."""
    citizen = citizens.load()[5]
    _, index = sealing.load(folder.keys)
    sessions = db.make_sessions(folder.database_url)
    with sessions.writing() as session:
        subject = citizens.subject(citizen, seed=SETTINGS.seed)
        citizen_id = actions.find_or_make_citizen(
            session, index, issuer=SETTINGS.issuer, subject=subject
        )
        body = directory(session).body_by_slug(str(citizen.code_at))
        assert body is not None
        actions.link(
            session,
            citizen_id,
            body.id,
            pairwise=actions.pairwise(index, citizen_id, body.id),
            state=LinkState.LINKED,
            proof=LinkProof.CODE,
        )
        session.flush()
        actions.unlink(session, citizen_id, body.id)
    sessions.engine.dispose()


def test_a_code_that_made_a_link_is_not_told_again(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.keys.mkdir()
    assert waiting(folder) == ["citizen-6"]
    link_and_end(folder)
    assert waiting(folder) == []
