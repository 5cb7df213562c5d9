"""The identity of an event that a body sends: its source, and the reference that source gave it."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

Key = tuple[UUID, str]
AT_ONCE = 5_000
"""Values that one statement may ask for."""


def by_source(keys: Iterable[Key]) -> Iterator[tuple[UUID, Sequence[str]]]:
    """The references of each source, no more of them together than a statement may ask for."""
    refs: dict[UUID, list[str]] = {}
    for source_id, ref in sorted(keys):
        refs.setdefault(source_id, []).append(ref)
    return ((source_id, some) for source_id, of in refs.items() for some in in_parts(of))


def in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
