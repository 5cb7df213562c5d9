"""Organisations, sources, legal powers and rules, as a register file writes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator

from citizen_portal.agreements.schemas.parts import (
    BaseUrl,
    Bilingual,
    CodeText,
    Day,
    Duration,
    Exact,
    Part,
    Reference,
    ShortName,
    Slug,
    Text,
    Url,
)
from citizen_portal.bodies.models import Kind, Protocol
from citizen_portal.bodies.models.retention import LONGEST, too_long

RetentionClass = Literal["default", "person", "machine", "subscription", "bulk"]


class Code(Part):
    """The organisation's code in a published scheme."""

    scheme: CodeText
    value: CodeText


class OrganisationEntry(Part):
    slug: Slug
    kind: Kind
    name: Bilingual
    official_name: Bilingual
    short_name: ShortName
    code: Code
    website: Url | None = None
    contact: Text | None = None
    sign_in_url: BaseUrl | None = None
    """Where it signs people in itself, to say that it knows them."""
    withholds: tuple[Slug, ...] = ()
    """Laws by which it may withhold an access for a time: codes of the regional profile."""

    def columns(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "kind": self.kind,
            "name": self.name.words(),
            "official_name": self.official_name.words(),
            "short_name": self.short_name.words(),
            "code_scheme": self.code.scheme,
            "code": self.code.value,
            "website": self.website,
            "contact": self.contact,
            "sign_in_url": self.sign_in_url,
            "withholds": list(self.withholds),
        }


def _not_too_long(duration: str) -> str:
    if too_long(duration):
        raise ValueError(f"must not be longer than {LONGEST}")
    return duration


class NotReported(Part):
    """A class of access that a source does not report, and the law that lets it."""

    what: Bilingual
    law: Bilingual
    url: Url | None = None

    def column(self) -> dict[str, object]:
        return {"what": self.what.words(), "law": self.law.words(), "url": self.url}


class SourceEntry(Part):
    slug: Slug
    organisation: Slug
    name: Bilingual
    description: Bilingual
    protocol: Protocol
    base_url: BaseUrl | None = None
    connected_since: Day | None = None
    not_reported: tuple[NotReported, ...] = ()
    retention: dict[RetentionClass, Annotated[Duration, AfterValidator(_not_too_long)]] = {}

    @model_validator(mode="after")
    def _address(self) -> Self:
        if self.protocol is Protocol.FINDUSAGE_2 and self.base_url is None:
            raise ValueError("base_url is needed for protocol findusage-2")
        return self

    def columns(self) -> dict[str, Any]:
        """Without the organisation, which is known here by its slug only."""
        return {
            "slug": self.slug,
            "name": self.name.words(),
            "description": self.description.words(),
            "protocol": self.protocol,
            "base_url": self.base_url,
            "connected_since": self.connected_since,
            "not_reported": [entry.column() for entry in self.not_reported],
            "retention": dict(self.retention),
        }


class PowerEntry(Part):
    slug: Slug
    name: Bilingual
    summary: Bilingual
    url: Url | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "name": self.name.words(),
            "summary": self.summary.words(),
            "url": self.url,
        }


class RuleEntry(Part):
    """An activity of a source that belongs to an agreement. Matched exactly."""

    source: Slug
    receiver_code: Exact
    system: Exact
    action: Exact
    agreement: Reference
    valid_from: Day
    valid_to: Day | None = None
    published: bool = True

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to must not be before valid_from")
        return self

    def columns(self) -> dict[str, Any]:
        """Without the source, which is known here by its slug only."""
        return {
            "receiver_code": self.receiver_code,
            "system": self.system,
            "action": self.action,
            "agreement": self.agreement,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "published": self.published,
        }
