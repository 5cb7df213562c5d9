"""What a citizen chose: every choice as it was made, and which of them stand."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import OwnedByCitizen, Row, made_with

LONGEST_REASON = 4_000
"""Characters of why somebody objects, or of what a body answers."""


class Answer(StrEnum):
    NO = "no"
    YES = "yes"
    AS_BEFORE = "as_before"
    """The choice is taken back: what wider choices say holds, or what the agreement says."""


class Choice(OwnedByCitizen, Row, kw_only=True):
    """One choice, as it was made. Appended; never changed."""

    __tablename__ = "choice"
    __table_args__ = (Index("ix_choice_number", "citizen_id", "number"),)

    scope: Mapped[str]
    """``Scope.key``."""
    answer: Mapped[Answer]
    number: Mapped[int] = mapped_column(BigInteger)
    """Grows with each choice of the citizen, also after old data was put back: no less than the
    milliseconds since 1970 when it was made."""
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Why the citizen objects, in their words."""
    receipt: Mapped[str | None] = mapped_column(default=None, deferred=True)
    """Signed: a compact JWS. None where the choice was found again at a body."""
    ended_by: Mapped[UUID | None] = mapped_column(default=None)
    """The wider choice that took this one's place, where the citizen did not make it by itself."""
    keeps: Mapped[list[str]] = mapped_column(default_factory=list, server_default=text("'[]'"))
    """Keys of narrower yeses that this no did not end, since the citizen kept them by name."""
    found_again: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was lost here, and a body had kept what we signed."""


class Standing(OwnedByCitizen, Row, kw_only=True):
    """The newest choice of a citizen about one scope, unless it was taken back."""

    __tablename__ = "standing_choice"
    __table_args__ = (
        UniqueConstraint("citizen_id", "scope"),
        Index("ix_standing_choice_scope", "scope", "citizen_id"),
    )

    scope: Mapped[str]
    answer: Mapped[Answer]
    number: Mapped[int] = mapped_column(BigInteger)
    choice_id: Mapped[UUID]
    made_at: Mapped[datetime]


KEPT = ", ".join(one.name for one in Choice.__table__.columns if one.name != "sealed_reason")
ANEW = (
    "WHEN (OLD.sealed_reason IS NULL OR NEW.sealed_reason IS NULL"
    " OR substr(OLD.sealed_reason, 1, 5) = substr(NEW.sealed_reason, 1, 5)) "
)
"""A reason stays as it is but when another key seals it: the first five bytes name the key."""
UPDATES = (
    f"CREATE TRIGGER choice_kept BEFORE UPDATE OF {KEPT} ON choice {{each}}",
    f"CREATE TRIGGER choice_reason_kept BEFORE UPDATE OF sealed_reason ON choice {{each}}{ANEW}",
)
SQLITE = tuple(
    update.format(each="") + "BEGIN SELECT RAISE(ABORT, 'what was chosen stays as it is'); END"
    for update in UPDATES
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION choice_kept() RETURNS trigger AS $$ BEGIN "
    "RAISE EXCEPTION 'what was chosen stays as it is'; END $$ LANGUAGE plpgsql",
    *(update.format(each="FOR EACH ROW ") + "EXECUTE FUNCTION choice_kept()" for update in UPDATES),
)
made_with(Choice.__tablename__, sqlite=SQLITE, postgresql=POSTGRESQL)
