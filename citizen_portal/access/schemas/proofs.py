"""The file that proves an access: how it is written, and how anybody checks it without us.

It is taken only in exactly the form in which it was given, so that no changed byte goes unseen.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import FlattenedJSONSerialization

from citizen_portal.access.actions.digesting import DIGEST_TYPE
from citizen_portal.access.queries import trees
from citizen_portal.access.queries.proofs import Proof
from citizen_portal.signing import ALGORITHM

MEMBERS = {"event", "salt", "leaf", "path", "root", "day", "signed"}
SIGNED = {"payload", "protected", "signature"}
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
SALT = re.compile(r"[0-9a-f]{32}", re.ASCII)
MOST_STEPS = 100


class NotProven(ValueError):
    """Why a file proves nothing, in words that repeat none of it."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a good file proves: this event was on record in the digest of that day."""

    event: dict[str, Any]
    day: str


def written(proof: Proof) -> bytes:
    said = {
        "event": proof.event.decode(),
        "salt": proof.salt.hex(),
        "leaf": proof.leaf.hex(),
        "path": [{side: other.hex()} for side, other in proof.path],
        "root": proof.root,
        "day": proof.day.isoformat(),
        "signed": dict(proof.signed),
    }
    return _form(said)


def checked(raw: bytes, keys: KeySet) -> Proven:
    """Whether a file proves an event, by these public keys; raises ``NotProven``."""
    said = _read(raw)
    leaf = trees.leaf(bytes.fromhex(said["salt"]), said["event"].encode())
    if leaf.hex() != said["leaf"]:
        raise NotProven("the event is not the one that was recorded")
    if trees.climb(leaf, map(_step, said["path"])).hex() != said["root"]:
        raise NotProven("the event is not in that day's digest")
    payload = _signed(said["signed"], keys)
    if (payload["day"], payload["root"]) != (said["day"], said["root"]):
        raise NotProven("the signed digest is of something else")
    return Proven(json.loads(said["event"]), payload["day"])


def _read(raw: bytes) -> dict[str, Any]:
    """The members, each of its own shape and written in the one form that they have."""
    try:
        said = json.loads(raw)
        same = _form(said) == raw
    except (ValueError, RecursionError):
        raise NotProven("it is no file of this kind") from None
    if not same or not isinstance(said, dict) or set(said) != MEMBERS:
        raise NotProven("it is not as it was given")
    texts = all(isinstance(said[name], str) for name in ("event", "salt", "leaf", "root", "day"))
    if not texts or not SALT.fullmatch(said["salt"]) or not _steps(said["path"]):
        raise NotProven("it is not as it was given")
    return said


def _steps(said: object) -> bool:
    return (
        isinstance(said, list)
        and len(said) <= MOST_STEPS
        and all(
            isinstance(one, dict)
            and set(one) in ({"left"}, {"right"})
            and all(isinstance(text, str) and HASH.fullmatch(text) for text in one.values())
            for one in said
        )
    )


def _step(said: Mapping[str, str]) -> trees.Step:
    ((side, other),) = said.items()
    return side, bytes.fromhex(other)


def _signed(said: object, keys: KeySet) -> dict[str, Any]:
    """What stands in the signed digest, if its signature and its kind are right."""
    if not isinstance(said, dict) or set(said) != SIGNED or not all(map(_is_base64, said.values())):
        raise NotProven("its digest is not as it was given")
    try:
        flattened = cast(FlattenedJSONSerialization, said)
        opened = jws.deserialize_json(flattened, keys, algorithms=[ALGORITHM])
        payload = json.loads(opened.payload)
        kind = opened.headers().get("typ")
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise NotProven("its digest is not signed with one of these keys") from None
    if kind != DIGEST_TYPE or not isinstance(payload, dict) or not {"day", "root"} <= set(payload):
        raise NotProven("its digest is not one of accesses")
    return payload


def _is_base64(text: object) -> bool:
    """Whether it is base64url (RFC 7515) in the only way that its bytes are written."""
    if not isinstance(text, str):
        return False
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text


def _form(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
