"""Checks a whole copy: the zip, the signature, then each file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from joserfc.jwk import Key

from citizen_portal.exports.package import archive, manifest
from citizen_portal.exports.package.archive import DEFLATED, STORED, Entry
from citizen_portal.exports.verify import signed, zipped
from citizen_portal.exports.verify.refusals import Altered, OtherKey
from citizen_portal.exports.verify.signed import Listed, Manifest

MOST_LIST, MOST_SIGNATURE, MOST_KEY = 40_000_000, 2_000, 20_000


@dataclass(frozen=True, slots=True)
class Checked:
    """An unchanged copy. ``trusted`` is whether it was signed by a key that the caller brought."""

    trusted: bool
    key: str
    """Thumbprint of the key that signed it (RFC 7638)."""
    issuer: str
    """Address that it says it comes from; means something only if it is trusted."""
    made_at: datetime
    files: int
    case: bool = False
    """Whether it is the case file of a question and no copy of somebody's data."""


def check(file: BinaryIO, *, pinned: Sequence[Key] | None) -> Checked:
    """What can be said of a copy; raises ``Refused``.

    ``pinned`` are the keys that are trusted. ``None``: only whether it is unchanged since whoever
    holds the key that lies in it signed it.
    """
    entries = zipped.entries(file)
    listed = _signed_list(file, entries)
    inside = signed.keys_in(_embedded(file, entries))
    key = signed.signed_by(*listed, inside if pinned is None else pinned)
    if key is None:
        other = signed.signed_by(*listed, inside)
        raise OtherKey(other.thumbprint()) if other else Altered(manifest.LIST)
    said = signed.read(listed[0])
    if not signed.fits_list(listed[1], said):
        raise Altered(manifest.SIGNATURE)
    _check_files(file, entries, said)
    return Checked(
        trusted=pinned is not None,
        key=key.thumbprint(),
        issuer=said.issuer,
        made_at=said.made_at,
        files=len(entries),
        case=said.format == manifest.CASE_FORMAT,
    )


def _signed_list(file: BinaryIO, entries: list[Entry]) -> tuple[bytes, bytes]:
    """The list and its signature, which lie last and as they are."""
    last = [(entry.path, entry.method) for entry in entries[-2:]]
    for found, path in zip(last, (manifest.LIST, manifest.SIGNATURE), strict=False):
        if found != (path, STORED):
            raise Altered(path, "is not where it should be")
    if len(last) < 2:
        raise Altered(manifest.LIST, "is missing")
    return (
        zipped.whole(file, entries[-2], most=MOST_LIST),
        zipped.whole(file, entries[-1], most=MOST_SIGNATURE),
    )


def _embedded(file: BinaryIO, entries: list[Entry]) -> bytes:
    found = next((entry for entry in entries if entry.path == manifest.KEY), None)
    if found is None:
        raise Altered(manifest.KEY, "is missing")
    return zipped.whole(file, found, most=MOST_KEY)


def _check_files(file: BinaryIO, entries: list[Entry], said: Manifest) -> None:
    """Each file is the one that the list names, and none is more or less."""
    left = {one.path: one for one in said.files}
    stamp = archive.stamp(said.made_at)
    for entry in entries[:-2]:
        one = left.pop(entry.path, None)
        if one is None:
            raise Altered(entry.path, "was added")
        if entry.method != DEFLATED or not _same(file, entry, one):
            raise Altered(entry.path)
    for entry in entries:
        if entry.stamp != stamp:
            raise Altered(entry.path)
    if left:
        raise Altered(min(left), "is missing")


def _same(file: BinaryIO, entry: Entry, one: Listed) -> bool:
    found = zipped.hashes(file, entry)
    return (found.size, found.sha256, found.in_zip) == (one.bytes, one.sha256, one.in_zip)
