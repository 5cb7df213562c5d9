"""The signed list of what is in a copy, and the signature over its very bytes."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from citizen_portal.exports.package.archive import File
from citizen_portal.exports.package.contents import Contents
from citizen_portal.exports.package.descriptors import moment
from citizen_portal.signing import Signer

LIST, SIGNATURE, KEY = "manifest.json", "manifest.jws", "key.jwks.json"
FORMAT = "citizen-portal-copy/1"
KIND = "citizen-portal-copy+json"
"""What its signature's header says, so that nothing else we sign passes for it."""


def written(contents: Contents, files: Iterable[File]) -> bytes:
    """``manifest.json``: each file but itself and its signature, in the order of their paths."""
    asked = {
        "parts": list(contents.asked.parts),
        "bodies": list(contents.asked.bodies),
        "since": contents.asked.since,
        "until": contents.asked.until,
    }
    said = {
        "format": FORMAT,
        "id": str(contents.id),
        "issuer": contents.issuer,
        "made_at": moment(contents),
        "language": contents.language,
        "asked": asked,
        "files": [asdict(file) for file in sorted(files, key=lambda file: file.path)],
    }
    return as_json(said)


def signature(manifest: bytes, signer: Signer) -> bytes:
    """``manifest.jws``: a detached JWS (RFC 7515, appendix F) over the manifest as it stands."""
    signed = signer.sign(manifest, typ=KIND)
    return f"{signed['protected']}..{signed['signature']}".encode()


def key(signer: Signer) -> bytes:
    """``key.jwks.json``: the public key, to see that the list is unchanged; not proof of whose."""
    return as_json({"keys": [signer.current.as_dict(private=False)]})


def as_json(value: Any) -> bytes:
    """JSON for people too: a day as its date, indented, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode() + b"\n"
