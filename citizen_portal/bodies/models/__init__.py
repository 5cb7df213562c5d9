"""Public bodies, their sources, what their activities mean, and the systems that call us."""

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

__all__ = [
    "ActivityRule",
    "Client",
    "Kind",
    "Organisation",
    "Protocol",
    "Revision",
    "Scope",
    "Source",
    "UsedAssertion",
]
