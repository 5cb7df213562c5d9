"""What can be asked about agreements: their terms, the public register, the trust matrix."""

from citizen_portal.agreements.queries.categories import category, purpose
from citizen_portal.agreements.queries.entry import Entry, VersionLine, entry
from citizen_portal.agreements.queries.grounds import ExemptionWords, Law, grounds, law
from citizen_portal.agreements.queries.indexed import indexed
from citizen_portal.agreements.queries.listing import Line, Listing, PartyName, Wanted, listing
from citizen_portal.agreements.queries.strip import Strip, strip
from citizen_portal.agreements.queries.terms import (
    Found,
    Measure,
    Power,
    Register,
    Terms,
    register_terms,
)
from citizen_portal.agreements.queries.trust import Question, Theme, question_ids, themes
from citizen_portal.agreements.queries.versions import (
    changed_fields,
    content_digest,
    digest_of,
    newest_versions,
)

__all__ = [
    "Entry",
    "ExemptionWords",
    "Found",
    "Law",
    "Line",
    "Listing",
    "Measure",
    "PartyName",
    "Power",
    "Question",
    "Register",
    "Strip",
    "Terms",
    "Theme",
    "VersionLine",
    "Wanted",
    "category",
    "changed_fields",
    "content_digest",
    "digest_of",
    "entry",
    "grounds",
    "indexed",
    "law",
    "listing",
    "newest_versions",
    "purpose",
    "question_ids",
    "register_terms",
    "strip",
    "themes",
]
