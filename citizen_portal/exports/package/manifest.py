"""The signed list of what is in a copy, and the signature over its very bytes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from citizen_portal.exports.package.archive import File
from citizen_portal.exports.package.contents import Contents
from citizen_portal.exports.package.descriptors import moment
from citizen_portal.signing import Signer

LIST, SIGNATURE, KEY = "manifest.json", "manifest.jws", "key.jwks.json"
FORMAT = "citizen-portal-copy/1"
KIND = "citizen-portal-copy+json"
"""What its signature's header says, so that nothing else we sign passes for it."""
CASE_FORMAT = "citizen-portal-case/1"
CASE_KIND = "citizen-portal-case+json"
KINDS = {FORMAT: KIND, CASE_FORMAT: CASE_KIND}
"""By the format of the list, what its signature must say."""


def written(contents: Contents, files: Iterable[File]) -> bytes:
    """``manifest.json``: each file but itself and its signature, in the order of their paths."""
    asked = {
        "parts": list(contents.asked.parts),
        "bodies": list(contents.asked.bodies),
        "since": contents.asked.since,
        "until": contents.asked.until,
    }
    return listed(
        FORMAT,
        id=contents.id,
        issuer=contents.issuer,
        made_at=moment(contents),
        language=contents.language,
        asked=asked,
        files=files,
    )


def listed(
    form: str,
    *,
    id: UUID,
    issuer: str,
    made_at: str,
    language: str,
    asked: Mapping[str, Any],
    files: Iterable[File],
) -> bytes:
    """The list of a copy or of a case file: each has a format of its own."""
    said = {
        "format": form,
        "id": str(id),
        "issuer": issuer,
        "made_at": made_at,
        "language": language,
        "asked": asked,
        "files": [asdict(file) for file in sorted(files, key=lambda file: file.path)],
    }
    return as_json(said)


def signature(manifest: bytes, signer: Signer, kind: str = KIND) -> bytes:
    """``manifest.jws``: a detached JWS (RFC 7515, appendix F) over the manifest as it stands."""
    signed = signer.sign(manifest, typ=kind)
    return f"{signed['protected']}..{signed['signature']}".encode()


def key(signer: Signer) -> bytes:
    """``key.jwks.json``: the public key, to see that the list is unchanged; not proof of whose."""
    return as_json({"keys": [signer.current.as_dict(private=False)]})


def as_json(value: Any) -> bytes:
    """JSON for people too: a day as its date, indented, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode() + b"\n"
