"""Public bodies, their sources and how these answer, what activities mean, and who calls us."""

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

__all__ = [
    "ActivityRule",
    "Client",
    "Kind",
    "Organisation",
    "Protocol",
    "Revision",
    "Scope",
    "Source",
    "SourceDay",
    "SourceSample",
    "SourceHealth",
    "UsedAssertion",
]
