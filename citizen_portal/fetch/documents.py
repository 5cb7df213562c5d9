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


def read(raw: bytes, *, packed: bool, max_bytes: int) -> tuple[Any, int]:
    """The JSON document in ``raw`` and its size; raises ``Fault`` for whatever is not just that.

    Refused: other encodings than UTF-8, a name twice in one object, NaN and infinities, lone
    surrogates, NUL, and depth.
    """
    plain = _unpacked(raw, max_bytes) if packed else raw
    try:
        document = json.loads(
            plain.decode(),
            object_pairs_hook=_each_once,
            parse_constant=_refuse,
            parse_float=_finite,
        )
        _check(document)
    except (ValueError, RecursionError):
        raise Fault(Kind.UNREADABLE) from None
    return document, len(plain)


def _unpacked(raw: bytes, max_bytes: int) -> bytes:
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
        raise ValueError("a name stands twice")
    return made


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a number that can be kept")
    return number


def _check(document: Any) -> None:
    """Raises ``ValueError``. Level by level, so that depth costs no stack."""
    level, depth = [document], 0
    while level:
        if depth > DEEPEST:
            raise ValueError("too deep")
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
    if text.isascii():
        if "\0" in text:
            raise ValueError("NUL")
        return
    text.encode()  # a lone surrogate has no place in UTF-8: UnicodeEncodeError is a ValueError
    if "\0" in text:
        raise ValueError("NUL")
