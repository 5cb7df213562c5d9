"""What bytes say, however they are wrapped: packed, escaped, or one inside the other."""

import base64
import gzip
import html
import io
import json
import quopri
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from urllib.parse import unquote_plus

from tests.exports.printed import Printed

DEEPEST = 4
"""So many wrappings, one inside the other, are opened."""
LARGEST = 20_000_000
WORDS = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"%PDF-", b"\x78\x9c", b"\x78\x01", b"\x78\xda")
QUOTED = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
JSON_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")


def readings(raw: bytes, depth: int = DEEPEST) -> Iterator[bytes]:
    """The bytes as they stand, and what is in them."""
    yield raw
    if depth == 0:
        return
    ways = (_unpacked,) if raw.startswith(PACKED) else (_unescaped, _spelled)
    for inner in (each for way in ways for each in way(raw)):
        if inner and inner != raw:
            yield from readings(inner, depth - 1)


def found(marks: Iterable[str], raw: bytes, *, depth: int = DEEPEST) -> set[str]:
    """Which of these texts are in there, in capitals or not."""
    wanted = {mark: mark.lower().encode() for mark in marks}
    met: set[str] = set()
    for reading in readings(raw, depth):
        small = reading.lower()
        met |= {mark for mark, text in wanted.items() if text in small}
    return met


def _unpacked(raw: bytes) -> Iterator[bytes]:
    if raw[:2] == b"\x1f\x8b":
        yield from _tried(lambda: gzip.decompress(raw))
    elif raw[:4] == b"PK\x03\x04":
        yield from _zipped(raw)
    elif raw[:5] == b"%PDF-":
        yield from _tried(lambda: Printed(raw).text.encode() + b"\n" + Printed(raw).said)
    elif raw[:2] in {b"\x78\x9c", b"\x78\x01", b"\x78\xda"}:
        yield from _tried(lambda: zlib.decompress(raw))


def _zipped(raw: bytes) -> Iterator[bytes]:
    try:
        package = zipfile.ZipFile(io.BytesIO(raw))
    except zipfile.BadZipFile:
        return
    for entry in package.infolist():
        yield entry.filename.encode() + entry.comment
        if entry.file_size < LARGEST:
            yield from _tried(partial(package.read, entry))


def _unescaped(raw: bytes) -> Iterator[bytes]:
    if b"\0" in raw:
        for width in ("utf-16-le", "utf-16-be"):
            yield raw.decode(width, "ignore").encode()
    if b"&" not in raw and b"%" not in raw and b"\\u" not in raw and b"=" not in raw:
        return
    text = raw.decode("utf-8", "replace")
    if "&" in text:
        yield html.unescape(text).encode("utf-8", "replace")
    if "%" in text:
        yield unquote_plus(text).encode("utf-8", "replace")
    if "\\u" in text:
        escaped = JSON_ESCAPE.sub(lambda each: json.loads(f'"{each[0]}"'), text)
        yield escaped.encode("utf-8", "replace")
    if QUOTED.search(raw):
        yield quopri.decodestring(raw)


def _spelled(raw: bytes) -> Iterator[bytes]:
    """Words that are base64: what comes out is looked into if it is text, or packed."""
    for word in set(WORDS.findall(raw)):
        said = _word(word)
        if said is not None:
            yield said


@lru_cache(maxsize=50_000)
def _word(word: bytes) -> bytes | None:
    whole = word.rstrip(b"=")
    spelled = whole[: len(whole) // 4 * 4]
    rest = whole[len(spelled) :]
    if len(rest) > 1:
        spelled += rest + b"=" * (4 - len(rest))
    try:
        said = base64.b64decode(spelled, altchars=b"-_" if set(word) & set(b"-_") else b"+/")
        return (
            said
            if said.startswith(PACKED) or "".join(said.decode().split()).isprintable()
            else None
        )
    except ValueError:
        return None


def _tried(unpack: Callable[[], bytes]) -> Iterator[bytes]:
    """Nothing where it is not what its first bytes say."""
    try:
        yield unpack()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, ValueError, KeyError, IndexError):
        return
