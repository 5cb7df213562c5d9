"""What agreements are: published ones and drafts, and what the law says of their choices."""

from citizen_portal.agreements.models.agreement import (
    Agreement,
    AgreementFacet,
    AgreementKind,
    AgreementParty,
    AgreementVersion,
    Choice,
    FacetKind,
    Identifiability,
    LegalPower,
    PartyRole,
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

__all__ = [
    "Agreement",
    "AgreementFacet",
    "AgreementKind",
    "AgreementParty",
    "AgreementVersion",
    "Choice",
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
    "Stage",
]
