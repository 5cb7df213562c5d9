"""The proof that an event stood in the digest of the day on which it was accepted."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Digest, DigestPart, PushedEvent, Received, Role
from citizen_portal.access.queries import trees
from citizen_portal.access.queries.trees import PARTS, Step
from citizen_portal.access.queries.written import text_of
from citizen_portal.bodies.queries import Directory
from citizen_portal.errors import NotFound
from citizen_portal.identity.queries import links


@dataclass(frozen=True, slots=True)
class Proof:
    event: bytes
    """Its canonical text."""
    salt: bytes
    leaf: bytes
    path: list[Step]
    day: date
    root: str
    signed: dict[str, str]


def proof(session: Session, citizen_id: UUID, event_id: UUID, *, directory: Directory) -> Proof:
    """Of an event in the citizen's own matter; raises ``NotFound`` when there is none to give."""
    text, received, digest = _fixed(session, citizen_id, event_id, directory)
    leaves, at = _place(session, received)
    path = trees.path(leaves, at) + trees.path(part_roots(session, digest.day), received.leaf[0])
    return Proof(text, received.salt, received.leaf, path, digest.day, digest.root, digest.signed)


def provable(session: Session, citizen_id: UUID, event_id: UUID, *, directory: Directory) -> bool:
    """Whether ``proof`` would give one; finds out without climbing the tree of the day."""
    try:
        _, received, _ = _fixed(session, citizen_id, event_id, directory)
        _place(session, received)
    except NotFound:
        return False
    return True


def _fixed(
    session: Session, citizen_id: UUID, event_id: UUID, directory: Directory
) -> tuple[bytes, Received, Digest]:
    """The event as it was hashed, its hash, and the digest of its day; raises ``NotFound``."""
    event = session.get(PushedEvent, (citizen_id, event_id))
    if event is None or event.role is not Role.SELF or event.source_id not in directory.sources:
        raise NotFound("There is no such entry.")
    received = session.get(Received, (event.source_id, event.source_ref))
    text = _text(session, event, directory)
    if received is None or text is None or trees.leaf(received.salt, text) != received.leaf:
        raise NotFound("There is no proof of this entry.")
    digest = session.get(Digest, received.accepted_on)
    if digest is None:
        raise NotFound("The proof is made after midnight. Please come back tomorrow.")
    return text, received, digest


def _text(session: Session, event: PushedEvent, directory: Directory) -> bytes | None:
    source = directory.sources[event.source_id]
    known = {link.organisation_id: link.pairwise for link in links(session, event.citizen_id)}
    subject = known.get(source.body_id)
    return text_of(event, source=source.slug, subject=subject) if subject else None


def _place(session: Session, received: Received) -> tuple[list[bytes], int]:
    """The leaves of its part of the day, and where it stands among them; raises ``NotFound``."""
    leaf = received.leaf
    own = session.get(DigestPart, (received.accepted_on, leaf[0]))
    leaves = trees.cut(own.leaves) if own else []
    at = bisect_left(leaves, leaf)
    if at == len(leaves) or leaves[at] != leaf:
        raise NotFound("There is no proof of this entry.")
    return leaves, at


def part_roots(session: Session, day: date) -> list[bytes]:
    """The root of each of its parts, in order; that of an empty one where there is none."""
    roots = [trees.EMPTY] * PARTS
    for part, root in session.execute(
        select(DigestPart.part, DigestPart.root)
        .where(DigestPart.day == day)
        .order_by(DigestPart.part)
    ):
        roots[part] = root
    return roots
