"""The signed digest of each day's events, so that none can be back-dated later."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base


class Digest(Base, kw_only=True):
    """One day's root, signed. Published; says nothing of how many events there were."""

    __tablename__ = "digest"

    day: Mapped[date] = mapped_column(primary_key=True)
    """The day (UTC) on which the events were accepted."""
    root: Mapped[str]
    signed: Mapped[dict[str, Any]]
    """Flattened JWS (RFC 7515 §7.2.2)."""
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class DigestPart(Base, kw_only=True):
    """The day's leaves that begin with one byte, in order: what a proof of one of them is made of.

    Kept when the events themselves are gone, or no proof of that day would hold any more.
    """

    __tablename__ = "digest_part"

    day: Mapped[date] = mapped_column(primary_key=True)
    """Counts once the day has its ``Digest``, which is written last."""
    part: Mapped[int] = mapped_column(primary_key=True)
    """The first byte of its leaves, 0 to 255."""
    root: Mapped[bytes] = mapped_column(LargeBinary)
    """Of its own tree; before the leaves, so that it is read without them."""
    leaves: Mapped[bytes] = mapped_column(LargeBinary)
    """32 bytes each, sorted."""
