"""What the worker does for copies: makes them, ends their waiting and their time, clears away."""

import asyncio
import time
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from citizen_portal import clock, jobs
from citizen_portal.access.queries import EventKeys
from citizen_portal.access.remote import Caller
from citizen_portal.agreements.queries import law
from citizen_portal.exports import actions, queries
from citizen_portal.exports.actions import LinkEnded, Made, Stopped
from citizen_portal.exports.gathering import Gathering, Tools
from citizen_portal.exports.gathering.asking import Limits
from citizen_portal.exports.gathering.known import known
from citizen_portal.exports.gathering.notes import Notes
from citizen_portal.exports.models import Why
from citizen_portal.exports.package import Summary, TooLarge, write
from citizen_portal.exports.queries import Copy
from citizen_portal.fetch import Fetcher, Reply
from citizen_portal.fetch.loop import in_thread
from citizen_portal.jobs import Job, Work
from citizen_portal.reach import Kind
from citizen_portal.sealing import FileSealer
from citizen_portal.storage import Store

SOURCE_SECONDS = 300.0
"""For the records of one source; each of its calls has ``PORTAL_ASK_SECONDS`` besides."""
NOTED_EVERY = 1.0
"""Seconds between two notes of how far a copy is."""
Keep = Callable[[dict[str, Any], bool], None]
LISTED_FOR = timedelta(days=30)
"""How long it is told that there was a copy."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Fetcher):
    """Looks before each call whether there is still to be asked; if not, it ends the asking.

    As a cancelled call does, so that nobody takes it for something that the body did.
    """

    may_ask: Callable[[], bool]

    async def get(self, base: str, path: str, **given: Any) -> Reply:
        if not await in_thread(self.may_ask):
            raise asyncio.CancelledError
        return await Fetcher.get(self, base, path, **given)


@jobs.handler(queries.BUILD, long=True)
def build(work: Work, *, citizen: str, export: str) -> None:
    """Attempts to make a copy, until no link ends while one is under way."""
    while not _attempt(work, UUID(citizen), UUID(export)):
        pass


def _attempt(work: Work, citizen_id: UUID, export_id: UUID) -> bool:
    """What it wrote counts once its row says so, and not before; false: another must begin."""
    with work.transaction() as session:
        tries = session.get_one(Job, work.job_id).attempts
        copy = actions.begin(session, citizen_id, export_id, tries=tries)
    if copy is None:
        return True
    try:
        made = _write(work, copy)
        with work.transaction() as session:
            actions.finish(session, copy, made)
    except (Stopped, LinkEnded) as error:
        _store(work).delete(str(copy.stored_as))
        return isinstance(error, Stopped)
    except TooLarge:
        _fail(work, copy, Why.TOO_LARGE)
    except Exception:
        if tries >= jobs.MOST_ATTEMPTS:
            _fail(work, copy, Why.FAULT)
        raise
    return True


@jobs.handler("exports.release", every=timedelta(seconds=30), by_date=True, path=Kind.TELLING)
def release(work: Work) -> None:
    """Begin the copies whose waiting time is over."""
    now = clock.now()
    with work.transaction() as session:
        for whose in queries.to_release(session, now):
            actions.release(session, *whose, now=now)


@jobs.handler("exports.hold_back")
def hold_back(work: Work, *, citizen: str) -> None:
    """A safe mailbox was taken away: the whole waiting time runs from now on."""
    hold = timedelta(hours=work.parts["settings"].export_hold)
    with work.transaction() as session:
        actions.hold_back(session, UUID(citizen), until=clock.now() + hold)


@jobs.handler("exports.expire", every=timedelta(minutes=1), by_date=True, path=Kind.RETENTION)
def expire(work: Work) -> None:
    """End the copies whose time is over, and forget those that ended long ago."""
    now = clock.now()
    with work.transaction() as session:
        for whose in queries.to_expire(session, now):
            actions.expire(session, *whose, now=now)
        for whose in queries.to_forget(session, now - LISTED_FOR):
            actions.forget(session, *whose)


@jobs.handler("exports.tidy", every=timedelta(minutes=1), path=Kind.RETENTION)
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
    with work.sessions.reading() as session:
        read = known(session, copy, zone=work.parts["region"].zone)
    asked = frozenset(link.organisation_id for link in read.chosen)
    keep = _keeping(work, copy, asked)
    gathering = Gathering(read, Notes(read, keep), _tools(work, copy, asked))
    sealer: FileSealer = work.parts["file_sealer"]
    try:
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
    except CancelledError:
        keep(gathering.notes.progress, True)  # which raises what ended the asking
        raise
    keep(gathering.notes.progress, True)
    return Made(summary.bytes, summary.sha256, _held(summary), gathering.notes.told())


def _tools(work: Work, copy: Copy, asked: Collection[UUID]) -> Tools:
    settings, fetcher = work.parts["settings"], work.parts["fetcher"]

    def may_ask() -> bool:
        with work.sessions.reading() as session:
            return queries.may_ask(session, copy, asked)

    watched = Watched(fetcher.loopback_hosts, fetcher.max_bytes, may_ask=may_ask)
    return Tools(
        sessions=work.sessions,
        caller=Caller(watched, work.parts["signer"], settings.public_url),
        keys=EventKeys(work.parts["index"], copy.citizen_id),
        limits=Limits(settings.ask_seconds, SOURCE_SECONDS, settings.fetch_max_rows),
        brand=settings.brand,
        grounds=law(settings.region).grounds,
        opened=work.parts["sealer"].text,
    )


def _keeping(work: Work, copy: Copy, asked: Collection[UUID]) -> Keep:
    """Keeps progress, and says that the work goes on; not each time, and stops when told to."""
    noted = 0.0

    def keep(progress: dict[str, Any], at_once: bool) -> None:
        nonlocal noted
        if not at_once and time.monotonic() - noted < NOTED_EVERY:
            return
        with work.transaction() as session:
            actions.note_progress(session, copy, asked, progress)
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
