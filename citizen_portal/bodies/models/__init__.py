"""Public bodies, their sources, what their activities mean, the systems that call us, and what
bodies are told."""

from citizen_portal.bodies.models.bodies import (
    ActivityRule,
    Kind,
    Organisation,
    Protocol,
    Revision,
    Source,
)
from citizen_portal.bodies.models.clients import (
    Client,
    Scope,
    UsedAssertion,
)
from citizen_portal.bodies.models.health import SourceDay, SourceHealth, SourceSample
from citizen_portal.bodies.models.webhooks import (
    BOTH_SIGN_FOR,
    GONE,
    REMOVED,
    RETRIES,
    Delivery,
    DeliveryState,
    MessageKind,
    Webhook,
    message_id,
)

__all__ = [
    "BOTH_SIGN_FOR",
    "GONE",
    "REMOVED",
    "RETRIES",
    "ActivityRule",
    "Client",
    "Delivery",
    "DeliveryState",
    "Kind",
    "MessageKind",
    "Organisation",
    "Protocol",
    "Revision",
    "Scope",
    "Source",
    "SourceDay",
    "SourceSample",
    "SourceHealth",
    "UsedAssertion",
    "Webhook",
    "message_id",
]
