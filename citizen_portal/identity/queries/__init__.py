"""What can be asked about citizens and officers: who they are, where they are signed in, links."""

from citizen_portal.identity.queries.linked import (
    Change,
    Link,
    code_was_used,
    link_history,
    link_state,
    links,
)
from citizen_portal.identity.queries.officers import (
    Listed,
    OfficerHere,
    OfficerPlace,
    officer_list,
    officer_of,
    officer_sign_in,
    officers_with,
    sealed_hint_of_officer,
)
from citizen_portal.identity.queries.sessions import (
    Limits,
    Place,
    Seen,
    citizen_of,
    closed,
    sealed_hint,
    sign_in,
    sign_ins,
    visits,
)

__all__ = [
    "Change",
    "Limits",
    "Link",
    "Listed",
    "OfficerHere",
    "OfficerPlace",
    "Place",
    "Seen",
    "citizen_of",
    "closed",
    "code_was_used",
    "link_history",
    "link_state",
    "links",
    "officer_list",
    "officer_of",
    "officer_sign_in",
    "officers_with",
    "sealed_hint",
    "sealed_hint_of_officer",
    "sign_in",
    "sign_ins",
    "visits",
]
