"""Public keys as a body hands them in: a JWK set, one JWK, or one key in PEM."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from citizen_portal import jwks
from citizen_portal.fetch import documents

MOST_KEYS = 10
ALGORITHMS = ("ES256", "Ed25519", "PS256")
NOT_FOR_US = (
    "The file holds a SECRET key. Nobody but its owner may have it: treat it as lost, make a new "
    "key, and hand in its public half only."
)
MAKERS: dict[type[Any], Callable[..., Key]] = {
    ec.EllipticCurvePublicKey: ECKey,
    ed25519.Ed25519PublicKey: OKPKey,
    rsa.RSAPublicKey: RSAKey,
}


class BadKeys(Exception):
    """The keys cannot be taken; says why, and none of them."""


def read_keys(raw: bytes) -> dict[str, Any]:
    """The public keys as a JWK set, each with a key id; raises ``BadKeys``."""
    found = [_from_pem(raw)] if raw.lstrip().startswith(b"-----") else _from_json(raw)
    if not 0 < len(found) <= MOST_KEYS:
        raise BadKeys(f"There must be 1 to {MOST_KEYS} keys.")
    for key in found:
        if not any(jwks.fits(key, algorithm) for algorithm in ALGORITHMS):
            raise BadKeys(
                "A key fits none of ES256 (P-256), EdDSA (Ed25519) and PS256 (RSA, 2048 bits or "
                "more), or is not meant for signing."
            )
        key.ensure_kid()
    if len({key.kid for key in found}) < len(found):
        raise BadKeys("Two keys have the same key id.")
    return {"keys": [dict(key.as_dict(private=False)) for key in found]}


def _from_json(raw: bytes) -> list[Key]:
    try:
        said = documents.parse(raw)
    except documents.Unreadable as error:
        raise BadKeys(f"The file {error}.") from None
    listed = said.get("keys", [said]) if isinstance(said, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadKeys("The file holds no JWK set.")
    if any(jwks.holds_secrets(one) for one in listed):
        raise BadKeys(NOT_FOR_US)
    found = jwks.usable({"keys": listed}) or []
    if len(found) < len(listed):
        raise BadKeys("A key cannot be read, or is of a kind that is not taken.")
    return found


def _from_pem(raw: bytes) -> Key:
    if b"PRIVATE" in raw:
        raise BadKeys(NOT_FOR_US)
    try:
        numbers = load_pem_public_key(raw)
    except ValueError:
        raise BadKeys("The file holds no public key in PEM.") from None
    for kind, maker in MAKERS.items():
        if isinstance(numbers, kind):
            return maker(numbers, numbers, {"use": "sig"})
    raise BadKeys("The key is of a kind that is not taken.")
