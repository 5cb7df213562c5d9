"""Bytes from other systems, read strictly into plain values."""

import json
import math
import zlib
from typing import Any, NoReturn

from citizen_portal.fetch.faults import Fault, Kind

DEEPEST = 32
"""Levels of lists and objects that a document may have."""
GZIP = 31
"""What zlib calls "gzip, and nothing else"."""


class Unreadable(ValueError):
    """Why bytes are not a document that we take, in words that hold none of it."""


def read(raw: bytes, *, packed: bool, max_bytes: int) -> tuple[Any, int]:
    """The JSON document in ``raw`` and its size; raises ``Fault`` for whatever is not just that."""
    plain = unpacked(raw, max_bytes) if packed else raw
    try:
        return parse(plain), len(plain)
    except Unreadable:
        raise Fault(Kind.UNREADABLE) from None


def parse(plain: bytes) -> Any:
    """The JSON document in these bytes; raises ``Unreadable``.

    Refused: other encodings than UTF-8, a name twice in one object, NaN and infinities, lone
    surrogates, NUL, and depth.
    """
    try:
        document = json.loads(
            plain.decode(),
            object_pairs_hook=_each_once,
            parse_constant=_refuse,
            parse_float=_finite,
        )
        _check(document)
    except Unreadable:
        raise
    except UnicodeDecodeError:
        raise Unreadable("is not written in UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON from line {error.lineno} on") from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except ValueError:
        raise Unreadable("holds a number that is too long") from None
    return document


def unpacked(raw: bytes, max_bytes: int) -> bytes:
    """Decompressed up to one byte more than is allowed, so that a bomb does not go off."""
    unpacker = zlib.decompressobj(GZIP)
    try:
        plain = unpacker.decompress(raw, max_bytes + 1)
    except zlib.error:
        raise Fault(Kind.UNREADABLE) from None
    if len(plain) > max_bytes:
        raise Fault(Kind.TOO_LARGE)
    if not unpacker.eof or unpacker.unused_data:
        raise Fault(Kind.UNREADABLE)
    return plain


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Unreadable("holds the same field twice")
    return made


def _refuse(_: str) -> NoReturn:
    raise Unreadable("holds NaN or an infinity, which are not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("holds a number that is too large")
    return number


def _check(document: Any) -> None:
    """Raises ``Unreadable``. Level by level, so that depth costs no stack."""
    level, depth = [document], 0
    while level:
        if depth > DEEPEST:
            raise Unreadable("is nested too deeply")
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
        level, depth = below, depth + 1


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Unreadable("holds a NUL character")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable("holds half a character (a lone surrogate)") from None
