"""The zip file, byte by byte. Each record has one form only, so that none can change unseen.

Any program opens it (APPNOTE 6.3, without zip64). What is known only at the end of a file stands
behind it, so that it is written while it is made and nothing is ever gone back to.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

LOCAL = struct.Struct("<4s5H3I2H")
DESCRIPTOR = struct.Struct("<4s3I")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
START, BEHIND, LISTED, LAST = b"PK\3\4", b"PK\7\10", b"PK\1\2", b"PK\5\6"
STORED, DEFLATED = 0, 8
NEEDED, MADE_BY, BEHIND_FLAG = 20, 3 << 8 | 20, 8
OWNER_ONLY = 0o100600 << 16
MOST_BYTES, MOST_FILES = 0xFFFF_FFFF - 1, 0xFFFF - 1
LEVEL = 1
"""Quickest. Others save a fifth of the space and take twice the time."""


class TooLarge(Exception):
    """More than a zip file of this form can hold: 4 GB, 65,534 files."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the zip's records tell it."""

    path: str
    method: int
    stamp: int
    """Day and time as MS-DOS counts them."""
    crc: int = 0
    packed: int = 0
    size: int = 0
    offset: int = 0

    @property
    def length(self) -> int:
        """Bytes of the whole record: what stands before the file, the file, what stands behind."""
        behind = DESCRIPTOR.size if self.method == DEFLATED else 0
        return LOCAL.size + len(self.path) + self.packed + behind


@dataclass(frozen=True, slots=True)
class File:
    """One file as the manifest tells it. ``in_zip`` is the hash of its whole record."""

    path: str
    bytes: int
    sha256: str
    in_zip: str


def stamp(made_at: datetime) -> int:
    at = made_at.astimezone(UTC)
    day = (at.year - 1980) << 9 | at.month << 5 | at.day
    return day << 16 | at.hour << 11 | at.minute << 5 | at.second // 2


def local(entry: Entry) -> bytes:
    """What stands before a file. A packed one's sizes stand behind it, in its ``descriptor``."""
    packed = entry.method == DEFLATED
    known = (0, 0, 0) if packed else (entry.crc, entry.packed, entry.size)
    flags = BEHIND_FLAG if packed else 0
    name = entry.path.encode()
    time, day = entry.stamp & 0xFFFF, entry.stamp >> 16
    fixed = (START, NEEDED, flags, entry.method, time, day, *known, len(name), 0)
    return LOCAL.pack(*fixed) + name


def descriptor(entry: Entry) -> bytes:
    if entry.method == STORED:
        return b""
    return DESCRIPTOR.pack(BEHIND, entry.crc, entry.packed, entry.size)


def central(entry: Entry) -> bytes:
    """A file's line in the list at the end."""
    flags = BEHIND_FLAG if entry.method == DEFLATED else 0
    name = entry.path.encode()
    time, day = entry.stamp & 0xFFFF, entry.stamp >> 16
    sizes = (entry.crc, entry.packed, entry.size)
    fixed = (LISTED, MADE_BY, NEEDED, flags, entry.method, time, day, *sizes)
    return CENTRAL.pack(*fixed, len(name), 0, 0, 0, 0, OWNER_ONLY, entry.offset) + name


def end(count: int, size: int, offset: int) -> bytes:
    return END.pack(LAST, 0, 0, count, count, size, offset, 0)


class Member:
    """One file while it is written: packed as it comes, hashed as it is and as it lies there."""

    def __init__(self, path: str, stamp: int, sink: Sink) -> None:
        self.entry = Entry(path, DEFLATED, stamp)
        self._sink = sink
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._plain, self._lying = hashlib.sha256(), hashlib.sha256()
        self._crc = self._size = self._packed = 0
        self._put(local(self.entry))

    def write(self, plain: bytes) -> None:
        self._crc = zlib.crc32(plain, self._crc)
        self._size += len(plain)
        self._plain.update(plain)
        self._pack(self._packer.compress(plain))

    def close(self) -> tuple[Entry, File]:
        """Writes what stands behind the file; what is known of it now."""
        self._pack(self._packer.flush())
        path, stamp = self.entry.path, self.entry.stamp
        if max(self._size, self._packed) > MOST_BYTES:
            raise TooLarge
        entry = Entry(path, DEFLATED, stamp, self._crc, self._packed, self._size)
        self._put(descriptor(entry))
        return entry, File(path, self._size, self._plain.hexdigest(), self._lying.hexdigest())

    def _pack(self, packed: bytes) -> None:
        self._packed += len(packed)
        self._put(packed)

    def _put(self, raw: bytes) -> None:
        if raw:
            self._lying.update(raw)
            self._sink.write(raw)


class Archive:
    """The zip while it is written to something that only takes bytes; hashes the whole of it."""

    def __init__(self, out: Sink, made_at: datetime) -> None:
        self._out, self.stamp = out, stamp(made_at)
        self._entries: list[Entry] = []
        self._taken: set[str] = set()
        self._whole = hashlib.sha256()
        self.files: list[File] = []
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._whole.hexdigest()

    def write(self, raw: bytes) -> None:
        self.size += len(raw)
        if self.size > MOST_BYTES:
            raise TooLarge
        self._whole.update(raw)
        self._out.write(raw)

    def add(self, path: str, fill: Callable[[Member], object]) -> File:
        """A file, packed straight into the zip while ``fill`` writes it."""
        offset = self.size
        member = Member(path, self.stamp, self)
        fill(member)
        entry, file = member.close()
        self._list(entry, offset)
        self.files.append(file)
        return file

    def add_bytes(self, path: str, plain: bytes) -> File:
        return self.add(path, lambda member: member.write(plain))

    def append(self, closed: Iterable[tuple[Entry, File]], raw: Iterable[bytes]) -> None:
        """Files that were packed elsewhere meanwhile, one behind the other."""
        offset = self.size
        for chunk in raw:
            self.write(chunk)
        for entry, file in closed:
            self._list(entry, offset)
            self.files.append(file)
            offset += entry.length

    def store(self, path: str, plain: bytes) -> None:
        """A file as it is, not among ``files``: the list of files cannot list itself."""
        sizes = (zlib.crc32(plain), len(plain), len(plain))
        entry = Entry(path, STORED, self.stamp, *sizes)
        offset = self.size
        self.write(local(entry) + plain)
        self._list(entry, offset)

    def finish(self) -> None:
        offset = self.size
        for entry in self._entries:
            self.write(central(entry))
        self.write(end(len(self._entries), self.size - offset, offset))

    def _list(self, entry: Entry, offset: int) -> None:
        if len(self._entries) == MOST_FILES:
            raise TooLarge
        if entry.path.casefold() in self._taken:
            raise ValueError("two files of a package have the same path")
        self._taken.add(entry.path.casefold())
        sizes = (entry.crc, entry.packed, entry.size)
        self._entries.append(Entry(entry.path, entry.method, entry.stamp, *sizes, offset))
