"""Case files for tests: of an invented body and a person who is nobody."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from citizen_portal.agreements.queries.versions import canonical, digest_of
from citizen_portal.exports.package.case import (
    Authority,
    Case,
    Letter,
    Party,
    Step,
    Version,
    write,
)
from citizen_portal.signing import Signer

MADE_AT = datetime(2026, 11, 17, 14, 15, 20, tzinfo=UTC)
ASKED_AT = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
DOCUMENT = {"reference": "DSA-0001", "title": {"en": "Whose bill is lower"}, "choice": "objection"}
HOSTILE = '=HYPERLINK("https://evil.example")<script>alert(1)</script>\nand ‘more’; \t\'=1'
CASE = Case(
    id=UUID(int=7),
    made_at=MADE_AT,
    issuer="http://127.0.0.1:8000",
    brand="Citizen portal",
    language="en",
    zone=UTC,
    reference="Q-7K3M-92XF",
    kind="A complaint",
    kind_code="complaint",
    about="event",
    state="Late",
    body=Party("People who care", "The clinic", "ask@clinic.example", "3f" * 32),
    facts=(("Action", HOSTILE), ("Body", "The clinic")),
    steps=(
        Step(ASKED_AT.date(), ASKED_AT, "you", "You asked"),
        Step(date(2026, 10, 2), None, "clock", "Last day to say that it arrived", "A law"),
    ),
    letters=(Letter(1, ASKED_AT, "you", "You asked", HOSTILE),),
    agreement=Version(
        "DSA-0001", 2, HOSTILE, date(2026, 8, 30), digest_of(DOCUMENT), canonical(DOCUMENT)
    ),
    authority=Authority("The watchdog", "https://watchdog.example/", "0303", "A law"),
)


def written(signer: Signer, **changed: Any) -> bytes:
    return write(replace(CASE, **changed), signer)
