"""What can be asked of bodies: the directory of them all, and the systems that call for them."""

from citizen_portal.bodies.queries.clients import ClientFacts, client, clients
from citizen_portal.bodies.queries.directory import (
    REGISTER,
    SOURCES,
    Body,
    Directory,
    NotReported,
    Rule,
    RuleKey,
    SourceFacts,
    database_of,
    directory,
    revisions,
)
from citizen_portal.bodies.queries.health import Health, Reach, reckoned

__all__ = [
    "REGISTER",
    "SOURCES",
    "Body",
    "ClientFacts",
    "Directory",
    "NotReported",
    "Reach",
    "Rule",
    "RuleKey",
    "SourceFacts",
    "Health",
    "client",
    "clients",
    "database_of",
    "directory",
    "reckoned",
    "revisions",
]
