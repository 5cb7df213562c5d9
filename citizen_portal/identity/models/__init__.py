"""Citizens and officers: who they are to the portal, and where they are signed in."""

from citizen_portal.identity.models.citizens import (
    AccountIndex,
    Citizen,
    ClosedAccount,
    CodeTry,
    LinkChange,
    LinkProof,
    LinkState,
    PairwiseIndex,
    SignIn,
    SubjectLink,
    UsedCode,
    Visit,
)
from citizen_portal.identity.models.officers import (
    Officer,
    OfficerSignIn,
    Role,
)

__all__ = [
    "AccountIndex",
    "Citizen",
    "ClosedAccount",
    "CodeTry",
    "LinkChange",
    "LinkProof",
    "LinkState",
    "Officer",
    "OfficerSignIn",
    "PairwiseIndex",
    "Role",
    "SignIn",
    "SubjectLink",
    "UsedCode",
    "Visit",
]
