"""What the worker does for copies: makes them, ends their waiting and their time, clears away."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from citizen_portal import clock, jobs
from citizen_portal.access.queries import EventKeys
from citizen_portal.access.remote import Caller
from citizen_portal.agreements.queries import law
from citizen_portal.exports import actions, queries
from citizen_portal.exports.actions import Made, Stopped
from citizen_portal.exports.gathering import Gathering, Tools
from citizen_portal.exports.gathering.asking import Limits
from citizen_portal.exports.gathering.known import known
from citizen_portal.exports.gathering.notes import Notes
from citizen_portal.exports.models import Why
from citizen_portal.exports.package import Summary, TooLarge, write
from citizen_portal.exports.queries import Copy
from citizen_portal.jobs import Job, Work
from citizen_portal.sealing import FileSealer
from citizen_portal.storage import Store

SOURCE_SECONDS = 300.0
"""For the records of one source; each of its calls has ``PORTAL_ASK_SECONDS`` besides."""
NOTED_EVERY = 1.0
"""Seconds between two notes of how far a copy is, and so until a stop is seen."""
Keep = Callable[[dict[str, Any], bool], None]
LISTED_FOR = timedelta(days=30)
"""How long it is told that there was a copy."""

log = structlog.get_logger()


@jobs.handler("exports.build", long=True)
def build(work: Work, *, citizen: str, export: str) -> None:
    """One attempt to make a copy. What it wrote counts once its row says so, and not before."""
    with work.transaction() as session:
        copy = actions.begin(session, UUID(citizen), UUID(export))
        last = session.get_one(Job, work.job_id).attempts >= jobs.MOST_ATTEMPTS
    if copy is None:
        return
    try:
        made = _write(work, copy)
        with work.transaction() as session:
            actions.finish(session, copy, made)
    except Stopped:
        _store(work).delete(str(copy.stored_as))
    except TooLarge:
        _fail(work, copy, Why.TOO_LARGE)
    except Exception:
        if last:
            _fail(work, copy, Why.FAULT)
        raise


@jobs.handler("exports.release", every=timedelta(seconds=30), by_date=True)
def release(work: Work) -> None:
    """Begin the copies whose waiting time is over."""
    now = clock.now()
    with work.transaction() as session:
        for whose in queries.to_release(session, now):
            actions.release(session, *whose, now=now)


@jobs.handler("exports.expire", every=timedelta(minutes=1), by_date=True)
def expire(work: Work) -> None:
    """End the copies whose time is over, and forget those that ended long ago."""
    now = clock.now()
    with work.transaction() as session:
        for whose in queries.to_expire(session, now):
            actions.expire(session, *whose, now=now)
        for whose in queries.to_forget(session, now - LISTED_FOR):
            actions.forget(session, *whose)


@jobs.handler("exports.tidy", every=timedelta(minutes=1))
def tidy(work: Work) -> None:
    """Give up what no job works on any more, and take from the store what no copy counts on.

    Names are listed before the rows are read: a name that comes later is one of a later look.
    """
    with work.transaction() as session:
        for whose in queries.left_behind(session):
            actions.give_up(session, *whose)
    store = _store(work)
    names = set(store.names())
    with work.sessions.reading() as session:
        kept = queries.kept_names(session)
    for name in names - kept:
        store.delete(name)


def _write(work: Work, copy: Copy) -> Made:
    """Package, seal and store in one go: no plain byte touches a disk."""
    keep = _keeping(work, copy)
    gathering = _gathering(work, copy, keep)
    sealer: FileSealer = work.parts["file_sealer"]
    with (
        _store(work).writing(str(copy.stored_as)) as file,
        sealer.sealing(file, copy.context) as out,
    ):
        summary = write(
            out,
            gathering.contents(),
            signer=work.parts["signer"],
            beat=lambda _: keep(gathering.notes.progress, False),
        )
    with work.transaction() as session:
        actions.note_progress(session, copy, gathering.notes.progress)
    return Made(summary.bytes, summary.sha256, _held(summary), gathering.notes.told())


def _gathering(work: Work, copy: Copy, keep: Keep) -> Gathering:
    settings = work.parts["settings"]
    with work.sessions.reading() as session:
        read = known(session, copy, zone=work.parts["region"].zone)
    tools = Tools(
        sessions=work.sessions,
        caller=Caller(work.parts["fetcher"], work.parts["signer"], settings.public_url),
        keys=EventKeys(work.parts["index"], copy.citizen_id),
        limits=Limits(settings.ask_seconds, SOURCE_SECONDS, settings.fetch_max_rows),
        brand=settings.brand,
        grounds=law(settings.region).grounds,
    )
    return Gathering(read, Notes(read, keep), tools)


def _keeping(work: Work, copy: Copy) -> Keep:
    """Keeps progress, and says that the work goes on; not each time, and stops when told to."""
    noted = 0.0

    def keep(progress: dict[str, Any], at_once: bool) -> None:
        nonlocal noted
        if not at_once and time.monotonic() - noted < NOTED_EVERY:
            return
        with work.transaction() as session:
            actions.note_progress(session, copy, progress)
        work.beat()
        noted = time.monotonic()

    return keep


def _held(summary: Summary) -> dict[str, int]:
    """Rows by kind of table: those of records together."""
    held: dict[str, int] = {}
    for name, rows in summary.rows.items():
        kind = "records" if name.startswith("records-") else name
        held[kind] = held.get(kind, 0) + rows
    return held


def _fail(work: Work, copy: Copy, why: Why) -> None:
    with work.transaction() as session:
        actions.fail(session, copy.citizen_id, copy.id, why)


def _store(work: Work) -> Store:
    store: Store = work.parts["store"]
    return store
