"""What a receipt says: who chose what about which sharing, when, and who is told.

A record after ISO/IEC TS 27560 in the terms of the W3C's Data Privacy Vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citizen_portal.bodies.queries import Directory
from citizen_portal.preferences.queries.preview import Preview, Reached
from citizen_portal.preferences.queries.rule import Stands

RECEIPT_KIND = "citizen-portal-receipt+jwt"
CONFORMS_TO = "https://w3id.org/dpv/schema/dpv-27560#receipt"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives the receipt, and how it speaks."""

    url: str
    jurisdiction: str
    language: str


def document(
    made: Stands, seen: Preview, *, issuer: Issuer, directory: Directory
) -> Mapping[str, Any]:
    """The receipt, to be signed. It holds no name: whoever has it shows that it is theirs."""
    return {
        "iss": issuer.url,
        "jti": made.choice_id.hex,
        "conforms_to": CONFORMS_TO,
        "made_at": made.made_at.isoformat(),
        "scope": made.scope.key,
        "answer": made.answer.value,
        "number": made.number,
        "agreements": [_reached(each, directory) for each in seen.reached],
    }


def _reached(each: Reached, directory: Directory) -> Mapping[str, Any]:
    return {
        "reference": each.terms.reference,
        "version": each.terms.number,
        "title": each.terms.title,
        "may_use": each.after.may_use,
        "told": [directory.bodies[body].slug for body in each.told],
    }
