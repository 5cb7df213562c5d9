"""What is sealed is sealed anew while the portal runs; no key goes while something needs it."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Session

from citizen_portal import clock, db, sealing
from citizen_portal.db import Base
from citizen_portal.demo import setup
from citizen_portal.demo.folder import DemoFolder, WorldSettings
from citizen_portal.identity import actions
from citizen_portal.identity.models import AccountIndex, Citizen
from citizen_portal.keyring import resealing
from citizen_portal.keyring.kept import KEPT
from citizen_portal.keyring.resealing import Column, Lasting
from citizen_portal.news.actions import address_context
from citizen_portal.news.models import SafeChannel
from citizen_portal.settings import Settings
from tests import make
from tests.keyring.conftest import Do, Run

HASHES = {"digest_part.root", "digest_part.leaves", "received.salt", "received.leaf"}
"""Bytes that no key made."""


def test_every_column_of_sealed_bytes_is_known() -> None:
    held = {one.name for kept in KEPT.values() for one in kept if isinstance(one, Column)}
    there = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert there - held == HASHES
    assert held < there


def test_all_that_a_day_of_use_leaves_is_sealed_anew(tmp_path: Path, run: Run) -> None:
    folder = DemoFolder(tmp_path)
    folder.keys.mkdir()
    folder.systems.mkdir()
    world = WorldSettings(2026, "2026-11-22", 9001, 9002, 9003)
    setup.set_up(folder, world, portal="http://127.0.0.1:9000")
    settings = Settings(
        environment="development",
        secret_key="a secret for tests only, long enough",
        database_url=folder.database_url,
        queue_file=folder.queue,
        keys_folder=folder.keys,
        export_store=str(folder.copies),
    )
    sessions = db.make_sessions(folder.database_url)
    run("rotate", "sealing", settings=settings, sessions=sessions)
    app = Parts(sealing.load(folder.keys)[0])
    parts = {"settings": settings, "sessions": sessions, "app": app}
    refused = run("retire", "sealing", "--now", **parts)

    done = run("reseal", **parts)

    assert "keys reseal" in refused.output
    assert done.exit_code == 0, done.output
    told = {line.rpartition(" ")[2] for line in done.stderr.splitlines()}
    lasting = {one.name for one in KEPT["sealing"] if isinstance(one, Lasting)}
    assert told & lasting == {
        "choice_effect.sealed_reason",
        "question.sealed_facts",
        "question_message.sealed",
    }, "what the demo has written before anybody came"
    assert "webhook.secrets" in told
    retired = run("retire", "sealing", "--now", **parts)
    assert retired.exit_code == 0, retired.output
    assert len(json.loads((folder.keys / sealing.SEALING_FILE).read_text())["key"]) == 1
    sessions.engine.dispose()


class Parts:
    """What the command takes of an app."""

    def __init__(self, sealer: sealing.Sealer) -> None:
        self.extensions = {"sealer": sealer}


@pytest.fixture
def mailboxes(app: Flask, session: Session) -> int:
    sealer = app.extensions["sealer"]
    for number in range(450):
        citizen = Citizen()
        session.add(citizen)
        session.flush()
        sealed = sealer.seal(b"p%d@example.org" % number, address_context(citizen.id))
        session.add(SafeChannel(citizen_id=citizen.id, sealed_address=sealed))
    session.commit()
    return 450


@pytest.mark.both
def test_it_can_be_broken_off_and_goes_on(
    app: Flask, session: Session, do: Do, mailboxes: int
) -> None:
    sealer, sessions = app.extensions["sealer"], app.extensions["sessions"]
    do("rotate", "sealing")
    keyset = json.loads((app.extensions["settings"].keys_folder / "sealing.json").read_text())
    old = resealing.Older((str(keyset["key"][0]["keyId"]),), clock.now())
    (addresses,) = [one for one in KEPT["sealing"] if one.name == "safe_channel.sealed_address"]
    spoilt = session.scalars(select(SafeChannel).limit(1)).one()
    spoilt.sealed_address = spoilt.sealed_address[:-1] + b"?"
    session.commit()

    assert sum(next(addresses.reseal(sessions, sealer, old))) == 200

    assert addresses.left(session, old) == mailboxes - 200 + 1
    session.commit()
    again = list(addresses.reseal(sessions, sealer, old))
    assert sum(anew for anew, _ in again) == mailboxes - 200
    assert sum(shut for _, shut in again) == 1
    session.expire_all()
    for one in session.scalars(select(SafeChannel).where(SafeChannel.id != spoilt.id)):
        assert b"@example.org" in sealer.unseal(one.sealed_address, address_context(one.citizen_id))


@pytest.mark.both
def test_accounts_move_to_the_new_key_as_people_sign_in(
    app: Flask, session: Session, do: Do
) -> None:
    index = app.extensions["index"]

    def sign_in(subject: str) -> object:
        found = actions.find_or_make_citizen(session, index, issuer="https://a", subject=subject)
        session.commit()
        return found

    ann = sign_in("ann")
    do("rotate", "index", "--now")
    kept = select(AccountIndex.blind).order_by(AccountIndex.blind)

    assert sign_in("ann") == ann
    assert session.scalars(kept).one() == index.accounts("https://a", "ann")[0]
    assert "." in index.accounts("https://a", "ann")[0]
    bob = sign_in("bob")
    assert len(session.scalars(kept).all()) == 3, "new ones by each key, until they come again"
    do("rotate", "index")  # used in half a minute
    assert (sign_in("ann"), sign_in("bob")) == (ann, bob)
    assert sign_in("bob") == bob
    assert session.scalars(kept).all() == sorted(
        index.accounts("https://a", name)[0] for name in ("ann", "bob")
    )
    assert session.scalar(select(func.count()).select_from(Citizen)) == 2


def test_what_an_older_key_made_of_another_citizen_is_left_alone(
    app: Flask, session: Session, do: Do
) -> None:
    """A process that had not read the newest key yet made another citizen of the same account."""
    do("rotate", "index", "--now")
    index, one, other = app.extensions["index"], make.citizen(), make.citizen()
    accounts = ((n, index.accounts("https://a", n)) for n in map(str, range(99)))
    # of the two, SQLite finds the lower
    subject, (newest, older) = next(each for each in accounts if each[1][0] < each[1][1])
    session.add_all([one, other])
    session.flush()
    session.add(AccountIndex(blind=newest, citizen_id=one.id))
    session.add(AccountIndex(blind=older, citizen_id=other.id))
    session.commit()

    found = actions.find_or_make_citizen(session, index, issuer="https://a", subject=subject)

    session.commit()
    assert found == one.id
    kept = session.execute(select(AccountIndex.blind, AccountIndex.citizen_id)).all()
    assert dict(kept) == {newest: one.id, older: other.id}


@pytest.mark.both
def test_a_key_of_accounts_stays_until_each_person_came_again(
    app: Flask, session: Session, do: Do
) -> None:
    index = app.extensions["index"]
    do("rotate", "index", "--now")
    for subject in ("ann", "bob"):
        actions.find_or_make_citizen(session, index, issuer="https://a", subject=subject)
    session.commit()
    do("rotate", "index", "--now")
    actions.find_or_make_citizen(session, index, issuer="https://a", subject="ann")
    session.commit()

    refused = do("retire", "index", "--now")
    actions.find_or_make_citizen(session, index, issuer="https://a", subject="bob")
    session.commit()
    done = do("retire", "index", "--now")

    assert "1 of account_index.blind" in refused.output
    assert done.exit_code == 0
    assert len(index.accounts("https://a", "ann")) == 2, "the newest, and the one that stays"
