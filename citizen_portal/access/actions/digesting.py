"""What can happen to a day that is over: its events' hashes become one signed root.

Part by part, in transactions of their own; the day's ``Digest`` comes last, and only then does it
stand. So a worker that dies begins the day anew, and a day of any size needs the memory of a part.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Digest, DigestPart, Received
from citizen_portal.access.queries.proofs import part_roots
from citizen_portal.access.queries.trees import cut, root
from citizen_portal.signing import Signer

SETTLES = timedelta(minutes=15)
"""So long after midnight (UTC) what came before it is surely on disk."""
DIGEST_TYPE = "access-digest+json"
ROWS = 10_000


def days_to_digest(session: Session, now: datetime) -> list[date]:
    """Days that are over and have no digest, in order: from the one after the last that has."""
    last = (now - SETTLES).date() - timedelta(days=1)
    newest = session.scalar(select(func.max(Digest.day)))
    if newest is None:
        earliest = session.scalar(select(func.min(Received.accepted_on)))
        first = min(earliest or last, last)
    else:
        first = newest + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def leaves_by_part(session: Session, day: date) -> Iterator[tuple[int, bytes]]:
    """Each part's leaves, sorted and joined; parts without any are left out."""
    wanted = select(Received.leaf).where(Received.accepted_on == day).order_by(Received.leaf)
    rows = session.scalars(wanted.execution_options(yield_per=ROWS))
    for part, leaves in groupby(rows, key=lambda leaf: leaf[0]):
        yield part, b"".join(leaves)


def keep_part(session: Session, day: date, part: int, leaves: bytes) -> None:
    """Written anew where a worker died half way."""
    found = root(cut(leaves))
    session.execute(delete(DigestPart).where(DigestPart.day == day, DigestPart.part == part))
    session.add(DigestPart(day=day, part=part, root=found, leaves=leaves))


def sign_day(session: Session, day: date, signer: Signer) -> None:
    """The day's root over its parts' roots, with that of the day before, signed."""
    roots = part_roots(session, day)
    before = session.get(Digest, day - timedelta(days=1))
    found = root(roots).hex()
    payload = {"day": day.isoformat(), "root": found, "previous": before.root if before else None}
    text = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
    session.add(Digest(day=day, root=found, signed=signer.sign(text, typ=DIGEST_TYPE)))
