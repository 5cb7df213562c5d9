"""What was found, and what it is looked for in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from citizen_portal import connections, db
from citizen_portal.fetch import Fault, Fetcher, Reply
from citizen_portal.settings import Settings

SECONDS = 10.0


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    """It works, and should not stay so."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    said: str
    """Words of ours, names and numbers: no value of a secret, no text of another system."""
    do: str = ""


def ok(said: str) -> Finding:
    return Finding(Level.OK, said)


def warn(said: str, do: str) -> Finding:
    return Finding(Level.WARN, said, do)


def fail(said: str, do: str) -> Finding:
    return Finding(Level.FAIL, said, do)


@dataclass(frozen=True)
class Portal:
    """A portal that is looked at: made of its settings alone, for its keys may be missing."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        """As the portal's own, but that it may lose data: that is to be told of."""
        return self.sessions.engine

    @cached_property
    def sessions(self) -> db.Sessions:
        options: dict[str, Any] = connections.options(self.settings)
        return db.make_sessions(self.settings.database_url, **options)

    @property
    def lost(self) -> Path | None:
        """The file of a SQLite database that is not there; to connect would make it."""
        file = Path(str(self.engine.url.database))
        sqlite = self.engine.dialect.name == "sqlite"
        return file if sqlite and not file.exists() else None

    @cached_property
    def fetcher(self) -> Fetcher:
        return Fetcher(self.settings.loopback_hosts, self.settings.fetch_max_bytes)

    @cached_property
    def providers(self) -> dict[str, Reply | Fault]:
        """What each identity provider says of itself, or why it does not."""
        issuers = (self.settings.oidc_issuer, self.settings.staff_issuer)
        return {issuer: self._asked(issuer) for issuer in issuers if issuer}

    def _asked(self, issuer: str) -> Reply | Fault:
        try:
            return self.fetcher.wait(self._discovery(issuer), seconds=SECONDS)
        except Fault as fault:
            return fault

    async def _discovery(self, issuer: str) -> Reply:
        until = self.fetcher.moment(self.settings.oidc_timeout)
        return await self.fetcher.get(
            issuer.rstrip("/"), "/.well-known/openid-configuration", until=until
        )


Check = Callable[[Portal], Iterator[Finding]]
