"""Setting the demo up again: whose activation code is still good."""

from pathlib import Path

from citizen_portal import db, sealing
from citizen_portal.bodies.queries import directory
from citizen_portal.demo import run, setup
from citizen_portal.demo.folder import DemoFolder, WorldSettings
from citizen_portal.demo.people import citizens
from citizen_portal.identity import actions
from citizen_portal.identity.models import LinkProof, LinkState

SETTINGS = WorldSettings(2026, "2026-11-22", 9001, 9002, 9003)


def prepared(folder: DemoFolder) -> setup.Prepared:
    return setup.set_up(folder, SETTINGS, portal="http://127.0.0.1:9000")


def codes(folder: DemoFolder) -> dict[str, str]:
    return prepared(folder).codes


def link_and_end(folder: DemoFolder, code: str, *, close: bool = False) -> None:
    """Citizen 6 uses the code, and ends the link that it made, or the whole account."""
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
        assert actions.use_code(
            session, actions.blind_of_code(index, body.id, code.replace("-", ""))
        )
        actions.link(
            session,
            citizen_id,
            body.id,
            pairwise=actions.pairwise(index, citizen_id, body.id),
            state=LinkState.LINKED,
            proof=LinkProof.CODE,
        )
        session.flush()
        if close:
            envelope = sealing.load_envelope(folder.keys / sealing.CLOSED_PUBLIC_FILE)
            actions.close(session, citizen_id, envelope=envelope)
        else:
            actions.unlink(session, citizen_id, body.id)
    sessions.engine.dispose()


def test_a_code_that_made_a_link_is_told_as_used(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.keys.mkdir()
    folder.systems.mkdir()
    made = prepared(folder)
    assert list(made.feeds) == ["citizen-2"]
    first = made.codes
    assert list(first) == ["citizen-6"]
    assert list(run.code_lines(first)) == [
        f"Activation code for citizen-6 at Benefits Office of Avonshire: {first['citizen-6']}"
    ]
    link_and_end(folder, first["citizen-6"])
    again = prepared(folder)
    assert (again.codes, again.feeds) == ({}, {}), "who was shown the feed's address has it"
    [line] = run.code_lines({})
    assert line.endswith(": used; --fresh makes a new one")


def test_who_closed_the_account_gets_a_new_code_at_the_next_start(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.keys.mkdir()
    folder.systems.mkdir()
    first = codes(folder)
    link_and_end(folder, first["citizen-6"], close=True)
    second = codes(folder)
    assert list(second) == ["citizen-6"]
    assert second != first
