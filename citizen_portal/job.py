"""What is kept of one job: the row is the truth, the queue carries its id and nothing else."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Row, kw_only=True):
    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "heartbeat_at"), Index(None, "name", "state"))

    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    due_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    heartbeat_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[str | None] = mapped_column(default=None)
    """The kind of error that ended the last attempt, never its words."""
