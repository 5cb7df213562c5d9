"""The tree of hashes of RFC 6962 §2.1 over a day's events, and the path from one to its root.

A leaf is as it is kept: the hash of a zero byte, a salt and an event. A day's leaves are cut into
256 parts by their first byte; each part has a tree of its own, and the parts' roots are the leaves
of one more. So a path of one event needs one part of the day and never the whole of it.
"""

import hashlib
from collections.abc import Iterable, Sequence

PARTS = 256
SIZE = 32
"""Bytes of a hash."""
EMPTY = hashlib.sha256(b"").digest()

Step = tuple[str, bytes]
"""On which side the other hash stands ("left" or "right"), and that hash."""


def leaf(salt: bytes, canonical: bytes) -> bytes:
    """The salted hash of an event (RFC 6962 §2.1 marks leaves by a zero byte)."""
    return hashlib.sha256(b"\0" + salt + canonical).digest()


def above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The hash over these leaves, taken one by one: it keeps no more than one hash a level."""
    stack: list[tuple[int, bytes]] = []
    for reached in leaves:
        height = 0
        while stack and stack[-1][0] == height:
            reached = above(stack.pop()[1], reached)
            height += 1
        stack.append((height, reached))
    if not stack:
        return EMPTY
    found = stack.pop()[1]
    while stack:
        found = above(stack.pop()[1], found)
    return found


def path(leaves: Sequence[bytes], at: int) -> list[Step]:
    """From one leaf up to the root: each hash that is joined to what was reached so far."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if at < half:
        return [*path(leaves[:half], at), ("right", root(leaves[half:]))]
    return [*path(leaves[half:], at - half), ("left", root(leaves[:half]))]


def climb(reached: bytes, steps: Iterable[Step]) -> bytes:
    """The root that a path leads to from a leaf."""
    for side, other in steps:
        reached = above(other, reached) if side == "left" else above(reached, other)
    return reached


def cut(joined: bytes) -> list[bytes]:
    """Hashes that stand one after the other."""
    return [joined[at : at + SIZE] for at in range(0, len(joined), SIZE)]
