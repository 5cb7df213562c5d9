"""A whole register file in our own shape."""

from citizen_portal.agreements.schemas.agreement import AgreementDocument
from citizen_portal.agreements.schemas.entries import (
    OrganisationEntry,
    PowerEntry,
    RuleEntry,
    SourceEntry,
)
from citizen_portal.agreements.schemas.parts import Part


class RegisterFile(Part):
    """A whole file, or one of several that are imported together."""

    organisations: tuple[OrganisationEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    legal_powers: tuple[PowerEntry, ...] = ()
    agreements: tuple[AgreementDocument, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
