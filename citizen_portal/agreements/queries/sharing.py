"""Who shares with whom over the whole register: pairs of organisations, and the same drawn.

A large register is drawn by kind of organisation; one kind, or one organisation, can be opened.
Kept in memory for each revision and day, as the register is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries.gathered import (
    MOST_AROUND,
    MOST_BODIES,
    Flows,
    Named,
    Pair,
    gather,
)
from citizen_portal.agreements.queries.register import Register, register_terms
from citizen_portal.agreements.queries.scorecard import count, holds
from citizen_portal.agreements.queries.terms import Terms
from citizen_portal.bodies.models import Kind
from citizen_portal.bodies.queries import REGISTER, Directory, database_of, directory, revisions

Key = TypeVar("Key")


@dataclass(frozen=True)
class Sharing:
    """The pairs of agreements in force, those with most agreements first."""

    pairs: tuple[Pair, ...]
    inside: int
    """Agreements not drawn because they are about a use inside one organisation."""
    unnamed: int
    """Agreements not drawn because they do not name a giver and a getter of our list."""
    members: Mapping[Kind, int]
    """How many organisations of each kind give or get."""
    kinds: Mapping[UUID, Kind]
    slugs: Mapping[UUID, str]
    _of_body: Mapping[UUID, tuple[Pair, ...]] = field(repr=False)
    _of_kind: Mapping[Kind, tuple[Pair, ...]] = field(repr=False)
    _flows: dict[Kind | None, "Flows"] = field(default_factory=dict, repr=False)

    def of_body(self, body_id: UUID) -> tuple[Pair, ...]:
        return self._of_body.get(body_id, ())

    def of_kind(self, kind: Kind) -> tuple[Pair, ...]:
        return self._of_kind.get(kind, ())

    def pair(self, giver: UUID, getter: UUID) -> Pair | None:
        return next((one for one in self.of_body(giver) if one.getter == getter), None)

    def flows(self, kind: Kind | None = None) -> Flows:
        """What is drawn of the whole register, or with one kind open."""
        if kind not in self._flows:
            pairs = self.pairs if kind is None else self.of_kind(kind)
            self._flows[kind] = gather(pairs, self._naming(kind))
        return self._flows[kind]

    def flows_of(self, body_id: UUID) -> Flows:
        """What is drawn around one organisation: each other one by name."""
        own = self.of_body(body_id)
        return gather(own, self._by_name, keep=self._by_name(body_id), most=MOST_AROUND)

    def _naming(self, kind: Kind | None) -> Callable[[UUID], Named]:
        """By name what is open, or small enough to need no kinds; the rest by kind."""
        if kind is None:
            givers = {pair.giver for pair in self.pairs}
            getters = {pair.getter for pair in self.pairs}
            small = max(len(givers), len(getters)) <= MOST_BODIES
            return self._by_name if small else self._by_kind

        def named(body_id: UUID) -> Named:
            opened = self.kinds[body_id] is kind
            return self._by_name(body_id) if opened else self._by_kind(body_id)

        return named

    def _by_name(self, body_id: UUID) -> Named:
        return "body", self.slugs[body_id]

    def _by_kind(self, body_id: UUID) -> Named:
        return "kind", self.kinds[body_id].value


_kept: WeakKeyDictionary[object, tuple[tuple[int, date], Sharing]] = WeakKeyDictionary()


def sharing(session: Session, *, today: date) -> Sharing:
    """No statement of its own when the register and the directory are in memory."""
    register, bodies = register_terms(session), directory(session)
    stamp = (revisions(session).get(REGISTER, 0), today)
    database = database_of(session)
    kept = _kept.get(database)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    found = between(register, bodies, today=today)
    if session.info.get("read_only"):
        _kept[database] = (stamp, found)
    return found


def between(register: Register, bodies: Directory, *, today: date) -> Sharing:
    holding = [one for one in count(register, today=today).terms if holds(one, today)]
    inside = sum(_inside(one) for one in holding)
    references: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    drawn = 0
    for terms in holding:
        pairs = [] if _inside(terms) else _pairs(terms)
        drawn += bool(pairs)
        for pair in pairs:
            references[pair].append(terms.reference)
    slugs = {body.id: body.slug for body in bodies.bodies.values()}
    found = [Pair(giver, getter, tuple(of)) for (giver, getter), of in references.items()]
    found.sort(key=lambda one: (-len(one.references), slugs[one.giver], slugs[one.getter]))
    kinds = {body.id: body.kind for body in bodies.bodies.values()}
    of_body = _index(found, lambda one: one)
    return Sharing(
        pairs=tuple(found),
        inside=inside,
        unnamed=len(holding) - inside - drawn,
        members=Counter(kinds[body_id] for body_id in of_body),
        kinds=kinds,
        slugs=slugs,
        _of_body=of_body,
        _of_kind=_index(found, lambda one: kinds[one]),
    )


def _inside(terms: Terms) -> bool:
    alone = terms.disclosers == terms.recipients and len(terms.disclosers) == 1
    return terms.kind is AgreementKind.OWN_USE or alone


def _pairs(terms: Terms) -> list[tuple[UUID, UUID]]:
    return [(a, b) for a in terms.disclosers for b in terms.recipients if a != b]


def _index(pairs: Iterable[Pair], key: Callable[[UUID], Key]) -> dict[Key, tuple[Pair, ...]]:
    found: dict[Key, list[Pair]] = defaultdict(list)
    for pair in pairs:
        for each in dict.fromkeys((key(pair.giver), key(pair.getter))):
            found[each].append(pair)
    return {each: tuple(of) for each, of in found.items()}
