"""The demo's officers: who they are, for which body they act, and what they may do."""

import hashlib
from dataclasses import dataclass

from citizen_portal.identity.models import Role

USUAL = (Role.AUTHOR, Role.PUBLISHER, Role.CASE_WORKER)


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    name: str
    body: str
    """The slug of the body that they act for."""
    roles: tuple[Role, ...] = USUAL


OFFICERS = (
    DemoOfficer("officer-a1", "benefits-office", (*USUAL, Role.HOLD_APPROVER)),
    DemoOfficer("officer-a2", "benefits-office", (*USUAL, Role.HOLD_APPROVER)),
    DemoOfficer("officer-b1", "wrenford-council"),
    DemoOfficer("officer-b2", "wrenford-council"),
    DemoOfficer("officer-c1", "health-service", (*USUAL, Role.HOLD_APPROVER)),
    DemoOfficer("officer-c2", "health-service", (*USUAL, Role.HOLD_APPROVER)),
)
"""Two of each body, because one publishes what the other wrote."""


def subject(officer: DemoOfficer, *, seed: int) -> str:
    """What the officers' identity provider calls them: opaque, and the same at each start."""
    digest = hashlib.sha256(f"demo officer:{seed}:{officer.name}".encode()).hexdigest()
    return f"urn:fdc:demo-staff:2026:{digest[:43]}"
