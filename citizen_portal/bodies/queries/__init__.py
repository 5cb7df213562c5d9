"""What can be asked of bodies: the directory of them all, the systems that call for them, and what
they are told."""

from citizen_portal.bodies.queries.clients import ClientFacts, client, clients
from citizen_portal.bodies.queries.deliveries import (
    MOST_LISTED,
    DeliveryFacts,
    WebhookFacts,
    deliveries,
    oldest_waiting,
    standing,
    webhooks,
)
from citizen_portal.bodies.queries.directory import (
    REGISTER,
    SOURCES,
    Directory,
    RuleKey,
    database_of,
    directory,
    revision_of,
    revisions,
)
from citizen_portal.bodies.queries.facts import Body, NotReported, Rule, SourceFacts
from citizen_portal.bodies.queries.health import Health, Reach, reckoned
from citizen_portal.bodies.queries.retention import kept_from

__all__ = [
    "MOST_LISTED",
    "REGISTER",
    "SOURCES",
    "Body",
    "ClientFacts",
    "DeliveryFacts",
    "Directory",
    "Health",
    "NotReported",
    "Reach",
    "Rule",
    "RuleKey",
    "SourceFacts",
    "WebhookFacts",
    "client",
    "clients",
    "database_of",
    "deliveries",
    "directory",
    "kept_from",
    "oldest_waiting",
    "reckoned",
    "revision_of",
    "revisions",
    "standing",
    "webhooks",
]
