"""The public keys of bodies' systems: as uploaded, or as published at an address of theirs."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import Key

from citizen_portal import clock, jwks
from citizen_portal.bodies.queries import ClientFacts
from citizen_portal.bodies.remote.assertions import NotProved
from citizen_portal.fetch import Fault, Fetcher, Kind

REFETCH_AFTER = timedelta(minutes=1)
"""An unknown key makes us look again, at most this often; so does an address that fails."""
GOOD_FOR = timedelta(minutes=10)
"""A key that is no longer published is refused after at most this long."""
SECONDS = 3.0
MOST_BYTES = 64_000


@dataclass
class _Published:
    """What we know of one address, and when we last looked."""

    keys: list[Key] = field(default_factory=list)
    read_at: datetime | None = None
    tried_at: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ClientKeys:
    """Finds the keys by which a system may prove itself. Never called in a transaction."""

    def __init__(self, loopback_hosts: frozenset[str]) -> None:
        self._fetcher = Fetcher(loopback_hosts, MOST_BYTES)
        self._published: dict[tuple[str, str], _Published] = {}
        self._lock = threading.Lock()

    def find(self, client: ClientFacts, kid: str | None) -> list[Key]:
        """Its keys with this id; without an id, all of them. Raises ``NotProved``."""
        if client.jwks_uri is None:
            return _chosen(jwks.usable(client.jwks) or [], kid)
        place = (client.client_id, client.jwks_uri)
        with self._lock:
            there = self._published.setdefault(place, _Published())
        with there.lock:  # whoever comes meanwhile waits for what is being fetched
            return self._at(client.jwks_uri, there, kid)

    def _at(self, address: str, there: _Published, kid: str | None) -> list[Key]:
        if _older(there.read_at, GOOD_FOR):
            there.keys = []
        found = _chosen(there.keys, kid)
        if found or not _older(there.tried_at, REFETCH_AFTER):
            return found
        there.tried_at = clock.now()
        try:
            there.keys, there.read_at = fetch(self._fetcher, address), clock.now()
        except Fault as fault:
            raise NotProved("keys") from fault
        return _chosen(there.keys, kid)


def fetch(fetcher: Fetcher, address: str) -> list[Key]:
    """The keys published at an address; raises ``Fault``.

    A key that is published with its secret part is everybody's key, so it is left out.
    """

    async def get() -> Any:
        return await fetcher.get(address, "", until=fetcher.moment(SECONDS))

    published = fetcher.wait(get(), seconds=SECONDS + 1).document
    found = jwks.usable(without_secrets(published))
    if found is None:
        raise Fault(Kind.UNREADABLE)
    return found


def without_secrets(published: Any) -> Any:
    if not isinstance(published, Mapping) or not isinstance(published.get("keys"), list):
        return published
    entries = (entry for entry in published["keys"] if isinstance(entry, dict))
    return {"keys": [entry for entry in entries if not jwks.holds_secrets(entry)]}


def _chosen(keys: list[Key], kid: str | None) -> list[Key]:
    return [key for key in keys if kid is None or key.kid == kid]


def _older(moment: datetime | None, age: timedelta) -> bool:
    return moment is None or clock.now() - moment > age
