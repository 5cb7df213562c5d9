"""How sources have answered of late: what is said of each in public is reckoned from this."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import Base


class SourceSample(Base, kw_only=True):
    """How one answer of a source came; at most one row for each ten minutes. Nothing personal."""

    __tablename__ = "source_sample"
    __table_args__ = (Index(None, "at"),)

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    """Where the ten minutes begin."""
    ms: Mapped[int]
    proven: Mapped[bool | None] = mapped_column(default=None)
    """Whether it said whom the answer was about; none for a sign of life, which is about no one."""


class SourceDay(Base, kw_only=True):
    """How many accesses a source that sends them itself told on one day."""

    __tablename__ = "source_day"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]


class SourceHealth(Base, kw_only=True):
    """What the worker reckoned of one source, so that no page has to."""

    __tablename__ = "source_health"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), primary_key=True)
    reckoned_at: Mapped[datetime]
    answer_ms: Mapped[int | None] = mapped_column(default=None)
    """The middle of its answer times."""
    proves: Mapped[bool | None] = mapped_column(default=None)
    patience_seconds: Mapped[int | None] = mapped_column(default=None)
    """How long it may be silent before it counts as gone quiet; none without enough of a past."""
    told_on: Mapped[date | None] = mapped_column(default=None)
    """The last day on which it sent accesses."""
