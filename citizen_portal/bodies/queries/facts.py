"""What is known of a body, of a source of it, and of a rule: frozen facts that pages read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from citizen_portal.bodies.models import Kind, Protocol
from citizen_portal.bodies.queries.health import Health, Reach
from citizen_portal.db import Words


@dataclass(frozen=True, slots=True)
class Body:
    id: UUID
    slug: str
    kind: Kind
    name: Words
    official_name: Words
    short_name: Words
    code_scheme: str
    code: str
    website: str | None
    contact: str | None
    withholds: tuple[str, ...] = ()
    """Laws by which it may withhold an access for a time."""
    sign_in_url: str | None = None
    """Where it signs people in itself."""


@dataclass(frozen=True, slots=True)
class NotReported:
    """A class of access that a source does not report, and the law that lets it."""

    what: Words
    law: Words
    url: str | None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    id: UUID
    body_id: UUID
    slug: str
    name: Words
    description: Words
    protocol: Protocol
    base_url: str | None
    connected: bool
    connected_since: date | None
    not_reported: tuple[NotReported, ...]
    retention: Mapping[str, str]
    """How long we keep what it sends; ``bodies/models/retention.py`` reads it."""
    window_from: datetime | None
    window_to: datetime | None
    window_told_at: datetime | None
    last_answer_at: datetime | None
    """Right to about ten minutes; ``bodies/actions/sources.py`` says why."""
    health: Health = Health()

    @property
    def answered_about(self) -> datetime | None:
        """Its last answer, to ten minutes: when a citizen asked is not for everybody to read."""
        at = self.last_answer_at
        return at and at.replace(minute=at.minute // 10 * 10, second=0, microsecond=0)

    @property
    def gone_quiet(self) -> bool:
        """Whether it went quiet against its own past."""
        return self.connected and self.health.quiet(self.protocol, self.last_answer_at)

    def quiet_since(self, zone: tzinfo) -> date | None:
        """The day of its last sign of life, where it went quiet."""
        if not self.gone_quiet:
            return None
        if self.protocol is Protocol.PUSH or self.last_answer_at is None:
            return self.health.told_on
        return self.last_answer_at.astimezone(zone).date()

    @property
    def reach(self) -> Reach:
        if not self.connected:
            return Reach.NOT_CONNECTED
        return Reach.GONE_QUIET if self.gone_quiet else Reach.CONNECTED

    @property
    def sends(self) -> bool:
        """Whether it sends us accesses itself."""
        return self.protocol is Protocol.PUSH


@dataclass(frozen=True, slots=True)
class Rule:
    source_id: UUID
    receiver_code: str
    system: str
    action: str
    agreement: str
    valid_from: date
    valid_to: date | None
    published: bool
