"""What can be asked of bodies: the directory of them all, the systems that call for them, and what
they are told."""

from citizen_portal.bodies.queries.clients import ClientFacts, client, clients
from citizen_portal.bodies.queries.deliveries import (
    MOST_LISTED,
    DeliveryFacts,
    WebhookFacts,
    deliveries,
    webhooks,
)
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
    "MOST_LISTED",
    "REGISTER",
    "SOURCES",
    "Body",
    "ClientFacts",
    "DeliveryFacts",
    "Directory",
    "NotReported",
    "Rule",
    "RuleKey",
    "SourceFacts",
    "WebhookFacts",
    "client",
    "clients",
    "database_of",
    "deliveries",
    "directory",
    "revisions",
    "webhooks",
]
