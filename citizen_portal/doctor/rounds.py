"""Each thing that is looked at, in its order."""

from collections.abc import Iterable, Iterator, Mapping

from citizen_portal.console import LET_IN, closed
from citizen_portal.doctor import database, machine, outside, work
from citizen_portal.doctor.findings import Check, Finding, Level, Portal, fail, ok, warn
from citizen_portal.settings import Settings, unknown_names

CHECKS: Mapping[str, Check] = {
    "clock": machine.time,
    "keys": machine.keys,
    "database": database.database,
    "second wall": database.wall,
    "queue": work.queue,
    "sources": work.sources,
    "sign-in": outside.sign_in,
    "mail": outside.mail,
    "proxies": outside.proxy,
    "disk": machine.disk,
    "copies": machine.copies,
}
Found = tuple[str, Finding]


def examine(settings: Settings) -> Iterator[Found]:
    portal = Portal(settings)
    yield from (("settings", one) for one in _settings(settings))
    for name, check in CHECKS.items():
        yield from ((name, one) for one in _looked_at(check, portal))
    if "sessions" in vars(portal):  # there may be no driver for what was set
        portal.sessions.engine.dispose()


def _looked_at(check: Check, portal: Portal) -> Iterator[Finding]:
    """What keeps one check from its end is itself a finding."""
    try:
        yield from check(portal)
    except FileNotFoundError as error:
        yield fail(f"{error.filename} is missing.", machine.CREATE)
    except PermissionError as error:
        yield fail(closed(error), LET_IN)
    except Exception as error:
        yield fail(f"It could not be looked at ({type(error).__name__}).", "Mend the others first.")


def _settings(settings: Settings) -> Iterator[Finding]:
    unknown = unknown_names()
    for name in unknown:
        yield warn(f"{name} is no setting.", "Look for a slip in its name: citizen-portal settings")
    if not settings.production:
        yield warn("This is development.", "For real people take out PORTAL_ENVIRONMENT.")
    elif not unknown:
        yield ok("They fit together.")


def worst(found: Iterable[Found]) -> Level:
    levels = {finding.level for _, finding in found}
    return next(level for level in reversed(Level) if level in levels)
