"""The documented shape of a register file: organisations, sources, powers, agreements, rules.

One file (YAML or JSON) may hold any of the five lists. ``docs/register-format.md`` explains each
field; a test keeps it complete. Nothing unknown is accepted, so that a misspelt field is a fault
and not a silence.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)

from citizen_portal.agreements.models import AgreementKind, Choice, Stage
from citizen_portal.bodies.models import Kind, Protocol

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{4,8}$")]
DURATION = re.compile(r"^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$")


def _duration(text: str) -> str:
    text = text.strip()
    if not DURATION.match(text):
        raise ValueError("must be an ISO 8601 duration such as P2Y or P6M")
    return text


Duration = Annotated[str, AfterValidator(_duration)]


def _url(text: str) -> str:
    HttpUrl(text)
    return text


Url = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_url)]


class Part(BaseModel):
    """Anything in a register file: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Bilingual(Part):
    """One text in English and, where there is one, in Welsh."""

    en: Text
    cy: Text | None = None

    def words(self) -> dict[str, str]:
        return {"en": self.en} | ({"cy": self.cy} if self.cy else {})


class ShortName(Bilingual):
    en: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    cy: Annotated[str, StringConstraints(min_length=1, max_length=24)] | None = None


class Code(Part):
    """The organisation's code in a published scheme."""

    scheme: Text
    value: Text


class OrganisationEntry(Part):
    slug: Slug
    kind: Kind
    name: Bilingual
    official_name: Bilingual
    short_name: ShortName
    code: Code
    website: Url | None = None
    contact: Text | None = None


class NotReported(Part):
    """A class of access that a source does not report, and the law that lets it."""

    what: Bilingual
    law: Bilingual
    url: Url | None = None


class SourceEntry(Part):
    slug: Slug
    organisation: Slug
    name: Bilingual
    description: Bilingual
    protocol: Protocol
    base_url: Url | None = None
    connected_since: date | None = None
    not_reported: tuple[NotReported, ...] = ()

    @model_validator(mode="after")
    def _address(self) -> Self:
        if self.protocol is Protocol.FINDUSAGE_2 and self.base_url is None:
            raise ValueError("base_url is needed for protocol findusage-2")
        return self


class PowerEntry(Part):
    slug: Slug
    name: Bilingual
    summary: Bilingual
    url: Url | None = None


class Party(Part):
    """An organisation of our list, or one known by name only. Exactly one of the two."""

    organisation: Slug | None = None
    name: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.organisation is None) == (self.name is None):
            raise ValueError("give either organisation or name")
        return self


class Evidence(Part):
    text: Bilingual
    url: Url | None = None


class TrustAnswer(Part):
    """The answer to one question of the trust matrix. A question left out is unanswered."""

    status: Literal["answered", "not_applicable"] = "answered"
    text: Bilingual
    """The answer; or, if not applicable, the reason."""
    evidence: Evidence | None = None


class Found(Part):
    """What was found when a measure was taken."""

    on: date
    value: float | None = None
    text: Bilingual
    evidence: Url | None = None


class Measure(Part):
    """What was promised, so that it can be checked; and what was found. Harms and bias too."""

    id: Slug
    about: Literal["benefit", "harm", "bias"] = "benefit"
    what: Bilingual
    promised: Bilingual
    target: float | None = None
    worse_above: bool = False
    """True when a value above the target is worse than promised (days, errors, harms)."""
    personal: bool = True
    """False when the benefit comes from data that identifies no one."""
    method: Bilingual | None = None
    baseline: Bilingual | None = None
    due: date | None = None
    found: tuple[Found, ...] = ()


class OptOut(Part):
    """Whether a national opt-out applies, and why (or why not)."""

    applies: Literal["yes", "no", "not_applicable"]
    reason: Bilingual


class AgreementDocument(Part):
    """Everything that an agreement says in public."""

    reference: Reference
    kind: AgreementKind = AgreementKind.SHARING
    title: Bilingual
    stage: Stage
    what: Bilingual
    """Read aloud, who gives what to whom: "The people who pay benefits tell your council …"."""
    purpose: Bilingual
    purpose_iri: Url | None = None
    powers: tuple[Slug, ...] = ()
    powers_as_published: tuple[Text, ...] = ()
    """Powers that the source register names and our list does not hold."""
    lawful_basis: Url | None = None
    article_9: Url | None = None
    disclosers: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    processors: tuple[Party, ...] = ()
    controllers_as_published: tuple[Text, ...] = ()
    """Names from a register that does not tell disclosers from recipients."""
    subjects: Bilingual | None = None
    categories: tuple[Text, ...] = ()
    """Kinds of data, as local names of the DPV personal data vocabulary: "Name", "Income"."""
    disclosed: Bilingual
    """Which data, in plain words."""
    method: Bilingual | None = None
    access_type: Bilingual | None = None
    frequency: Literal["one_off", "on_request", "subscription", "bulk"] | None = None
    retention: Duration | None = None
    starts: date | None = None
    ends: date | None = None
    review: date | None = None
    areas: tuple[Text, ...] = ()
    contact: Text | None = None
    identifiability: Literal["identifiable", "pseudonymised", "aggregated", "anonymous"] | None = (
        None
    )
    confidentiality: Literal["direct_care", "consent", "section_251", "none"] | None = None
    confidentiality_reference: Text | None = None
    opt_out: OptOut | None = None
    choice: Choice
    choice_reason: Bilingual | None = None
    harm_of_not_sharing: Bilingual | None = None
    benefits: Bilingual | None = None
    """Expected benefits in words, where the register has no measures."""
    dpia: Url | None = None
    atrs: Url | None = None
    trust: dict[str, TrustAnswer] = Field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    published: date | None = None
    source: Text | None = None
    """Where the entry comes from and under which licence, when it was imported."""

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("ends must not be before starts")
        return self


class RuleEntry(Part):
    """An activity of a source that belongs to an agreement. Matched exactly."""

    source: Slug
    receiver_code: Text
    system: Text
    action: Text
    agreement: Reference
    valid_from: date
    valid_to: date | None = None
    published: bool = True


class RegisterFile(Part):
    """A whole file, or one of several that are imported together."""

    organisations: tuple[OrganisationEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    legal_powers: tuple[PowerEntry, ...] = ()
    agreements: tuple[AgreementDocument, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
