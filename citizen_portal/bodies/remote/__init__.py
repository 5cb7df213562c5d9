"""How systems of bodies prove themselves: what they sign, and where they publish their keys."""

from citizen_portal.bodies.remote.assertions import (
    ALGORITHMS,
    FAULTS,
    NotProved,
    Proof,
    Unproved,
    read,
    verify,
)
from citizen_portal.bodies.remote.keys import ClientKeys, fetch

__all__ = [
    "ALGORITHMS",
    "FAULTS",
    "ClientKeys",
    "NotProved",
    "Proof",
    "Unproved",
    "fetch",
    "read",
    "verify",
]
