"""What can be asked about agreements: the register, its terms, law and the trust matrix.

What only few ask for is imported from its own module: drafts, days, scorecards, the picture.
"""

from citizen_portal.agreements.queries.categories import (
    category,
    known_category,
    purpose,
)
from citizen_portal.agreements.queries.confirmations import (
    Confirmed,
    confirmations,
)
from citizen_portal.agreements.queries.entry import (
    Entry,
    VersionLine,
    entry,
    two_versions,
    version_lines,
)
from citizen_portal.agreements.queries.exported import (
    exported,
    exported_versions,
)
from citizen_portal.agreements.queries.grounds import (
    ExemptionWords,
    Law,
    law,
)
from citizen_portal.agreements.queries.indexed import (
    indexed,
)
from citizen_portal.agreements.queries.listing import (
    Line,
    Listing,
    PartyName,
    listing,
)
from citizen_portal.agreements.queries.register import (
    InUse,
    Register,
    register_terms,
)
from citizen_portal.agreements.queries.search import (
    sought,
)
from citizen_portal.agreements.queries.standing import (
    Standing,
    standing_on,
)
from citizen_portal.agreements.queries.strip import (
    Strip,
    strip,
)
from citizen_portal.agreements.queries.terms import (
    Found,
    Measure,
    Power,
    Terms,
)
from citizen_portal.agreements.queries.trust import (
    Question,
    Theme,
    question_ids,
    themes,
)
from citizen_portal.agreements.queries.versions import (
    changed_fields,
    content_digest,
    digest_of,
    newest_versions,
)
from citizen_portal.agreements.queries.wanted import (
    Order,
    Wanted,
)

__all__ = [
    "Confirmed",
    "Entry",
    "ExemptionWords",
    "Found",
    "InUse",
    "Law",
    "Line",
    "Listing",
    "Measure",
    "Order",
    "PartyName",
    "Power",
    "Question",
    "Register",
    "Standing",
    "Strip",
    "Terms",
    "Theme",
    "VersionLine",
    "Wanted",
    "category",
    "changed_fields",
    "confirmations",
    "content_digest",
    "digest_of",
    "entry",
    "exported",
    "exported_versions",
    "indexed",
    "known_category",
    "law",
    "listing",
    "newest_versions",
    "purpose",
    "question_ids",
    "register_terms",
    "sought",
    "standing_on",
    "strip",
    "themes",
    "two_versions",
    "version_lines",
]
