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
    Directory,
    RuleKey,
    database_of,
    directory,
    revisions,
)
from citizen_portal.bodies.queries.facts import Body, NotReported, Rule, SourceFacts
from citizen_portal.bodies.queries.health import Health, Reach, reckoned

__all__ = [
    "MOST_LISTED",
    "REGISTER",
    "SOURCES",
    "Body",
    "ClientFacts",
    "DeliveryFacts",
    "Directory",
    "NotReported",
    "Reach",
    "Rule",
    "RuleKey",
    "SourceFacts",
    "WebhookFacts",
    "Health",
    "client",
    "clients",
    "database_of",
    "deliveries",
    "directory",
    "reckoned",
    "revisions",
    "webhooks",
]
