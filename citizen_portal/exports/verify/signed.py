"""The signed list of a copy: read strictly, its signature checked over its very bytes."""

import base64
import json
import re
from collections.abc import Iterable
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import Key
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from citizen_portal.exports.package import manifest
from citizen_portal.exports.package.contents import safe
from citizen_portal.exports.verify.refusals import Altered, Unreadable
from citizen_portal.jwks import fits, usable
from citizen_portal.signing import ALGORITHM

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SIGNATURE = re.compile(rb"([A-Za-z0-9_-]{1,1000})\.\.([A-Za-z0-9_-]{86})")


def _safe(path: str) -> str:
    if not safe(path):
        raise ValueError("no path of a copy")
    return path


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Listed(Strict):
    """One file of the list."""

    path: Annotated[str, AfterValidator(_safe)]
    bytes: int
    sha256: Hash
    in_zip: Hash


class Manifest(Strict):
    """The list as it is written; what was asked for is the reader's business."""

    format: Literal["citizen-portal-copy/1", "citizen-portal-case/1"]
    id: str
    issuer: str
    made_at: Annotated[AwareDatetime, Field(strict=False)]
    language: str
    asked: dict[str, object]
    files: list[Listed]


def read(raw: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(raw)
    except ValidationError:
        raise Unreadable("its list of files is not of a kind that we know") from None


def keys_in(raw: bytes) -> list[Key]:
    """The keys of a JWK set that can sign a copy; none if it is no such set."""
    try:
        return keys_of(json.loads(raw))
    except (ValueError, RecursionError):
        return []


def keys_of(published: object) -> list[Key]:
    return [key for key in usable(published) or () if fits(key, ALGORITHM)]


def signed_by(raw: bytes, signature: bytes, keys: Iterable[Key]) -> Key | None:
    """Which of these keys signed the list; raises ``Altered`` for what is no signature of ours."""
    found = SIGNATURE.fullmatch(signature)
    if found is None or _kind(found[1]) is None or encoded(decoded(found[2])) != found[2]:
        raise Altered(manifest.SIGNATURE)
    said = found[1] + b"." + encoded(raw)
    return next((key for key in keys if fits_key(key, decoded(found[2]), said)), None)


def fits_list(signature: bytes, said: Manifest) -> bool:
    """Whether a signature says that it is over a list of just this format."""
    found = SIGNATURE.fullmatch(signature)
    return found is not None and _kind(found[1]) == manifest.KINDS[said.format]


def _kind(protected: bytes) -> str | None:
    """Over what kind of list the signature's header says that it is; none for what we sign else."""
    try:
        header = json.loads(decoded(protected))
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        return None
    kind = header.get("typ")
    return kind if kind in set(manifest.KINDS.values()) else None


def fits_key(key: Key, signature: bytes, said: bytes) -> bool:
    public = key.public_key
    if not isinstance(public, Ed25519PublicKey):
        return False
    try:
        public.verify(signature, said)
    except InvalidSignature:
        return False
    return True


def encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def decoded(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
