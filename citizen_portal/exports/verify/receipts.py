"""Whether a receipt of a choice is as it was signed, and what it says."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from joserfc.jwk import Key

from citizen_portal.exports.verify.refusals import Altered, OtherKey, Unreadable
from citizen_portal.exports.verify.signed import decoded, encoded, fits_key
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND
from citizen_portal.signing import ALGORITHM

MOST = 2_000_000
"""Bytes of a receipt: one of a wide choice names each agreement."""
COMPACT = re.compile(
    rb"([A-Za-z0-9_-]{1,1000})\.([A-Za-z0-9_-]{1,1999000})\.([A-Za-z0-9_-]{86})\n?"
)
KID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""A thumbprint as we write it (RFC 7638); what is told of another name could be anything."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that a trusted key signed."""

    key: str
    """Thumbprint of the key (RFC 7638)."""
    issuer: str
    made_at: datetime
    answer: str
    agreements: tuple[str, ...]
    """References of the agreements that it speaks of."""


def looks_like_one(file: BinaryIO) -> bool:
    """Whether a file begins as a compact JWS does, and not as a zip."""
    begin = file.read(3)
    file.seek(0)
    return begin == b"eyJ"


def check_receipt(file: BinaryIO, *, pinned: Sequence[Key]) -> Receipt:
    """What a receipt says; raises ``Refused``."""
    raw = file.read(MOST + 1)
    found = COMPACT.fullmatch(raw)
    if found is None:
        raise Unreadable("it is no receipt that we know")
    header, body = _json(found[1]), _json(found[2])
    if (header.get("alg"), header.get("typ")) != (ALGORITHM, RECEIPT_KIND):
        raise Unreadable("it is signed, but it is no receipt")
    if any(encoded(decoded(part)) != part for part in found.groups()):
        raise Altered("the receipt")
    key = _signed_by(found, pinned)
    if key is None:
        named = header.get("kid")
        if not isinstance(named, str) or not KID.fullmatch(named):
            raise Altered("the receipt")
        if named in {each.kid for each in pinned}:
            raise Altered("the receipt")
        raise OtherKey(named)
    return _read(body, key)


def _signed_by(found: re.Match[bytes], keys: Iterable[Key]) -> Key | None:
    said, signature = found[1] + b"." + found[2], decoded(found[3])
    return next((key for key in keys if fits_key(key, signature, said)), None)


def _json(part: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(decoded(part))
    except (ValueError, RecursionError):
        raise Altered("the receipt") from None
    if not isinstance(said, dict):
        raise Altered("the receipt")
    return said


def _read(said: Mapping[str, Any], key: Key) -> Receipt:
    """What it says; only once its signature was found to be good."""
    try:
        return Receipt(
            key=key.thumbprint(),
            issuer=said["iss"],
            made_at=datetime.fromisoformat(said["dct:date"]["@value"]),
            answer=said["dct:description"],
            agreements=tuple(one["dct:identifier"] for one in said["dpv:hasProcess"]),
        )
    except (KeyError, TypeError, ValueError):
        raise Unreadable("it says nothing that we know") from None
