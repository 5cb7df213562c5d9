"""What every session begins with: how it was proved, and the digest of its token."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """How surely, and when, somebody proved to the identity provider who they are."""

    assurance: str
    auth_time: datetime
    provider_session: str | None = None


def digest(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()
