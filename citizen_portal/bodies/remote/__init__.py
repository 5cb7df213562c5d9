"""How systems of bodies prove themselves: what they sign, and where they publish their keys. How
bodies are told of things."""

from citizen_portal.bodies.remote.assertions import (
    ALGORITHMS,
    FAULTS,
    NotProved,
    Proof,
    Unproved,
    read,
    signed,
    verify,
)
from citizen_portal.bodies.remote.keys import ClientKeys, fetch
from citizen_portal.bodies.remote.telling import tell

__all__ = [
    "ALGORITHMS",
    "FAULTS",
    "ClientKeys",
    "NotProved",
    "Proof",
    "Unproved",
    "fetch",
    "read",
    "signed",
    "tell",
    "verify",
]
