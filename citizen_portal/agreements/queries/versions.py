"""Published versions: the newest of each agreement, and what differs between two."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, AgreementVersion

STAMPED = frozenset({"published", "source"})
"""Members that say when and whence a document came, not what the parties agreed."""


def newest_versions(session: Session) -> dict[str, tuple[Agreement, AgreementVersion]]:
    """By reference, each agreement with its newest version."""
    rows = session.execute(
        select(Agreement, AgreementVersion).join(
            AgreementVersion,
            (AgreementVersion.agreement_id == Agreement.id)
            & (AgreementVersion.number == Agreement.version),
        )
    )
    return {agreement.reference: (agreement, version) for agreement, version in rows}


@dataclass(frozen=True, slots=True)
class Publication:
    """That a version was published, without its document."""

    number: int
    published_at: datetime
    digest: str
    """SHA-256 of the document, as ``digest_of`` gives it."""
    dpia: str | None
    """Where the check of the risks to people can be read."""


def publications(
    session: Session, references: Collection[str]
) -> Mapping[str, tuple[Publication, ...]]:
    """By reference, the versions of these agreements, the newest first."""
    rows = session.execute(
        select(
            Agreement.reference,
            AgreementVersion.number,
            AgreementVersion.published_at,
            AgreementVersion.digest,
            AgreementVersion.document["dpia"].as_string(),
        )
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Agreement.reference.in_(references))
        .order_by(Agreement.reference, AgreementVersion.number.desc())
    )
    found: dict[str, list[Publication]] = defaultdict(list)
    for reference, *said in rows:
        found[reference].append(Publication(*said))
    return {reference: tuple(of) for reference, of in found.items()}


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document in canonical JSON, as hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document: what its digest is made of."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def agreed(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the parties agreed, whenever it was published and wherever it was taken from."""
    return {name: value for name, value in document.items() if name not in STAMPED}


def content_digest(document: Mapping[str, Any]) -> str:
    return digest_of(agreed(document))


def in_one_language(before: Any, after: Any) -> bool:
    """Whether a text that stood in two languages was changed in one of them."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return False
    was, now = before.get("text", before), after.get("text", after)
    both = {"en", "cy"}
    if not isinstance(was, Mapping) or not (both <= was.keys() and both <= now.keys()):
        return False
    return (was["en"] == now["en"]) is not (was["cy"] == now["cy"])


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Names of members that differ, in the order in which documents have them.

    Answers to the trust matrix are told apart: ``trust.value.benefits``.
    """
    for name in dict.fromkeys([*before, *after]):
        if name in STAMPED or before.get(name) == after.get(name):
            continue
        if name != "trust":
            yield name
            continue
        was, now = before.get(name, {}), after.get(name, {})
        questions = dict.fromkeys([*was, *now])
        yield from (f"trust.{each}" for each in questions if was.get(each) != now.get(each))
