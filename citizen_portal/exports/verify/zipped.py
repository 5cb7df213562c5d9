"""Reads a copy's zip only in the form in which ``package.archive`` writes it.

Records must lie one behind the other with nothing between, before or after them, and say the same
in each place. So no byte of the file is passed over.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from citizen_portal.exports.package import archive, contents
from citizen_portal.exports.package.archive import CENTRAL, DEFLATED, END, LOCAL, START, Entry
from citizen_portal.exports.verify.refusals import Altered, Unreadable

CHUNK = 262_144
THE_END = "the list at the end of the zip file"
MOST_LISTED = archive.MOST_FILES * (CENTRAL.size + contents.LONGEST_PATH)


@dataclass(frozen=True, slots=True)
class Hashes:
    """What a file is, unpacked and as it lies in the zip."""

    size: int
    sha256: str
    in_zip: str


def entries(file: BinaryIO) -> list[Entry]:
    """Every file of the zip, in the order in which they lie there; raises ``Refused``."""
    found, at = [], 0
    listed, listed_at, count = _listed(file)
    for entry in _split(listed):
        if entry.offset != at:
            raise Altered(entry.path, "does not lie where it should")
        at += entry.length
        found.append(entry)
    if (at, len(found)) != (listed_at, count):
        raise Altered(THE_END)
    paths = {entry.path.casefold() for entry in found}
    if len(paths) != len(found):
        raise Altered(THE_END, "names a file twice")
    return found


def whole(file: BinaryIO, entry: Entry, *, most: int) -> bytes:
    """A small file, unpacked; raises ``Altered`` if it is larger than ``most``."""
    return b"".join(_unpacked(file, entry, most, hashlib.sha256()))


def hashes(file: BinaryIO, entry: Entry) -> Hashes:
    """Reads a file of any size piece by piece. No more is unpacked than its entry says."""
    plain, lying, size = hashlib.sha256(), hashlib.sha256(), 0
    for piece in _unpacked(file, entry, entry.size, lying):
        plain.update(piece)
        size += len(piece)
    return Hashes(size, plain.hexdigest(), lying.hexdigest())


def _listed(file: BinaryIO) -> tuple[bytes, int, int]:
    """The list at the end, where it begins, and how many files it says it names."""
    file.seek(0)
    begins = file.read(len(START)) == START
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size))
    tail = file.read(END.size)
    if len(tail) == END.size:
        *_, count, length, at, _ = END.unpack(tail)
        fits = at + length + END.size == size and length <= MOST_LISTED
        if fits and tail == archive.end(count, length, at):
            file.seek(at)
            return file.read(length), at, count
    if begins:
        raise Altered(THE_END)
    raise Unreadable("it is no zip file of a copy")


def _split(listed: bytes) -> Iterator[Entry]:
    """The lines of the list, each in the only form that it may have."""
    at = 0
    while at < len(listed):
        fixed = listed[at : at + CENTRAL.size]
        if len(fixed) < CENTRAL.size:
            raise Altered(THE_END)
        _, _, _, _, method, time, day, crc, packed, size, length, *_, offset = CENTRAL.unpack(fixed)
        name = listed[at + CENTRAL.size : at + CENTRAL.size + length]
        path = name.decode("ascii", "replace")
        if not contents.safe(path):
            raise Altered(THE_END, "names a file as no file of a copy may be named")
        entry = Entry(path, method, day << 16 | time, crc, packed, size, offset)
        if archive.central(entry) != fixed + name or method not in {archive.STORED, DEFLATED}:
            raise Altered(path)
        yield entry
        at += len(fixed) + length


def _unpacked(file: BinaryIO, entry: Entry, most: int, lying: "hashlib._Hash") -> Iterator[bytes]:
    """The file's bytes, while ``lying`` hashes its whole record; raises ``Altered``."""
    if entry.size > most:
        raise Altered(entry.path, "is larger than it may be")
    file.seek(entry.offset)
    before = file.read(LOCAL.size + len(entry.path))
    lying.update(before)
    crc = size = 0
    for piece in _pieces(file, entry, lying):
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        if size > entry.size:
            raise Altered(entry.path)
        yield piece
    behind = file.read(len(archive.descriptor(entry)))
    lying.update(behind)
    same = before == archive.local(entry) and behind == archive.descriptor(entry)
    if not same or (crc, size) != (entry.crc, entry.size):
        raise Altered(entry.path)


def _pieces(file: BinaryIO, entry: Entry, lying: "hashlib._Hash") -> Iterator[bytes]:
    packed = _packed(file, entry, lying)
    if entry.method != DEFLATED:
        yield from packed
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        yield from _inflated(unpacker, packed)
    except zlib.error:
        raise Altered(entry.path) from None
    if not unpacker.eof or unpacker.unused_data or next(packed, b""):
        raise Altered(entry.path)


def _packed(file: BinaryIO, entry: Entry, lying: "hashlib._Hash") -> Iterator[bytes]:
    for at in range(0, entry.packed, CHUNK):
        packed = file.read(min(CHUNK, entry.packed - at))
        lying.update(packed)
        yield packed


def _inflated(unpacker: "zlib._Decompress", packed: Iterator[bytes]) -> Iterator[bytes]:
    """zlib may have taken all that it was given and still hold bytes that go beyond one piece."""
    piece = left = b""
    while not unpacker.eof:
        left = left or next(packed, b"")
        if not (left or piece):
            return
        piece = unpacker.decompress(left, CHUNK)
        left = unpacker.unconsumed_tail
        yield piece
