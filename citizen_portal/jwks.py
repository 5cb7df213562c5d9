"""Key sets that others publish (RFC 7517): which keys we can use, and for which algorithm."""

from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

MOST_KEYS = 50
PUBLIC_PARTS = {"EC": {"crv", "x", "y"}, "RSA": {"n", "e"}, "OKP": {"crv", "x"}}
DESCRIBING = {"kty", "kid", "use", "alg", "key_ops"}
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members that only the key's owner may know (RFC 7518 §6)."""


def usable(published: object) -> list[Key] | None:
    """The public keys that can be read; others are left out, as RFC 7517 §5 says.

    ``None`` when it is no key set at all.
    """
    listed = published.get("keys") if isinstance(published, dict) else None
    if not isinstance(listed, list):
        return None
    found = (_public(entry) for entry in listed[:MOST_KEYS])
    return [key for key in found if key is not None]


def holds_secrets(entry: Mapping[str, Any]) -> bool:
    """Whether a key says more than others may know of it."""
    return not PRIVATE_PARTS.isdisjoint(entry)


def fits(key: Key, algorithm: str) -> bool:
    """Whether this key was made for this algorithm, by kind, by curve and by its own word."""
    stated = key.as_dict(private=False)
    synonyms = {"EdDSA", "Ed25519"} if algorithm in {"EdDSA", "Ed25519"} else {algorithm}
    if stated.get("alg", algorithm) not in synonyms or stated.get("use", "sig") != "sig":
        return False
    if "verify" not in stated.get("key_ops", ["verify"]):
        return False
    if isinstance(key, ECKey):
        return algorithm == "ES256" and key.curve_name == "P-256"
    if isinstance(key, OKPKey):
        return len(synonyms) == 2 and key.curve_name == "Ed25519"
    return isinstance(key, RSAKey) and algorithm in {"RS256", "PS256"} and _bits(key) >= 2048


def _public(entry: object) -> Key | None:
    if not isinstance(entry, dict) or str(entry.get("kty")) not in PUBLIC_PARTS:
        return None
    parts = PUBLIC_PARTS[str(entry["kty"])]
    wanted = {name: value for name, value in entry.items() if name in parts | DESCRIBING}
    try:
        return JWKRegistry.import_key(wanted)
    except (JoseError, ValueError, TypeError):
        return None


def _bits(key: RSAKey) -> int:
    return int(key.public_key.key_size)
