"""Citizens, how they are found again, where they are signed in, and their links to bodies."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base, OwnedByCitizen, Row


class LinkState(StrEnum):
    """What a body answered when it was asked whether it knows this citizen."""

    LINKED = "linked"
    NOT_MATCHED = "not_matched"
    AMBIGUOUS = "ambiguous"
    UNLINKED = "unlinked"


class LinkProof(StrEnum):
    """How a link was proved. A body is linked on its own word, never on a guess."""

    CLAIM = "claim"
    CODE = "code"
    STATEMENT = "statement"


class Citizen(Row, kw_only=True):
    """A person who signs in. A random id, and whether they have gone."""

    __tablename__ = "citizen"

    closed_as: Mapped[UUID | None] = mapped_column(default=None, index=True)
    """The ``ClosedAccount`` that stands for them once they closed their account, until the worker
    has removed the rest, this row too."""


class AccountIndex(Base, kw_only=True):
    """Finds the citizen of an account, by a keyed blind index of (issuer, subject)."""

    __tablename__ = "account_index"

    blind: Mapped[str] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(
        ForeignKey("citizen.id", ondelete="CASCADE"), index=True
    )


class PairwiseIndex(Base, kw_only=True):
    """Finds the citizen whom a body means by a pairwise id. Partitioned by its own key."""

    __tablename__ = "pairwise_index"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    pairwise: Mapped[str] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(
        ForeignKey("citizen.id", ondelete="CASCADE"), index=True
    )


class SignIn(OwnedByCitizen, Row, kw_only=True):
    """One signed-in session, kept here so that it can be ended from anywhere at once."""

    __tablename__ = "sign_in"

    token_digest: Mapped[str]
    """SHA-256 of the random token in the cookie; the token itself is kept nowhere."""
    assurance: Mapped[str]
    auth_time: Mapped[datetime]
    """When the citizen last proved who they are, as the identity provider says."""
    provider_session: Mapped[str | None] = mapped_column(default=None)
    sealed_hint: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """The sealed id_token, given back to the identity provider at sign-out."""
    started_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class Visit(OwnedByCitizen, Row, kw_only=True):
    """That a citizen signed in: for themselves to see, for ``VISITS_FOR``, and theirs to clear."""

    __tablename__ = "visit"
    __table_args__ = (Index(None, "citizen_id", "at"), Index(None, "at"))

    assurance: Mapped[str]
    """How surely the identity provider knew them, in its own words."""
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class ClosedAccount(Row, kw_only=True):
    """What stands in the audit list in place of a citizen who has gone.

    Who that was is sealed for a key that does not lie on the portal's machines.
    """

    __tablename__ = "closed_account"

    sealed: Mapped[bytes] = mapped_column(LargeBinary, init=False)
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class SubjectLink(OwnedByCitizen, Row, kw_only=True):
    """Which pairwise id a body knows this citizen by, if it does."""

    __tablename__ = "subject_link"
    __table_args__ = (
        UniqueConstraint("citizen_id", "organisation_id"),
        Index("ix_subject_link_named", "organisation_id", "pairwise", "state", "citizen_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    pairwise: Mapped[str]
    state: Mapped[LinkState]
    proof: Mapped[LinkProof]
    since: Mapped[datetime] = mapped_column(default_factory=clock.now)


class LinkChange(OwnedByCitizen, Row, kw_only=True):
    """The history of a citizen's links: appended, never changed."""

    __tablename__ = "link_change"
    __table_args__ = (Index(None, "citizen_id", "at"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[LinkState]
    proof: Mapped[LinkProof]
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class CodeTry(OwnedByCitizen, Row, kw_only=True):
    """A try at an activation code: counted to limit tries. The code itself is not kept."""

    __tablename__ = "code_try"
    __table_args__ = (Index(None, "citizen_id", "at"),)

    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class UsedCode(Base, kw_only=True):
    """A keyed blind index of a code or a request that made a link, so that it makes one only."""

    __tablename__ = "used_code"

    blind: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
