"""Public bodies, the sources through which they answer, and what their activities mean."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import Row, Words


class Kind(StrEnum):
    """What sort of organisation it is."""

    DEPARTMENT = "department"
    AGENCY = "agency"
    COUNCIL = "council"
    HEALTH = "health"
    EDUCATION = "education"
    POLICE = "police"
    REGULATOR = "regulator"
    DEVOLVED = "devolved"
    OTHER_PUBLIC = "other-public"
    PRIVATE_RECIPIENT = "private-recipient"
    PROCESSOR = "processor"

    @property
    def is_public(self) -> bool:
        """Others hold data only because a public body gave it; they are not asked."""
        return self not in (Kind.PRIVATE_RECIPIENT, Kind.PROCESSOR)


class Protocol(StrEnum):
    """How a source tells us of accesses."""

    FINDUSAGE_2 = "findusage-2"
    PUSH = "push"
    NONE = "none"


class Organisation(Row, kw_only=True):
    """A controller, recipient or processor, under the name people use for it."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("code_scheme", "code"),)

    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind]
    name: Mapped[Words]
    """What people call it: "People who pay benefits"."""
    official_name: Mapped[Words]
    short_name: Mapped[Words]
    """At most 24 characters, for pictures: "Pay benefits"."""
    code_scheme: Mapped[str]
    code: Mapped[str]
    website: Mapped[str | None] = mapped_column(default=None)
    contact: Mapped[str | None] = mapped_column(default=None)
    """Who answers questions about data there: an address or a postal route."""
    sign_in_url: Mapped[str | None] = mapped_column(default=None)
    """Where it signs people in itself, to say that it knows them (docs/connect.md)."""
    answers_in: Mapped[int | None] = mapped_column(default=None)
    """Within how many working days it promises to answer a plain question; none: as the region has
    it."""
    withholds: Mapped[list[str]] = mapped_column(default_factory=list, server_default="[]")
    """Laws by which it may withhold an access for a time: codes from the regional profile."""


class Source(Row, kw_only=True):
    """One register or system of a body, and how far it can be seen through us."""

    __tablename__ = "source"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    description: Mapped[Words]
    protocol: Mapped[Protocol]
    base_url: Mapped[str | None] = mapped_column(default=None)
    """Where it answers, without a slash at the end; none when it is not connected."""
    connected_since: Mapped[date | None] = mapped_column(default=None)
    not_reported: Mapped[list[dict[str, object]]] = mapped_column(default_factory=list)
    """Classes of access it does not report: ``{"what": {en, cy}, "law": {en, cy}, "url": …}``."""
    retention: Mapped[dict[str, str]] = mapped_column(default_factory=dict, server_default="{}")
    """How long we keep what it sends, by actor kind or ``default``: ISO 8601 durations."""
    window_from: Mapped[datetime | None] = mapped_column(default=None)
    """The earliest moment it keeps accesses from, as it last said."""
    window_to: Mapped[datetime | None] = mapped_column(default=None)
    """The latest moment; none means up to now."""
    window_told_at: Mapped[datetime | None] = mapped_column(default=None)
    last_answer_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def connected(self) -> bool:
        """One that sends needs no address; the others are asked at theirs."""
        if self.protocol is Protocol.PUSH:
            return True
        return self.protocol is not Protocol.NONE and self.base_url is not None


class ActivityRule(Row, kw_only=True):
    """Says which agreement an activity belongs to, where the access itself cites none.

    It holds only on an exact match of receiver code, system and action: nothing is guessed.
    """

    __tablename__ = "activity_rule"
    __table_args__ = (Index(None, "source_id", "receiver_code"),)

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    receiver_code: Mapped[str]
    system: Mapped[str]
    action: Mapped[str]
    agreement: Mapped[str]
    """Reference of the agreement, of either kind (sharing or own use)."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    published: Mapped[bool] = mapped_column(default=True)


class Revision(Row, kw_only=True):
    """Counts changes of the reference data, so that copies in memory know when they are old."""

    __tablename__ = "revision"

    name: Mapped[str] = mapped_column(unique=True)
    number: Mapped[int] = mapped_column(default=0)
