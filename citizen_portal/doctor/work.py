"""The queue and the worker, and what they know of bodies."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from citizen_portal import away, clock, secret_keys
from citizen_portal.bodies.queries import Reach, directory
from citizen_portal.doctor.findings import Finding, Portal, fail, ok, warn
from citizen_portal.job import Job
from citizen_portal.metrics.told import TOLD, Values
from citizen_portal.queue import Queue
from citizen_portal.settings import Settings

UPGRADE = "Run: citizen-portal db upgrade"
START = "Start one: citizen-portal worker"
SILENT = timedelta(minutes=15)
"""A worker has something to do every five minutes."""
LATE = timedelta(minutes=10)
NO_DATABASE = fail("The database is not there.", "Mend that first.")


def queue(portal: Portal) -> Iterator[Finding]:
    if portal.lost:
        yield NO_DATABASE
        return
    file = portal.settings.queue_file
    if file is not None and not file.exists():
        yield fail("Its file is not there.", UPGRADE)
        return
    try:
        waiting = _waiting(portal.settings)
    except OSError:
        raise  # a key
    except Exception as error:  # whatever the queue's storage raises
        if away.why(error) in (None, away.NO_SCHEMA):
            yield fail(f"It does not answer ({type(error).__name__}).", UPGRADE)
        else:
            yield fail("It lies in the database, which cannot be had.", "Mend the others first.")
    else:
        yield from _worker(portal, waiting)


def _waiting(settings: Settings) -> int:
    held = Queue(
        secret_keys.load(settings),
        file=settings.queue_file,
        database_url=settings.database_url,
        pooler=settings.database_pooler,
    )
    try:
        return held.waiting()
    finally:
        held.huey.storage.close()


def _worker(portal: Portal, waiting: int) -> Iterator[Finding]:
    with portal.sessions.reading() as session:
        last = session.scalar(select(func.max(Job.heartbeat_at)))
    age = timedelta(seconds=_told(portal, "portal_queue_age_seconds")[()])
    given_up = int(_told(portal, "portal_jobs")["failed",])
    if last is None:
        yield fail("No worker has run yet.", START)
    elif clock.now() - last > SILENT:
        yield fail(f"No worker has done anything since {last:%Y-%m-%d %H:%M} UTC.", START)
    elif age > LATE:
        yield warn(
            f"The first job that is due has waited {age // timedelta(minutes=1)} minutes.",
            "Start another worker, or look at job.failed in the log.",
        )
    else:
        yield ok(f"{waiting} wait, and a worker is at it.")
    if given_up:
        yield warn(f"{given_up} jobs were given up in 30 days.", "Look at job.failed in the log.")


def sources(portal: Portal) -> Iterator[Finding]:
    """As the worker's rounds found them; nobody is asked here."""
    if portal.lost:
        yield NO_DATABASE
        return
    found = _told(portal, "portal_sources")
    quiet = sorted(body for body, state in found if state == "gone-quiet")
    if not any(state != Reach.NOT_CONNECTED for _, state in found):
        yield _none_connected(portal)
    elif quiet:
        yield warn(
            f"Gone quiet: those of {', '.join(quiet)}.",
            "Ask these bodies; try them out with: citizen-portal body check",
        )
    else:
        yield ok(f"{int(sum(found.values()))} are known, and none has gone quiet.")
    if stopped := int(_told(portal, "portal_webhooks")["stopped",]):
        yield warn(
            f"{stopped} bodies want to be told nothing more.",
            "Ask them, then set their address anew: citizen-portal body webhook",
        )


def _none_connected(portal: Portal) -> Finding:
    with portal.sessions.reading() as session:
        known = directory(session)
    if not known.bodies:
        return warn(
            "There are no organisations on the register yet.",
            "Write them into a file (docs/register-format.md), then run: "
            "citizen-portal register import FILE",
        )
    why = "not one of their sources is" if known.sources else "there is no source of theirs"
    return warn(
        f"Bodies are registered ({len(known.bodies)}), but none is connected: {why}.",
        "Write their sources into the file (docs/register-format.md), then run: "
        "citizen-portal register import FILE",
    )


def _told(portal: Portal, name: str) -> Values:
    """A number as Prometheus is told it."""
    one = TOLD[name]
    with portal.sessions.of(one.reach).reading() as session:
        return one.ask(session, None)
