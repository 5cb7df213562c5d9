"""What can happen to a day that is over: its events' hashes become one signed root.

Part by part, in transactions of their own; the day's ``Digest`` comes last, and only then does it
stand. So a worker that dies begins the day anew, and a day of any size needs the memory of a part.
"""

import json
from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from citizen_portal.access.models import Digest, DigestPart
from citizen_portal.access.queries.proofs import part_roots
from citizen_portal.access.queries.trees import cut, root
from citizen_portal.signing import Signer

DIGEST_TYPE = "access-digest+json"


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
