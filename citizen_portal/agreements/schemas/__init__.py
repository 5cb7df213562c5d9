"""The documented shape of a register file: organisations, sources, powers, agreements, rules.

One file (YAML or JSON) may hold any of the five lists. ``docs/register-format.md`` explains each
field; a test keeps it complete. Nothing unknown is accepted, so that a misspelt field is a fault
and not a silence.
"""

from citizen_portal.agreements.schemas.agreement import (
    AfterReview,
    AgreementDocument,
    Emergency,
    Evidence,
    Found,
    Measure,
    OptOut,
    OwnQuestion,
    Party,
    TrustAnswer,
    Withdrawn,
)
from citizen_portal.agreements.schemas.entries import (
    Code,
    NotReported,
    OrganisationEntry,
    PowerEntry,
    RuleEntry,
    SourceEntry,
)
from citizen_portal.agreements.schemas.faults import Fault
from citizen_portal.agreements.schemas.located import MOST_BYTES
from citizen_portal.agreements.schemas.parts import Bilingual, ShortName
from citizen_portal.agreements.schemas.reading import Reading, read
from citizen_portal.agreements.schemas.register_file import RegisterFile
from citizen_portal.agreements.schemas.writing import Format, Lists, shares, text

__all__ = [
    "AfterReview",
    "AgreementDocument",
    "Bilingual",
    "Code",
    "Emergency",
    "Evidence",
    "Fault",
    "Format",
    "Found",
    "Lists",
    "MOST_BYTES",
    "Measure",
    "NotReported",
    "OptOut",
    "OrganisationEntry",
    "OwnQuestion",
    "Party",
    "PowerEntry",
    "Reading",
    "RegisterFile",
    "RuleEntry",
    "ShortName",
    "SourceEntry",
    "TrustAnswer",
    "Withdrawn",
    "read",
    "shares",
    "text",
]
