"""Sign-ins under way in this browser: what was asked, in the signed cookie until the answer.

Several tabs may sign in at once. An answer is taken once, by its state, and at the door at which
it was asked for: what the citizens' provider says is not taken for the officers', nor the other
way (RFC 9700 §4.4).
"""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import session

from citizen_portal import clock
from citizen_portal.identity.remote.provider import Asked
from citizen_portal.identity.remote.refusals import Refused

MOST = 5
GOOD_FOR = 30 * 60
LONGEST_BACK = 200
COOKIE = "pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """What was asked, at which door, where to go afterwards, and whether to prove oneself again."""

    asked: Asked
    door: str
    back: str
    step_up: bool


def begin(door: str, *, back: str, otherwise: str, step_up: bool) -> Pending:
    """Something new to ask. A step-up demands that the person signs in there anew."""
    asked = Asked(
        state=secrets.token_urlsafe(16),
        nonce=secrets.token_urlsafe(16),
        verifier=secrets.token_urlsafe(32),
        max_age=0 if step_up else None,
    )
    return Pending(asked, door, back if len(back) <= LONGEST_BACK else otherwise, step_up)


def remember(pending: Pending) -> None:
    asked = pending.asked
    entry = [
        asked.state,
        asked.nonce,
        asked.verifier,
        pending.back,
        int(pending.step_up),
        int(clock.now().timestamp()),
        pending.door,
    ]
    session[COOKIE] = [*_kept(), entry][-MOST:]


def take(door: str, state: str | None) -> Pending:
    """What was asked under this state at this door, once and no more; raises ``Refused``."""
    kept = _kept()
    found = next((entry for entry in kept if entry[0] == state), None)
    if found is None or found[6] != door:
        raise Refused("unknown_state")
    session[COOKIE] = [entry for entry in kept if entry is not found]
    _, nonce, verifier, back, step_up, *_ = found
    asked = Asked(str(state), nonce, verifier, max_age=0 if step_up else None)
    return Pending(asked, door, back, bool(step_up))


def _kept() -> list[list[Any]]:
    """The entries of the cookie that are not too old; a cookie of an older make holds none."""
    oldest = clock.now().timestamp() - GOOD_FOR
    entries = session.get(COOKIE, [])
    return [entry for entry in entries if len(entry) == 7 and entry[5] > oldest]
