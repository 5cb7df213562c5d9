"""Agreements to share or to use data, and their published versions.

What an agreement says is one validated document (``schemas/agreement.py``), kept whole and
immutable in each version; the columns here are what is looked up and listed by
(docs/decisions/0006).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row, Words


class AgreementKind(StrEnum):
    SHARING = "sharing"
    OWN_USE = "own_use"


class Stage(StrEnum):
    """Trust matrix: the risks and the governance differ, so every agreement says which it is."""

    EXPLORATION = "exploration"
    SERVICE_DELIVERY = "service_delivery"
    NOT_STATED = "not_stated"


class Say(StrEnum):
    """What say the citizen has."""

    NONE = "none"
    OBJECTION = "objection"
    OPT_OUT = "opt_out"
    CONSENT = "consent"
    NOT_STATED = "not_stated"

    @property
    def refusable(self) -> bool:
        """Whether the citizen can say no, or at least object: the body must weigh that,
        and may turn it down."""
        return self in (Say.OBJECTION, Say.OPT_OUT, Say.CONSENT)


class Identifiability(StrEnum):
    """Whether the data can point to a person."""

    IDENTIFIABLE = "identifiable"
    PSEUDONYMISED = "pseudonymised"
    AGGREGATED = "aggregated"
    ANONYMOUS = "anonymous"


class PartyRole(StrEnum):
    DISCLOSER = "discloser"
    RECIPIENT = "recipient"
    PROCESSOR = "processor"


class FacetKind(StrEnum):
    """What else the register is narrowed by, where an agreement may have several."""

    PURPOSE = "purpose"
    CATEGORY = "category"
    POWER = "power"


class LegalPower(Row, kw_only=True):
    """A law that lets data be shared, with a link to the legislation."""

    __tablename__ = "legal_power"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    summary: Mapped[Words]
    """What it allows, in one plain sentence."""
    url: Mapped[str | None] = mapped_column(default=None)


class Agreement(Row, kw_only=True):
    """One agreement on the register, as its newest published version has it."""

    __tablename__ = "agreement"
    __table_args__ = (
        Index(None, "title_sort"),
        Index(None, "published_on"),
        Index(None, "ends"),
        Index(None, "answered"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[AgreementKind]
    title: Mapped[Words]
    title_sort: Mapped[str]
    stage: Mapped[Stage]
    choice: Mapped[Say]
    identifiability: Mapped[Identifiability | None] = mapped_column(default=None)
    starts: Mapped[date | None] = mapped_column(default=None)
    ends: Mapped[date | None] = mapped_column(default=None)
    """Its last day, the day of its withdrawal included."""
    review: Mapped[date | None] = mapped_column(default=None)
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)
    emergency: Mapped[bool] = mapped_column(default=False, server_default=false())
    published_on: Mapped[date | None] = mapped_column(default=None)
    """The day of the newest publication, as the document says or as it came here."""
    answered: Mapped[int] = mapped_column(default=0)
    """How many of the trust matrix's questions have an answer."""
    version: Mapped[int] = mapped_column(default=1)


class AgreementVersion(Row, kw_only=True):
    """What was published, as it was published. Never changed."""

    __tablename__ = "agreement_version"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str]
    """SHA-256 of the document in canonical JSON, as hexadecimal."""
    in_force_from: Mapped[date | None] = mapped_column(default=None)
    in_force_to: Mapped[date | None] = mapped_column(default=None)
    changed: Mapped[list[str]] = mapped_column(default_factory=list, server_default="[]")
    """Names of the fields that differ from the version before; empty for the first."""
    published_by_id: Mapped[UUID | None] = mapped_column(default=None)
    """The officer who published it; none when it was imported."""
    published_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class AgreementParty(Row, kw_only=True):
    """Who takes part in an agreement. A party outside our list has a name and no organisation."""

    __tablename__ = "agreement_party"
    __table_args__ = (Index(None, "agreement_id"), Index(None, "organisation_id", "agreement_id"))

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    role: Mapped[PartyRole]
    position: Mapped[int]
    name: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisation.id"), default=None
    )


class AgreementFacet(Row, kw_only=True):
    """One purpose, kind of data or legal power of an agreement's newest version, to filter by."""

    __tablename__ = "agreement_facet"
    __table_args__ = (Index(None, "agreement_id"), Index(None, "kind", "value", "agreement_id"))

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    kind: Mapped[FacetKind]
    value: Mapped[str]
    """The purpose's IRI, the category's name, the power's slug."""
