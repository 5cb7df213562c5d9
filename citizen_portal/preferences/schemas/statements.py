"""What the portal signs for a body of each change, and what a body holds, read from that."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from citizen_portal.preferences.actions import Held
from citizen_portal.preferences.models import Effect
from citizen_portal.preferences.queries.bases import Basis, context
from citizen_portal.sealing import CannotOpen, Sealer
from citizen_portal.signing import Signer

STATEMENT_KIND = "citizen-portal-preference+jwt"
NOT_OURS = "is not signed by this portal as a statement of a choice"
NOT_YOURS = "was signed for another body"


def stated(effect: Effect, *, slug: str, kept: str | None) -> Mapping[str, Any]:
    """What is signed of a change: enough to prove what was said, to whom, and when.

    ``kept`` is the choice that it came of, sealed: its body keeps it for us, and cannot read it.
    """
    return {
        "aud": slug,
        "sub": effect.subject,
        "jti": effect.id.hex,
        "agreement": effect.agreement,
        "version": effect.version,
        "may_use": effect.may_use,
        "objection": effect.objection,
        "due": effect.due_on.isoformat(),
        "extended": effect.extended_to.isoformat(),
        "kept": kept,
    }


def opened(
    statements: Iterable[str], *, slug: str, signer: Signer, sealer: Sealer
) -> tuple[list[Held], dict[int, str]]:
    """What they say, and by number from 1 what is wrong with the others."""
    held, wrong = [], {}
    for number, statement in enumerate(statements, start=1):
        said = signer.opened(statement, kind=STATEMENT_KIND)
        if said is None:
            wrong[number] = NOT_OURS
        elif said["aud"] != slug:
            wrong[number] = NOT_YOURS
        else:
            held.append(_held(said, sealer))
    return held, wrong


def _held(said: dict[str, Any], sealer: Sealer) -> Held:
    """We signed it, so it is as we write them."""
    effect_id = UUID(said["jti"])
    return Held(
        effect_id,
        said["sub"],
        said["agreement"],
        said["version"],
        said["may_use"],
        said["objection"],
        date.fromisoformat(said["due"]),
        date.fromisoformat(said.get("extended", said["due"])),
        _basis(said.get("kept"), effect_id, sealer),
    )


def _basis(kept: str | None, effect_id: UUID, sealer: Sealer) -> Basis | None:
    if kept is None:
        return None
    try:
        return Basis.read(sealer.unseal(urlsafe_b64decode(kept), context(effect_id)))
    except CannotOpen:  # by a key that is gone: what it says of the body holds all the same
        return None


def digest(
    slug: str,
    lines: list[tuple[str, str, int, bool]],
    *,
    made_at: str,
    last: int,
    following: UUID | None,
) -> bytes:
    """One page of what a body was told, to be signed."""
    said = {
        "body": slug,
        "made_at": made_at,
        "last": last,
        "next": following.hex if following else None,
        "current": [
            {"subject": subject, "agreement": agreement, "version": version, "may_use": may_use}
            for subject, agreement, version, may_use in lines
        ],
    }
    return json.dumps(said, separators=(",", ":")).encode()
