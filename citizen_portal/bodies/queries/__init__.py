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

__all__ = [
    "REGISTER",
    "SOURCES",
    "Body",
    "ClientFacts",
    "Directory",
    "NotReported",
    "Rule",
    "RuleKey",
    "SourceFacts",
    "client",
    "clients",
    "database_of",
    "directory",
    "revisions",
]
