"""On whose behalf a transaction asks, and so how far it reaches behind the second wall.

SQLite has no second wall; there it says so all the same, and nothing looks (docs/decisions/0046).
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """Each has a role of its own in the database, which may touch what ``wall/rights.py`` says."""

    CITIZEN = "citizen"
    SECRET = "secret"  # noqa: S105 - who has a secret address, of which a digest is kept
    NOTICE = "notice"
    """Anybody who reads what the portal keeps: whether there is any of it at all."""
    BODY = "body"
    INGEST = "ingest"
    ASKING = "asking"
    """A body that asks whether it may use the data of people whom it knows."""
    RECEIVING = "receiving"
    """A body that reads what others put right."""
    APPROVALS = "approvals"
    CHECKS = "checks"
    TELLING = "telling"
    STATISTICS = "statistics"
    RETENTION = "retention"
    HELD = "held"
    KEYS = "keys"
    """The operator, who has what is kept sealed anew: of each row what is sealed, and its key."""


OF_A_BODY = (Kind.BODY, Kind.INGEST, Kind.ASKING, Kind.RECEIVING, Kind.APPROVALS)
"""Each asks on behalf of one body, its officers or its systems."""
OF_WEB = (Kind.CITIZEN, Kind.SECRET, Kind.NOTICE, *OF_A_BODY)
"""What the web server can become. The worker, which touches many citizens, can become each."""


@dataclass(frozen=True, slots=True)
class Reach:
    kind: Kind
    whose: str = "-"
    """A citizen, a body or a digest; of the worker's own paths nobody in particular."""


def of_citizen(citizen_id: UUID) -> Reach:
    return Reach(Kind.CITIZEN, str(citizen_id))


def of_body(organisation_id: UUID, kind: Kind = Kind.BODY) -> Reach:
    return Reach(kind, str(organisation_id))


def of_secret(digest: str) -> Reach:
    return Reach(Kind.SECRET, digest)
