"""Whether data may be used: what bodies asked, and what citizens see of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import OwnedByCitizen, Row

_NOT_NOTED = text("sealed IS NOT NULL")


class PreferenceCheck(Row, kw_only=True):
    """One body asked for some people whether it may use their data under one agreement."""

    __tablename__ = "preference_check"
    __table_args__ = (
        Index("ix_preference_check_of_body", "organisation_id", "id"),
        Index("ix_preference_check_day", "day"),
        Index(
            "ix_preference_check_new",
            "id",
            sqlite_where=_NOT_NOTED,
            postgresql_where=_NOT_NOTED,
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agreement: Mapped[str]
    """Its reference."""
    at: Mapped[datetime]
    day: Mapped[date]
    good_until: Mapped[datetime]
    """Until when the body may go by the answer."""
    sent: Mapped[int]
    """How many ids it asked for."""
    allowed: Mapped[int]
    """How many of them came back."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The ids and what was answered of each; none once each citizen has their line."""


class CheckLine(OwnedByCitizen, Row, kw_only=True):
    """A body asked whether it may use this citizen's data. Its id is that of the check."""

    __tablename__ = "check_line"
    __table_args__ = (Index("ix_check_line_day", "day"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agreement: Mapped[str]
    day: Mapped[date]
    allowed: Mapped[bool]
