"""What agreements are: published ones and drafts, and what the law says of their choices."""

from citizen_portal.agreements.models.agreement import (
    Agreement,
    AgreementFacet,
    AgreementKind,
    AgreementParty,
    AgreementVersion,
    FacetKind,
    Identifiability,
    LegalPower,
    PartyRole,
    Say,
    Stage,
)
from citizen_portal.agreements.models.draft import (
    Confirmation,
    Draft,
    DraftChange,
    DraftMove,
    DraftParty,
    DraftState,
)
from citizen_portal.agreements.models.kept import PublishedError
from citizen_portal.agreements.models.text import SEARCHED, AgreementText

__all__ = [
    "SEARCHED",
    "Agreement",
    "AgreementFacet",
    "AgreementKind",
    "AgreementParty",
    "AgreementText",
    "AgreementVersion",
    "Say",
    "Confirmation",
    "Draft",
    "DraftChange",
    "DraftMove",
    "DraftParty",
    "DraftState",
    "FacetKind",
    "Identifiability",
    "LegalPower",
    "PartyRole",
    "PublishedError",
    "Stage",
]
