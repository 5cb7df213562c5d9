"""Pairs of organisations gathered into the places and bands of a picture, small ones together."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from citizen_portal.agreements.queries.flow import Band

MOST_BODIES = 8
"""Organisations that one side draws by name, before the smaller ones are put together."""
MOST_AROUND = 12
"""The same where one organisation is open, as its other side is that one alone."""
MOST_KINDS = 5
"""Kinds that one side draws beside organisations, before the smaller ones are put together."""
Named = tuple[Literal["body", "kind", "more"], str]
"""What a place stands for: an organisation by slug, a kind, or more ``bodies`` or ``kinds``."""
LAST = frozenset({"more:body", "more:kind"})
"""Keys of the places that stand for what was put together."""


@dataclass(frozen=True, slots=True)
class Pair:
    """That one organisation gives data to another, under these agreements."""

    giver: UUID
    getter: UUID
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    named: Named
    bodies: int
    """Organisations that it stands for."""
    kinds: int
    """Kinds that it stands for, where it is more than one."""
    agreements: int


@dataclass(frozen=True, slots=True)
class Flows:
    """Bands between places, the places of either side by their key, and what it comes to."""

    bands: tuple[Band, ...]
    lefts: Mapping[str, Place]
    rights: Mapping[str, Place]
    agreements: int
    givers: int
    getters: int


def gather(
    pairs: Sequence[Pair],
    naming: Callable[[UUID], Named],
    *,
    keep: Named | None = None,
    most: int = MOST_BODIES,
) -> Flows:
    """An agreement between several is counted once in each band and place that it touches."""
    left = _folding(((naming(pair.giver), pair) for pair in pairs), keep, most)
    right = _folding(((naming(pair.getter), pair) for pair in pairs), keep, most)
    bands: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in pairs:
        ends = left[naming(pair.giver)], right[naming(pair.getter)]
        bands[key_of(ends[0]), key_of(ends[1])].update(pair.references)
    return Flows(
        bands=tuple(Band(a, b, len(references)) for (a, b), references in bands.items()),
        lefts=_places(((naming(pair.giver), pair.giver, pair) for pair in pairs), left),
        rights=_places(((naming(pair.getter), pair.getter, pair) for pair in pairs), right),
        agreements=len({reference for pair in pairs for reference in pair.references}),
        givers=len({pair.giver for pair in pairs}),
        getters=len({pair.getter for pair in pairs}),
    )


def key_of(named: Named) -> str:
    return ":".join(named)


def _folding(
    ends: Iterable[tuple[Named, Pair]], keep: Named | None, most_bodies: int
) -> dict[Named, Named]:
    """For each place the one that it is drawn as: itself or, if it is small, one of the rest."""
    references: dict[Named, set[str]] = defaultdict(set)
    for named, pair in ends:
        references[named].update(pair.references)
    drawn = {named: named for named in references}
    mixed = len({sort for sort, _ in references}) > 1
    for sort, most in (("body", most_bodies), ("kind", MOST_KINDS if mixed else None)):
        own = [named for named in references if named[0] == sort]
        if most is None or len(own) <= most:
            continue
        own.sort(key=lambda one: (one != keep, -len(references[one]), one))
        drawn |= {named: ("more", named[0]) for named in own[most - 1 :]}
    return drawn


def _places(
    ends: Iterable[tuple[Named, UUID, Pair]], drawn: Mapping[Named, Named]
) -> dict[str, Place]:
    bodies: dict[Named, set[UUID]] = defaultdict(set)
    kinds: dict[Named, set[Named]] = defaultdict(set)
    references: dict[Named, set[str]] = defaultdict(set)
    for named, body_id, pair in ends:
        place = drawn[named]
        bodies[place].add(body_id)
        kinds[place].add(named)
        references[place].update(pair.references)
    return {
        key_of(place): Place(place, len(bodies[place]), len(kinds[place]), len(references[place]))
        for place in bodies
    }
