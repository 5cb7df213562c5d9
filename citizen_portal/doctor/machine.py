"""The machine itself: its clock, its disk, files that are for the portal alone."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from citizen_portal import clock, storage
from citizen_portal.doctor.findings import Finding, Portal, fail, ok, warn
from citizen_portal.fetch import Fault
from citizen_portal.keyring.given import given
from citizen_portal.keyring.kinds import kinds
from citizen_portal.keyring.versions import Place
from citizen_portal.sealing import CLOSED_PRIVATE_FILE, HELD_PRIVATE_FILE
from citizen_portal.storage import Folder
from citizen_portal.web import ready

DRIFT, APART = timedelta(seconds=5), timedelta(minutes=1)
"""What signed times that are checked bear, and what they do not."""
LOW = 5
"""So many times what must be free should be."""
CREATE = "Run: citizen-portal keys create"


def time(portal: Portal) -> Iterator[Finding]:
    """Held against the clocks of others, as far as they can be asked."""
    apart = {whose: abs(clock.now() - told) for whose, told in _clocks(portal)}
    if not apart:
        yield warn("No other clock could be asked.", "See that NTP sets this machine's.")
        return
    whose, most = max(apart.items(), key=lambda one: one[1])
    said = f"It is {most.total_seconds():.1f} s from that of {whose}."
    if most > APART:
        yield fail(said, "Set it by NTP, here and there, then restart the worker.")
    elif most > DRIFT:
        yield warn(said, "See that NTP sets both.")
    else:
        yield ok(said)


def _clocks(portal: Portal) -> Iterator[tuple[str, datetime]]:
    for issuer, reply in portal.providers.items():
        if not isinstance(reply, Fault) and (said := reply.headers.get("date")):
            yield issuer, parsedate_to_datetime(said[0])
    if portal.engine.dialect.name == "postgresql":
        try:
            with portal.engine.connect() as connection:
                told = connection.scalar(text("SELECT clock_timestamp()"))
        except SQLAlchemyError:
            return
        if isinstance(told, datetime):
            yield "the database", told


def keys(portal: Portal) -> Iterator[Finding]:
    folder = portal.settings.keys_folder
    if not folder.is_dir():
        yield fail("Their folder is not there.", CREATE)
        return
    if not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
        mine = os.geteuid()
        said = f"{folder} is closed to this user (uid {mine})."
        yield fail(said, f"Run as root: chown -R {mine} {folder}")
        return
    if folder.stat().st_mode & 0o077:
        yield fail("Others may look into their folder.", f"Run: chmod 700 {folder}")
    yield from _open_to_others(folder)
    known = kinds(portal.settings.session_absolute_hours)
    instead = given(portal.settings)
    there = {kind.name for kind in known if kind.versions(Place(folder))}
    lost = [kind.file for kind in known if kind.name not in there | instead.keys()]
    for file in lost:
        yield fail(f"{file} is missing.", f"Bring it back from the copy you kept, or {CREATE}")
    if (folder / CLOSED_PRIVATE_FILE).exists():
        yield warn(f"{CLOSED_PRIVATE_FILE} lies here.", "Move it to a safe, off this machine.")
    if (folder / HELD_PRIVATE_FILE).exists():
        yield warn(
            f"{HELD_PRIVATE_FILE} lies here.",
            "Move it to where the worker alone can read it, and name it with PORTAL_HELD_KEY.",
        )
    if not lost:
        told = [f"In place of {name}: {setting}." for name, setting in instead.items()]
        yield ok(" ".join([f"{len(there)} are there.", *told]))


def _open_to_others(folder: Path) -> Iterator[Finding]:
    for file in sorted(folder.iterdir()):
        if file.stat().st_mode & 0o077:
            yield fail(f"Others on this machine may read {file.name}.", f"Run: chmod 600 {file}")


def disk(portal: Portal) -> Iterator[Finding]:
    settings = portal.settings
    places = {*ready.written(settings), *_store(settings.export_store)}
    least = min((ready.free(place), str(place)) for place in places)
    needed = settings.least_free_mb * 1_000_000
    said = f"{least[0] // 1_000_000} MB are free in {least[1]}."
    if least[0] < needed:
        yield fail(said, f"Make room: the portal needs {settings.least_free_mb} MB.")
    elif least[0] < LOW * needed:
        yield warn(said, "Make room soon.")
    else:
        yield ok(said)


def copies(portal: Portal) -> Iterator[Finding]:
    """Where citizens' copies lie."""
    store = storage.at(portal.settings.export_store)
    try:
        number = sum(1 for _ in store.names())
    except Exception as error:  # whatever a bucket's library raises
        yield fail(
            f"Their store does not answer ({type(error).__name__}).",
            "Look at PORTAL_EXPORT_STORE, and at AWS_… where it is a bucket.",
        )
        return
    wrong = list(_folder(store.path)) if isinstance(store, Folder) else []
    yield from wrong or [ok(f"{number} lie in their store.")]


def _folder(path: Path) -> Iterator[Finding]:
    there = _there(path)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield fail("They cannot be written.", "Look at PORTAL_EXPORT_STORE and whose it is.")
    elif there == path.absolute() and there.stat().st_mode & 0o077:
        yield fail("Others may look into their folder.", f"Run: chmod 700 {path}")


def _store(address: str) -> Iterator[Path]:
    if "://" not in address:
        yield _there(Path(address))


def _there(path: Path) -> Path:
    """This, or where it will be made."""
    whole = path.absolute()
    return next(one for one in (whole, *whole.parents) if one.exists())
