"""What the identity provider says of itself, checked and kept for a while."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from citizen_portal import clock
from citizen_portal.identity.remote.refusals import Unreachable

GOOD_FOR = timedelta(hours=1)
STALE_FOR = timedelta(days=1)
"""An older copy is used for so long while the provider does not answer."""
TRY_AFTER = timedelta(minutes=1)
"""So long an older copy does without a look whether the provider is back."""
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The few things we use. The rest is not handed on: some of it would configure our client."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    names_itself: bool
    """Whether it says that its answers carry ``iss`` (RFC 9207)."""


class MetadataCache:
    """Fetches once an hour; while the provider is away, an older copy does for a day."""

    def __init__(self, fetch: Callable[[], object], *, issuer: str, https_only: bool) -> None:
        self._fetch, self._issuer, self._https_only = fetch, issuer, https_only
        self._kept: tuple[Metadata, datetime] | None = None
        self._failed_at: datetime | None = None

    def get(self) -> Metadata:
        """The metadata; raises ``Unreachable``."""
        kept = self._kept
        if kept is not None and clock.now() - kept[1] < GOOD_FOR:
            return kept[0]
        does = kept is not None and clock.now() - kept[1] < STALE_FOR
        if kept is not None and does and self._failed_lately():
            return kept[0]
        try:
            return self.ask_again()
        except Unreachable:
            self._failed_at = clock.now()
            if kept is not None and does:
                return kept[0]
            raise

    def _failed_lately(self) -> bool:
        return self._failed_at is not None and abs(clock.now() - self._failed_at) < TRY_AFTER

    def ask_again(self) -> Metadata:
        """Ask now, whatever is kept: to learn whether the provider is there."""
        found = read(self._fetch(), issuer=self._issuer, https_only=self._https_only)
        self._kept = (found, clock.now())
        return found


def read(said: object, *, issuer: str, https_only: bool) -> Metadata:
    """What a discovery document says; raises ``Unreachable`` when it cannot be used."""
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise Unreachable("metadata")
    addresses = {name: _address(said, name, https_only=https_only) for name in NEEDED + OPTIONAL}
    if any(addresses[name] is None for name in NEEDED):
        raise Unreachable("metadata")
    given: dict[str, Any] = addresses
    return Metadata(
        issuer=issuer,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        **given,
    )


def _address(said: dict[str, Any], name: str, *, https_only: bool) -> str | None:
    stated = said.get(name)
    if stated is None:
        return None
    schemes = {"https"} if https_only else {"https", "http"}
    try:
        parts = urlsplit(stated)
        good = parts.scheme in schemes and parts.hostname and parts.username is None
    except (ValueError, AttributeError, TypeError):
        good = False
    if not good or not isinstance(stated, str) or len(stated) > 2000 or parts.fragment:
        raise Unreachable("metadata")
    return stated
